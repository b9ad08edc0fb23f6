"""Changes to subscriptions within a transaction that someone else opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.digests.ledger import State
from zenmux_bot.digests.schedule import next_occurrence
from zenmux_bot.digests.subscriptions import (
    Subscription,
    SubscriptionChanged,
    SubscriptionState,
)
from zenmux_bot.store.audit import add_audit
from zenmux_bot.store.rows import subscription_from, subscription_values
from zenmux_bot.store.tables import occurrences, subscriptions

_ACTIVE = SubscriptionState.ACTIVE
_PAUSED = SubscriptionState.PAUSED
_DELETED = SubscriptionState.DELETED


async def pause_where(
    connection: AsyncConnection,
    conditions: Sequence[ColumnElement[bool]],
    *,
    reason: str,
    by: str,
    now: datetime,
) -> list[Subscription]:
    """Pause the active subscriptions that fit and return them."""
    active = await select_subscriptions(
        connection, *conditions, subscriptions.c.state == _ACTIVE, for_update=True
    )
    ids = [subscription.id for subscription in active]
    await skip_due(connection, ids, f"paused: {reason}", now, by_hand=False)
    return [
        await store_change(
            connection,
            replace(subscription, state=_PAUSED, paused_reason=reason),
            "pause",
            by=by,
            now=now,
        )
        for subscription in active
    ]


async def skip_due(
    connection: AsyncConnection,
    subscription_ids: Sequence[str],
    reason: str,
    now: datetime,
    *,
    by_hand: bool,
) -> None:
    """Skip what is due of some subscriptions, with what was asked for or without."""
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
    """Return the subscriptions that fit, the oldest first."""
    query = (
        select(subscriptions)
        .where(*conditions)
        .order_by(subscriptions.c.created_at, subscriptions.c.id)
    )
    if for_update:
        query = query.with_for_update()
    return [subscription_from(row) for row in await connection.execute(query)]


def in_channel(team_id: str, channel_id: str) -> tuple[ColumnElement[bool], ...]:
    """Return what fits the subscriptions of a channel, but for deleted ones."""
    return (
        subscriptions.c.team_id == team_id,
        subscriptions.c.channel_id == channel_id,
        subscriptions.c.state != _DELETED,
    )


async def settled_in_channel(
    connection: AsyncConnection, draft: Subscription
) -> list[Subscription]:
    """Return those of a draft's channel, once nobody else is making one there.

    SQLite has one writer at a time; PostgreSQL needs a lock to the transaction's end.
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(f"digest {draft.team_id} {draft.channel_id}", 0)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))
    return await select_subscriptions(
        connection, *in_channel(draft.team_id, draft.channel_id)
    )


async def locked(
    connection: AsyncConnection,
    subscription: Subscription,
    *,
    deleted: bool = False,
) -> Subscription:
    """Return the stored one, locked, if it has the revision given.

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
    anew: bool = False,
) -> Subscription:
    """Write a locked subscription; ``anew`` lets its schedule begin now."""
    stored = replace(subscription, updated_at=now, revision=subscription.revision + 1)
    values = subscription_values(stored)
    if anew:
        values |= planning_from(stored, now)
    await connection.execute(
        update(subscriptions).where(subscriptions.c.id == stored.id).values(values)
    )
    await record(connection, stored, action, by=by, at=now)
    return stored


def planning_from(subscription: Subscription, since: datetime) -> dict[str, Any]:
    """Return the planner's columns for a schedule that begins at ``since``."""
    return {
        "planned_until": since,
        "next_at": next_occurrence(subscription.schedule, since).at,
    }


async def record(
    connection: AsyncConnection,
    subscription: Subscription,
    action: str,
    *,
    by: str,
    at: datetime,
) -> None:
    """Leave a line in the audit about a change."""
    await add_audit(
        connection,
        team_id=subscription.team_id,
        actor=by,
        action=f"digest.{action}",
        subject=subscription.id,
        detail=subscription.paused_reason or "",
        at=at,
    )
