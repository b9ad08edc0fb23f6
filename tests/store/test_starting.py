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


async def test_try_to_migrate__database_away(logs):
    async with open_database("postgresql://u:p@127.0.0.1:9/n") as database:
        assert not await try_to_migrate(database)

    assert [line["event"] for line in logs] == ["database.unavailable"]


async def test_try_to_migrate__a_setting_that_the_driver_refuses(monkeypatch):
    monkeypatch.setenv("PGTARGETSESSIONATTRS", "perhaps")

    async with open_database("postgresql://u:p@127.0.0.1:9/n") as database:
        with pytest.raises(ConfigError, match=r"^DATABASE_URL[^\n]+'perhaps'\)$"):
            await try_to_migrate(database)


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
