from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from zenmux_bot.digests.delivery.scheduler import Scheduler

pytestmark = pytest.mark.usefixtures("logs")


async def test_it_rings_on_though_a_ring_fails():
    rings = asyncio.Queue()

    async def ring():
        await rings.put(None)
        raise LookupError

    bell = Scheduler(ring, timedelta(milliseconds=10))
    bell.start()
    async with asyncio.timeout(60):
        for _ in range(3):
            await rings.get()
    bell.stop()


async def test_it_does_not_ring_while_the_last_ring_is_answered():
    running, most = 0, 0
    rung = asyncio.Queue()

    async def ring():
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.03)
        running -= 1
        await rung.put(None)

    bell = Scheduler(ring, timedelta(milliseconds=5))
    bell.start()
    async with asyncio.timeout(60):
        for _ in range(3):
            await rung.get()
    bell.stop()

    assert most == 1
