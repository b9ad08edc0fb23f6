from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from examples import DAILY, MONDAY
from faults import Fate, assert_once_or_told, empty, live, settle_all
from sqlalchemy.exc import OperationalError
from worlds import LostReply, World

from zenmux_bot.digests.delivery.context import Wait
from zenmux_bot.errors import (
    Ambiguous,
    PayloadRefused,
    Refused,
    Throttled,
    Unreachable,
)

pytestmark = pytest.mark.usefixtures("logs")

SEEDS = range(40)


@dataclass(frozen=True)
class Scenario:
    """What the first posts meet in a run that is killed somewhere."""

    name: str
    posts: list[Exception | None] = field(default_factory=list)
    composed: list[object] = field(default_factory=list)
    may_read: bool = True


SCENARIOS = [
    Scenario("plain"),
    Scenario("plain, channel unreadable", may_read=False),
    Scenario("reply lost", posts=[LostReply()]),
    Scenario("reply lost, channel unreadable", posts=[LostReply()], may_read=False),
    Scenario("request lost", posts=[Ambiguous("timeout")]),
    Scenario("refused", posts=[Refused("not_in_channel")]),
    Scenario("throttled", posts=[Throttled(timedelta(seconds=30))]),
    Scenario("data late", composed=[Wait(MONDAY, "late")]),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
async def test_worker__killed_at_each_call(quick_database, scenario):
    """Kill the worker before each of its calls, then start another."""
    for step in itertools.count(1):
        world = World(quick_database)
        await empty(world)
        await world.subscribe()
        world.slack.may_read = scenario.may_read
        world.slack.faults = list(scenario.posts)
        world.composer.outcomes = list(scenario.composed)
        fate = Fate(at=step)

        await live(world.worker("first", wrap=fate.wrap))
        if not fate.dead:
            break
        await settle_all(world, world.worker("second"))

        await assert_once_or_told(world)
        if scenario.may_read and not scenario.posts:
            assert len(world.slack.posts) == 2
    assert step > 7


@pytest.mark.parametrize("seed", SEEDS)
async def test_worker__random_faults(quick_database, seed):
    """Two workers, a clock that jumps, and everything that can fail does."""
    dice = random.Random(seed)
    world = World(quick_database)
    world.clock.instant = MONDAY - timedelta(hours=1)
    world.slack.may_read = dice.random() < 0.8
    for number in range(dice.randint(1, 3)):
        await world.subscribe(channel_id=f"C{number}")
    await world.subscribe(channel_id="C9", schedule=DAILY, created_at=MONDAY)

    for number in range(dice.randint(2, 6)):
        world.slack.faults = [_post_fault(dice) for _ in range(4)]
        world.slack.look_faults = [_look_fault(dice) for _ in range(2)]
        world.slack.tell_faults = [_look_fault(dice) for _ in range(2)]
        world.composer.outcomes = [_outcome(dice, world) for _ in range(3)]
        fate = Fate(
            at=dice.randint(1, 60),
            after=dice.random() < 0.5,
            trouble=lambda: _trouble(dice),
        )
        worker = world.worker(f"w{number}", wrap=fate.wrap)
        for _ in range(dice.randint(1, 2)):
            await live(worker)
            world.clock.advance(minutes=dice.choice((0, 0.5, 2, 30, 200, 1500)))
            if dice.random() < 0.1:
                world.clock.advance(minutes=dice.choice((-300, -30, -1)))
    world.slack.faults, world.slack.look_faults = [], []
    world.slack.tell_faults, world.composer.outcomes = [], []
    world.clock.advance(days=1)
    await settle_all(world, world.worker("last"))

    await assert_once_or_told(world)
    assert len(await world.entries()) >= 2


def _post_fault(dice: random.Random) -> Exception | None:
    return dice.choice(
        (
            None,
            None,
            LostReply(),
            LostReply(),
            Ambiguous("timeout"),
            Throttled(timedelta(seconds=20)),
            PayloadRefused("invalid_blocks"),
            Refused("channel_not_found"),
            KeyError("ts"),
        )
    )


def _look_fault(dice: random.Random) -> Exception | None:
    return dice.choice((None, None, Ambiguous("timeout")))


def _outcome(dice: random.Random, world: World) -> object:
    wait = Wait(world.clock.now() + timedelta(minutes=20), "late")
    return dice.choice((None, None, wait, Unreachable("down"), LookupError("a bug")))


def _trouble(dice: random.Random) -> None:
    if dice.random() < 0.03:
        raise OperationalError(
            "SELECT 1", {}, ConnectionError("the database is unavailable")
        )
