"""The bot as a process: it runs until a signal, and ends within ten seconds."""

from __future__ import annotations

import asyncio
import gc
import signal

import structlog

from zenmux_bot.config import Settings
from zenmux_bot.core.clock import Clock
from zenmux_bot.metrics import Metrics
from zenmux_bot.serve import running

SHUTDOWN_SECONDS = 8.0
"""For all of it after SIGTERM; then whatever hangs is cut off, step by step."""

_CUTS = 10
_CUT_SECONDS = 0.1

log = structlog.get_logger(__name__)


async def serve(
    settings: Settings, clock: Clock, metrics: Metrics, *, web: bool, worker: bool
) -> None:
    """Run a bot, or half of one, until SIGTERM or SIGINT."""
    stop, started = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)

    async def run() -> None:
        async with running(settings, clock, metrics, web=web, worker=worker):
            started.set()
            _spare_the_collector()
            await stop.wait()

    bot = asyncio.create_task(run())
    told = asyncio.create_task(stop.wait())
    await asyncio.wait({bot, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not started.is_set():
        # it may wait for Slack or the database for ever
        bot.cancel()
    await finish_within(bot, SHUTDOWN_SECONDS)
    log.info("bot.stopped")


async def finish_within(task: asyncio.Task[None], seconds: float) -> None:
    """Let a task finish, and cut off what it waits for when the time is over.

    Each cut ends one step of its closing down, such as a database that hangs.

    Raises:
        Exception: What the task raised.
    """
    await asyncio.wait({task}, timeout=seconds)
    for _ in range(_CUTS):
        if task.done():
            break
        log.warning("bot.cut_off")
        task.cancel()
        await asyncio.wait({task}, timeout=_CUT_SECONDS)
    if task.done() and not task.cancelled():
        task.result()


def _spare_the_collector() -> None:
    """Let the garbage collector look no more at what was there at the start.

    Libraries and tables are most of the heap and stay; looking through them takes a
    tenth of a second each time, in the middle of somebody's answer.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
