"""One handle on SQLite or PostgreSQL: address, bounded pool, transactions."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from zenmux_bot.errors import ConfigError
from zenmux_bot.store.migrate import migrate

_POOL_SIZE = 5
_POOL_OVERFLOW = 5
_CONNECT_SECONDS = 5
_COMMAND_SECONDS = 30
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_SHAPES = "postgresql://USER:PASSWORD@HOST/NAME or sqlite:///PATH"


class Database:
    """Transactions on one engine.

    Repositories open one transaction per operation, so that what belongs together
    is there together or not at all.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._writing = engine.execution_options(zenmux_begin="BEGIN IMMEDIATE")
        # SQLite has one writer. Waiting in line here is fair and wakes at once;
        # its own busy handler polls. Other processes are kept out altogether.
        self._turn = asyncio.Semaphore(1 if self._is_sqlite else 1_000_000)

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes may use it at the same time."""
        return not self._is_sqlite

    @property
    def engine(self) -> AsyncEngine:
        """Return the engine, for libraries that bring their own statements.

        Its transactions may write: on SQLite one that begins by reading is refused
        the writer's lock when somebody else wrote meanwhile, without any waiting.
        """
        return self._writing

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads."""
        async with self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that may write; it commits unless an error leaves it."""
        async with self._turn, self._writing.begin() as connection:
            yield connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that knows ON CONFLICT, which both databases spell alike."""
        return sqlite.insert(table) if self._is_sqlite else postgresql.insert(table)

    async def migrate(self) -> None:
        """Bring the tables up to date; other processes wait meanwhile."""
        async with self.writing() as connection:
            await connection.run_sync(migrate)


@asynccontextmanager
async def open_database(url: str, *, alone: bool = True) -> AsyncIterator[Database]:
    """Open the database at ``url`` and close it at the end.

    Args:
        url: Where it is.
        alone: Keep other processes from an SQLite file; whoever only reads need not.

    Raises:
        ConfigError: The address is malformed, or the SQLite file is in use by
            another process, cannot be written, or is not there to be read.
    """
    address, file = parse_url(url), sqlite_file(url)
    if file is not None and not alone and not file.exists():
        raise ConfigError(
            f"DATABASE_URL: {file} is not there; the bot makes it at its first start"
        )
    guard = _guard_sqlite(file) if file is not None and alone else None
    try:
        engine = _create_engine(address)
        try:
            yield Database(engine)
        finally:
            await engine.dispose()
    finally:
        if guard is not None:
            guard.close()


def parse_url(url: str) -> URL:
    """Return the address with the drivers that are installed.

    Hosts hand out ``postgres://`` and libpq's ``sslmode``; both are understood.

    Raises:
        ConfigError: The address is malformed or names another kind of database.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ConfigError(f"DATABASE_URL is not an address: use {_SHAPES}") from error
    driver = _DRIVERS.get(address.drivername)
    if driver is None:
        raise ConfigError(
            f"DATABASE_URL names {address.drivername!r}, which is not supported: "
            f"use {_SHAPES}"
        )
    if driver.startswith("sqlite") and address.database in {None, "", ":memory:"}:
        raise ConfigError(
            "DATABASE_URL names no file: a digest in memory would be lost. "
            "Use sqlite:///PATH"
        )
    mode = address.query.get("sslmode")
    if mode is not None:
        address = address.difference_update_query(["sslmode"])
        address = address.update_query_dict({"ssl": mode})
    return address.set(drivername=driver)


def sqlite_file(url: str) -> Path | None:
    """Return the file that an address names, None if it names a server.

    Raises:
        ConfigError: As :func:`parse_url`.
    """
    address = parse_url(url)
    is_file = address.drivername.startswith("sqlite")
    return Path(str(address.database)) if is_file else None


def _guard_sqlite(path: Path) -> sqlite3.Connection:
    """Hold a lock beside the file for as long as this process uses it.

    The lock is SQLite's own on an empty database, so that it works on every
    system and is gone with the process however that ends.
    """
    lock = path.with_name(f"{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        guard = sqlite3.connect(lock, timeout=0, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise _not_writable(path, error) from None
    try:
        guard.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        guard.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise _not_writable(path, error) from None
        raise ConfigError(
            f"{path} is in use by another process. SQLite serves one process; for "
            f"several set DATABASE_URL to a PostgreSQL address "
            f"(postgresql://USER:PASSWORD@HOST/NAME)"
        ) from error
    return guard


def _not_writable(path: Path, error: Exception) -> ConfigError:
    return ConfigError(
        f"DATABASE_URL: {path} cannot be written ({error}); give its folder to the "
        "user that the bot runs as, or name another"
    )


def _create_engine(address: URL) -> AsyncEngine:
    """Return an engine with a bounded pool, whose errors show no values."""
    if address.drivername.startswith("sqlite"):
        engine = create_async_engine(
            address,
            pool_size=_POOL_SIZE,
            max_overflow=_POOL_OVERFLOW,
            hide_parameters=True,
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        address,
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_OVERFLOW,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": _CONNECT_SECONDS,
            "command_timeout": _COMMAND_SECONDS,
            "server_settings": {"application_name": "zenmux_bot"},
        },
    )


def _prepare_sqlite(connection: DBAPIConnection, record: Any) -> None:
    """Set a new SQLite connection up.

    ``synchronous`` stays FULL: a claim that a power cut takes back could be
    posted twice.
    """
    del record
    # The driver's own BEGIN comes late and is never IMMEDIATE:
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin as the transaction asks; a writer takes the lock before it reads."""
    options = connection.get_execution_options()
    connection.exec_driver_sql(options.get("zenmux_begin", "BEGIN"))
