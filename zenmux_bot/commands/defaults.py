"""Defaults that a workspace or a channel sets for commands."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from zenmux_bot.commands.queries import TOP, Audience
from zenmux_bot.core.measures import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Values for what a command leaves out; None: the bot's own default.

    Attributes:
        metric: What is counted.
        top: How many rows are shown.
        audience: Who sees answers to slash commands.
        zone: The IANA zone of new digests.
        watched: Slugs of providers and models that answers mark.
        operations_channel: The channel told about failures; workspaces only.
        own_spend: Everybody in the channel may see the workspace's own spend;
            channels only.
        command: The slash command, if it was renamed; workspaces only.
    """

    metric: Metric | None = None
    top: int | None = None
    audience: Audience | None = None
    zone: str | None = None
    watched: frozenset[str] | None = None
    operations_channel: str | None = None
    own_spend: bool | None = None
    command: str | None = None

    def said(self) -> dict[str, Any]:
        """Return what is set, by name."""
        every = ((name, getattr(self, name)) for name in _NAMES)
        return {name: value for name, value in every if value is not None}

    def over(self, wider: Defaults) -> Defaults:
        """Return these, completed by those of ``wider``."""
        return replace(wider, **self.said())

    def for_buttons(self) -> Defaults:
        """Return the defaults for a canonical command, as buttons carry it.

        It leaves out nothing but ``top 10``.
        """
        top = None if self.top is None else TOP
        return replace(self, metric=None, top=top, audience=None)


UNSET = Defaults()
_NAMES = tuple(field.name for field in fields(Defaults))
