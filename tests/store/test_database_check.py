from __future__ import annotations

import pytest
from examples import MONDAY, counting_pick, draft

from zenmux_bot.admin.check import check_database
from zenmux_bot.admin.check_digests import check_digests, digest_probe
from zenmux_bot.config import Settings
from zenmux_bot.store.database import open_database
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.subscriptions import Subscriptions


@pytest.mark.parametrize(
    ("reason", "ok"), [("token_revoked", False), ("U1", True), ("is_archived", True)]
)
async def test_check__digests_wait_for_a_token(database_url, reason, ok):
    async with open_database(database_url) as database:
        subscriptions = Subscriptions(database, counting_pick())
        for _ in range(2):
            await subscriptions.create(draft())
        await subscriptions.pause_all("T1", reason=reason, by="zenmux", now=MONDAY)

        ours = await check_digests(History(database), "T1")
        theirs = await check_digests(History(database), "T2")
        status = await digest_probe(History(database))("T1")
    check = await check_database(Settings(database_url=database_url, _env_file=None))

    assert (check.ok, ours.ok, theirs.ok, status.ok) == (ok, ok, True, ok)
    if not ok:
        assert (check.name, check.found) == (
            "Digests",
            "2 digests are paused: token_revoked.",
        )


async def test_status__unreadable_database(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}/without_tables.db"
    async with open_database(url) as database:
        status = await digest_probe(History(database))("T1")

    assert (status.name, status.ok) == ("Database", False)


async def test_check__database_cannot_be_created(tmp_path):
    (tmp_path / "file").touch()

    async def look(place: str) -> bool | None:
        address = f"sqlite:///{tmp_path}/{place}/bot.db"
        return (await check_database(Settings(database_url=address))).ok

    assert await look("file") is False
    assert await look("file/further") is False
    assert await look("new/further") is None
