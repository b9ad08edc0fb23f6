from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from examples import MONDAY

from zenmux_bot.core.actors import Location
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.conversations import (
    OperationsChannel,
    SeenEvents,
    Settings,
    Threads,
    WelcomedChannels,
)


async def test_seen_events__once(database):
    events = SeenEvents(database)

    answers = await asyncio.gather(
        *(events.first_time("Ev1", MONDAY) for _ in range(6))
    )

    assert sorted(answers) == [False] * 5 + [True]
    assert await events.first_time("Ev2", MONDAY) is True


async def test_welcomed_channels__once(database):
    welcomed = WelcomedChannels(database)

    assert await welcomed.first_time("T1", "C1", MONDAY) is True
    assert await welcomed.first_time("T1", "C1", MONDAY + timedelta(days=99)) is False
    assert await welcomed.first_time("T2", "C1", MONDAY) is True


async def test_threads__last_query(database):
    threads = Threads(database)
    thread = Location("T1", "C1", "1.0")
    assert await threads.query_of(thread) is None

    await threads.remember(thread, "share cost 2026-W46", MONDAY)
    await threads.remember(thread, "leaderboard cost 2026-W46", MONDAY)

    assert await threads.query_of(thread) == "leaderboard cost 2026-W46"
    assert await threads.query_of(Location("T2", "C1", "1.0")) is None


async def test_settings__one_scope(database):
    settings = Settings(database)
    team, channel = Location("T1"), Location("T1", "C1")
    await settings.set(team, "metric", "tokens", by="U1", now=MONDAY)
    await settings.set(team, "metric", "cost", by="U1", now=MONDAY)
    await settings.set(channel, "top", "5", by="U1", now=MONDAY)

    assert await settings.all(team) == {"metric": "cost"}
    assert await settings.get(channel, "top") == "5"
    assert await settings.get(channel, "metric") is None
    await settings.clear(team, "metric")
    assert await settings.all(team) == {}


async def test_operations_channel__as_set(database):
    settings = Settings(database)
    operations = OperationsChannel(settings)
    assert await operations.channel_of("T1") is None

    await settings.set(
        Location("T1"), OperationsChannel.KEY, "COPS", by="U1", now=MONDAY
    )

    assert await operations.channel_of("T1") == "COPS"


async def test_settings__move_channel(database):
    settings, threads = Settings(database), Threads(database)
    old, new, other = (Location("T1", each) for each in ("C1", "C2", "C3"))
    for place, key, value in (
        (old, "own_spend", "True"),
        (old, "top", "5"),
        (new, "top", "7"),
        (other, "top", "9"),
        (Location("T2", "C1"), "top", "3"),
        (Location("T1"), OperationsChannel.KEY, "C1"),
    ):
        await settings.set(place, key, value, by="U1", now=MONDAY)
    await threads.remember(Location("T1", "C1", "1.0"), "share", MONDAY)

    for _ in range(2):
        await settings.move_channel("T1", "C1", "C2")

        assert await settings.all(old) == {}
        assert await settings.all(new) == {"own_spend": "True", "top": "7"}
        assert await settings.all(other) == {"top": "9"}
        assert await settings.all(Location("T2", "C1")) == {"top": "3"}
        assert await OperationsChannel(settings).channel_of("T1") == "C2"
        assert await threads.query_of(Location("T1", "C2", "1.0")) == "share"


async def test_settings__forget_channel(database):
    settings = Settings(database)
    for place, key, value in (
        (Location("T1", "C1"), "own_spend", "True"),
        (Location("T1", "C2"), "top", "7"),
        (Location("T1"), OperationsChannel.KEY, "C1"),
    ):
        await settings.set(place, key, value, by="U1", now=MONDAY)

    await settings.forget_channel("T1", "C1")

    assert await settings.of_team("T1") == {Location("T1", "C2"): {"top": "7"}}


@pytest.mark.parametrize("limit", [1, 2])
async def test_audit__newest_first(database, limit):
    audit = Audit(database)
    lines = [
        AuditEntry(
            at=MONDAY + timedelta(hours=n),
            actor="U1",
            action="settings.set",
            subject="metric",
            detail=str(n),
        )
        for n in range(3)
    ]
    for line in lines:
        await audit.add("T1", line)

    assert await audit.of_team("T1", limit=limit) == lines[::-1][:limit]
