"""A database that takes connections and says nothing, as one that hangs does."""

from __future__ import annotations

import asyncio

import pytest
from examples import MONDAY

from zenmux_bot.core.actors import Location
from zenmux_bot.store import database as databases
from zenmux_bot.store.conversations import BestEffortSettings, SeenEvents, Threads
from zenmux_bot.store.database import open_database
from zenmux_bot.store.shared_cache import Locks, StoredCooldowns


@pytest.fixture
async def hanging():
    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"postgresql://nobody@127.0.0.1:{port}/nothing"
        async with open_database(url) as database:
            yield database


async def test_best_effort__hanging_database(hanging, monkeypatch):
    monkeypatch.setattr(databases, "PATIENCE_SECONDS", 0.01)

    async with asyncio.timeout(2):
        assert await BestEffortSettings(hanging).of_team("T1") == {}
        assert await Threads(hanging).query_of(Location("T1", "C1", "1")) is None
        assert await SeenEvents(hanging).first_time("Ev1", MONDAY)
        assert await StoredCooldowns(hanging, "a").get("/x") is None
        async with Locks(hanging, "a", holder="w").lock("x"):
            pass
