"""Answers from memory while they are fresh, else from one shared request."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog
from pydantic import BaseModel

from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    RateLimited,
    ServerFault,
    Unreachable,
)
from zenmux_bot.zenmux.api import INTERACTIVE
from zenmux_bot.zenmux.freshness import NewestDay, fresh_until, is_empty, newest_day
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.paging import join, split
from zenmux_bot.zenmux.requests import Request, identity

MAX_WAITS = 3
"""An endpoint that is still limited after so many cooldowns has another problem."""

FAILURE_MEMORY = timedelta(seconds=20)
"""A failed request is not repeated for this long."""

MAX_REMEMBERED = 200
"""Failures and empty answers, the newest."""

MAX_ENTRIES = 500
MAX_BYTES = 6 * 1024 * 1024
"""As JSON; in memory it is some four times that."""

# A sleep may end slightly before the wall clock gets there.
_MARGIN = timedelta(milliseconds=50)
_SECOND = timedelta(seconds=1)

T = TypeVar("T", bound=BaseModel)

log = structlog.get_logger(__name__)


class CacheBackend(Protocol):
    """Keeps answers for one key; processes that share the key may share it.

    An answer can be stored as ``data.model_dump_json(by_alias=True)`` and read again by
    the request's ``model``.
    """

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return the answer kept for the request."""
        ...

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Keep an answer in place of an older one."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    answer: Answer[Any]
    size: int


class MemoryCacheBackend:
    """Keeps the answers used last in this process."""

    def __init__(
        self, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES
    ) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._kept: OrderedDict[str, _Entry] = OrderedDict()
        self._size = 0

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return the answer kept for the request."""
        key = identity(request)
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        return kept.answer

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Keep an answer in place of an older one, dropping those used longest ago."""
        key = identity(request)
        self._drop(key)
        kept = _Entry(answer, len(answer.data.model_dump_json()))
        self._kept[key] = kept
        self._size += kept.size
        while len(self._kept) > self._max_entries or self._size > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= kept.size


class Upstream(Protocol):
    """What gives new answers."""

    async def fetch(self, request: Request[T]) -> Answer[T]:
        """Return the API's answer, or raise an ``ApiError``."""
        ...


@dataclass(frozen=True, slots=True)
class _SharedRequest:
    """A running request, shared by all callers who want the same."""

    task: asyncio.Task[Answer[Any]]
    started: datetime


@dataclass(frozen=True, slots=True)
class _Recent:
    """A failure or an empty answer, repeated for a while without a new request."""

    outcome: Answer[Any] | ApiError
    until: datetime


