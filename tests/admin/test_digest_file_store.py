"""Digests as code: what a file changes in the database."""

from __future__ import annotations

from datetime import UTC, datetime

from examples import counting_pick, draft

from zenmux_bot.admin.digest_file import (
    DeclaredDigests,
    compare,
    declare,
    describe,
    read_document,
)
from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_bot.store.subscriptions import Subscriptions

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ENTRY = declare(draft(id="d-2345"))


def read(*entries: dict):
    return read_document({"version": 1, "digests": list(entries)})


async def import_(digests: DeclaredDigests, *entries: dict) -> list[str]:
    changes = compare(await digests.every(), read(*entries))
    await digests.apply(changes, NOW)
    return describe(changes)


async def test_digest_file_store__importing_twice_changes_nothing_the_second_time(
    database,
):
    digests = DeclaredDigests(database, counting_pick())
    nameless = {name: value for name, value in ENTRY.items() if name != "id"}
    entries = [nameless, ENTRY | {"id": "d-9999", "top": 5}]
    first = await import_(digests, *entries)
    there = await digests.every()

    second = await import_(digests, *entries)

    assert first[-1].startswith("2 to add")
    assert second == ["0 to add, 0 to change, 2 unchanged, 0 not in the file"]
    assert await digests.every() == there


async def test_digest_file_store__what_is_deleted_comes_back_under_its_id(database):
    subscriptions = Subscriptions(database, counting_pick())
    created = await subscriptions.create(draft())
    await subscriptions.delete(created, by="U1", now=NOW)
    digests = DeclaredDigests(database, counting_pick())

    await import_(digests, declare(created))

    [found] = await digests.every()
    assert (found.id, found.state) == (created.id, SubscriptionState.ACTIVE)


async def test_digest_file_store__paused_one_is_paused_by_the_file(database):
    subscriptions = Subscriptions(database, counting_pick())
    created = await subscriptions.create(draft())
    digests = DeclaredDigests(database, counting_pick())

    await import_(digests, declare(created) | {"state": "paused"})

    [found] = await digests.every()
    assert found.state is SubscriptionState.PAUSED
    assert found.paused_reason == "paused in the file"
