from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from clocks import ManualClock
from examples import MONDAY
from faults import assert_once_or_told, settle_all
from worlds import Slack, World

from zenmux_bot.store.database import open_database

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("logs")]


@pytest.mark.parametrize("count", [2, 5])
async def test_workers__share_a_database(postgres_url, count):
    slack, clock = Slack(), ManualClock(MONDAY)
    async with AsyncExitStack() as stack:
        worlds = [
            World(
                await stack.enter_async_context(open_database(postgres_url)),
                clock=clock,
                slack=slack,
            )
            for _ in range(count)
        ]
        for number in range(30):
            await worlds[0].subscribe(channel_id=f"C{number}")
        workers = [world.worker(f"w{n}") for n, world in enumerate(worlds)]

        await asyncio.gather(*(worker.run_due() for worker in workers))
        await settle_all(worlds[0], workers[0])

        await assert_once_or_told(worlds[0])
        assert len(slack.posts) == 60
        assert slack.told == []
