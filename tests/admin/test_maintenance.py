"""Backup, restore and move, by the commands an operator types."""

from __future__ import annotations

import asyncio
import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from examples import counting_pick, draft
from secrecy import overhear
from sqlalchemy import select

from zenmux_bot.cli import main
from zenmux_bot.core.actors import Location
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.schedule import upcoming
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.conversations import SeenEvents, Settings
from zenmux_bot.store.database import open_database
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.store.tables import audit, metadata, occurrences, subscriptions

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def run(*args: str, url: str, fails: bool = False) -> str:
    runner = CliRunner(env={"DATABASE_URL": url, "ZENMUX_BOT_NOW": NOW.isoformat()})
    result = runner.invoke(main, args)
    overhear(result.output)
    assert result.exit_code == (1 if fails else 0), result.output
    return result.output


def filled(url: str) -> None:
    asyncio.run(fill(url))


async def fill(url: str) -> None:
    async with open_database(url) as database:
        digests = Subscriptions(database, counting_pick())
        for number in range(3):
            created = await digests.create(
                draft(channel_id=f"C{number}", top=number + 1)
            )
        await digests.pause(created, reason="is_archived", by="U1", now=NOW)
        await Planner(database).plan(NOW)
        await Settings(database).set(Location("T1"), "top", "5", by="U1", now=NOW)
        await SeenEvents(database).first_time("Ev1", NOW)


def everything(url: str) -> dict[str, list]:
    async def read():
        async with open_database(url) as database, database.reading() as connection:
            return {
                table.name: sorted(
                    (tuple(row) for row in await connection.execute(select(table))),
                    key=repr,
                )
                for table in metadata.sorted_tables
            }

    return asyncio.run(read())


def next_sends(url: str) -> list[list[datetime]]:
    async def read():
        async with open_database(url) as database:
            found = await Subscriptions(database, counting_pick()).of_team("T1")
        return [[each.at for each in upcoming(one.schedule, NOW, 3)] for one in found]

    return asyncio.run(read())


def planned(url: str) -> list[tuple[str, datetime]]:
    async def read():
        query = select(subscriptions.c.id, subscriptions.c.next_at).where(
            subscriptions.c.state == "active"
        )
        async with open_database(url) as database, database.reading() as connection:
            rows = await connection.execute(query.order_by(subscriptions.c.id))
        return [tuple(row) for row in rows]

    return asyncio.run(read())


@pytest.fixture
def empty_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/empty.db"


def test_maintenance__export_imported_elsewhere_gives_the_same_next_sends(
    database_url, empty_url, tmp_path
):
    filled(database_url)
    file = str(tmp_path / "digests.yml")

    run("digests", "export", file, url=database_url)
    said = run("digests", "import", file, url=empty_url)

    assert "3 to add, 0 to change" in said
    assert next_sends(empty_url) == next_sends(database_url)
    assert planned(empty_url) == planned(database_url)


def test_maintenance__dry_run_changes_nothing(sqlite_url, empty_url, tmp_path):
    filled(sqlite_url)
    file = str(tmp_path / "digests.yml")
    run("digests", "export", file, url=sqlite_url)

    said = run("digests", "import", file, "--dry-run", url=empty_url)

    assert "3 to add" in said
    assert "Nothing was changed" in said
    assert next_sends(empty_url) == []


def test_maintenance__bad_file_changes_nothing(sqlite_url, tmp_path):
    file = tmp_path / "digests.yml"
    file.write_text("version: 1\ndigests: [{top: 3}]")
    assert "channel: missing" in run(
        "digests", "import", str(file), url=sqlite_url, fails=True
    )
    file.write_text("version: [")
    run("digests", "import", str(file), url=sqlite_url, fails=True)
    file.unlink()
    run("digests", "import", str(file), url=sqlite_url, fails=True)

    assert everything(sqlite_url)["subscriptions"] == []


