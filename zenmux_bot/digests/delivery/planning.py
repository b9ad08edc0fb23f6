"""Which entries of a subscription go into the ledger at a tick: a pure function."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from zenmux_bot.digests.delivery import texts
from zenmux_bot.digests.delivery.entries import Notification, State
from zenmux_bot.digests.schedule import Days, Occurrence, due, next_occurrence
from zenmux_bot.digests.subscriptions import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEntry:
    """An occurrence as it enters the ledger, due or skipped with a reason."""

    occurrence: Occurrence
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The result of planning a subscription.

    Attributes:
        entries: The occurrences that came due, oldest first.
        planned_until: Where the next planning continues.
        next_at: When the next planning is needed.
        notifications: What the owner is notified of.
    """

    entries: tuple[PlannedEntry, ...]
    planned_until: datetime
    next_at: datetime
    notifications: tuple[Notification, ...] = ()


def plan(
    subscription: Subscription,
    planned_until: datetime,
    now: datetime,
    covered: AbstractSet[Days],
) -> Plan:
    """Return what came due since ``planned_until``.

    If several came due, only the newest is sent; it supersedes the others. If the
    schedule was changed and its period was reported already, it is skipped.

    Args:
        subscription: An active subscription.
        planned_until: The end of the last planning, or the start of the schedule.
        now: The end of this one.
        covered: The periods that its earlier occurrences report.
    """
    came = due(subscription.schedule, planned_until, now)
    next_at = next_occurrence(subscription.schedule, now).at
    if not came:
        return Plan(entries=(), planned_until=planned_until, next_at=next_at)
    *missed, newest = came
    entries = [
        PlannedEntry(
            occurrence=occurrence,
            state=State.SKIPPED,
            reason=texts.superseded(newest),
        )
        for occurrence in missed
    ]
    notes = [texts.missed(subscription, len(missed), newest)] if missed else []
    if newest.days in covered:
        reason = texts.already_covered(newest)
        notes.append(texts.skipped(subscription, newest, reason))
        entries.append(
            PlannedEntry(occurrence=newest, state=State.SKIPPED, reason=reason)
        )
    else:
        entries.append(PlannedEntry(occurrence=newest, state=State.DUE))
    return Plan(
        entries=tuple(entries),
        planned_until=newest.at,
        next_at=next_at,
        notifications=tuple(
            Notification(recipient=subscription.owner_id, text=text) for text in notes
        ),
    )
