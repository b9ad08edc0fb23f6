"""Where the parts meet: settings and a clock to a bot that answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from zenmux_bot.config import Settings
from zenmux_bot.domain.clock import Clock, ShiftedClock, SystemClock
from zenmux_bot.service.answers import Answers
from zenmux_bot.service.desk import Desk
from zenmux_bot.service.health import Health, Look
from zenmux_bot.zenmux.cache import CachedApi
from zenmux_bot.zenmux.client import ZenMuxClient

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
    """Give the API, cached, and close its connections behind it."""
    async with httpx.AsyncClient(follow_redirects=False, trust_env=True) as http:
        client = ZenMuxClient(
            http,
            key=settings.zenmux_management_api_key,
            base_url=settings.zenmux_base_url,
            clock=clock,
            rest=timedelta(seconds=settings.zenmux_rate_limit_wait),
            sleep=sleep,
        )
        api = CachedApi(client, clock=clock, sleep=sleep)
        try:
            yield api
        finally:
            await api.aclose()


@asynccontextmanager
async def open_desk(
    settings: Settings,
    clock: Clock,
    looks: Sequence[Look] = (),
    *,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Desk]:
    """Give what answers words."""
    async with open_api(settings, clock, sleep=sleep) as api:
        yield Desk(Answers(api, clock, Health(api, clock, looks)), clock)
