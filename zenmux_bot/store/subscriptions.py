"""Stores subscriptions; each change is recorded in the audit log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.delivery.entries import State
from zenmux_bot.digests.schedule import due, next_occurrence
from zenmux_bot.digests.subscriptions import (
    Check,
    Subscription,
    SubscriptionChanged,
    SubscriptionState,
    readable_id,
    who_paused,
)
from zenmux_bot.store.audit import add_audit
from zenmux_bot.store.database import Database
from zenmux_bot.store.rows import (
    new_entry_values,
    subscription_from,
    subscription_values,
)
from zenmux_bot.store.tables import occurrences, subscriptions

_ID_ATTEMPTS = 20
_ACTIVE = SubscriptionState.ACTIVE
_PAUSED = SubscriptionState.PAUSED
_DELETED = SubscriptionState.DELETED


class Subscriptions:
    """The subscriptions of all workspaces.

    Args:
        database: Where they are.
        pick: Returns a random character of an alphabet, for new ids.
    """

    def __init__(self, database: Database, pick: Callable[[str], str]) -> None:
        self._database = database
        self._pick = pick

    async def create(
        self,
        draft: Subscription,
        *,
        check: Check | None = None,
    ) -> Subscription:
        """Store a new subscription and return it with its id.

        Args:
            draft: All fields but the id, which may be empty.
            check: Called with the channel's subscriptions, to which no process adds
                one meanwhile; an error it raises prevents the creation.
        """
        for _ in range(_ID_ATTEMPTS):
            created = replace(draft, id=readable_id(self._pick), revision=1)
            values = {
                **subscription_values(created),
                **planning_from(created, created.created_at),
            }
            try:
                async with self._database.writing() as connection:
                    if check is not None:
                        check(await _lock_channel(connection, draft))
                    await connection.execute(subscriptions.insert().values(values))
                    await record(
                        connection,
                        created,
                        "create",
                        by=created.owner_id,
                        at=created.created_at,
                    )
            except IntegrityError:
                continue
            return created
        raise RuntimeError("no free subscription id")

    async def get(self, team_id: str, subscription_id: str) -> Subscription | None:
        """Return a workspace's subscription, also if it is deleted."""
        found = await self._where(
            subscriptions.c.team_id == team_id,
            subscriptions.c.id == subscription_id.lower(),
        )
        return found[0] if found else None

    async def of_channel(self, team_id: str, channel_id: str) -> list[Subscription]:
        """Return a channel's subscriptions, the oldest first, without deleted ones."""
        return await self._where(*_in_channel(team_id, channel_id))

    async def of_owner(self, team_id: str, owner_id: str) -> list[Subscription]:
        """Return a person's subscriptions, the oldest first, without deleted ones."""
        return await self._where(
            subscriptions.c.team_id == team_id,
            subscriptions.c.owner_id == owner_id,
            subscriptions.c.state != _DELETED,
        )

    async def of_team(self, team_id: str) -> list[Subscription]:
        """Return a workspace's subscriptions, the oldest first, without deleted."""
        return await self._where(
            subscriptions.c.team_id == team_id, subscriptions.c.state != _DELETED
        )

    async def edit(
        self,
        changed: Subscription,
        *,
        by: str,
        now: datetime,
        check: Check | None = None,
        detail: str = "",
    ) -> Subscription:
        """Store a changed subscription and return it with its new revision.

        Channel, content, schedule and owner may change; the state has its own methods.
        A changed schedule begins now. ``check`` is as in ``create``; ``detail`` says
        in the audit log what changed.

        Raises:
            SubscriptionChanged: Its revision is not the stored one.
        """
        async with self._database.writing() as connection:
            if check is not None:
                check(await _lock_channel(connection, changed))
            stored = await _locked(connection, changed)
            kept = replace(
                changed,
                state=stored.state,
                paused_reason=stored.paused_reason,
                created_at=stored.created_at,
            )
            restart = stored.schedule != kept.schedule
            return await store_change(
                connection, kept, "edit", by=by, now=now, restart=restart, detail=detail
            )

    async def pause(
        self, subscription: Subscription, *, reason: str, by: str, now: datetime
    ) -> Subscription:
        """Pause a subscription and skip what is due but not yet claimed.

        Raises:
            SubscriptionChanged: Its revision is not the stored one.
        """
        async with self._database.writing() as connection:
            stored = await _locked(connection, subscription)
            paused = replace(stored, state=_PAUSED, paused_reason=reason)
            await skip_due(
                connection, [stored.id], f"paused: {reason}", now, by_hand=False
            )
            return await store_change(connection, paused, "pause", by=by, now=now)

    async def resume(
        self, subscription: Subscription, *, by: str, now: datetime
    ) -> Subscription:
        """Resume a subscription.

        After a person's pause it begins now. After the bot's own pause it continues
        where it was paused, so the newest missed digest goes out late.

        Raises:
            SubscriptionChanged: Its revision is not the stored one.
        """
        async with self._database.writing() as connection:
            stored = await _locked(connection, subscription)
            if who_paused(stored) is None:
                [resumed] = await self._resume_where_paused(
                    connection, [stored], by=by, now=now
                )
                return resumed
            active = replace(stored, state=_ACTIVE, paused_reason=None)
            return await store_change(
                connection, active, "resume", by=by, now=now, restart=True
            )

    async def delete(
        self, subscription: Subscription, *, by: str, now: datetime
    ) -> Subscription:
        """Mark a subscription deleted; its history stays, ``restore`` undoes it.

        Raises:
            SubscriptionChanged: Its revision is not the stored one.
        """
        async with self._database.writing() as connection:
            stored = await _locked(connection, subscription)
            await skip_due(connection, [stored.id], "deleted", now, by_hand=True)
            deleted = replace(stored, state=_DELETED)
            return await store_change(connection, deleted, "delete", by=by, now=now)

    async def restore(
        self,
        subscription: Subscription,
        *,
        by: str,
        now: datetime,
        check: Check | None = None,
    ) -> Subscription:
        """Undo a deletion: paused if it was paused before, else active from now on.

        ``check`` is as in ``create``.

        Raises:
            SubscriptionChanged: Its revision is not the stored one.
        """
        async with self._database.writing() as connection:
            if check is not None:
                check(await _lock_channel(connection, subscription))
            stored = await _locked(connection, subscription, deleted=True)
            state = _ACTIVE if stored.paused_reason is None else _PAUSED
            restored = replace(stored, state=state)
            return await store_change(
                connection, restored, "restore", by=by, now=now, restart=True
            )

    async def pause_all(
        self,
        team_id: str,
        *,
        channel_id: str | None = None,
        reason: str,
        by: str,
        now: datetime,
    ) -> list[Subscription]:
        """Pause and return the active ones of a workspace or one of its channels."""
        conditions = [subscriptions.c.team_id == team_id]
        if channel_id is not None:
            conditions.append(subscriptions.c.channel_id == channel_id)
        async with self._database.writing() as connection:
            return await pause_where(
                connection, conditions, reason=reason, by=by, now=now
            )

    async def resume_channel(
        self, team_id: str, channel_id: str, *, reason: str, by: str, now: datetime
    ) -> list[Subscription]:
        """Resume those paused in a channel for one reason, such as its archiving.

        They continue where they were paused, so the newest missed digest goes out late.
        """
        async with self._database.writing() as connection:
            paused = await select_subscriptions(
                connection,
                subscriptions.c.team_id == team_id,
                subscriptions.c.channel_id == channel_id,
                subscriptions.c.state == _PAUSED,
                subscriptions.c.paused_reason == reason,
                for_update=True,
            )
            return await self._resume_where_paused(connection, paused, by=by, now=now)

    async def follow_channel(
        self, team_id: str, channel_id: str, *, new_id: str, new_name: str
    ) -> None:
        """Move a channel's subscriptions to its new id and name.

        Messages in doubt can only be looked up under the new id.
        """
        async with self._database.writing() as connection:
            await connection.execute(
                update(occurrences)
                .where(
                    occurrences.c.channel_id == channel_id,
                    occurrences.c.subscription_id.in_(
                        select(subscriptions.c.id).where(
                            subscriptions.c.team_id == team_id
                        )
                    ),
                )
                .values(channel_id=new_id)
            )
            await connection.execute(
                update(subscriptions)
                .where(
                    subscriptions.c.team_id == team_id,
                    subscriptions.c.channel_id == channel_id,
                )
                .values(
                    channel_id=new_id,
                    channel_name=new_name,
                    revision=subscriptions.c.revision + 1,
                )
            )

    async def take_over(
        self, subscription: Subscription, *, by: str, now: datetime
    ) -> Subscription:
        """Make somebody else its owner.

        Raises:
            SubscriptionChanged: Its revision is not the stored one.
        """
        async with self._database.writing() as connection:
            stored = await _locked(connection, subscription)
            return await store_change(
                connection,
                replace(stored, owner_id=by),
                "takeover",
                by=by,
                now=now,
                detail=stored.owner_id,
            )

    async def _resume_where_paused(
        self,
        connection: AsyncConnection,
        paused: Sequence[Subscription],
        *,
        by: str,
        now: datetime,
    ) -> list[Subscription]:
        """Resume digests where the bot itself paused them.

        The newest send that came due meanwhile goes out late. Older ones are entered as
        skipped before the planner counts them as missed.
        """
        at = subscriptions.c
        ids = [each.id for each in paused]
        query = select(at.id, at.planned_until, at.next_at).where(at.id.in_(ids))
        planned = {
            row.id: (row.planned_until, row.next_at)
            for row in await connection.execute(query)
        }
        skipped, values = [], []
        for each in paused:
            since, next_at = planned[each.id]
            occurred = due(each.schedule, since, now)
            skipped += [
                new_entry_values(
                    each.id,
                    occurrence,
                    state=State.SKIPPED,
                    reason=f"paused: {each.paused_reason}",
                    planned_at=now,
                    settled_at=now,
                )
                for occurrence in occurred[:-1]
            ]
            if len(occurred) > 1:
                *_, last_missed, newest = occurred
                since, next_at = last_missed.at, newest.at
            values.append({"of": each.id, "since": since, "next": next_at})
        if skipped:
            statement = self._database.insert(occurrences).on_conflict_do_nothing()
            await connection.execute(statement, skipped)
        if values:
            await connection.execute(
                update(subscriptions)
                .where(at.id == bindparam("of"))
                .values(
                    state=_ACTIVE,
                    paused_reason=None,
                    updated_at=now,
                    revision=at.revision + 1,
                    planned_until=bindparam("since"),
                    next_at=bindparam("next"),
                ),
                values,
            )
        await _record_all(connection, paused, "resume", by=by, at=now)
        return [
            replace(
                each,
                state=_ACTIVE,
                paused_reason=None,
                updated_at=now,
                revision=each.revision + 1,
            )
            for each in paused
        ]

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Subscription]:
        async with self._database.reading() as connection:
            return await select_subscriptions(connection, *conditions)


