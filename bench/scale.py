"""What 10, 1,000 and 100,000 channels cost: measured for one digest, simulated for all.

Run as ``python -m bench.scale``. The first part delivers some hundred digests with
the real engine, store and API client, and a Slack that takes every post at once. The
second lets workers with the real pacing post to Slack's limits in a loop whose time
jumps to whatever comes next, so that hours pass in seconds.
"""

from __future__ import annotations

import asyncio
import random
import resource
import secrets
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from zenmux_bot.app import open_apis
from zenmux_bot.config import Settings
from zenmux_bot.demo.sandbox import SANDBOX_KEY, running_sandbox
from zenmux_bot.demo.workspace.pacing import Pacer
from zenmux_bot.domain.measures import Metric
from zenmux_bot.domain.schedule import Cadence, Schedule
from zenmux_bot.domain.subscriptions import Subscription
from zenmux_bot.logs import configure_logs
from zenmux_bot.service.answers import Answers
from zenmux_bot.service.composing import DigestComposer
from zenmux_bot.service.delivery import build_delivery
from zenmux_bot.service.health import Health
from zenmux_bot.service.pacing import Limits, Pace
from zenmux_bot.service.ports_delivery import Posted
from zenmux_bot.service.preferences import Preferences
from zenmux_bot.service.terms import Terms
from zenmux_bot.store.database import open_database
from zenmux_bot.store.history import History
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.memory import OperationsChannel
from zenmux_bot.store.memory import Settings as StoredSettings
from zenmux_bot.store.notices import Notices
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions

SAMPLE = 300
"""Digests that are really composed, claimed and settled."""

POSTS = 2
"""For each digest: the message, and the reply in its thread."""

LATENCY_SECONDS = 0.15
"""Of a post, as a round trip to Slack's servers takes."""

CEILING = 300
"""Posts a minute in a workspace. Slack says "several hundred":
https://docs.slack.dev/apis/web-api/rate-limits"""

AT_ONCE = 16
"""Digests that a worker has under way; see ``build_delivery``."""

FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)


@dataclass
class Clock:
    instant: datetime

    def now(self) -> datetime:
        return self.instant


# Part one: a digest, measured.


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a digest costs, but for its posts."""

    cpu_seconds: float
    zenmux_calls: int
    rows: float
    row_bytes: float
    message_bytes: int
    megabytes: float


@dataclass
class QuickSlack:
    """Takes every post at once."""

    posts: int = 0
    bytes: int = 0

    async def post(self, place: Any, message: Any, **_more: Any) -> Posted:
        self.posts += 1
        self.bytes += len(str(message.payload()))
        return Posted(place.channel_id, f"{self.posts}.0001")

    async def find_marker(self, *_args: Any, **_more: Any) -> None:
        return None

    async def tell(self, *_args: Any) -> None:
        return None


async def measure(folder: Path) -> Cost:
    """Deliver a sample with everything real but Slack."""
    clock, slack = Clock(FRIDAY), QuickSlack()
    async with running_sandbox(clock, requests_per_minute=10_000) as sandbox:
        settings = Settings(
            zenmux_base_url=sandbox.base_url,
            zenmux_management_api_key=SecretStr(SANDBOX_KEY),
        )
        path = folder / "scale.db"
        async with (
            open_database(f"sqlite:///{path}") as database,
            open_apis(settings, clock) as apis,
        ):
            await database.migrate()
            digests = Subscriptions(database, secrets.choice)
            for number in range(SAMPLE):
                await digests.create(_subscription(number))
            before = _size(path)
            api = apis.of(settings.zenmux_management_api_key)
            answers = Answers(api, clock, Health(api, clock))
            nothing = timedelta(0)
            delivery = build_delivery(
                planner=Planner(database),
                ledger=Ledger(database),
                notices=Notices(database),
                composer=DigestComposer(
                    answers,
                    api,
                    History(database),
                    clock,
                    Preferences(StoredSettings(database), clock).defaults,
                ),
                outbox=slack,
                operations=OperationsChannel(StoredSettings(database)),
                pace=Pace(Limits(channel=nothing, team=nothing)),
                clock=clock,
                terms=Terms(holder="bench", lease=timedelta(minutes=2)),
                shuffle=random.Random(1),
            )
            clock.instant = MONDAY
            began = time.process_time()
            await delivery.run_due()
            spent = time.process_time() - began
            grown = _size(path) - before
    if slack.posts != POSTS * SAMPLE:
        raise SystemExit(f"{slack.posts} posts of {POSTS * SAMPLE}")
    return Cost(
        cpu_seconds=spent / SAMPLE,
        zenmux_calls=len(sandbox.requests),
        rows=POSTS,
        row_bytes=grown / SAMPLE / POSTS,
        message_bytes=slack.bytes // slack.posts,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def _subscription(number: int) -> Subscription:
    return Subscription(
        id="",
        team_id="T1",
        channel_id=f"C{number}",
        channel_name=f"c{number}",
        owner_id="U1",
        metric=Metric.COST,
        schedule=Schedule(cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="UTC"),
        created_at=FRIDAY,
        updated_at=FRIDAY,
    )


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))


# Part two: all of them, simulated.


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
            await self._pace.turn(team, channel)
            wait = await self._slack.post(team, channel)
            if not wait:
                return
            self._pace.rest(team, timedelta(seconds=wait))
            await asyncio.sleep(wait)


# The paper.

SCENES = (
    (10, 1, 1),
    (1_000, 1, 1),
    (1_000, 50, 1),
    (100_000, 2_000, 1),
    (100_000, 2_000, 5),
    (100_000, 2_000, 20),
)


def main() -> None:
    """Print the figures of docs/scale.md."""
    configure_logs(level="error")
    with tempfile.TemporaryDirectory() as folder:
        cost = asyncio.run(measure(Path(folder)))
    print(f"A digest, of {SAMPLE} measured on Python {sys.version.split()[0]}:")
    print(f"  computing        {cost.cpu_seconds * 1000:.1f} ms, its database included")
    print(f"  calls to ZenMux  {cost.zenmux_calls} for all of them together")
    print(f"  rows             {cost.rows:.0f}, {cost.row_bytes:.0f} bytes each")
    print(f"  a post           {cost.message_bytes} bytes")
    print(f"  the process      {cost.megabytes:.0f} MB at its largest")
    print()
    print("channels  workspaces  workers  last one after  Slack calls  limited  busy")
    for channels, teams, workers in SCENES:
        found = simulate(channels, teams, workers, cost.cpu_seconds)
        took = str(timedelta(seconds=round(found.seconds)))
        print(
            f"{found.channels:8,}  {found.teams:10,}  {found.workers:7}  {took:>14}  "
            f"{found.calls:11,}  {found.limited:7,}  {found.busy:4.0%}"
        )


if __name__ == "__main__":
    main()
