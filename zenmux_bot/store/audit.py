"""Who did what and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.store.database import Database
from zenmux_bot.store.tables import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One thing that was done.

    Attributes:
        at: When.
        actor: A user's id, or ``zenmux`` for the bot itself.
        action: A name such as ``digest.pause``.
        subject: The id of what it was done to.
        detail: More in words, or empty.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


class Audit:
    """The audit lines of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, team_id: str, line: AuditLine) -> None:
        """Add a line that belongs to no other change in the store."""
        async with self._database.writing() as connection:
            await add_audit(
                connection,
                team_id=team_id,
                actor=line.actor,
                action=line.action,
                subject=line.subject,
                detail=line.detail,
                at=line.at,
            )

    async def of_team(self, team_id: str, *, limit: int) -> list[AuditLine]:
        """Return a workspace's newest lines, the newest first."""
        query = (
            select(audit)
            .where(audit.c.team_id == team_id)
            .order_by(audit.c.at.desc(), audit.c.id.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
        return [
            AuditLine(
                at=row.at,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                detail=row.detail,
            )
            for row in rows
        ]


async def add_audit(
    connection: AsyncConnection,
    *,
    team_id: str,
    actor: str,
    action: str,
    subject: str,
    detail: str,
    at: datetime,
) -> None:
    """Add a line within the transaction of the change that it tells of."""
    await connection.execute(
        audit.insert().values(
            team_id=team_id,
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            at=at,
        )
    )
