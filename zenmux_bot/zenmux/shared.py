"""Answers shared by several processes, so that all of them ask no more than one would.

Memory stays in front: only what it does not hold, or holds no longer fresh, is looked
for where the processes meet.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog
from pydantic import BaseModel

from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    ServerFault,
    Unreachable,
)
from zenmux_bot.zenmux.cache import (
    FAILURE_MEMORY,
    CacheBackend,
    MemoryCacheBackend,
    Upstream,
)
from zenmux_bot.zenmux.client import REFUSED_KEY_MEMORY
from zenmux_bot.zenmux.freshness import Sighting, fresh_until, is_empty, newest_day
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import Request, identity

T = TypeVar("T", bound=BaseModel)

CLOCK_SKEW = timedelta(minutes=5)
"""How far another process's clock may run ahead of this one's."""

log = structlog.get_logger(__name__)


class SharedStore(Protocol):
    """What the processes share; see ``zenmux_bot.store.shared_cache``."""

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return the answer kept for a request."""
        ...

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Keep an answer, unless a newer one is there."""
        ...

    async def failure(
        self, request: Request[T]
    ) -> tuple[Answer[T] | ApiError, datetime] | None:
        """Return what a request came to when it last gave nothing, and when."""
        ...

    async def put_failure(
        self, request: Request[T], outcome: Answer[T] | ApiError, at: datetime
    ) -> None:
        """Keep what a request came to when it gave nothing."""
        ...


class Locks(Protocol):
    """Lets one process at a time do a thing; see ``zenmux_bot.store.shared_cache``."""

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Wait for a lock, and hold it for as long as the block lasts."""
        ...


class SharedAnswers:
    """The backend and the upstream of a cache whose answers processes share.

    Args:
        upstream: Gives new answers.
        store: What the processes share.
        locks: Lets one of them ask.
        clock: Tells the time.
        memory: What this process holds itself.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        store: SharedStore,
        locks: Locks,
        clock: Clock,
        memory: CacheBackend | None = None,
    ) -> None:
        self._upstream = upstream
        self._store = store
        self._locks = locks
        self._clock = clock
        self._memory = MemoryCacheBackend() if memory is None else memory
        self._newest: Sighting | None = None

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return this process's answer, else the one that another has left."""
        kept = await self._memory.get(request)
        if kept is None:
            kept = await self._found(request)
            if kept is not None:
                await self._memory.put(request, kept)
        return kept

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Keep an answer in this process; :meth:`fetch` has shared it already."""
        await self._memory.put(request, answer)

    async def fetch(self, request: Request[T]) -> Answer[T]:
        """Return what another process was told meanwhile, else ask.

        Raises:
            ApiError: The failure, of this process or of another just before.
        """
        async with self._locks.lock(identity(request)):
            kept = await self._found(request)
            if kept is not None and self._is_fresh(request, kept):
                log.info("zenmux.shared", path=request.path, what="answer")
                return kept
            failure = await self._store.failure(request)
            if failure is not None and self._holds(request, *failure):
                log.info("zenmux.shared", path=request.path, what="failure")
                return _settle(failure[0])
            return await self._ask(request)

    async def _found(self, request: Request[T]) -> Answer[T] | None:
        """Return what the processes share, dated by this one's clock."""
        kept = await self._store.get(request)
        if kept is None:
            return None
        kept = replace(kept, fetched_at=self._own_time(kept.fetched_at))
        self._see(kept)
        return kept

    def _own_time(self, instant: datetime) -> datetime:
        """Return an instant of another clock, not in the future for its being ahead."""
        now = self._clock.now()
        return now if now < instant <= now + CLOCK_SKEW else instant

    async def _ask(self, request: Request[T]) -> Answer[T]:
        try:
            answer = await self._upstream.fetch(request)
        except (Unreachable, ServerFault, BadAnswer, KeyRefused) as error:
            await self._store.put_failure(request, error, self._clock.now())
            raise
        self._see(answer)
        if is_empty(answer.data):
            await self._store.put_failure(request, answer, answer.fetched_at)
        else:
            await self._store.put(request, answer)
        return answer

    def _see(self, answer: Answer[Any]) -> None:
        """Notice the newest day that any answer shows."""
        day = newest_day(answer.data)
        if day is not None and (self._newest is None or day > self._newest.day):
            self._newest = Sighting(day=day, seen_at=answer.fetched_at)

    def _is_fresh(self, request: Request[T], kept: Answer[T]) -> bool:
        until = fresh_until(request, kept.data, kept.fetched_at, self._newest)
        return kept.fetched_at <= self._clock.now() < until

    def _holds(
        self, request: Request[T], outcome: Answer[T] | ApiError, at: datetime
    ) -> bool:
        """Tell whether a failure is so recent that asking again is of no use."""
        if not isinstance(outcome, ApiError):
            return self._is_fresh(
                request, replace(outcome, fetched_at=self._own_time(at))
            )
        memory = (
            REFUSED_KEY_MEMORY if isinstance(outcome, KeyRefused) else FAILURE_MEMORY
        )
        return timedelta() <= self._clock.now() - self._own_time(at) < memory


def _settle(outcome: Answer[T] | ApiError) -> Answer[T]:
    if isinstance(outcome, ApiError):
        raise replace(outcome)
    return outcome
