"""The bell: rings at regular intervals and remembers nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger(__name__)


class Scheduler:
    """Calls a coroutine function every so often, never twice at once.

    Args:
        ring: What to call. Its errors are logged, and the bell rings on.
        every: How often.
    """

    def __init__(self, ring: Callable[[], Awaitable[None]], every: timedelta) -> None:
        self._ring = ring
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_job(
            self._ring_safely,
            IntervalTrigger(seconds=every.total_seconds(), timezone=UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        """Begin to ring, the first time after one interval."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more.

        A call that is still under way is cancelled, so stop what it does first.
        """
        self._scheduler.shutdown(wait=False)

    async def _ring_safely(self) -> None:
        try:
            await self._ring()
        except Exception:
            log.exception("scheduler.ring_failed")
