"""Stores direct messages to people until each is sent at least once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.digests.delivery.entries import Notification, QueuedNotification
from zenmux_bot.store.database import Database
from zenmux_bot.store.tables import notices

_LONGEST_WAIT = timedelta(hours=1)
"""A longer wait was written before the clock was set back, and is ignored."""


class Notifications:
    """The notifications of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, team_id: str, notifications: Sequence[Notification], now: datetime
    ) -> None:
        """Store notifications that belong to no other change."""
        async with self._database.writing() as connection:
            told = [(team_id, notification) for notification in notifications]
            await add_notifications(connection, told, now)

    async def take(
        self, now: datetime, *, until: datetime, limit: int
    ) -> list[QueuedNotification]:
        """Return what to send now, leased until ``until``."""
        waiting = (
            select(notices.c.id)
            .where(
                notices.c.closed_at.is_(None),
                or_(
                    notices.c.retry_at <= now,
                    notices.c.retry_at > now + _LONGEST_WAIT,
                ),
            )
            .order_by(notices.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing() as connection:
            rows = await connection.execute(
                update(notices)
                .where(notices.c.id.in_(waiting))
                .values(retry_at=until, attempts=notices.c.attempts + 1)
                .returning(*notices.c)
            )
            return sorted(
                (
                    QueuedNotification(
                        id=row.id,
                        team_id=row.team_id,
                        recipient=row.recipient,
                        text=row.text,
                        attempts=row.attempts,
                        created_at=row.created_at,
                    )
                    for row in rows
                ),
                key=lambda queued: queued.id,
            )

    async def close(
        self, notification: QueuedNotification, now: datetime, *, failure: str = ""
    ) -> None:
        """Record that a notification was sent, or why it cannot be."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(notices)
                .where(notices.c.id == notification.id)
                .values(closed_at=now, failure=failure)
            )

    async def postpone(
        self, notification: QueuedNotification, retry_at: datetime
    ) -> None:
        """Try a notification again, not before ``retry_at``."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(notices)
                .where(notices.c.id == notification.id)
                .values(retry_at=retry_at)
            )


async def add_notifications(
    connection: AsyncConnection,
    notifications: Sequence[tuple[str, Notification]],
    now: datetime,
) -> None:
    """Store notifications within the transaction of the change they report."""
    if not notifications:
        return
    await connection.execute(
        notices.insert(),
        [
            {
                "team_id": team_id,
                "recipient": each.recipient,
                "text": each.text,
                "created_at": now,
                "retry_at": now,
                "attempts": 0,
                "failure": "",
            }
            for team_id, each in notifications
        ],
    )
