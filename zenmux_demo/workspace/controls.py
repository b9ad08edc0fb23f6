"""Time and outages: what the page may change about the demo around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zenmux_demo.workspace.model import Refusal

# Ten seconds before nine: enough to look at the channel and see a digest arrive.
BEFORE_NINE = time(8, 59, 50)


@dataclass(slots=True)
class Switch:
    """A fault outside Slack that the page turns on and off.

    Attributes:
        label: What the page calls it.
        turn: Does it.
        on: Whether it is on.
    """

    label: str
    turn: Callable[[bool], Awaitable[None]]
    on: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that the page offers to whoever does not know what to type.

    Attributes:
        label: What it is about.
        text: What is sent.
    """

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What the page may change; without ``set_clock`` the time is not its to set."""

    set_clock: Callable[[datetime], Awaitable[None]] | None = None
    outages: Mapping[str, Switch] = field(default_factory=dict)
    suggestions: Sequence[Suggestion] = ()


def clock_target(step: str, to: str | None, *, now: datetime, zone: str) -> datetime:
    """Return the instant that a step of the page leads to, in UTC."""
    if step == "next_day":
        return now + timedelta(days=1)
    if step == "next_monday":
        local = now.astimezone(ZoneInfo(zone))
        monday = local.date() + timedelta(days=-local.weekday() % 7)
        target = datetime.combine(monday, BEFORE_NINE, local.tzinfo)
        if target <= local:
            target = datetime.combine(
                monday + timedelta(weeks=1), BEFORE_NINE, local.tzinfo
            )
        return target.astimezone(UTC)
    if step == "set" and to:
        try:
            instant = datetime.fromisoformat(to)
        except ValueError:
            raise Refusal("invalid_time") from None
        if instant.tzinfo is None:
            raise Refusal("invalid_time")
        return instant.astimezone(UTC)
    raise Refusal("invalid_time")
