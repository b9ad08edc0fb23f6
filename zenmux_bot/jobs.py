"""Periodic jobs: a list of coroutine functions, each run every so often.

Nothing depends on what was kept in memory: a job computes what is due from the store
and the time it is given. Several processes may run the same job at once, so each is
idempotent.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from zenmux_bot.core.clock import Clock
from zenmux_bot.observability import begin_reference

log = structlog.get_logger(__name__)

# A run that is late is made up for once, and never begins amid the one before.
_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that comes round.

    Attributes:
        name: What logs and metrics call it.
        every: From the start of a run to that of the next, unless it takes longer.
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
        self._jobs = [(job, asyncio.Lock()) for job in jobs]
        self._clock = clock
        self._expected = expected
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=_DEFAULTS)
        self._starting: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._failures: Counter[str] = Counter()

    def start(self, *, after: asyncio.Event) -> None:
        """Begin to run every job, once the tables are there."""
        self._starting = asyncio.create_task(self._start(after), name="jobs")

    async def run_once(self) -> None:
        """Run every job now, after a run that is under way."""
        await asyncio.gather(*(self._run(*each) for each in self._jobs))

    async def stop(self, seconds: float = 0) -> None:
        """Begin no more runs, and cancel what has not ended after so many seconds."""
        if self._starting is not None:
            self._starting.cancel()
        if self._scheduler.running:
            self._scheduler.pause()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # it shuts down in the next turn of the loop

    async def _start(self, after: asyncio.Event) -> None:
        await after.wait()
        for job, lock in self._jobs:
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC),
                args=(job, lock),
                name=job.name,
                next_run_time=datetime.now(UTC),
            )
        self._scheduler.start()

    async def _run(self, job: Job, lock: asyncio.Lock) -> None:
        if (task := asyncio.current_task()) is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
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
