"""Schedules, times and results of digests in words."""

from __future__ import annotations

import calendar
from datetime import datetime
from zoneinfo import ZoneInfo

from zenmux_bot.commands.digest_commands import LAST_DAY
from zenmux_bot.core.periods import Span
from zenmux_bot.digests.delivery.entries import Entry, State
from zenmux_bot.digests.schedule import Cadence, Days, Schedule
from zenmux_bot.digests.subscriptions import Subscription, WhenEmpty
from zenmux_bot.render import days
from zenmux_bot.render.cells import named
from zenmux_bot.render.numbers import UNKNOWN

PERIODS = {Cadence.DAILY: "day", Cadence.WEEKLY: "week", Cadence.MONTHLY: "month"}

_EMPTY = {
    WhenEmpty.SAY: "without data, the channel is told why",
    WhenEmpty.SKIP: "without data, nothing is sent",
}
_STATES = {
    State.DUE: "waiting",
    State.CLAIMED: "on its way",
    State.SENT: "sent",
    State.SKIPPED: "skipped",
    State.FAILED: "failed",
    State.UNKNOWN: "may or may not have been sent",
}


def schedule(plan: Schedule) -> str:
    """Return ``every Monday at 09:00 (Europe/Berlin)``."""
    return f"{frequency(plan)} at {clock(plan)} ({plan.zone})"


def frequency(plan: Schedule) -> str:
    """Return ``every Monday``."""
    return frequency_of(plan.weekday, plan.day)


def frequency_of(weekday: int | None, day: int | None) -> str:
    """Return how often something comes; without a day it comes daily."""
    if weekday is not None:
        return f"every {calendar.day_name[weekday]}"
    if day is None:
        return "every day"
    if day == LAST_DAY:
        return "on the last day of every month"
    return f"on the {ordinal(day)} of every month"


def clock(plan: Schedule) -> str:
    """Return ``09:00``."""
    return f"{plan.hour:02}:{plan.minute:02}"


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``4th``, ``11th`` and so on."""
    teens = number // 10 % 10 == 1
    return f"{number}{'th' if teens else _ENDINGS.get(number % 10, 'th')}"


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def content(subscription: Subscription) -> str:
    """Return ``market share by cost, top 10``, and of whom if not of all."""
    named_ones = subscription.providers
    whose = f" of {named(named_ones)}" if named_ones else ""
    return f"market share{whose} by {subscription.metric}, top {subscription.top}"


def channel(subscription: Subscription) -> str:
    """Return ``#llm-costs``."""
    name = subscription.channel_name
    return f"#{name}" if name else "a direct message"


def exceptions(subscription: Subscription) -> str:
    """Say when a digest is not sent though it is its time."""
    points = subscription.skip_below_pp
    still = (
        "sent whether or not shares move"
        if points is None
        else f"skipped if no share moves by {points.normalize():f} pp or more"
    )
    return f"{still}; {_EMPTY[subscription.when_empty]}"


def moment(instant: datetime, zone: str) -> str:
    """Return ``Mon 30 Nov 2026, 09:00 UTC+01:00``, local to a zone."""
    local = instant.astimezone(ZoneInfo(zone))
    offset = f"{local:%z}"
    ahead = f"{offset[:3]}:{offset[3:5]}" if local.utcoffset() else ""
    return (
        f"{calendar.day_abbr[local.weekday()]} {days.day(local.date())}, "
        f"{local:%H:%M} UTC{ahead}"
    )


def period(reported: Days) -> str:
    """Return ``23–29 Nov 2026``."""
    return days.span(Span(reported.first, reported.last))


def result(entry: Entry | None, zone: str) -> str:
    """Return what became of an occurrence, when and why."""
    if entry is None:
        return UNKNOWN
    words = _STATES[entry.state]
    if entry.state is State.SENT and entry.settled_at is not None:
        words += f" {moment(entry.settled_at, zone)}"
    return f"{words}: {entry.reason}" if entry.reason else words
