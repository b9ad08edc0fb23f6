from __future__ import annotations

import asyncio
import sqlite3
import ssl
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import certifi
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.dialects import sqlite

from zenmux_bot.errors import ConfigError
from zenmux_bot.store import migrations
from zenmux_bot.store.database import (
    _postgres_arguments,
    open_database,
    parse_url,
)
from zenmux_bot.store.tables import metadata, seen_events, subscriptions


def differences(connection):
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, metadata)


async def test_migrate__tables_match_the_code(database):
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrate__twice(database):
    await database.migrate()

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrate__up_to_date_without_alembic(database):
    """A third of a second and eight megabytes that most starts need not spend."""
    alembic = {name for name in sys.modules if name.split(".")[0] == "alembic"}
    saved = {name: sys.modules.pop(name) for name in alembic}
    try:
        await database.migrate()

        assert "alembic" not in sys.modules
    finally:
        sys.modules.update(saved)


@pytest.mark.postgres
async def test_migrate__concurrent_processes(empty_postgres_url):
    async def start():
        async with open_database(empty_postgres_url) as database:
            await database.migrate()

    await asyncio.gather(*(start() for _ in range(4)))

    async with (
        open_database(empty_postgres_url) as database,
        database.reading() as connection,
    ):
        tables = await connection.run_sync(lambda c: inspect(c).get_table_names())
    assert set(tables) == set(metadata.tables) | {"alembic_version"}


async def test_migrate__downgrade(tmp_path):
    def downgrade(connection):
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    async with open_database(f"sqlite:///{tmp_path}/a.db") as database:
        await database.migrate()
        async with database.writing() as connection:
            await connection.run_sync(downgrade)
        async with database.reading() as connection:
            tables = await connection.run_sync(lambda c: inspect(c).get_table_names())

    assert tables == ["alembic_version"]


async def test_open_database__sqlite_file_in_use(sqlite_url):
    async with open_database(sqlite_url):
        with pytest.raises(ConfigError, match="PostgreSQL"):
            async with open_database(sqlite_url):
                pass

    async with open_database(sqlite_url):
        pass


@pytest.mark.parametrize("name", ["file/bot.db", "folder.db"])
async def test_open_database__not_writable(tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "folder.db.lock").mkdir()

    with pytest.raises(ConfigError, match="cannot be written"):
        async with open_database(f"sqlite:///{tmp_path}/{name}"):
            pass


async def test_open_database__read_only_creates_no_file(tmp_path):
    with pytest.raises(ConfigError, match="is not there"):
        async with open_database(f"sqlite:///{tmp_path}/none.db", exclusive=False):
            pass

    assert not list(tmp_path.iterdir())


