"""Enters due digests into the ledger, and those that people ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.delivery import texts
from zenmux_bot.digests.delivery.entries import Entry, Notification, Part, State
from zenmux_bot.digests.delivery.planning import Plan, plan
from zenmux_bot.digests.schedule import (
    Days,
    Occurrence,
    next_occurrence,
    occurrence_by_hand,
)
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState
from zenmux_bot.store.audit import add_audit
from zenmux_bot.store.database import Database
from zenmux_bot.store.notifications import add_notifications
from zenmux_bot.store.rows import entry_from, new_entry_values, subscription_from
from zenmux_bot.store.tables import occurrences, subscriptions

_BATCH = 200

# Workers' clocks differ by seconds. A schedule planned further ahead than this was
# planned before a clock was set back.
_CLOCK_SKEW = timedelta(minutes=5)

# Longer than any schedule's period; a period covered earlier cannot recur.
_COVERED_FOR = timedelta(days=40)

_COVERING = (State.DUE, State.CLAIMED, State.SENT, State.UNKNOWN)


class Planner:
    """Plans the schedules that have come due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def refresh(self, now: datetime) -> None:
        """Recompute when each schedule is next due.

        Stored instants follow the time zone rules of the day they were computed, and
        governments change those.
        """
        last = ""
        while True:
            async with self._database.writing() as connection:
                found = await connection.execute(
                    select(subscriptions)
                    .where(
                        subscriptions.c.state == SubscriptionState.ACTIVE,
                        subscriptions.c.id > last,
                    )
                    .order_by(subscriptions.c.id)
                    .limit(_BATCH)
                    .with_for_update()
                )
                rows = found.all()
                plans = []
                for row in rows:
                    subscription = subscription_from(row)
                    since = min(row.planned_until, now)
                    next_at = next_occurrence(subscription.schedule, since).at
                    if next_at != row.next_at:
                        plans.append((subscription, row.planned_until, next_at))
                await _store_plans(connection, plans)
            if len(rows) < _BATCH:
                return
            last = rows[-1].id

    async def plan(self, now: datetime) -> int:
        """Enter everything that is due; return how many schedules came due."""
        total = 0
        while True:
            async with self._database.writing() as connection:
                await _rewind(connection, now)
                count = await self._plan_batch(connection, now)
            total += count
            if count < _BATCH:
                return total

    async def by_hand(
        self, subscription: Subscription, *, by: str, now: datetime, detail: str = ""
    ) -> Entry:
        """Enter a digest that a person asks for and return its entry.

        Within a minute, asking again returns the same entry while it is open, so a
        double click sends once. After it has ended, another one is entered.
        """
        occurrence = occurrence_by_hand(subscription.schedule, now)
        async with self._database.writing() as connection:
            ended = await _ended_by_hand(connection, subscription, occurrence)
            if ended:
                nominal = f"{occurrence.nominal[:-1]}, {ended + 1}]"
                occurrence = replace(occurrence, nominal=nominal)
            added = await connection.execute(
                self._database.insert(occurrences)
                .values(
                    new_entry_values(
                        subscription.id, occurrence, by_hand=True, planned_at=now
                    )
                )
                .on_conflict_do_nothing()
            )
            if added.rowcount:
                audited = AuditEntry(
                    at=now,
                    actor=by,
                    action="digest.send",
                    subject=subscription.id,
                    detail=detail,
                )
                await add_audit(connection, subscription.team_id, audited)
            row = await connection.execute(
                select(occurrences).where(
                    occurrences.c.subscription_id == subscription.id,
                    occurrences.c.nominal == occurrence.nominal,
                    occurrences.c.part == Part.MAIN,
                )
            )
            return entry_from(row.one())

    async def stop_waiting(
        self, entry: Entry, *, team_id: str, by: str, now: datetime
    ) -> None:
        """Send an entry that waits for late data with the data there is."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(occurrences)
                .where(occurrences.c.id == entry.id, occurrences.c.state == State.DUE)
                .values(
                    waits_until=now, retry_at=now, version=occurrences.c.version + 1
                )
            )
            audited = AuditEntry(
                at=now,
                actor=by,
                action="digest.send",
                subject=entry.subscription_id,
                detail="without waiting for late data",
            )
            await add_audit(connection, team_id, audited)

    async def _plan_batch(self, connection: AsyncConnection, now: datetime) -> int:
        rows = (
            await connection.execute(
                select(subscriptions)
                .where(
                    subscriptions.c.state == SubscriptionState.ACTIVE,
                    subscriptions.c.next_at <= now,
                )
                .order_by(subscriptions.c.next_at)
                .limit(_BATCH)
                .with_for_update(skip_locked=True)
            )
        ).all()
        if not rows:
            return 0
        ids = [row.id for row in rows]
        covered = await _covered(connection, ids, now)
        waiting = await _waiting(connection, ids)
        plans = [
            (each, plan(each, row.planned_until, now, covered[row.id]))
            for row in rows
            for each in [subscription_from(row)]
        ]
        await self._enter(connection, plans, now)
        told: list[tuple[str, Notification]] = []
        for subscription, planned in plans:
            notifications = planned.notifications
            due = (each for each in planned.entries if each.state is State.DUE)
            newest = next(due, None)
            if newest is not None and subscription.id in waiting:
                notifications = (
                    *await _supersede(connection, subscription, newest.occurrence, now),
                    *notifications,
                )
            told += [(subscription.team_id, each) for each in notifications]
        await add_notifications(connection, told, now)
        await _store_plans(
            connection,
            [(each, made.planned_until, made.next_at) for each, made in plans],
        )
        return len(rows)

    async def _enter(
        self,
        connection: AsyncConnection,
        plans: Iterable[tuple[Subscription, Plan]],
        now: datetime,
    ) -> None:
        """Enter the occurrences that are not there yet, in one statement."""
        values = [
            new_entry_values(
                subscription.id,
                entry.occurrence,
                state=entry.state,
                reason=entry.reason,
                planned_at=now,
                settled_at=None if entry.state is State.DUE else now,
            )
            for subscription, planned in plans
            for entry in planned.entries
        ]
        if values:
            statement = self._database.insert(occurrences).on_conflict_do_nothing()
            await connection.execute(statement, values)


async def _ended_by_hand(
    connection: AsyncConnection, subscription: Subscription, occurrence: Occurrence
) -> int:
    """Count the ended entries of the same minute.

    They number the next one, so a second request while it is open finds the same.
    """
    count = await connection.scalar(
        select(func.count()).where(
            occurrences.c.subscription_id == subscription.id,
            occurrences.c.part == Part.MAIN,
            occurrences.c.nominal.startswith(occurrence.nominal[:-1], autoescape=True),
            occurrences.c.state.not_in((State.DUE, State.CLAIMED)),
        )
    )
    return int(count or 0)


async def _supersede(
    connection: AsyncConnection,
    subscription: Subscription,
    newest: Occurrence,
    now: datetime,
) -> list[Notification]:
    """Skip a subscription's waiting digest now that a newer one is due."""
    reason = texts.superseded(newest)
    rows = await connection.execute(
        update(occurrences)
        .where(
            occurrences.c.subscription_id == subscription.id,
            occurrences.c.part == Part.MAIN,
            occurrences.c.by_hand.is_(False),
            occurrences.c.state == State.DUE,
            occurrences.c.due_at < newest.at,
        )
        .values(
            state=State.SKIPPED,
            reason=reason,
            settled_at=now,
            version=occurrences.c.version + 1,
        )
        .returning(*occurrences.c)
    )
    return [
        Notification(
            recipient=subscription.owner_id,
            text=texts.skipped(subscription, entry_from(row).occurrence, reason),
        )
        for row in rows
    ]


