"""Answers, failures, cooldowns and locks shared by processes that use the same key.

While the database is unavailable, nothing is shared and nobody waits for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, Row, Table, delete, func, select, update

from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    OrganizationKey,
    ServerFault,
    Unreachable,
)
from zenmux_bot.store.database import Database, best_effort
from zenmux_bot.store.tables import answers, cooldowns, failures, locks
from zenmux_bot.zenmux.cache import (
    FAILURE_MEMORY,
    CacheBackend,
    MemoryCacheBackend,
    Upstream,
)
from zenmux_bot.zenmux.client import REFUSED_KEY_MEMORY
from zenmux_bot.zenmux.freshness import NewestDay, fresh_until, is_empty, newest_day
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import Request, identity

_EMPTY = "empty"
_FAILURES: dict[str, type[ApiError]] = {
    kind.__name__: kind
    for kind in (BadAnswer, KeyRefused, OrganizationKey, ServerFault, Unreachable)
}
_FIELDS = ("message", "status", "type", "request_id", "path", "said_no")

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 0.5

CLOCK_SKEW = timedelta(minutes=5)
"""How far another process's clock may run ahead of this one's."""

T = TypeVar("T", bound=BaseModel)

log = structlog.get_logger(__name__)


class StoredAnswers:
    """The last good answer and the last failure of each request.

    Args:
        database: Where they are.
        scope: A hash that identifies the key; see :func:`scope_of`.
    """

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return the stored answer to a request."""
        row = await self._row(answers, request)
        if row is None:
            return None
        return _answer(request, row.body, row.top, row.fetched_at, row.request_id)

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Store an answer, unless a newer one is stored."""
        values = {
            "body": _body(answer),
            "top": answer.limit,
            "fetched_at": answer.fetched_at,
            "request_id": answer.request_id,
        }
        insert = self._database.insert(answers).values(self._key(request) | values)
        async with best_effort("answers.put"), self._database.writing() as connection:
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["scope", "request"],
                    set_=values,
                    where=answers.c.fetched_at <= answer.fetched_at,
                )
            )

    async def failure(
        self, request: Request[T]
    ) -> tuple[Answer[T] | ApiError, datetime] | None:
        """Return a request's last failure or empty answer, and when it happened."""
        row = await self._row(failures, request)
        if row is None:
            return None
        if row.kind in _FAILURES:
            return _FAILURES[row.kind](**json.loads(row.detail)), row.at
        answer = _answer(request, row.detail, request.limit, row.at, None)
        return None if answer is None else (answer, row.at)

    async def put_failure(
        self, request: Request[T], outcome: Answer[T] | ApiError, at: datetime
    ) -> None:
        """Store a request's failure or empty answer in place of the last."""
        if isinstance(outcome, ApiError):
            kind, detail = type(outcome).__name__, _detail(outcome)
        else:
            kind, detail = _EMPTY, _body(outcome)
        values = {"kind": kind, "detail": detail, "at": at}
        insert = self._database.insert(failures).values(self._key(request) | values)
        async with (
            best_effort("failures.put"),
            self._database.writing() as connection,
        ):
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["scope", "request"], set_=values
                )
            )

    def _key(self, request: Request[BaseModel]) -> dict[str, str]:
        return {"scope": self._scope, "request": name_of(request)}

    async def _row(self, table: Table, request: Request[BaseModel]) -> Row[Any] | None:
        query = select(table).where(
            table.c.scope == self._scope, table.c.request == name_of(request)
        )
        async with (
            best_effort(f"{table.name}.get"),
            self._database.reading() as connection,
        ):
            return (await connection.execute(query)).one_or_none()
        return None


def scope_of(key: str, base_url: str) -> str:
    """Return a hash that identifies a key at an address."""
    return hashlib.sha256(f"{base_url}\n{key}".encode()).hexdigest()


def name_of(request: Request[BaseModel]) -> str:
    """Return a hash that identifies a request."""
    return hashlib.sha256(identity(request).encode()).hexdigest()


