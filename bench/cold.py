"""Ten different questions at once, of which nothing is in memory."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from pydantic import SecretStr

from zenmux_bot.bootstrap import open_answers
from zenmux_bot.config import Settings
from zenmux_bot.core.clock import ShiftedClock, SystemClock
from zenmux_demo.sandbox.api import BASE_PATH, SANDBOX_KEY, Sandbox
from zenmux_demo.sandbox.transport import SandboxTransport

QUESTIONS = (
    "leaderboard cost 7d",
    "leaderboard tokens 30d",
    "share cost 8w",
    "share tokens last month",
    "trend cost 8w",
    "trending",
    "performance ttft",
    "apps",
    "spend",
    "account",
)
UPSTREAM_SECONDS = 0.3


@dataclass(frozen=True)
class Crowd:
    """What ten questions took.

    Attributes:
        seconds: Until the last was drawn.
        at_once: The most requests of one endpoint under way.
    """

    seconds: float
    at_once: int


class SlowSandbox(httpx.AsyncBaseTransport):
    """A sandbox that takes its time over each request."""

    def __init__(self, sandbox: httpx.AsyncBaseTransport) -> None:
        self._sandbox = sandbox
        self._under_way: Counter[str] = Counter()
        self.at_once = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self._under_way[path] += 1
        self.at_once = max(self.at_once, self._under_way[path])
        try:
            await asyncio.sleep(UPSTREAM_SECONDS)
            return await self._sandbox.handle_async_request(request)
        finally:
            self._under_way[path] -= 1


def measure() -> Crowd:
    """Ask all of them at once, each as a process does that has answered before."""
    return asyncio.run(_measure())


async def _measure() -> Crowd:
    await _ask()
    return await _ask()


async def _ask() -> Crowd:
    clock = ShiftedClock.starting_at(
        datetime(2026, 11, 23, 9, tzinfo=UTC), SystemClock()
    )
    settings = Settings(
        zenmux_base_url=f"http://localhost{BASE_PATH}",
        zenmux_management_api_key=SecretStr(SANDBOX_KEY),
    )
    slow = SlowSandbox(SandboxTransport(Sandbox(clock=clock)))
    async with open_answers(settings, clock, transport=slow) as service:

        async def ask(text: str) -> None:
            served = await service.answer(text)
            assert served.ok, text
            served.message().payload()

        began = time.perf_counter()
        await asyncio.gather(*(ask(text) for text in QUESTIONS))
        return Crowd(time.perf_counter() - began, slow.at_once)
