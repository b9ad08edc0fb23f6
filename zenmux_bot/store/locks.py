"""Turns among processes: of those that want to do the same thing, one does it.

A turn is a row with a lease that its holder renews; the lease of a process that died
ends by itself. PostgreSQL's session locks would be freed sooner, but do not work
behind a connection pooler.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, update

from zenmux_bot.store.availability import best_effort
from zenmux_bot.store.database import Database
from zenmux_bot.store.shared_tables import turns

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
_FIRST_LOOK_SECONDS = 0.05
_LONGEST_LOOK_SECONDS = 0.5


class Locks:
    """Hands out turns on PostgreSQL.

    Args:
        database: Where they are.
        scope: Whose turns they are.
        holder: Names this process.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        database: Database,
        scope: str,
        *,
        holder: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._scope = scope
        self._holder = holder
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn at ``name``, and hold it for as long as the block lasts.

        Within a process, ask for one name once at a time. While the database is
        away, everyone has a turn.
        """
        look = _FIRST_LOOK_SECONDS
        while not await self._take(name):
            await self._sleep(look)
            look = min(look * 1.5, _LONGEST_LOOK_SECONDS)
        renewal = asyncio.create_task(self._renew(name))
        try:
            yield
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)
            await self._release(name)

    async def _take(self, name: str) -> bool:
        until = func.clock_timestamp() + LEASE
        values = {"holder": self._holder, "until": until}
        insert = self._database.insert(turns).values(
            scope=self._scope, name=name, **values
        )
        async with best_effort("turns.take"):
            async with self._database.writing() as connection:
                taken = await connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["scope", "name"],
                        set_=values,
                        where=turns.c.until < func.clock_timestamp(),
                    )
                )
            return taken.rowcount == 1
        return True

    async def _renew(self, name: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            async with (
                best_effort("turns.renew"),
                self._database.writing() as connection,
            ):
                await connection.execute(
                    update(turns)
                    .where(*self._mine(name))
                    .values(until=func.clock_timestamp() + LEASE)
                )

    async def _release(self, name: str) -> None:
        async with (
            best_effort("turns.release"),
            self._database.writing() as connection,
        ):
            await connection.execute(delete(turns).where(*self._mine(name)))

    def _mine(self, name: str) -> tuple[ColumnElement[bool], ...]:
        return (
            turns.c.scope == self._scope,
            turns.c.name == name,
            turns.c.holder == self._holder,
        )