async def pause_where(
    connection: AsyncConnection,
    conditions: Sequence[ColumnElement[bool]],
    *,
    reason: str,
    by: str,
    now: datetime,
) -> list[Subscription]:
    """Pause the matching active subscriptions and return them."""
    rows = await connection.execute(
        update(subscriptions)
        .where(*conditions, subscriptions.c.state == _ACTIVE)
        .values(
            state=_PAUSED,
            paused_reason=reason,
            updated_at=now,
            revision=subscriptions.c.revision + 1,
        )
        .returning(subscriptions)
    )
    paused = [subscription_from(row) for row in rows]
    paused.sort(key=lambda each: (each.created_at, each.id))
    ids = [each.id for each in paused]
    await skip_due(connection, ids, f"paused: {reason}", now, by_hand=False)
    await _record_all(connection, paused, "pause", by=by, at=now, detail=reason)
    return paused


async def skip_due(
    connection: AsyncConnection,
    subscription_ids: Sequence[str],
    reason: str,
    now: datetime,
    *,
    by_hand: bool,
) -> None:
    """Skip what is due of some subscriptions; with ``by_hand`` manual sends too."""
    scheduled = () if by_hand else (occurrences.c.by_hand.is_(False),)
    await connection.execute(
        update(occurrences)
        .where(
            occurrences.c.subscription_id.in_(subscription_ids),
            occurrences.c.state == State.DUE,
            *scheduled,
        )
        .values(
            state=State.SKIPPED,
            reason=reason,
            settled_at=now,
            version=occurrences.c.version + 1,
        )
    )