async def test_engine__reads_before_it_writes(
    sqlite_url,
):
    file = sqlite_url.removeprefix("sqlite:///")
    async with (
        open_database(sqlite_url) as database,
        database.engine.begin() as connection,
    ):
        await connection.execute(select(seen_events))
        with (
            closing(sqlite3.connect(file, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")


async def test_open_database__creates_the_directory(tmp_path):
    async with open_database(f"sqlite:///{tmp_path}/data/deep/bot.db") as database:
        await database.migrate()

    assert (tmp_path / "data/deep/bot.db").exists()


async def test_open_database__sqlite_pragmas(sqlite_url):
    async with (
        open_database(sqlite_url) as database,
        database.reading() as connection,
    ):
        found = [
            await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert found == ["wal", 2, 1]


async def test_writing__many_at_once(database):
    now = datetime(2026, 11, 23, tzinfo=UTC)

    async def write(number):
        async with database.writing() as connection:
            await connection.execute(
                seen_events.insert().values(event_id=str(number), seen_at=now)
            )
            await asyncio.sleep(0)

    await asyncio.gather(*(write(n) for n in range(40)))

    async with database.reading() as connection:
        rows = await connection.execute(seen_events.select())
    assert len(rows.all()) == 40


async def test_writing__rolls_back(database):
    now = datetime(2026, 11, 23, tzinfo=UTC)

    async def write_and_fail():
        async with database.writing() as connection:
            await connection.execute(
                seen_events.insert().values(event_id="1", seen_at=now)
            )
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()

    async with database.reading() as connection:
        assert (await connection.execute(seen_events.select())).all() == []


async def test_utc_date_time__round_trip(database):
    berlin = timezone(timedelta(hours=1))
    instant = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=berlin)

    async with database.writing() as connection:
        await connection.execute(
            seen_events.insert().values(event_id="1", seen_at=instant)
        )
        found = await connection.scalar(
            seen_events.select().with_only_columns(seen_events.c.seen_at)
        )

    assert found == instant
    assert found.tzinfo is UTC


def test_utc_date_time__naive():
    column = seen_events.c.seen_at.type

    with pytest.raises(ValueError, match="zone"):
        column.process_bind_param(
            datetime.fromisoformat("2026-11-23T09:00"), sqlite.dialect()
        )


def test_decimal_text__round_trip():
    column = subscriptions.c.skip_below_pp.type

    stored = column.process_bind_param(Decimal("0.10"), None)

    assert (stored, column.process_result_value(stored, None)) == (
        "0.10",
        Decimal("0.10"),
    )
    assert column.process_bind_param(None, None) is None
    assert column.process_result_value(None, None) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///data/bot.db", "sqlite+aiosqlite:///data/bot.db"),
        ("sqlite+aiosqlite:////abs/bot.db", "sqlite+aiosqlite:////abs/bot.db"),
        ("postgres://u:p@h:5432/n", "postgresql+asyncpg://u:p@h:5432/n"),
        ("postgresql://u@h/n", "postgresql+asyncpg://u@h/n"),
        ("postgresql+asyncpg://u@h/n", "postgresql+asyncpg://u@h/n"),
        ("postgres://u:p%40:@h/n", "postgresql+asyncpg://u:p%40%3A@h/n"),
    ],
)
def test_parse_url__hosted_addresses(url, expected):
    assert parse_url(url).render_as_string(hide_password=False) == expected


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("data/bot.db", "DATABASE_URL: not an address"),
        ("postgres://u@h:x/n", "DATABASE_URL: not an address"),
        ("mysql://u@h/n", "DATABASE_URL: 'mysql' is not supported"),
        ("sqlite://", "DATABASE_URL: names no file"),
        ("sqlite:///:memory:", "DATABASE_URL: names no file"),
    ],
)
def test_parse_url__refused(url, sentence):
    with pytest.raises(ConfigError, match=sentence):
        parse_url(url)


def arguments(url):
    """Return the address and what asyncpg is told, without what is always the same."""
    bare, told = _postgres_arguments(parse_url(url))
    told.pop("command_timeout")
    name = told.pop("prepared_statement_name_func", None)
    assert name is None or name() != name()
    return bare.render_as_string(hide_password=False).partition("//")[2], told


NAMED = {"application_name": "zenmux_bot"}
UNCACHED = {"statement_cache_size": 0, "prepared_statement_cache_size": 0}


@pytest.mark.parametrize(
    ("url", "bare", "changes"),
    [
        ("postgres://u@h/n", "u@/n", {}),
        ("postgres://u@h/n?sslmode=require", "u@/n", {"ssl": "require"}),
        ("postgres://u@h/n?ssl=true", "u@/n", {"ssl": "require"}),
        (
            "postgres://u@h/n?sslmode=require&channel_binding=require&gssencmode=x",
            "u@/n",
            {"ssl": "require"},
        ),
        ("postgres://h/n?user=u&password=p", "u:p@/n", {}),
        ("postgres://u@h/n?connect_timeout=12", "u@/n", {"timeout": 12.0}),
        (
            "postgres://u@h/n?application_name=me&options=endpoint%3Dep-1",
            "u@/n",
            {
                "server_settings": {
                    "application_name": "me",
                    "options": "endpoint=ep-1",
                }
            },
        ),
        (
            "postgres://u@h/n?target_session_attrs=read-write",
            "u@/n",
            {"target_session_attrs": "read-write"},
        ),
        ("postgres://u@h:6543/n", "u@/n", {"port": [6543]} | UNCACHED),
        (
            "postgres://u@ep-1-pooler.neon.tech/n",
            "u@/n",
            {"host": ["ep-1-pooler.neon.tech"]} | UNCACHED,
        ),
        (
            "postgres://u@h/n?pgbouncer=true&connection_limit=1&schema=public",
            "u@/n",
            UNCACHED,
        ),
        ("postgres://u@h:6543/n?pgbouncer=false", "u@/n", {"port": [6543]}),
    ],
)
def test_postgres_arguments__as_hosts_hand_them_out(url, bare, changes):
    assert arguments(url) == (
        bare,
        {"timeout": 5, "server_settings": NAMED, "host": ["h"]} | changes,
    )


