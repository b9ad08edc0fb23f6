from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from examples import DAILY, FRIDAY, MONDAY, counting_pick, draft
from sqlalchemy import select

from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.delivery.entries import State
from zenmux_bot.digests.subscriptions import (
    SubscriptionChanged,
    SubscriptionState,
    WhenEmpty,
    readable_id,
)
from zenmux_bot.store import tables
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions

ACTIVE, PAUSED, DELETED = SubscriptionState


@pytest.fixture
def subscriptions(database):
    return Subscriptions(database, counting_pick())


async def test_create__round_trip(subscriptions):
    created = await subscriptions.create(
        draft(
            metric=Metric.TOKENS,
            providers=("anthropic", "openai"),
            skip_below_pp=Decimal("0.5"),
            when_empty=WhenEmpty.SKIP,
            top=20,
        )
    )

    assert created.id == "d-2222"
    assert await subscriptions.get("T1", "d-2222") == created
    assert await subscriptions.get("T1", "D-2222") == created
    assert created == draft(
        id="d-2222",
        metric=Metric.TOKENS,
        providers=("anthropic", "openai"),
        skip_below_pp=Decimal("0.5"),
        when_empty=WhenEmpty.SKIP,
        top=20,
    )


async def test_create__two_at_once(database):
    class Twin(Exception):
        pass

    def check(here):
        if here:
            raise Twin

    made = await asyncio.gather(
        *(
            Subscriptions(database, secrets.choice).create(draft(), check=check)
            for _ in range(4)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(each, Twin) for each in made) == 3
    [only] = await Subscriptions(database, counting_pick()).of_channel("T1", "C1")
    assert only in made


async def test_edit__two_moved_at_once(database):
    class Twin(Exception):
        pass

    def check(here):
        if here:
            raise Twin

    made = Subscriptions(database, counting_pick())
    two = [await made.create(draft(channel_id=channel)) for channel in ("C2", "C3")]

    moved = await asyncio.gather(
        *(
            made.edit(replace(each, channel_id="C1"), by="U1", now=MONDAY, check=check)
            for each in two
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(each, Twin) for each in moved) == 1
    assert len(await made.of_channel("T1", "C1")) == 1


@pytest.mark.parametrize(
    ("named", "one", "several"),
    [
        ((), None, None),
        (("openai",), "openai", None),
        (("openai", "x-ai"), None, ("openai", "x-ai")),
    ],
)
async def test_create__readable_by_older_versions(
    subscriptions, database, named, one, several
):
    created = await subscriptions.create(draft(providers=named))

    async with database.reading() as connection:
        columns = select(
            tables.subscriptions.c.provider, tables.subscriptions.c.providers
        )
        assert (await connection.execute(columns)).one() == (one, several)

    async with database.writing() as connection:
        changed = tables.subscriptions.update().values(provider="anthropic")
        await connection.execute(changed)
    found = await subscriptions.get("T1", created.id)
    assert found.providers == ("anthropic",)


async def test_create__id_taken(database):
    await Subscriptions(database, counting_pick()).create(draft())

    second = await Subscriptions(database, counting_pick()).create(draft())

    assert second.id == "d-2223"


async def test_create__all_ids_taken(database):
    subscriptions = Subscriptions(database, lambda alphabet: alphabet[0])
    await subscriptions.create(draft())

    with pytest.raises(RuntimeError, match="no free"):
        await subscriptions.create(draft())


def test_readable_id__no_lookalikes():
    alphabets = set()
    readable_id(lambda alphabet: alphabets.add(alphabet) or "x")

    (alphabet,) = alphabets
    assert not set(alphabet) & set("0o1lieau")
    assert alphabet == alphabet.lower()


async def test_lists__one_workspace_without_deleted(subscriptions):
    first = await subscriptions.create(draft())
    await subscriptions.create(draft(team_id="T2"))
    second = await subscriptions.create(draft(channel_id="C2", owner_id="U2"))
    gone = await subscriptions.create(draft())
    await subscriptions.delete(gone, by="U1", now=MONDAY)

    assert await subscriptions.of_team("T1") == [first, second]
    assert await subscriptions.of_channel("T1", "C1") == [first]
    assert await subscriptions.of_owner("T1", "U2") == [second]
    assert await subscriptions.get("T2", first.id) is None


async def test_edit__old_revision(subscriptions):
    created = await subscriptions.create(draft())
    edited = await subscriptions.edit(replace(created, top=5), by="U2", now=MONDAY)

    with pytest.raises(SubscriptionChanged, match="d-2222"):
        await subscriptions.edit(replace(created, top=7), by="U1", now=MONDAY)

    assert await subscriptions.get("T1", created.id) == edited
    assert (edited.top, edited.revision, edited.updated_at) == (5, 2, MONDAY)


async def test_edit__concurrent(subscriptions):
    created = await subscriptions.create(draft())

    results = await asyncio.gather(
        *(
            subscriptions.edit(replace(created, top=n), by="U1", now=MONDAY)
            for n in range(5, 10)
        ),
        return_exceptions=True,
    )

    assert sum(not isinstance(result, Exception) for result in results) == 1


async def test_edit__keeps_the_state(subscriptions):
    created = await subscriptions.create(draft())

    edited = await subscriptions.edit(
        replace(created, state=PAUSED, paused_reason="x"), by="U1", now=MONDAY
    )

    assert (edited.state, edited.paused_reason) == (ACTIVE, None)


async def test_edit__schedule_begins_now(subscriptions, database):
    created = await subscriptions.create(draft(schedule=DAILY))
    renamed = await subscriptions.edit(replace(created, top=5), by="U1", now=MONDAY)
    assert await Planner(database).plan(MONDAY) == 1
    await subscriptions.edit(
        replace(renamed, schedule=replace(DAILY, hour=8)), by="U1", now=MONDAY
    )

    assert await Planner(database).plan(MONDAY + timedelta(hours=1)) == 0


async def test_pause__skips_what_is_due(subscriptions, database):
    created = await subscriptions.create(draft(schedule=DAILY))
    planner, history = Planner(database), History(database)
    await planner.plan(FRIDAY + timedelta(days=1))

    paused = await subscriptions.pause(
        created, reason="U1", by="U1", now=FRIDAY + timedelta(days=1)
    )
    (entry,) = await history.of(created.id, limit=9)
    assert (entry.state, entry.reason) == (State.SKIPPED, "paused: U1")
    assert (paused.state, paused.paused_reason) == (PAUSED, "U1")
    assert await planner.plan(MONDAY) == 0

    resumed = await subscriptions.resume(paused, by="U1", now=MONDAY)
    assert (resumed.state, resumed.paused_reason) == (ACTIVE, None)
    assert await planner.plan(MONDAY) == 0
    assert await planner.plan(MONDAY + timedelta(days=1)) == 1


async def test_restore__after_a_deletion(subscriptions, database):
    created = await subscriptions.create(draft())
    await Planner(database).by_hand(created, by="U1", now=FRIDAY)
    deleted = await subscriptions.delete(created, by="U1", now=FRIDAY)
    (entry,) = await History(database).of(created.id, limit=9)
    assert (deleted.state, entry.reason) == (DELETED, "deleted")
    with pytest.raises(SubscriptionChanged):
        await subscriptions.resume(deleted, by="U1", now=FRIDAY)

    restored = await subscriptions.restore(deleted, by="U1", now=FRIDAY)

    assert restored.state == ACTIVE
    assert await Planner(database).plan(MONDAY) == 1


async def test_restore__stays_paused(subscriptions):
    paused = await subscriptions.pause(
        await subscriptions.create(draft()), reason="x", by="U1", now=FRIDAY
    )
    deleted = await subscriptions.delete(paused, by="U1", now=FRIDAY)

    restored = await subscriptions.restore(deleted, by="U1", now=FRIDAY)

    assert (restored.state, restored.paused_reason) == (PAUSED, "x")


async def test_pause_all__archived_channel(
    subscriptions,
):
    by_hand = await subscriptions.pause(
        await subscriptions.create(draft()), reason="U1", by="U1", now=FRIDAY
    )
    here = await subscriptions.create(draft())
    elsewhere = await subscriptions.create(draft(channel_id="C2"))

    paused = await subscriptions.pause_all(
        "T1", channel_id="C1", reason="is_archived", by="zenmux", now=FRIDAY
    )
    resumed = await subscriptions.resume_channel(
        "T1", "C1", reason="is_archived", by="zenmux", now=MONDAY
    )

    assert [s.id for s in paused] == [s.id for s in resumed] == [here.id]
    states = {s.id: s.state for s in await subscriptions.of_team("T1")}
    assert states == {by_hand.id: PAUSED, here.id: ACTIVE, elsewhere.id: ACTIVE}


async def test_pause_all__one_workspace(subscriptions):
    await subscriptions.create(draft())
    await subscriptions.create(draft(team_id="T2"))

    await subscriptions.pause_all("T1", reason="uninstalled", by="zenmux", now=MONDAY)

    assert [s.state for s in await subscriptions.of_team("T1")] == [PAUSED]
    assert [s.state for s in await subscriptions.of_team("T2")] == [ACTIVE]


async def test_follow_channel__new_id_and_name(subscriptions):
    created = await subscriptions.create(draft())

    await subscriptions.follow_channel("T1", "C1", new_id="G1", new_name="costs")

    (found,) = await subscriptions.of_channel("T1", "G1")
    assert (found.id, found.channel_name) == (created.id, "costs")
    with pytest.raises(SubscriptionChanged):
        await subscriptions.edit(created, by="U1", now=MONDAY)


async def test_subscriptions__every_change_is_audited(subscriptions, database):
    created = await subscriptions.create(draft())
    paused = await subscriptions.pause(created, reason="x", by="U2", now=MONDAY)
    await subscriptions.resume(paused, by="U3", now=MONDAY + timedelta(hours=1))
    await Planner(database).by_hand(
        created, by="U4", now=MONDAY + timedelta(hours=2), detail="16–22 Nov"
    )

    lines = await Audit(database).of_team("T1", limit=3)

    assert [(line.actor, line.action, line.subject, line.detail) for line in lines] == [
        ("U4", "digest.send", "d-2222", "16–22 Nov"),
        ("U3", "digest.resume", "d-2222", ""),
        ("U2", "digest.pause", "d-2222", "x"),
    ]
    assert await Audit(database).of_team("T2", limit=9) == []


async def test_resume__paused_by_the_bot(database):
    """The older sends were paused, not missed, so nobody hears of an outage."""
    subscriptions = Subscriptions(database, counting_pick())
    created = await subscriptions.create(draft())
    paused = await subscriptions.pause(
        created, reason="is_archived", by="zenmux", now=FRIDAY
    )
    later = MONDAY + timedelta(days=15)

    (resumed,) = await subscriptions.resume_channel(
        "T1", "C1", reason="is_archived", by="zenmux", now=later
    )
    await Planner(database).plan(later)

    entries = await History(database).of(paused.id, limit=9)
    assert [(entry.state, entry.reason) for entry in entries] == [
        (State.DUE, ""),
        (State.SKIPPED, "paused: is_archived"),
        (State.SKIPPED, "paused: is_archived"),
    ]
    queue = Notifications(database)
    assert await queue.take(later, until=later, limit=9) == []
    assert resumed.paused_reason is None


async def test_take_over__changes_the_owner(database):
    subscriptions = Subscriptions(database, counting_pick())
    created = await subscriptions.create(draft())

    taken = await subscriptions.take_over(created, by="U2", now=MONDAY)

    assert await subscriptions.of_owner("T1", "U2") == [taken]
    (line, _) = await Audit(database).of_team("T1", limit=2)
    assert (line.actor, line.action, line.detail) == ("U2", "digest.takeover", "U1")
