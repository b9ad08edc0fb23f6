from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from zenmux_bot.digests.delivery import pacing
from zenmux_bot.digests.delivery.pacing import Limits, Pace


class Time:
    """Seconds that pass only when everybody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.now + seconds, future))
        await future

    async def run(self, *coroutines) -> None:
        tasks = [asyncio.ensure_future(c) for c in coroutines]
        while not all(task.done() for task in tasks):
            for _ in range(5):
                await asyncio.sleep(0)
            if self.sleepers:
                self.sleepers.sort(key=lambda sleeper: sleeper[0])
                self.now, future = self.sleepers.pop(0)
                future.set_result(None)
        await asyncio.gather(*tasks)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def pace(time):
    return Pace(Limits(), monotonic=time.monotonic, sleep=time.sleep)


async def waits(time, pace, *places):
    taken = []

    async def take(team, channel):
        await pace.wait(team, channel)
        taken.append((channel, round(time.now, 3)))

    await time.run(*(take(team, channel) for team, channel in places))
    return taken


async def test_a_channel_gets_one_message_a_second(time, pace):
    taken = await waits(time, pace, *[("T1", "C1")] * 3)

    assert taken == [("C1", 0), ("C1", 1), ("C1", 2)]


async def test_channels_go_side_by_side_within_the_ceiling_of_the_workspace(time, pace):
    taken = await waits(time, pace, ("T1", "C1"), ("T1", "C2"), ("T1", "C3"))

    assert taken == [("C1", 0), ("C2", 0.2), ("C3", 0.4)]


async def test_a_busy_channel_does_not_hold_up_the_others(time, pace):
    taken = await waits(time, pace, *[("T1", "C1")] * 4, ("T1", "C2"))

    assert ("C2", 0.2) in taken


async def test_workspaces_do_not_know_each_other(time, pace):
    taken = await waits(time, pace, ("T1", "C1"), ("T2", "C2"))

    assert taken == [("C1", 0), ("C2", 0)]


def test_a_rest_is_of_one_workspace_and_ends(time, pace):
    pace.rest("T1", timedelta(seconds=30))
    pace.rest("T1", timedelta(seconds=5))

    assert pace.resting() == {"T1"}
    time.now = 29.9
    assert pace.resting() == {"T1"}
    time.now = 30
    assert pace.resting() == frozenset()


async def test_what_is_free_again_is_forgotten(time, pace, monkeypatch):
    monkeypatch.setattr(pacing, "_PRUNE_ABOVE", 10)

    for number in range(50):
        await waits(time, pace, ("T1", f"C{number}"))
        time.now += 5

    assert len(pace._free_at) <= 12
