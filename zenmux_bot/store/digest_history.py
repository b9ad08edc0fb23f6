"""Reads past digests from the ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from zenmux_bot.digests.delivery.entries import Entry, Part, State
from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_bot.store.database import Database
from zenmux_bot.store.rows import entry_from
from zenmux_bot.store.tables import occurrences, subscriptions

_MOST_SENT = 50
"""More than any schedule sends in a month."""


class History:
    """The outcomes of the digests' main posts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, subscription_id: str, *, limit: int) -> list[Entry]:
        """Return a subscription's entries, the newest first."""
        return await self._newest(subscription_id, limit=limit)

    async def newest_of(self, subscription_ids: Sequence[str]) -> dict[str, Entry]:
        """Return the newest entry of each of some subscriptions, in one statement."""
        at = occurrences.c
        order = (at.due_at.desc(), at.id.desc())
        numbered = (
            select(
                at.id,
                func.row_number()
                .over(partition_by=at.subscription_id, order_by=order)
                .label("place"),
            )
            .where(at.subscription_id.in_(subscription_ids), at.part == Part.MAIN)
            .subquery()
        )
        query = select(occurrences).where(
            at.id.in_(select(numbered.c.id).where(numbered.c.place == 1))
        )
        async with self._database.reading() as connection:
            entries = [entry_from(row) for row in await connection.execute(query)]
        return {entry.subscription_id: entry for entry in entries}

    async def sent_before(
        self, subscription_id: str, before: datetime, *, within: timedelta
    ) -> list[Entry]:
        """Return the posts of some time before an instant, the newest first."""
        return await self._newest(
            subscription_id,
            occurrences.c.state == State.SENT,
            occurrences.c.due_at < before,
            occurrences.c.due_at > before - within,
            limit=_MOST_SENT,
        )

    async def count_paused(
        self, codes: Collection[str], team_id: str | None = None
    ) -> dict[str, int]:
        """Return how many digests are paused for each of some error codes.

        Args:
            codes: The codes.
            team_id: Count only those of one workspace.
        """
        reason = subscriptions.c.paused_reason
        query = (
            select(reason, func.count())
            .where(subscriptions.c.state == SubscriptionState.PAUSED, reason.in_(codes))
            .group_by(reason)
            .order_by(reason)
        )
        if team_id is not None:
            query = query.where(subscriptions.c.team_id == team_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
        return {row[0]: row[1] for row in rows}

    async def _newest(
        self, subscription_id: str, *conditions: ColumnElement[bool], limit: int
    ) -> list[Entry]:
        query = (
            select(occurrences)
            .where(
                occurrences.c.subscription_id == subscription_id,
                occurrences.c.part == Part.MAIN,
                *conditions,
            )
            .order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [entry_from(row) for row in await connection.execute(query)]
