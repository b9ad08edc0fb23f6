"""Months in seconds: everything fails now and then, and the clock does not wait."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import tracemalloc
from datetime import timedelta

import pytest
from examples import DAILY, MONDAY
from faults import Fate, assert_once_or_told, live, settle_all
from sqlalchemy.exc import OperationalError
from worlds import LostReply, World

from zenmux_bot.errors import Ambiguous, Refused, Throttled, Unreachable
from zenmux_bot.service.ports_delivery import Wait

pytestmark = pytest.mark.usefixtures("logs")

DIGESTS = 2
DAYS = int(os.environ.get("SOAK_DAYS", "8"))
"""``SOAK_DAYS=180`` takes minutes."""


async def soak(world: World, *, days: int, seed: int, after_day=lambda: None) -> None:
    """Deliver for some days by workers that fail, die and are replaced."""
    dice = random.Random(seed)
    world.clock.instant = MONDAY - timedelta(hours=1)
    for number in range(DIGESTS):
        await world.subscribe(
            channel_id=f"C{number}", schedule=DAILY, created_at=world.clock.instant
        )

    def trouble() -> None:
        if dice.random() < 0.01:
            raise OperationalError("SELECT 1", {}, ConnectionError("away"))

    def fault() -> Exception | None:
        kinds = (LostReply(), Ambiguous("timeout"), Throttled(timedelta(seconds=20)))
        return dice.choice((*[None] * 12, *kinds, Refused("fatal_error_of_slack")))

    for day in range(days):
        world.slack.faults = [fault() for _ in range(3)]
        world.slack.look_faults = [dice.choice((None, Ambiguous("timeout")))]
        world.slack.tell_faults = [dice.choice((None, Ambiguous("timeout")))]
        late = Wait(world.clock.now() + timedelta(minutes=20), "late")
        world.composer.outcomes = [dice.choice((None, late, Unreachable("down")))]
        fate = Fate(at=dice.randint(20, 400), trouble=trouble)
        worker = world.worker(f"w{day}", wrap=fate.wrap)
        for _ in range(6):
            await live(worker)
            world.clock.advance(hours=4, minutes=dice.choice((-20, 0, 0, 20)))
        after_day()
    world.slack.faults, world.slack.look_faults = [], []
    world.slack.tell_faults, world.composer.outcomes = [], []
    await settle_all(world, world.worker("last"), rounds=200)


async def test_months_of_faults_lose_nothing_and_double_nothing(quick_database):
    world = World(quick_database)
    tasks = len(asyncio.all_tasks())

    await soak(world, days=DAYS, seed=8)

    await assert_once_or_told(world)
    entries = await world.entries()
    # Every digest has an entry for each day it was to come: none is lost.
    assert len(entries) >= DIGESTS * DAYS
    assert len({entry.key for entry in entries}) == len(entries)
    assert len(asyncio.all_tasks()) == tasks


async def test_a_worker_does_not_grow(quick_database):
    """Later rounds take no memory that is not given back."""
    world = World(quick_database)
    world.clock.instant = MONDAY - timedelta(hours=1)
    await world.subscribe(schedule=DAILY, created_at=world.clock.instant)
    worker = world.worker()

    async def rounds() -> int:
        await world.run(worker, minutes=[720] * 12)
        world.slack.posts.clear()
        world.composer.calls.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    await rounds()
    tracemalloc.start()
    try:
        before = await rounds()
        after = await rounds()
    finally:
        tracemalloc.stop()

    assert after - before < 100_000
