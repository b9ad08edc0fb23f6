"""Months in seconds: everything fails now and then, and the clock does not wait.

The half of the bot that posts, between stand-ins of ZenMux and Slack over loopback.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import random
import stat
import tracemalloc
from collections.abc import Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import httpx
from clocks import ManualClock
from examples import DAILY, MONDAY
from faults import Fate, assert_once_or_told, live, settle_all
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from worlds import World

from zenmux_bot.answers.service import Answers
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.digests.composer import DigestComposer
from zenmux_bot.slack.outbox import (
    SlackOutbox,
    make_posting_client,
)
from zenmux_bot.store.conversations import Settings
from zenmux_bot.store.digest_history import History
from zenmux_bot.zenmux.api import OneApi
from zenmux_bot.zenmux.cache import CachedApi, MemoryCacheBackend
from zenmux_bot.zenmux.client import ZenMuxClient
from zenmux_demo.main import read_manifest
from zenmux_demo.sandbox.api import SANDBOX_KEY, Sandbox
from zenmux_demo.sandbox.faults import Broken
from zenmux_demo.sandbox.server import running_sandbox
from zenmux_demo.workspace.faults import Drop, Fail, Limit, Page
from zenmux_demo.workspace.seed import (
    BOT_USER_ID,
    COSTS,
    GENERAL,
    MAYA,
    TEAM_ID,
    direct_channel,
)
from zenmux_demo.workspace.server import SlackStandIn

CHANNELS = (COSTS, GENERAL)
FEW = 4
DAYS = int(os.environ.get("SOAK_DAYS", FEW))
"""``SOAK_DAYS=180`` takes minutes, and watches memory, too."""

POST_FAULTS = (
    Drop(),
    Drop(after_accepting=True),
    Limit(20),
    Page(),
    Fail("fatal_error"),
    Fail("internal_error", after_accepting=True),
)
LOOK_FAULTS = (Drop(), Page(), Limit(20))


class Workspace(SlackOutbox):
    """The way to the workspace on loopback, and what was seen there.

    What is older than two days is only counted, as the stand-in shall not grow either.
    """

    may_read = True

    def __init__(self, stand_in: SlackStandIn, session) -> None:
        client = make_posting_client(
            stand_in.bot_token, base_url=stand_in.api_url, session=session
        )
        super().__init__(lambda _: client, self._own_id)
        self.stand_in = stand_in
        self._keys: list[str] = []
        self._told: list[str] = []

    async def _own_id(self, _team_id: str) -> str:
        return BOT_USER_ID

    def keys(self) -> list[str]:
        """Return the marker of each message in the channels."""
        there = [m for each in CHANNELS for m in self.stand_in.messages(each)]
        return self._keys + [m.metadata["event_payload"]["key"] for m in there]

    def told_to(self, _recipient: str) -> list[str]:
        there = self.stand_in.messages(direct_channel(MAYA), user=MAYA)
        return self._told + [m.text for m in there]

    def forget(self, before: float) -> None:
        """Let the stand-in forget what is old, and what it was asked."""
        for channel in (*CHANNELS, direct_channel(MAYA)):
            for message in self.stand_in.messages(channel, user=MAYA):
                if float(message.ts) >= before:
                    continue
                if message.metadata:
                    self._keys.append(message.metadata["event_payload"]["key"])
                else:
                    self._told.append(message.text)
                self.stand_in.state.remove(message)
        self.stand_in.calls.clear()


@dataclass
class Loopback(World):
    """Delivery with real clients, and what is on their other ends."""

    sandbox: Sandbox | None = None

    def upset(self, dice: random.Random) -> None:
        """Let some things fail from now on, and others no more."""
        weather, faults = self.sandbox.weather, self.slack.stand_in.faults
        weather.down = dice.random() < 0.1
        weather.rate_limited = dice.random() < 0.1
        weather.late = dice.random() < 0.2
        weather.script.clear()
        if dice.random() < 0.3:
            weather.expect("/statistics/leaderboard", Broken())
        faults.clear()
        faults.script("chat.postMessage", *dice.sample(POST_FAULTS, dice.randint(0, 2)))
        for method in ("history", "replies", "open"):
            if dice.random() < 0.3:
                faults.script(f"conversations.{method}", dice.choice(LOOK_FAULTS))

    def calm(self) -> None:
        weather = self.sandbox.weather
        weather.down = weather.rate_limited = weather.late = False
        weather.script.clear()
        self.slack.stand_in.faults.clear()


@asynccontextmanager
async def loopback(database):
    """Run both stand-ins and what speaks with them, on one clock that does not wait."""
    clock = ManualClock(MONDAY - timedelta(hours=1))

    async def sleep(seconds: float) -> None:
        clock.advance(seconds=seconds)

    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        sandbox = await enter(running_sandbox(clock, requests_per_minute=600))
        stand_in = SlackStandIn(clock=clock, manifest=read_manifest())
        await enter(stand_in.running())
        client = ZenMuxClient(
            await enter(httpx.AsyncClient()),
            key=SecretStr(SANDBOX_KEY),
            base_url=sandbox.base_url,
            clock=clock,
            sleep=sleep,
        )
        # The usual backend would not be full for months.
        backend = MemoryCacheBackend(max_entries=10)
        api = CachedApi(client, clock=clock, sleep=sleep, backend=backend)
        stack.push_async_callback(api.aclose)
        session = await enter(aiohttp.ClientSession())
        composer = DigestComposer(
            Answers(OneApi(api), clock, Health(OneApi(api), clock)),
            OneApi(api),
            History(database),
            clock,
            Preferences(Settings(database), clock).defaults,
        )
        yield Loopback(
            database, clock, Workspace(stand_in, session), composer, sandbox=sandbox
        )


async def soak(world: Loopback, *, days: int, seed: int, after_day) -> None:
    """Deliver for some days by workers that fail, die and are replaced."""
    dice = random.Random(seed)
    for channel in CHANNELS:
        await world.subscribe(
            team_id=TEAM_ID,
            channel_id=channel,
            owner_id=MAYA,
            schedule=DAILY,
            created_at=world.clock.instant,
        )

    def trouble() -> None:
        if dice.random() < 0.01:
            raise OperationalError("SELECT 1", {}, ConnectionError("away"))

    for day in range(days):
        fate = Fate(at=dice.randint(20, 400), trouble=trouble)
        worker = world.worker(f"w{day}", wrap=fate.wrap)
        for _ in range(6):
            world.upset(dice)
            await live(worker)
            world.clock.advance(hours=4, minutes=dice.choice((-20, 0, 0, 20)))
        world.slack.forget((world.clock.now() - timedelta(days=2)).timestamp())
        world.sandbox.requests.clear()
        after_day()
    world.calm()
    await settle_all(world, world.worker("last"), rounds=200)


SPARE = {"files": 4, "sockets": 4, "tasks": 2, "memory": DAYS * 10_000}
"""Two more connections have two ends each; the sandbox remembers figures by day."""


def open_files() -> Iterator[int]:
    """Give the mode of each open file."""
    for each in Path("/dev/fd").iterdir():
        # the folder's own is closed by now
        with contextlib.suppress(OSError):
            yield os.fstat(int(each.name)).st_mode


@dataclass(frozen=True)
class Footprint:
    """What a process takes: open files, sockets among them, tasks, bytes."""

    files: int
    sockets: int
    tasks: int
    memory: int

    @classmethod
    def now(cls) -> Footprint:
        gc.collect()
        memory, _ = tracemalloc.get_traced_memory()
        modes = list(open_files())
        return cls(
            files=len(modes),
            sockets=sum(map(stat.S_ISSOCK, modes)),
            tasks=len(asyncio.all_tasks()),
            memory=memory,
        )


async def test_months_of_faults_lose_nothing_double_nothing_and_do_not_grow(
    quick_database, logs
):
    before = Footprint.now()
    days: list[Footprint] = []
    met: set[str] = set()

    def look() -> None:
        met.update(line["event"] for line in logs)
        logs.clear()
        days.append(Footprint.now())

    if DAYS > FEW:
        tracemalloc.start()
    try:
        async with loopback(quick_database) as world:
            await soak(world, days=DAYS, seed=8, after_day=look)
            await assert_once_or_told(world, owner=MAYA)
            entries = await world.entries()
    finally:
        tracemalloc.stop()

    # Every digest has an entry for each day it was to come: none is lost.
    assert len(entries) >= len(CHANNELS) * DAYS
    assert len({entry.key for entry in entries}) == len(entries)
    assert {"delivery.ambiguous", "delivery.recover", "zenmux.retry"} <= met
    early, late = days[: DAYS // 2], days[DAYS // 2 :]
    for kind, spare in SPARE.items():
        most = max(getattr(each, kind) for each in early)
        assert all(getattr(each, kind) <= most + spare for each in late), (kind, days)
    after = Footprint.now()
    assert (after.sockets, after.tasks) == (before.sockets, before.tasks)


async def test_a_worker_does_not_grow(quick_database, logs):
    """Later rounds take no memory that is not given back."""
    world = World(quick_database)
    world.clock.instant = MONDAY - timedelta(hours=1)
    await world.subscribe(schedule=DAILY, created_at=world.clock.instant)
    worker = world.worker()

    async def rounds() -> int:
        logs.clear()
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
