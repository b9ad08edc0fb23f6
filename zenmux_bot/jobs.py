"""Periodic jobs: a list of coroutine functions, each run every so often.

Nothing depends on what was kept in memory: a job computes what is due from the store
and the time it is given. Several processes may run the same job at once, so each is
idempotent.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.observability import begin_reference

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that comes round.

    Attributes:
        name: What logs and metrics call it.
        every: The pause between the end of a run and the start of the next.
        run: Does what is due at the time it is given; harmless when repeated.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], Awaitable[None]]


class JobRunner:
    """Runs each job at the start and then at its interval, never twice at once.

    A failure is logged and counted; the job and all others go on.

    Args:
        jobs: What to run.
        clock: Tells the time.
        expected: Failures that are logged in one line, without a traceback.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        clock: Clock,
        *,
        expected: tuple[type[Exception], ...] = (),
    ) -> None:
        self._jobs = {job.name: (job, asyncio.Lock()) for job in jobs}
        self._clock = clock
        self._expected = expected
        self._running: list[asyncio.Task[None]] = []
        self._failures: Counter[str] = Counter()
        self._is_stopping = asyncio.Event()

    def start(self, *, after: asyncio.Event) -> None:
        """Begin to run every job, once the tables are there."""
        self._running = [
            asyncio.create_task(self._repeat(job, lock, after), name=f"job {name}")
            for name, (job, lock) in self._jobs.items()
        ]

    async def run_once(self) -> None:
        """Run every job now, after a run that is under way."""
        await asyncio.gather(*(self._run(*each) for each in self._jobs.values()))

    async def stop(self, seconds: float = 0) -> None:
        """Begin no more runs, and cancel what has not ended after so many seconds."""
        self._is_stopping.set()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _repeat(self, job: Job, lock: asyncio.Lock, after: asyncio.Event) -> None:
        await self._unless_stopping(after.wait())
        while not self._is_stopping.is_set():
            await self._run(job, lock)
            await self._unless_stopping(asyncio.sleep(job.every.total_seconds()))

    async def _unless_stopping(self, pause: Coroutine[Any, Any, object]) -> None:
        """Wait, but no longer than until the end of it all."""
        waits = {
            asyncio.ensure_future(pause),
            asyncio.ensure_future(self._is_stopping.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def _run(self, job: Job, lock: asyncio.Lock) -> None:
        begin_reference()
        try:
            async with lock:
                await job.run(self._clock.now())
        except Exception as error:  # noqa: BLE001 - the others go on
            self._report(job, error)
        else:
            self._failures.pop(job.name, None)
            log.debug("job.finished", job=job.name)

    def _report(self, job: Job, error: Exception) -> None:
        """Log a failure: one that goes on and on ever more rarely."""
        self._failures[job.name] += 1
        count = self._failures[job.name]
        if count & (count - 1):
            log.debug("job.failed", job=job.name, failures=count)
        elif isinstance(error, self._expected):
            kind = type(error).__name__
            log.warning("job.failed", job=job.name, failures=count, kind=kind)
        else:
            log.error("job.failed", job=job.name, failures=count, exc_info=error)
