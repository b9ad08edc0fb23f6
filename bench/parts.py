"""The pure parts, timed inside one process: parsing and rendering."""

from __future__ import annotations

import asyncio
import timeit
from datetime import UTC, date, datetime

from pydantic import SecretStr

from zenmux_bot.answers.registry import KINDS
from zenmux_bot.bootstrap import open_answers
from zenmux_bot.commands.parser import parse
from zenmux_bot.config import Settings
from zenmux_bot.core.clock import ShiftedClock, SystemClock
from zenmux_bot.render import slack
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.server import running_sandbox

TODAY = date(2026, 11, 23)
COMMANDS = (
    "leaderboard cost 7d",
    "share cost 8w",
    "leaderboard tokens last month top 20 provider anthropic vs 2026-W40 public",
)
LARGEST = (
    "leaderboard cost 7d top 50",
    "share cost 20w top 50",
    "trend cost 20w by week top 50",
)


def each(work, count: int = 2000) -> float:
    """Return the seconds that one call takes, the best of five rounds."""
    return min(timeit.repeat(work, number=count, repeat=5)) / count


def parsing() -> dict[str, float]:
    """Return seconds per command."""
    return {text: each(lambda t=text: parse(t, today=TODAY)) for text in COMMANDS}


async def _rendering() -> dict[str, float]:
    clock = ShiftedClock.starting_at(
        datetime(2026, 11, 23, 9, tzinfo=UTC), SystemClock()
    )
    found = {}
    async with running_sandbox(clock, requests_per_minute=10**9) as sandbox:
        settings = Settings(
            zenmux_base_url=sandbox.base_url,
            zenmux_management_api_key=SecretStr(SANDBOX_KEY),
        )
        async with open_answers(settings, clock) as service:
            for text in LARGEST:
                served = await service.answer(text)
                assert served.ok
                tell = KINDS[type(served.request.query)].report
                found[text] = each(
                    lambda s=served, t=tell: slack.message(
                        t(s.view, s.request)
                    ).payload(),
                    50,
                )
    return found


def rendering() -> dict[str, float]:
    """Return seconds to draw the largest answers from their views."""
    return asyncio.run(_rendering())