@pytest.mark.parametrize(
    ("server", "hosts", "ports"),
    [
        ("h:1/n", ["h"], [1]),
        ("h:/n", ["h"], None),
        ("[::1]:1/n", ["::1"], [1]),
        ("h1:1,h2:2/n", ["h1", "h2"], [1, 2]),
        ("h1,h2/n", ["h1", "h2"], None),
        ("h1,h2:2/n", ["h1", "h2"], [5432, 2]),
        ("[::1]:1,[::2]/n", ["::1", "::2"], [1, 5432]),
        ("h1,h2/n?port=1", ["h1", "h2"], [1, 1]),
        ("/n?host=h1,h2&port=1,2", ["h1", "h2"], [1, 2]),
        ("/n?host=h1:1&host=h2:2", ["h1", "h2"], [1, 2]),
        ("/n?host=::1", ["::1"], None),
        ("%2Fvar%2Frun%2Fpostgresql/n", ["/var/run/postgresql"], None),
        ("%2Fvar%2Frun:1/n", ["/var/run"], [1]),
        ("/n?host=/cloudsql/p:r:i", ["/cloudsql/p:r:i"], None),
        ("ignored/n?host=h", ["h"], None),
        (":1/n", None, [1]),
        ("/n", None, None),
    ],
)
def test_postgres_arguments__servers(server, hosts, ports):
    bare, told = arguments(f"postgres://u:p%2C@{server}")

    assert bare == "u:p%2C@/n"
    assert (told.get("host"), told.get("port")) == (hosts, ports)


@pytest.mark.parametrize(
    ("mode", "check_hostname", "verify_mode"),
    [
        ("verify-full", True, ssl.CERT_REQUIRED),
        ("verify-ca", False, ssl.CERT_REQUIRED),
        ("require", False, ssl.CERT_REQUIRED),
    ],
)
def test_postgres_arguments__authority(mode, check_hostname, verify_mode):
    root = quote(certifi.where())
    _, told = arguments(f"postgres://u@h/n?sslmode={mode}&sslrootcert={root}")

    assert told["ssl"].check_hostname is check_hostname
    assert told["ssl"].verify_mode is verify_mode


@pytest.mark.parametrize(
    "address",
    [
        "h/n?sslmode=perhaps",
        "h/n?sslmode=verify-full&sslrootcert=/none.pem",
        "h/n?target_session_attrs=perhaps",
        "h:70000/n",
        "h1,/n",
        "h1,h2:x/n",
        "h1,h2/n?port=1,2,3",
        "hush@h/n",
        f"{'h' * 64}/n",
    ],
)
def test_postgres_arguments__unusable_is_one_line(address):
    with pytest.raises(ConfigError, match=r"^DATABASE_URL: [^\n]+$") as caught:
        arguments(f"postgres://u:hush@{address}")

    assert "hush" not in str(caught.value)


@pytest.mark.postgres
async def test_database__behind_a_pooler_keeps_no_prepared_statement(postgres_url):
    separator = "&" if "?" in postgres_url else "?"
    url = f"{postgres_url}{separator}pgbouncer=true&sslmode=prefer&options=-c%20a.b%3Dc"
    async with (
        open_database(url) as database,
        database.reading() as connection,
    ):
        kept = text("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
        for _ in range(3):
            await connection.execute(select(seen_events))
        option = await connection.scalar(text("SHOW a.b"))
        left = await connection.scalar(kept)

    assert (option, left <= 1) == ("c", True)


async def insert_event(database, event_id):
    async with database.writing() as connection:
        await connection.execute(select(seen_events))
        await connection.execute(
            seen_events.insert().values(event_id=event_id, seen_at=datetime.now(UTC))
        )
        await connection.execute(select(seen_events))


async def test_writing__cancelled(database):
    # What SQLite has under way ends with its cursors, and errors keep those.
    errors = []
    for turns in range(30):
        write = asyncio.create_task(insert_event(database, f"cancelled-{turns}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        write.cancel()
        [error] = await asyncio.gather(write, return_exceptions=True)
        errors.append(error)
        async with asyncio.timeout(4):
            await insert_event(database, f"next-{turns}")

    async with database.reading() as connection:
        found = set(await connection.scalars(select(seen_events.c.event_id)))
    ended = {f"cancelled-{n}" for n, error in enumerate(errors) if error is None}
    assert {f"next-{turns}" for turns in range(30)} | ended <= found
    assert database.engine.pool.checkedout() == 0
