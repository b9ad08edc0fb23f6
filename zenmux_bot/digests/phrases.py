"""Schedules, times, results and changes of digests in words."""

from __future__ import annotations

import calendar
from datetime import datetime
from zoneinfo import ZoneInfo

from zenmux_bot.commands.digest_commands import LAST_DAY
from zenmux_bot.core.periods import Span
from zenmux_bot.digests.audit import is_person
from zenmux_bot.digests.delivery.entries import Entry, State
from zenmux_bot.digests.delivery.slack_errors import refusal_of
from zenmux_bot.digests.schedule import Cadence, Days, Schedule
from zenmux_bot.digests.subscriptions import (
    DigestSubject,
    Subscription,
    SubscriptionState,
    WhenEmpty,
    who_paused,
)
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
    """Return how often something is sent; without a weekday and a day, daily."""
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
    """Return ``market share by cost, top 10``, with the providers if limited."""
    if subscription.subject is DigestSubject.SPEND:
        cut = "key" if subscription.by_key else "model"
        return f"own spend by {cut}, top {subscription.top}"
    named_ones = subscription.providers
    whose = f" of {named(named_ones)}" if named_ones else ""
    return f"market share{whose} by {subscription.metric}, top {subscription.top}"


def channel(subscription: Subscription) -> str:
    """Return ``#llm-costs``."""
    name = subscription.channel_name
    return f"#{name}" if name else "a direct message"


def exceptions(subscription: Subscription) -> str:
    """Return when a digest is skipped."""
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
    return f"{plain_moment(instant, zone)} UTC{ahead}"


def plain_moment(instant: datetime, zone: str) -> str:
    """Return ``Mon 30 Nov 2026, 09:00``, for places that name the zone elsewhere."""
    local = instant.astimezone(ZoneInfo(zone))
    weekday = calendar.day_abbr[local.weekday()]
    return f"{weekday} {days.day(local.date())}, {local:%H:%M}"


def hour(instant: datetime, zone: str, now: datetime) -> str:
    """Return ``15:00``, with the day if it is not today."""
    local, today = instant.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return plain_moment(instant, zone)


def period(reported: Days) -> str:
    """Return ``23–29 Nov 2026``."""
    return Span(reported.first, reported.last).in_words()


def result(entry: Entry | None, zone: str) -> str:
    """Return the result of an occurrence, with its time and reason.

    If it is waiting: what for, when it is tried next, and until when.
    """
    if entry is None:
        return UNKNOWN
    words = _STATES[entry.state]
    if entry.state is State.SENT and entry.settled_at is not None:
        words += f" {plain_moment(entry.settled_at, zone)}"
    if not entry.reason:
        return words
    reason = entry.reason
    if reason.startswith(_PAUSED):
        reason = f"paused ({explanation(reason.removeprefix(_PAUSED))})"
    words = f"{words}: {reason}".replace(" ()", "")
    if entry.state is State.DUE:
        following = hour(entry.retry_at, zone, entry.retry_at)
        until = hour(entry.deadline, zone, entry.retry_at)
        words += f"; next try {following}, until {until}"
    return words


_PAUSED = "paused: "


def explanation(reason: str) -> str:
    """Return why a digest was paused; empty if a person paused it."""
    return "" if is_person(reason) else refusal_of(reason).explanation


def state(
    subscription: Subscription, names: dict[str, str], last: Entry | None = None
) -> str:
    """Return whether a digest is active or waiting, and if not, why."""
    if subscription.paused_reason is None or subscription.state != "paused":
        is_active = subscription.state is SubscriptionState.ACTIVE
        if is_active and last is not None and is_waiting(last):
            until = hour(last.deadline, subscription.schedule.zone, last.retry_at)
            return f"waiting until {until}"
        return str(subscription.state)
    person = who_paused(subscription)
    if person is None:
        return f"paused: {refusal_of(subscription.paused_reason).explanation}"
    return f"paused by {names[person]}" if person in names else "paused by hand"


def is_waiting(entry: Entry) -> bool:
    """Tell whether a due occurrence is waiting, such as for late data."""
    return entry.state is State.DUE and bool(entry.reason)


def changes(before: Subscription, after: Subscription) -> str:
    """Return what an edit changed: ``moved from #a to #b; 09:00 → 10:00``."""
    said = []
    if before.channel_id != after.channel_id:
        said.append(f"moved from {channel(before)} to {channel(after)}")
    if before.owner_id != after.owner_id:
        said.append("changed the owner")
    pairs = (
        (frequency(before.schedule), frequency(after.schedule)),
        (clock(before.schedule), clock(after.schedule)),
        (before.schedule.zone, after.schedule.zone),
        (content(before), content(after)),
        (exceptions(before), exceptions(after)),
    )
    said += [f"{old} → {new}" for old, new in pairs if old != new]
    return "; ".join(said)