def _answer(
    request: Request[T],
    body: str,
    limit: int | None,
    fetched_at: datetime,
    request_id: str | None,
) -> Answer[T] | None:
    """Parse a stored answer; None if another version wrote it in another form."""
    try:
        data = request.model.model_validate_json(body)
    except ValidationError:
        return None
    return Answer(data=data, limit=limit, fetched_at=fetched_at, request_id=request_id)


def _body(answer: Answer[Any]) -> str:
    body: str = answer.data.model_dump_json(by_alias=True)
    return body


def _detail(error: ApiError) -> str:
    """Return an error's fields as JSON; keys were removed where it was raised."""
    names = {field.name for field in fields(error)} & set(_FIELDS)
    return json.dumps({name: getattr(error, name) for name in sorted(names)})


class StoredCooldowns:
    """The cooldowns of ZenMux's endpoints, shared by all processes.

    Those this process has seen apply even while the database is unavailable.

    Args:
        database: Where they are.
        scope: Identifies the key, as limits are per key.
    """

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope
        self._seen: dict[str, datetime] = {}

    async def get(self, path: str) -> datetime | None:
        """Return until when an endpoint cools down, None if it never has."""
        query = select(cooldowns.c.until).where(
            cooldowns.c.scope == self._scope, cooldowns.c.path == path
        )
        async with best_effort("cooldowns.get"):
            async with self._database.reading() as connection:
                until: datetime | None = await connection.scalar(query)
            if until is not None:
                self._seen[path] = until
        return self._seen.get(path)

    async def set(self, path: str, until: datetime) -> None:
        """Set until when an endpoint cools down."""
        self._seen[path] = until
        insert = self._database.insert(cooldowns).values(
            scope=self._scope, path=path, until=until
        )
        async with best_effort("cooldowns.set"), self._database.writing() as connection:
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["scope", "path"], set_={"until": until}
                )
            )