class CachedApi:
    """The API as its callers see it; equal requests are sent once.

    Args:
        upstream: Gives new answers.
        clock: Tells the time.
        backend: Where good answers are kept, in memory by default.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        clock: Clock,
        backend: CacheBackend | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._upstream = upstream
        self._clock = clock
        self._backend = MemoryCacheBackend() if backend is None else backend
        self._sleep = sleep
        self._shared: dict[str, _SharedRequest] = {}
        self._recent: dict[str, _Recent] = {}
        self._newest: NewestDay | None = None

    @property
    def upstream(self) -> Upstream:
        """Return what gives new answers, for callers that store them elsewhere."""
        return self._upstream

    async def fetch(
        self, request: Request[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the answer, or an old copy marked stale when the API gives none.

        Raises:
            ApiError: No answer within the patience, and no old copy.
        """
        deadline = self._clock.now() + patience
        parts = split(request)
        if len(parts) == 1:
            return await self._fetch_part(request, patience, deadline)
        return join(
            await asyncio.gather(
                *(self._fetch_part(part, patience, deadline) for part in parts)
            )
        )

    async def aclose(self) -> None:
        """Cancel the running requests."""
        tasks = [shared.task for shared in self._shared.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch_part(
        self, request: Request[T], patience: timedelta, deadline: datetime
    ) -> Answer[T]:
        waits = 0
        while True:
            kept = await self._backend.get(request)
            if kept is not None:
                # Another process may have put it there.
                self._see(kept)
                until = self._good_until(request, kept)
                if kept.fetched_at <= self._clock.now() < until:
                    log.debug("zenmux.cache", outcome="hit")
                    return replace(kept, good_until=until)
            if not patience:
                return _old(request, kept)
            log.debug("zenmux.cache", outcome="miss")
            fault: ApiError
            try:
                # When the API hangs and an old copy is there, only the first caller
                # waits to find that out.
                longest = None if kept is None else patience
                return await self._share(request, deadline, longest=longest)
            except RateLimited as limited:
                fault = limited
                wait = limited.retry_after
                now = self._clock.now()
                if wait is not None and now + wait <= deadline and waits < MAX_WAITS:
                    waits += 1
                    await self._sleep((wait + _MARGIN) / _SECOND)
                    continue
            except (Unreachable, ServerFault, BadAnswer) as transient:
                fault = transient
            if kept is None:
                raise fault
            log.warning(
                "zenmux.served_stale",
                path=request.path,
                kind=type(fault).__name__,
                fetched_at=kept.fetched_at.isoformat(),
            )
            return replace(kept, stale=True, fault=fault)

    def _good_until(self, request: Request[T], kept: Answer[T]) -> datetime:
        return fresh_until(request, kept.data, kept.fetched_at, self._newest)

    async def _share(
        self, request: Request[T], deadline: datetime, *, longest: timedelta | None
    ) -> Answer[T]:
        """Return the answer of the shared request, within ``longest`` of its start."""
        key = identity(request)
        now = self._clock.now()
        recent = self._recent.get(key)
        if recent is not None and now < recent.until:
            return _settle(recent.outcome)
        shared = self._shared.get(key)
        if shared is None:
            shared = self._start(key, request)
        until = deadline if longest is None else min(deadline, shared.started + longest)
        # Neither a caller who is cancelled nor one who gives up ends it for the others.
        await asyncio.wait({shared.task}, timeout=max((until - now) / _SECOND, 0))
        if not shared.task.done() or shared.task.cancelled():
            raise Unreachable("No answer came in time", path=request.path)
        error = shared.task.exception()
        if isinstance(error, ApiError):
            return _settle(error)
        answer: Answer[T] = shared.task.result()
        if is_empty(answer.data):
            return answer
        return replace(answer, good_until=self._good_until(request, answer))

    def _start(self, key: str, request: Request[Any]) -> _SharedRequest:
        task = asyncio.create_task(self._send(key, request))
        # Read the result, or asyncio complains if no caller waits for it any more.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        shared = self._shared[key] = _SharedRequest(task, self._clock.now())
        return shared

    async def _send(self, key: str, request: Request[Any]) -> Answer[Any]:
        try:
            answer = await self._upstream.fetch(request)
            await self._keep(key, request, answer)
        except (Unreachable, ServerFault, BadAnswer) as error:
            self._remember(key, error, self._clock.now() + FAILURE_MEMORY)
            raise
        finally:
            del self._shared[key]
        return answer

    async def _keep(self, key: str, request: Request[Any], answer: Answer[Any]) -> None:
        self._see(answer)
        if is_empty(answer.data):
            # A good answer that is kept may still be needed, so it is not replaced.
            until = fresh_until(request, answer.data, answer.fetched_at, self._newest)
            self._remember(key, answer, until)
        else:
            await self._backend.put(request, answer)

    def _see(self, answer: Answer[Any]) -> None:
        """Notice the newest day that any answer shows."""
        day = newest_day(answer.data)
        if day is not None and (self._newest is None or day > self._newest.day):
            self._newest = NewestDay(day=day, seen_at=answer.fetched_at)

    def _remember(
        self, key: str, outcome: Answer[Any] | ApiError, until: datetime
    ) -> None:
        self._recent.pop(key, None)
        self._recent[key] = _Recent(outcome, until)
        if len(self._recent) > MAX_REMEMBERED:
            del self._recent[next(iter(self._recent))]


def _old(request: Request[T], kept: Answer[T] | None) -> Answer[T]:
    """Return what is in memory to a caller who does not wait."""
    if kept is None:
        raise Unreachable("Nothing is in memory", path=request.path)
    return replace(kept, stale=True)


def _settle(outcome: Answer[Any] | ApiError) -> Answer[Any]:
    if isinstance(outcome, ApiError):
        # Each caller raises its own copy: a shared one would gather all tracebacks.
        raise replace(outcome)
    return outcome
