"""What a stop lets finish, hands back and waits for."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from worlds import KEY, LEASE

from zenmux_bot.errors import (
    PayloadRefused,
)
from zenmux_bot.store.planner import Planner

pytestmark = pytest.mark.usefixtures("logs")


async def test_a_stop_waits_for_no_telling_that_hangs(world):
    await world.subscribe()
    world.slack.faults = [PayloadRefused("invalid_blocks")]
    never = asyncio.Event()
    ended = []

    async def hang(*_args):
        try:
            await never.wait()
        finally:
            ended.append(True)

    world.slack.notify = hang
    worker = world.worker()
    await world.run(worker)
    await worker.stop(timedelta(0))

    assert ended == [True]


async def test_a_stop_cuts_a_round_short_that_waits_for_the_database(world):
    never = asyncio.Event()
    begun = asyncio.Event()

    class Hanging(Planner):
        async def plan(self, _now):
            begun.set()
            await never.wait()

    worker = world.worker(
        wrap=lambda port: Hanging(world.database) if isinstance(port, Planner) else port
    )
    running = asyncio.create_task(worker.run_due())
    await begun.wait()
    await asyncio.wait_for(worker.stop(timedelta(0)), 5)

    with pytest.raises(asyncio.CancelledError):
        await running


async def test_after_a_stop_nothing_new_is_taken_on(world):
    await world.subscribe()
    worker = world.worker()

    await worker.stop(timedelta(seconds=1))
    await worker.run_due()
    assert world.slack.posts == []
    await world.run(world.worker("another"))

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]


async def test_a_stop_lets_a_running_post_finish(world):
    await world.subscribe()
    worker = world.worker()
    post = world.slack.post
    begun, release = asyncio.Event(), asyncio.Event()

    async def slow(*args, **kwargs):
        begun.set()
        await release.wait()
        return await post(*args, **kwargs)

    world.slack.post = slow
    running = asyncio.create_task(worker.run_due())
    await begun.wait()
    stopping = asyncio.create_task(worker.stop(timedelta(seconds=5)))
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(running, stopping)

    ((state, _),) = await world.ends()
    assert state == "sent"
    assert world.slack.keys()[0] == KEY


async def test_a_stop_hands_back_what_does_not_finish(world):
    await world.subscribe()
    worker = world.worker()
    post = world.slack.post
    begun = asyncio.Event()

    async def hang(*args, **kwargs):
        await post(*args, **kwargs)
        begun.set()
        await asyncio.Event().wait()

    world.slack.post = hang
    running = asyncio.create_task(worker.run_due())
    await begun.wait()
    await worker.stop(timedelta(0))
    await running
    world.slack.post = post
    await world.run(world.worker("another"), minutes=[LEASE / timedelta(minutes=4)])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert world.slack.looks == 1
