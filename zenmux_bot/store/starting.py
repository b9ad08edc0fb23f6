"""Starting on a database that may still be away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import select

from zenmux_bot.errors import ConfigError
from zenmux_bot.store.availability import UNAVAILABLE
from zenmux_bot.store.database import Database

# The user or the password is wrong, or there is no such database:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_HOPELESS = ("28", "3D")
# Another process was in the way: serialization failure, deadlock, lock not available.
_PASSING = ("40", "55P03", "57")
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0

log = structlog.get_logger(__name__)


async def try_to_migrate(database: Database) -> bool:
    """Bring the tables up to date, and return whether the database was there.

    Raises:
        ConfigError: The database refuses the user or the password, or has another
            name, or the tables cannot be brought up to date; waiting would not help.
    """
    try:
        await database.migrate()
    except UNAVAILABLE as error:
        state = _sqlstate(error)
        if state.startswith(_HOPELESS):
            raise ConfigError(
                f"DATABASE_URL: refused (SQLSTATE {state}); set "
                "postgresql://USER:PASSWORD@HOST/NAME of a database that exists"
            ) from None
        if not state.startswith(_PASSING) and await _answers(database):
            reason = str(getattr(error, "orig", error)).partition("\n")[0]
            raise ConfigError(
                f"DATABASE_URL: the tables cannot be brought up to date ({reason}); "
                "nothing was changed. Name an empty database or restore a backup"
            ) from error
        log.warning("database.unavailable", kind=type(error).__name__)
        return False
    return True


def _sqlstate(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


async def _answers(database: Database) -> bool:
    """Tell whether the database is there, so that a failure was not its absence."""
    try:
        async with database.writing() as connection:
            await connection.execute(select(1))
    except UNAVAILABLE:
        return False
    return True


async def migrate_when_there(
    database: Database, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Bring the tables up to date as soon as the database is there.

    Raises:
        ConfigError: As :func:`try_to_migrate`.
    """
    wait = _FIRST_WAIT_SECONDS
    while not await try_to_migrate(database):
        await sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
    log.info("database.ready")


@asynccontextmanager
async def migrated(database: Database) -> AsyncIterator[asyncio.Event]:
    """Bring the tables up to date: now, or in the background once there is a database.

    Yields:
        What tells that they are.

    Raises:
        ConfigError: As :func:`try_to_migrate`.
    """
    done = asyncio.Event()
    if await try_to_migrate(database):
        done.set()
        yield done
        return

    async def wait() -> None:
        await migrate_when_there(database)
        done.set()

    waiting = asyncio.create_task(wait())
    try:
        yield done
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
