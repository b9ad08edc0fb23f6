"""A Monday morning with all digests due at once, simulated.

Workers with the real pacing post to Slack's limits in a loop whose time jumps to
whatever comes next, so that hours pass in seconds.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.digest_cost import MONDAY, POSTS
from zenmux_bot.digests.delivery.pacing import Limits, Pace
from zenmux_demo.workspace.rate_limits import Pacer

LATENCY_SECONDS = 0.15
"""Of a post, as a round trip to Slack's servers takes."""

CEILING = 300
"""Posts a minute in a workspace. Slack says "several hundred":
https://docs.slack.dev/apis/web-api/rate-limits"""

AT_ONCE = 16
"""Digests that a worker has under way; see ``Delivery``."""


class FastLoop(asyncio.SelectorEventLoop):
    """A loop that never waits: its time jumps to what is scheduled next."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self._now = max(self._now, self._scheduled[0]._when)  # noqa: SLF001 - its own heap
        super()._run_once()


class LoopClock:
    """Tells a loop's time as instants."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return MONDAY + timedelta(seconds=self._loop.time())


@dataclass
class PacedSlack:
    """Slack's limits: the stand-in's for a channel, a ceiling for a workspace."""

    loop: asyncio.AbstractEventLoop
    calls: int = 0
    limited: int = 0
    _recent: dict[str, deque[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pacer = Pacer(LoopClock(self.loop))

    async def post(self, team: str, channel: str) -> float:
        """Post, and return how many seconds to wait if it was too early."""
        self.calls += 1
        await asyncio.sleep(LATENCY_SECONDS)
        now = self.loop.time()
        recent = self._recent.setdefault(team, deque())
        while recent and recent[0] <= now - 60:
            recent.popleft()
        wait = float(self._pacer.seconds_to_wait(channel))
        if len(recent) >= CEILING:
            wait = max(wait, recent[0] + 60 - now)
        if wait:
            self.limited += 1
        else:
            recent.append(now)
        return wait


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A Monday morning."""

    channels: int
    teams: int
    workers: int
    seconds: float
    calls: int
    limited: int
    busy: float


def simulate(channels: int, teams: int, workers: int, cpu_seconds: float) -> Outcome:
    """Let all digests be due at once, and return how it went."""
    loop = FastLoop()
    try:
        return loop.run_until_complete(
            _monday(loop, channels, teams, workers, cpu_seconds)
        )
    finally:
        loop.close()


async def _monday(
    loop: asyncio.AbstractEventLoop,
    channels: int,
    teams: int,
    workers: int,
    cpu_seconds: float,
) -> Outcome:
    slack = PacedSlack(loop)
    due = iter(
        random.Random(1).sample(
            [(f"T{number % teams}", f"C{number}") for number in range(channels)],
            channels,
        )
    )
    crew = [Worker(slack, loop.time, cpu_seconds) for _ in range(workers)]
    await asyncio.gather(*(each.work(due) for each in crew for _ in range(AT_ONCE)))
    return Outcome(
        channels=channels,
        teams=teams,
        workers=workers,
        seconds=loop.time(),
        calls=slack.calls,
        limited=slack.limited,
        busy=max(each.busy for each in crew) / max(loop.time(), 1),
    )


class Worker:
    """Does as delivery does: composes, waits for a turn, posts; then the reply."""

    def __init__(
        self, slack: PacedSlack, now: Callable[[], float], cpu_seconds: float
    ) -> None:
        self._slack = slack
        self._pace = Pace(Limits(), monotonic=now, sleep=asyncio.sleep)
        self._cpu = asyncio.Lock()
        self._cpu_seconds = cpu_seconds
        self.busy = 0.0

    async def work(self, due: Iterator[tuple[str, str]]) -> None:
        for team, channel in due:
            async with self._cpu:
                self.busy += self._cpu_seconds
                await asyncio.sleep(self._cpu_seconds)
            for _ in range(POSTS):
                await self._post(team, channel)

    async def _post(self, team: str, channel: str) -> None:
        while True:
            await self._pace.wait(team, channel)
            wait = await self._slack.post(team, channel)
            if not wait:
                return
            self._pace.rest(team, timedelta(seconds=wait))
            await asyncio.sleep(wait)
