"""Old and new version on one database during a deploy: migrations only expand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from examples import MONDAY, counting_pick, draft
from sqlalchemy import Column, MetaData, inspect, select, text, types

from zenmux_bot.digests.delivery.entries import Claim, Posted, State, Transition
from zenmux_bot.store import migrations
from zenmux_bot.store.database import open_database
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions

CONFIG = Config()
CONFIG.set_main_option("script_location", str(Path(migrations.__file__).parent))
RELEASES = [
    script.revision for script in ScriptDirectory.from_config(CONFIG).walk_revisions()
]
"""The newest first."""

NEWER = (
    "ALTER TABLE subscriptions ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'",
    "ALTER TABLE occurrences ADD COLUMN mood TEXT",
    "CREATE TABLE moods (mood TEXT)",
    "UPDATE alembic_version SET version_num = '9'",
)
"""What the next release may do to the tables."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    return request.getfixturevalue("empty_postgres_url")


def upgrade(connection, revision: str) -> MetaData:
    """Migrate as a release did, and return its tables as it knew them."""
    CONFIG.attributes["connection"] = connection
    command.upgrade(CONFIG, revision)
    tables = MetaData()
    tables.reflect(connection, only=lambda name, _: name != "alembic_version")
    return tables


def value(column: Column[Any], number: int) -> Any:
    """Return what an old process may put into a column."""
    match column.type:
        case types.DateTime(timezone=aware):
            return datetime(2026, 11, 23, tzinfo=UTC if aware else None)
        case types.Date():
            return date(2026, 11, 23)
        case types.JSON():
            return {}
        case types.Boolean():
            return True
        case types.Integer():
            return number
    return str(number)


async def work(database, tables: MetaData, number: int) -> None:
    """Write and read a row of every table, naming only the columns that are known."""
    async with database.writing() as connection:
        for table in tables.sorted_tables:
            row = {column.name: value(column, number) for column in table.columns}
            await connection.execute(table.insert().values(row))
            found = await connection.execute(select(table))
            assert len(found.all()) == number


@pytest.mark.parametrize("release", RELEASES[1:])
async def test_migrate__older_process_keeps_working(empty_url, release):
    async with open_database(empty_url) as old:
        async with old.writing() as connection:
            tables = await connection.run_sync(upgrade, release)
        await work(old, tables, 1)

        async with open_database(empty_url, exclusive=False) as new:
            await new.migrate()

        await work(old, tables, 2)


@pytest.fixture
async def database(empty_url):
    """One of its own, for its tables are changed."""
    async with open_database(empty_url) as database:
        await database.migrate()
        yield database


async def test_migrate__newer_tables_are_left_alone(
    database,
):
    digests, ledger = Subscriptions(database, counting_pick()), Ledger(database)
    first = await digests.create(draft())
    async with database.writing() as connection:
        for statement in NEWER:
            await connection.execute(text(statement))

    await database.migrate()
    await digests.create(draft(channel_id="C2"))
    await Planner(database).plan(MONDAY)
    for post in await ledger.ready(MONDAY, limit=9):
        lease = MONDAY + timedelta(minutes=2)
        claim = Claim(holder="w1", at=MONDAY, until=lease, channel_id="C1")
        claimed = await ledger.claim(post, claim)
        sent = Transition(state=State.SENT, at=MONDAY, posted=Posted("C1", "1.0"))
        await ledger.apply(claimed, sent)
    [told] = await History(database).of(first.id, limit=9)

    assert told.state is State.SENT
    async with database.reading() as connection:
        present = await connection.scalar(
            text("SELECT version_num FROM alembic_version")
        )
        moods = await connection.scalars(text("SELECT mood FROM subscriptions"))
        assert await connection.run_sync(lambda c: inspect(c).has_table("moods"))
    assert present == "9"
    assert moods.all() == ["calm", "calm"]