def test_maintenance__backup_restored_is_all_there_was(
    database_url, empty_url, tmp_path
):
    filled(database_url)
    file = tmp_path / "all.jsonl"
    # What was readable by all must not make the backup so.
    for older in (file, tmp_path / "all.jsonl.part"):
        older.touch(mode=0o644)

    run("backup", str(file), url=database_url)
    run("restore", str(file), url=empty_url)

    there = everything(database_url)
    assert there["occurrences"]
    assert everything(empty_url) == there
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_maintenance__running_bot_can_be_backed_up(sqlite_url, tmp_path):
    filled(sqlite_url)

    async def while_open():
        async with open_database(sqlite_url):
            args = ("backup", str(tmp_path / "all.jsonl"))
            return await asyncio.to_thread(run, *args, url=sqlite_url)

    assert "rows written" in asyncio.run(while_open())


@pytest.mark.postgres
def test_maintenance__moving_to_postgresql_keeps_everything_and_counts_on(
    sqlite_url, empty_postgres_url
):
    filled(sqlite_url)

    run("move", "--to", empty_postgres_url, url=sqlite_url)

    assert everything(empty_postgres_url) == everything(sqlite_url)

    async def go_on():
        async with open_database(empty_postgres_url) as database:
            line = AuditEntry(at=NOW, actor="U1", action="x", subject="y", detail="")
            await Audit(database).add("T1", line)
            await Planner(database).plan(NOW + timedelta(days=7))
            async with database.reading() as connection:
                return [
                    (await connection.execute(select(table.c.id))).scalars().all()
                    for table in (audit, occurrences)
                ]

    for ids in asyncio.run(go_on()):
        assert len(ids) == len(set(ids))


def test_maintenance__database_in_use_is_not_moved_or_overwritten(
    sqlite_url, empty_url, tmp_path
):
    filled(sqlite_url)
    run("backup", str(tmp_path / "all.jsonl"), url=sqlite_url)
    before = everything(sqlite_url)

    said = run("restore", str(tmp_path / "all.jsonl"), url=sqlite_url, fails=True)

    async def while_open():
        async with open_database(sqlite_url):
            args = ("move", "--to", empty_url)
            return await asyncio.to_thread(run, *args, url=sqlite_url, fails=True)

    assert "not empty" in said
    assert "in use by another process" in asyncio.run(while_open())
    assert everything(sqlite_url) == before


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda lines: lines[1:], "isn't a backup of this bot"),
        (lambda lines: [], "isn't a backup of this bot"),
        (lambda lines: [lines[0], lines[1][:20]], "cut off"),
        (
            lambda lines: [lines[0], '{"table": "users", "row": {}}'],
            "isn't a row of a known table",
        ),
        (lambda lines: [other_revision(lines[0])], "version of the bot"),
        (
            lambda lines: [lines[0], '{"table": "audit", "row": {}}'],
            "unexpected columns",
        ),
    ],
)
def test_maintenance__damaged_backup_changes_nothing(
    sqlite_url, empty_url, tmp_path, damage, sentence
):
    filled(sqlite_url)
    file = tmp_path / "all.jsonl"
    run("backup", str(file), url=sqlite_url)
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(damage(lines)), "utf-8")

    said = run("restore", str(file), url=empty_url, fails=True)

    assert sentence in " ".join(said.split())
    assert all(rows == [] for rows in everything(empty_url).values())


def other_revision(header: str) -> str:
    return json.dumps(json.loads(header) | {"revision": "0000"})


def test_maintenance__what_is_passing_is_not_in_a_backup(sqlite_url, tmp_path):
    file = tmp_path / "all.jsonl"

    run("backup", str(file), url=sqlite_url)

    assert len(file.read_text("utf-8").splitlines()) == 1


def test_maintenance__database_that_is_not_there_is_named(tmp_path):
    url = "postgresql://nobody@127.0.0.1:1/nothing"

    assert "DATABASE_URL" in run("backup", str(tmp_path / "x"), url=url, fails=True)
    assert not list(tmp_path.iterdir())
