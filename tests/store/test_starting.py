"""Starting on a database whose tables are not up to date, or that is unavailable."""

import sqlite3

import pytest

from zenmux_bot.errors import ConfigError
from zenmux_bot.store.database import open_database, try_to_migrate


async def test_try_to_migrate__tables_of_somebody_else(tmp_path):
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE audit (a INT)")
    connection.close()

    async with open_database(f"sqlite:///{path}") as database:
        for _ in range(2):
            with pytest.raises(ConfigError, match="table audit already exists"):
                await try_to_migrate(database)


async def test_try_to_migrate__no_database_in_the_file(tmp_path):
    file = tmp_path / "notes.db"
    file.write_bytes(b"no database" * 500)

    async with open_database(f"sqlite:///{file}") as database:
        with pytest.raises(ConfigError, match=r"^DATABASE_URL: [^\n]+not a database"):
            await try_to_migrate(database)


async def test_try_to_migrate__database_away(logs):
    async with open_database("postgresql://u:p@127.0.0.1:9/n") as database:
        assert not await try_to_migrate(database)

    assert [line["event"] for line in logs] == ["database.unavailable"]


@pytest.mark.parametrize(
    ("url", "name", "value"),
    [
        ("u:hush@127.0.0.1:9/n", "PGTARGETSESSIONATTRS", "perhaps"),
        ("u:hush@127.0.0.1:9/n", "PGSSLMODE", "perhaps"),
        ("u:hush@127.0.0.1:9/n", "PGSSLMODE", "verify-full"),
        ("u:hush@127.0.0.1/n", "PGPORT", "abc"),
        ("u:hush@127.0.0.1/n", "PGPORT", ""),
        ("u:hush@127.0.0.1/n", "PGPORT", "1,2"),
        ("", "PGHOST", "a..b"),
        ("", "PGHOST", "漢字:x"),
    ],
)
async def test_try_to_migrate__a_setting_that_the_driver_refuses(
    monkeypatch, tmp_path, url, name, value
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(name, value)

    async with open_database(f"postgresql://{url}") as database:
        if not value:
            assert not await try_to_migrate(database)
            return
        with pytest.raises(ConfigError) as caught:
            await try_to_migrate(database)

    [line] = str(caught.value).splitlines()
    assert line.startswith("DATABASE_URL or ")
    assert name in line
    assert "hush" not in line


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("session", "is_there"), [("primary", True), ("standby", False)]
)
async def test_try_to_migrate__the_first_of_several_hosts_is_down(
    postgres_url, session, is_there
):
    url = postgres_url.replace("host=", "host=127.0.0.1:9,")
    assert url != postgres_url

    async with open_database(f"{url}&target_session_attrs={session}") as database:
        assert await try_to_migrate(database) == is_there
