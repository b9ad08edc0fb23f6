"""The audit log: who did what and when."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.store.database import Database
from zenmux_bot.store.tables import audit


class Audit:
    """The audit log of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, team_id: str, entry: AuditEntry) -> None:
        """Add an entry that belongs to no other change in the store."""
        async with self._database.writing() as connection:
            await add_audit(connection, team_id, entry)

    async def of_team(
        self, team_id: str, *, limit: int, subject: str | None = None
    ) -> list[AuditEntry]:
        """Return a workspace's entries, the newest first; all, or about one subject."""
        query = (
            select(audit)
            .where(audit.c.team_id == team_id)
            .order_by(audit.c.at.desc(), audit.c.id.desc())
            .limit(limit)
        )
        if subject is not None:
            query = query.where(audit.c.subject == subject)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
        return [
            AuditEntry(
                at=row.at,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                detail=row.detail,
            )
            for row in rows
        ]


async def add_audit(
    connection: AsyncConnection, team_id: str, *entries: AuditEntry
) -> None:
    """Add entries within the transaction of the changes they record."""
    if entries:
        values = [{"team_id": team_id, **asdict(entry)} for entry in entries]
        await connection.execute(insert(audit), values)
