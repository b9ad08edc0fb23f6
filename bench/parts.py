"""The pure parts, timed inside one process: parsing, rendering, comparing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import timeit
from datetime import UTC, date, datetime

from pydantic import SecretStr

from zenmux_bot.app import open_desk
from zenmux_bot.config import Settings
from zenmux_bot.demo.sandbox import SANDBOX_KEY, running_sandbox
from zenmux_bot.domain.clock import ShiftedClock, SystemClock
from zenmux_bot.domain.parsing import parse

TODAY = date(2026, 11, 23)
COMMANDS = (
    "leaderboard cost 7d",
    "share cost 8w",
    "leaderboard tokens last month top 20 provider anthropic vs 2026-W40 public",
)


def each(work, count: int = 2000) -> float:
    """Return the seconds that one call takes, the best of five rounds."""
    return min(timeit.repeat(work, number=count, repeat=5)) / count


def parsing() -> dict[str, float]:
    """Return seconds per command."""
    return {text: each(lambda t=text: parse(t, today=TODAY)) for text in COMMANDS}


async def rendering() -> dict[str, float]:
    """Return seconds to draw the largest answers from their views."""
    clock = ShiftedClock.starting_at(
        datetime(2026, 11, 23, 9, tzinfo=UTC), SystemClock()
    )
    found = {}
    async with running_sandbox(clock, requests_per_minute=10**9) as sandbox:
        settings = Settings(
            zenmux_base_url=sandbox.base_url,
            zenmux_management_api_key=SecretStr(SANDBOX_KEY),
        )
        async with open_desk(settings, clock) as desk:
            for text in ("leaderboard cost 7d top 50", "share cost 20w top 50"):
                served = await desk.serve(text)
                assert served.ok
                found[text] = each(lambda s=served: s.message().payload(), 50)
    return found


def cold_start() -> tuple[float, float]:
    """Return the seconds to ready of a whole bot, and of its imports alone."""
    imports = (
        "import slack_bolt.async_app, httpx, pydantic, sqlalchemy.ext.asyncio, "
        "alembic.command, apscheduler.schedulers.asyncio, aiohttp.web, structlog"
    )

    def bare() -> None:
        subprocess.run([sys.executable, "-c", imports], check=True)

    def whole() -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.servers", "bot"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        process.stdout.readline()
        times.append(time.perf_counter() - began)
        process.communicate(b"")

    times: list[float] = []
    for _ in range(3):
        began = time.perf_counter()
        whole()
    return min(times), min(timeit.repeat(bare, number=1, repeat=3))


def run_rendering() -> dict[str, float]:
    """Run to the end."""
    return asyncio.run(rendering())