async def _rewind(connection: AsyncConnection, now: datetime) -> None:
    """Delete what was planned by a clock that ran ahead, unless it was posted."""
    rows = await connection.execute(
        select(subscriptions)
        .where(subscriptions.c.planned_until > now + _CLOCK_SKEW)
        .with_for_update(skip_locked=True)
    )
    found = [subscription_from(row) for row in rows]
    if not found:
        return
    await connection.execute(
        delete(occurrences).where(
            occurrences.c.subscription_id.in_([each.id for each in found]),
            occurrences.c.part == Part.MAIN,
            occurrences.c.by_hand.is_(False),
            occurrences.c.due_at > now,
            occurrences.c.state.in_((State.DUE, State.SKIPPED)),
        )
    )
    await _store_plans(
        connection,
        [(each, now, next_occurrence(each.schedule, now).at) for each in found],
    )


async def _store_plans(
    connection: AsyncConnection,
    plans: Sequence[tuple[Subscription, datetime, datetime]],
) -> None:
    """Store until when subscriptions are planned, and when they are next due."""
    if not plans:
        return
    statement = (
        update(subscriptions)
        .where(subscriptions.c.id == bindparam("of"))
        .values(planned_until=bindparam("until"), next_at=bindparam("next"))
    )
    values = [
        {"of": subscription.id, "until": until, "next": next_at}
        for subscription, until, next_at in plans
    ]
    await connection.execute(statement, values)


async def _waiting(
    connection: AsyncConnection, subscription_ids: Sequence[str]
) -> frozenset[str]:
    """Return the subscriptions with a scheduled digest that still waits."""
    rows = await connection.scalars(
        select(occurrences.c.subscription_id).where(
            occurrences.c.subscription_id.in_(subscription_ids),
            occurrences.c.part == Part.MAIN,
            occurrences.c.by_hand.is_(False),
            occurrences.c.state == State.DUE,
        )
    )
    return frozenset(rows)


async def _covered(
    connection: AsyncConnection, subscription_ids: Sequence[str], now: datetime
) -> Mapping[str, set[Days]]:
    """Return the periods that scheduled digests already cover, by subscription."""
    rows = await connection.execute(
        select(
            occurrences.c.subscription_id,
            occurrences.c.first_day,
            occurrences.c.last_day,
        ).where(
            occurrences.c.subscription_id.in_(subscription_ids),
            occurrences.c.part == Part.MAIN,
            occurrences.c.by_hand.is_(False),
            occurrences.c.state.in_(_COVERING),
            occurrences.c.due_at > now - _COVERED_FOR,
        )
    )
    covered: defaultdict[str, set[Days]] = defaultdict(set)
    for row in rows:
        covered[row.subscription_id].add(Days(first=row.first_day, last=row.last_day))
    return covered