async def select_subscriptions(
    connection: AsyncConnection,
    *conditions: ColumnElement[bool],
    for_update: bool = False,
) -> list[Subscription]:
    """Return the matching subscriptions, the oldest first."""
    query = (
        select(subscriptions)
        .where(*conditions)
        .order_by(subscriptions.c.created_at, subscriptions.c.id)
    )
    if for_update:
        query = query.with_for_update()
    return [subscription_from(row) for row in await connection.execute(query)]


def _in_channel(team_id: str, channel_id: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for a channel's subscriptions that are not deleted."""
    return (
        subscriptions.c.team_id == team_id,
        subscriptions.c.channel_id == channel_id,
        subscriptions.c.state != _DELETED,
    )


async def _lock_channel(
    connection: AsyncConnection, draft: Subscription
) -> list[Subscription]:
    """Return the subscriptions of a draft's channel, and keep others from adding any.

    SQLite has one writer at a time; PostgreSQL needs a lock until the transaction ends.
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(f"digest {draft.team_id} {draft.channel_id}", 0)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))
    return await select_subscriptions(
        connection, *_in_channel(draft.team_id, draft.channel_id)
    )


async def _locked(
    connection: AsyncConnection,
    subscription: Subscription,
    *,
    deleted: bool = False,
) -> Subscription:
    """Lock and return the stored subscription if its revision is the given one.

    Raises:
        SubscriptionChanged: It has another one.
    """
    is_deleted = subscriptions.c.state == _DELETED
    found = await select_subscriptions(
        connection,
        subscriptions.c.id == subscription.id,
        subscriptions.c.team_id == subscription.team_id,
        subscriptions.c.revision == subscription.revision,
        is_deleted if deleted else ~is_deleted,
        for_update=True,
    )
    if not found:
        raise SubscriptionChanged(
            f"{subscription.id} was changed by someone else in the meantime"
        )
    return found[0]


async def store_change(
    connection: AsyncConnection,
    subscription: Subscription,
    action: str,
    *,
    by: str,
    now: datetime,
    restart: bool = False,
    detail: str = "",
) -> Subscription:
    """Write a locked subscription; with ``restart`` its schedule begins now."""
    stored = replace(subscription, updated_at=now, revision=subscription.revision + 1)
    values = subscription_values(stored)
    if restart:
        values |= planning_from(stored, now)
    await connection.execute(
        update(subscriptions).where(subscriptions.c.id == stored.id).values(values)
    )
    await record(connection, stored, action, by=by, at=now, detail=detail)
    return stored


def planning_from(subscription: Subscription, since: datetime) -> dict[str, Any]:
    """Return the planner's columns for a schedule that begins at ``since``."""
    return {
        "planned_until": since,
        "next_at": next_occurrence(subscription.schedule, since).at,
    }


async def _record_all(
    connection: AsyncConnection,
    changed: Iterable[Subscription],
    action: str,
    *,
    by: str,
    at: datetime,
    detail: str = "",
) -> None:
    """Record many changes in the audit log."""
    entries: defaultdict[str, list[AuditEntry]] = defaultdict(list)
    for each in changed:
        entry = AuditEntry(
            at=at, actor=by, action=f"digest.{action}", subject=each.id, detail=detail
        )
        entries[each.team_id].append(entry)
    for team_id, lines in entries.items():
        await add_audit(connection, team_id, *lines)


async def record(
    connection: AsyncConnection,
    subscription: Subscription,
    action: str,
    *,
    by: str,
    at: datetime,
    detail: str = "",
) -> None:
    """Record a change in the audit log."""
    entry = AuditEntry(
        at=at,
        actor=by,
        action=f"digest.{action}",
        subject=subscription.id,
        detail=detail or subscription.paused_reason or "",
    )
    await add_audit(connection, subscription.team_id, entry)
