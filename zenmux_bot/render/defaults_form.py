"""The forms for the defaults of a workspace or a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.queries import MAX_TOP, Audience
from zenmux_bot.core import zones
from zenmux_bot.core.measures import Metric
from zenmux_bot.render.forms import (
    FormErrors,
    channel_select,
    chosen_channel,
    chosen_in,
    chosen_option,
    field,
    modal,
    names_menu,
    number_input,
    reported,
    select,
    text_input,
    typed_text,
)
from zenmux_bot.render.message import Block

CALLBACK = "defaults_form"
CHANNEL = "channel"
METRIC = "metric"
WATCHED = "watched"
OWN_SPEND = "own_spend"
_OPERATIONS = "operations_channel"
_MAX_WATCHED = 20
_USUAL = "usual"
_METRICS = {_USUAL: "As usual", Metric.TOKENS: "Tokens", Metric.COST: "Cost"}
_AUDIENCES = {
    _USUAL: "As usual",
    Audience.PRIVATE: "For the asker alone",
    Audience.PUBLIC: "For the whole channel",
}


class OwnSpend(Enum):
    """What the form says of the channel's view of the workspace's own spend."""

    KEEP = "keep"
    OPEN = "open"
    CLOSED = "closed"


_OWN_SPEND = {
    OwnSpend.KEEP.value: "Leave as it is",
    OwnSpend.OPEN.value: "Everybody in the channel can see it",
    OwnSpend.CLOSED.value: "Only admins, privately",
}


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What was filled in.

    Attributes:
        channel_id: The channel; empty: the defaults are the workspace's.
        defaults: The defaults, except for own spend.
        own_spend: What to do about the channel's view of own spend.
    """

    channel_id: str
    defaults: Defaults
    own_spend: OwnSpend

    def over(self, kept: Defaults) -> Defaults:
        """Return the new defaults, where ``kept`` were the old ones."""
        shown = kept.own_spend
        if self.own_spend is not OwnSpend.KEEP:
            shown = True if self.own_spend is OwnSpend.OPEN else None
        return replace(self.defaults, own_spend=shown, command=kept.command)

    @property
    def keeps_own_spend(self) -> bool:
        """Tell whether the channel's view of own spend stays as it is."""
        return self.own_spend is OwnSpend.KEEP


def build_workspace_form(defaults: Defaults) -> Block:
    """Return the form for a workspace, with what it has set."""
    operations = field(
        _OPERATIONS,
        "Tell this channel when digests fail",
        channel_select(defaults.operations_channel or ""),
        optional=True,
    )
    return modal(CALLBACK, "Defaults", [*_common(defaults), operations])


def build_channel_form(*, is_admin: bool) -> Block:
    """Return the form for a channel, whose defaults it replaces.

    Only administrators decide who sees the workspace's own spend there.
    """
    blocks = [field(CHANNEL, "Channel", channel_select())]
    blocks += _common(UNSET)
    if is_admin:
        menu = select(_OWN_SPEND, OwnSpend.KEEP.value)
        hint = "What this workspace spends on ZenMux: the commands spend and usage."
        blocks.append(field(OWN_SPEND, "Own spend", menu, hint=hint))
    return modal(CALLBACK, "Defaults", blocks)


def _common(shown: Defaults) -> list[Block]:
    """Return the fields of both forms."""
    top = "" if shown.top is None else str(shown.top)
    watched = names_menu(
        sorted(shown.watched or ()), "Providers and models", most=_MAX_WATCHED
    )
    return [
        field(METRIC, "Count by", select(_METRICS, shown.metric or _USUAL)),
        field(
            "top",
            f"Rows (1 to {MAX_TOP})",
            number_input(top, least=1, most=MAX_TOP),
            optional=True,
        ),
        field(
            "audience",
            "Answers to commands",
            select(_AUDIENCES, shown.audience or _USUAL),
        ),
        field(
            "zone",
            "Time zone of new digests",
            text_input(shown.zone or "", placeholder="Europe/Berlin"),
            optional=True,
        ),
        field(
            WATCHED, "Watched: marked in the tables of answers", watched, optional=True
        ),
    ]


def read_defaults(values: Mapping[str, Any]) -> FilledForm:
    """Return what was filled in.

    Raises:
        FormErrors: A field cannot be taken.
    """
    channel = chosen_channel(values, CHANNEL)
    if CHANNEL in values and not channel:
        raise FormErrors({CHANNEL: "Choose a channel."})
    try:
        own_spend = OwnSpend(chosen_option(values, OWN_SPEND) or OwnSpend.KEEP.value)
        defaults = Defaults(
            metric=_one_of(Metric, values, METRIC),
            top=_read_top(values),
            audience=_one_of(Audience, values, "audience"),
            zone=_read_zone(values),
            watched=frozenset(map(str.lower, chosen_in(reported(values, WATCHED))))
            or None,
            operations_channel=chosen_channel(values, _OPERATIONS) or None,
        )
    except ValueError as error:
        raise FormErrors({METRIC: "Choose one of the values offered."}) from error
    return FilledForm(channel, defaults, own_spend)


def _one_of(kind: Any, values: Mapping[str, Any], name: str) -> Any:
    chosen = chosen_option(values, name) or _USUAL
    return None if chosen == _USUAL else kind(chosen)


def _read_top(values: Mapping[str, Any]) -> int | None:
    typed = typed_text(values, "top")
    if not typed:
        return None
    if not typed.isdecimal() or not 1 <= int(typed) <= MAX_TOP:
        raise FormErrors({"top": f"A whole number from 1 to {MAX_TOP}."})
    return int(typed)


def _read_zone(values: Mapping[str, Any]) -> str | None:
    typed = typed_text(values, "zone")
    if not typed:
        return None
    found = zones.find(typed.lower())
    if len(found) == 1:
        return found[0]
    meant = found or zones.near(typed.lower())
    hint = f" Did you mean {', '.join(meant)}?" if meant else ""
    raise FormErrors({"zone": f"“{typed}” isn't a known time zone.{hint}"})
