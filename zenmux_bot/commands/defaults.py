"""What a workspace or a channel wants where the words say nothing."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from zenmux_bot.commands.queries import TOP, Audience
from zenmux_bot.core.measures import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where nothing is said; None: what holds everywhere.

    Attributes:
        metric: What is counted.
        top: How many rows are shown.
        audience: Who sees answers to slash commands.
        zone: The IANA zone of new digests.
        watched: Slugs of providers and models that answers mark.
        operations_channel: The channel that hears of failures; a workspace's alone.
        own_spend: Everybody in the channel may see the workspace's own spend; a
            channel's alone.
        command: The name of the slash command, if it is another; a workspace's alone.
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
        """Return these, and those of ``wider`` where nothing is set here."""
        return replace(wider, **self.said())

    def beside_buttons(self) -> Defaults:
        """Return what holds where a button carries a canonical command.

        That leaves nothing open but ten rows, which it need not say.
        """
        top = None if self.top is None else TOP
        return replace(self, metric=None, top=top, audience=None)


UNSET = Defaults()
_NAMES = tuple(field.name for field in fields(Defaults))