class Locks:
    """Locks on PostgreSQL, each held by one process at a time.

    A lock is a row with a lease that its holder renews; a dead process's lease expires.
    PostgreSQL's session locks would be freed sooner, but do not work behind a
    connection pooler.

    Args:
        database: Where they are.
        scope: Separates the locks of different keys.
        holder: Identifies this process.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        database: Database,
        scope: str,
        *,
        holder: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._scope = scope
        self._holder = holder
        self._sleep = sleep

    @asynccontextmanager
    async def lock(self, name: str) -> AsyncIterator[None]:
        """Wait for the lock ``name`` and hold it during the block.

        A process must not request the same name twice at once. While the database is
        unavailable, every process gets the lock.
        """
        wait = _FIRST_WAIT_SECONDS
        while not await self._take(name):
            await self._sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT_SECONDS)
        renewal = asyncio.create_task(self._renew(name))
        try:
            yield
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)
            await self._release(name)

    async def _take(self, name: str) -> bool:
        until = func.clock_timestamp() + LEASE
        values = {"holder": self._holder, "until": until}
        insert = self._database.insert(locks).values(
            scope=self._scope, name=name, **values
        )
        async with best_effort("locks.take"):
            async with self._database.writing() as connection:
                taken = await connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["scope", "name"],
                        set_=values,
                        where=locks.c.until < func.clock_timestamp(),
                    )
                )
            return taken.rowcount == 1
        return True

    async def _renew(self, name: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            async with (
                best_effort("locks.renew"),
                self._database.writing() as connection,
            ):
                await connection.execute(
                    update(locks)
                    .where(*self._is_held(name))
                    .values(until=func.clock_timestamp() + LEASE)
                )

    async def _release(self, name: str) -> None:
        async with (
            best_effort("locks.release"),
            self._database.writing() as connection,
        ):
            await connection.execute(delete(locks).where(*self._is_held(name)))

    def _is_held(self, name: str) -> tuple[ColumnElement[bool], ...]:
        return (
            locks.c.scope == self._scope,
            locks.c.name == name,
            locks.c.holder == self._holder,
        )


class SharedAnswers:
    """The backend and upstream of a cache that processes share.

    Together they send no more requests than one would. Memory comes first: the database
    is read only for what memory lacks or no longer holds fresh.

    Args:
        upstream: Fetches new answers.
        store: The shared answers and failures.
        locks: Let one process fetch at a time.
        clock: Tells the time.
        memory: This process's own cache.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        store: StoredAnswers,
        locks: Locks,
        clock: Clock,
        memory: CacheBackend | None = None,
    ) -> None:
        self._upstream = upstream
        self._store = store
        self._locks = locks
        self._clock = clock
        self._memory = MemoryCacheBackend() if memory is None else memory
        self._newest: NewestDay | None = None

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return this process's answer, else one that another process stored."""
        kept = await self._memory.get(request)
        if kept is None:
            kept = await self._shared(request)
            if kept is not None:
                await self._memory.put(request, kept)
        return kept

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Store an answer in memory; :meth:`fetch` has shared it already."""
        await self._memory.put(request, answer)

    async def fetch(self, request: Request[T]) -> Answer[T]:
        """Return what another process has just fetched, else fetch it.

        Raises:
            ApiError: Fetching failed, here or just before in another process.
        """
        async with self._locks.lock(identity(request)):
            kept = await self._shared(request)
            if kept is not None and self._is_fresh(request, kept):
                log.info("zenmux.shared", path=request.path, what="answer")
                return kept
            failure = await self._store.failure(request)
            if failure is not None and self._is_recent(request, *failure):
                log.info("zenmux.shared", path=request.path, what="failure")
                return _unwrap(failure[0])
            return await self._fetch_and_share(request)

    async def _shared(self, request: Request[T]) -> Answer[T] | None:
        """Return the shared answer, dated by this process's clock."""
        kept = await self._store.get(request)
        if kept is None:
            return None
        kept = replace(kept, fetched_at=self._own_time(kept.fetched_at))
        self._note_newest(kept)
        return kept

    def _own_time(self, instant: datetime) -> datetime:
        """Return another clock's instant, or now if that clock is slightly ahead."""
        now = self._clock.now()
        return now if now < instant <= now + CLOCK_SKEW else instant

    async def _fetch_and_share(self, request: Request[T]) -> Answer[T]:
        try:
            answer = await self._upstream.fetch(request)
        except (Unreachable, ServerFault, BadAnswer, KeyRefused) as error:
            await self._store.put_failure(request, error, self._clock.now())
            raise
        self._note_newest(answer)
        if is_empty(answer.data):
            await self._store.put_failure(request, answer, answer.fetched_at)
        else:
            await self._store.put(request, answer)
        return answer

    def _note_newest(self, answer: Answer[Any]) -> None:
        """Record the newest day that any answer shows."""
        day = newest_day(answer.data)
        if day is not None and (self._newest is None or day > self._newest.day):
            self._newest = NewestDay(day=day, seen_at=answer.fetched_at)

    def _is_fresh(self, request: Request[T], kept: Answer[T]) -> bool:
        until = fresh_until(request, kept.data, kept.fetched_at, self._newest)
        return kept.fetched_at <= self._clock.now() < until

    def _is_recent(
        self, request: Request[T], outcome: Answer[T] | ApiError, at: datetime
    ) -> bool:
        """Tell whether a failure is too recent to try again."""
        if not isinstance(outcome, ApiError):
            return self._is_fresh(
                request, replace(outcome, fetched_at=self._own_time(at))
            )
        memory = (
            REFUSED_KEY_MEMORY if isinstance(outcome, KeyRefused) else FAILURE_MEMORY
        )
        return timedelta() <= self._clock.now() - self._own_time(at) < memory


def _unwrap(outcome: Answer[T] | ApiError) -> Answer[T]:
    if isinstance(outcome, ApiError):
        raise replace(outcome)
    return outcome
