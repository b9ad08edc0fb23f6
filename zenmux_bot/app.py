"""Where the parts meet: settings and a clock to a bot that answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import httpx

from zenmux_bot.answers.registry import Answers
from zenmux_bot.answers.service import AnswerService
from zenmux_bot.answers.status.fetch import Health, Look
from zenmux_bot.apis import Apis
from zenmux_bot.config import Settings
from zenmux_bot.core.clock import Clock, ShiftedClock, SystemClock
from zenmux_bot.permissions import OPERATOR
from zenmux_bot.store.database import Database
from zenmux_bot.zenmux.cache import CachedApi

Sleep = Callable[[float], Awaitable[None]]


def make_clock(settings: Settings) -> Clock:
    """Return the machine's clock, or one that starts where the settings say."""
    if settings.zenmux_bot_now is None:
        return SystemClock()
    return ShiftedClock.starting_at(settings.zenmux_bot_now, SystemClock())


@asynccontextmanager
async def open_api(
    settings: Settings, clock: Clock, *, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[CachedApi]:
    """Give the API as the operator's key sees it, to one process."""
    async with open_apis(settings, clock, sleep=sleep) as apis:
        yield apis.of(settings.zenmux_management_api_key)


@asynccontextmanager
async def open_apis(
    settings: Settings,
    clock: Clock,
    *,
    database: Database | None = None,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Apis]:
    """Give the API for each key, cached, and close its connections behind it.

    Args:
        settings: Where it is.
        clock: Tells the time.
        database: Processes that share one that can be shared share answers, too.
        sleep: Waits a number of seconds.
    """
    shared = database if database is not None and database.is_shared else None
    async with httpx.AsyncClient(follow_redirects=False, trust_env=True) as http:
        apis = Apis(http, settings, clock, database=shared, sleep=sleep)
        try:
            yield apis
        finally:
            await apis.aclose()


@asynccontextmanager
async def open_desk(
    settings: Settings,
    clock: Clock,
    looks: Sequence[Look] = (),
    *,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[AnswerService]:
    """Give what answers the words of whoever holds the key."""
    async with open_api(settings, clock, sleep=sleep) as api:
        answers = Answers(api, clock, Health(api, clock, looks))
        yield AnswerService(answers, clock, permissions=OPERATOR)
