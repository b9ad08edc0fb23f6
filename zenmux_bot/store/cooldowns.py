"""Which of ZenMux's endpoints rest, for all processes that ask with one key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from zenmux_bot.store.availability import best_effort
from zenmux_bot.store.database import Database
from zenmux_bot.store.shared_tables import rests


class StoredCooldowns:
    """The rests that every process keeps to.

    What this process has seen holds even while the database is away.

    Args:
        database: Where they are.
        scope: Names the key: limits are counted for each.
    """

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope
        self._seen: dict[str, datetime] = {}

    async def get(self, path: str) -> datetime | None:
        """Return until when an endpoint rests, None if it never did."""
        query = select(rests.c.until).where(
            rests.c.scope == self._scope, rests.c.path == path
        )
        async with best_effort("rests.get"):
            async with self._database.reading() as connection:
                until: datetime | None = await connection.scalar(query)
            if until is not None:
                self._seen[path] = until
        return self._seen.get(path)

    async def set(self, path: str, until: datetime) -> None:
        """Let an endpoint rest."""
        self._seen[path] = until
        insert = self._database.insert(rests).values(
            scope=self._scope, path=path, until=until
        )
        async with best_effort("rests.set"), self._database.writing() as connection:
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["scope", "path"], set_={"until": until}
                )
            )
