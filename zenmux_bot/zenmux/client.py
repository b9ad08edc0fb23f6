"""The client: a few requests at once per endpoint, with limits on time, size, retries.

The API counts requests per endpoint, so a cooldown delays the callers of one path
only: https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

from __future__ import annotations

import asyncio
import random
import zlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import httpx
import structlog
from pydantic import BaseModel, SecretStr
from tenacity import AsyncRetrying, RetryCallState, stop_before_delay

from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    RateLimited,
    Unreachable,
)
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.outages import Outages
from zenmux_bot.zenmux.requests import OWN_PATHS, Request
from zenmux_bot.zenmux.wire import LONGEST_COOLDOWN, parse, read_request_id, retry_delay

MAX_BODY_BYTES = 8 * 1024 * 1024
"""Larger bodies are refused; the largest documented one has about 300 KB."""

ATTEMPT_SECONDS = 30
"""The timeout of one attempt; ZenMux documents none."""

BUDGET_SECONDS = 100
"""No further attempt starts after this long."""

REQUESTS_AT_ONCE = 5
"""Concurrent requests to one endpoint; ZenMux publishes no limit."""

ACCOUNT_REQUESTS = 60
"""Requests a minute for ``/usage`` and ``/cost`` together.

https://docs.zenmux.ai/api/platform/cost.html
"""

RESERVED_REQUESTS = 12
"""The part of them that people cannot use up; it is kept for budgets."""

REFUSED_KEY_MEMORY = timedelta(seconds=60)
"""A refused key is not sent to the same endpoint again for this long."""

_TIMEOUT = httpx.Timeout(connect=5, read=20, write=5, pool=5)
_MANAGEMENT = "/management"
_OWN_COUNTER = "/cost"
_MINUTE = timedelta(minutes=1)
_GZIP = zlib.MAX_WBITS | 16

T = TypeVar("T", bound=BaseModel)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    status: int
    headers: httpx.Headers
    body: bytes


class ZenMuxClient:
    """Sends requests, and remembers cooldowns and refusals.

    It does not wait out a cooldown: it raises ``RateLimited`` with the time left.

    Args:
        http: Sends the requests; clients may share it, and the caller closes it.
        key: The management key, None when there is none yet.
        base_url: Ends in ``/api/v1/management``; the key is sent nowhere else.
        clock: Tells the time.
        cooldown: The pause of an endpoint if the API does not say how long.
        cooldowns: Where cooldowns are remembered.
        outages: Records the result of each attempt.
        sleep: Waits a number of seconds.
        jitter: Gives a random number from 0 to 1.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        key: SecretStr | None,
        base_url: str,
        clock: Clock,
        cooldown: timedelta = timedelta(seconds=60),
        cooldowns: Cooldowns | None = None,
        outages: Outages | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._http = http
        self._key = key
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._cooldown = cooldown
        self._cooldowns = MemoryCooldowns() if cooldowns is None else cooldowns
        self._outages = Outages(clock) if outages is None else outages
        self._sleep = sleep
        self._jitter = jitter
        self._slots = defaultdict[str, asyncio.Semaphore](
            lambda: asyncio.Semaphore(REQUESTS_AT_ONCE)
        )
        self._account_requests = deque[datetime]()
        self._refusals: dict[str, tuple[datetime, KeyRefused]] = {}

    async def fetch(self, request: Request[T]) -> Answer[T]:
        """Return the API's answer, with retries where they may help.

        Raises:
            ApiError: The last attempt failed.
        """
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=lambda state: _decide(state, 0) is not None,
            wait=self._wait,
            stop=stop_before_delay(BUDGET_SECONDS),
            before_sleep=_log_retry,
            reraise=True,
        )
        return await retrying(self._ask, request)

    def _wait(self, state: RetryCallState) -> float:
        delay = _decide(state, self._jitter())
        return delay.total_seconds() if delay is not None else 0

    async def _ask(self, request: Request[T]) -> Answer[T]:
        async with self._slots[counter_of(request.path)]:
            await self._check_cooldown(request.path)
            if request.needs_key:
                self._check_refusal(request.path)
            if request.path in OWN_PATHS:
                self._count(request)
            try:
                answer = await self._exchange(request)
            except ApiError as error:
                self._hide_key(error)
                await self._note(request.path, error)
                raise
            self._outages.answered(request.path)
            return answer

    async def _exchange(self, request: Request[T]) -> Answer[T]:
        reply = await self._send(request)
        now = self._clock.now()
        data = parse(request, reply.status, reply.headers, reply.body, now=now)
        request_id = read_request_id(reply.headers)
        log.info(
            "zenmux.answered",
            path=request.path,
            status=reply.status,
            request_id=request_id,
            bytes=len(reply.body),
        )
        return Answer(
            data=data, limit=request.limit, fetched_at=now, request_id=request_id
        )

    async def _send(self, request: Request[BaseModel]) -> _Reply:
        outgoing = self._build(request)
        fault: ApiError
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                return await self._receive(outgoing)
        except (TimeoutError, httpx.TimeoutException):
            fault = Unreachable("No answer came in time")
        except (httpx.RemoteProtocolError, httpx.DecodingError):
            fault = BadAnswer("The answer was cut off")
        except httpx.HTTPError:
            fault = Unreachable(f"No connection to {outgoing.url.host}")
        except BadAnswer as error:
            fault = error
        # Raised outside the handlers, so that the error's context does not hold the
        # request, which contains the key.
        fault.path = request.path
        raise fault

    def _build(self, request: Request[BaseModel]) -> httpx.Request:
        base_url = self._base_url
        headers = {b"Accept": b"application/json", b"Accept-Encoding": b"identity"}
        if not request.needs_key:
            base_url = base_url.removesuffix(_MANAGEMENT)
        elif self._key is None:
            raise KeyRefused("No management key is set", path=request.path)
        else:
            key = self._key.get_secret_value()
            headers[b"Authorization"] = b"Bearer " + key.encode("utf-8", "replace")
        return self._http.build_request(
            "GET",
            base_url + request.path,
            params=request.params(),
            headers=headers,
            timeout=_TIMEOUT,
        )

    async def _receive(self, outgoing: httpx.Request) -> _Reply:
        reply = await self._http.send(outgoing, stream=True, follow_redirects=False)
        try:
            body = await _read(reply)
        finally:
            await reply.aclose()
        return _Reply(status=reply.status_code, headers=reply.headers, body=body)

    async def _check_cooldown(self, path: str) -> None:
        until = await self._cooldowns.get(counter_of(path))
        left = timedelta() if until is None else until - self._clock.now()
        # A longer wait than any cooldown means that the clock was set back.
        if timedelta() < left <= LONGEST_COOLDOWN:
            raise RateLimited("It asked for a pause", retry_after=left, path=path)

    def _count(self, request: Request[Any]) -> None:
        """Count a request against the account's limit, or refuse to send it."""
        now, sent = self._clock.now(), self._account_requests
        while sent and not timedelta() <= now - sent[0] < _MINUTE:
            sent.popleft()
        reserved = 0 if getattr(request, "background", False) else RESERVED_REQUESTS
        if len(sent) >= ACCOUNT_REQUESTS - reserved:
            left = sent[0] + _MINUTE - now
            raise RateLimited(
                "The account's requests of this minute are used up",
                retry_after=left,
                path=request.path,
            )
        sent.append(now)

    def _check_refusal(self, path: str) -> None:
        until, error = self._refusals.get(path, (None, None))
        if until is not None and error is not None and self._clock.now() < until:
            raise replace(error)

    def _hide_key(self, error: ApiError) -> None:
        """Remove the key from the API's message, in case the API echoes it."""
        key = "" if self._key is None else self._key.get_secret_value()
        if key:
            error.message = error.message.replace(key, "…")
            error.type = error.type.replace(key, "…")

    async def _note(self, path: str, error: ApiError) -> None:
        """Remember and log a failure of the API."""
        now = self._clock.now()
        self._outages.failed(path, error)
        if isinstance(error, RateLimited):
            error.retry_after = error.retry_after or self._cooldown
            await self._cooldowns.set(counter_of(path), now + error.retry_after)
        elif isinstance(error, KeyRefused):
            self._refusals[path] = (now + REFUSED_KEY_MEMORY, replace(error))
        log.warning(
            "zenmux.failed",
            path=path,
            kind=type(error).__name__,
            status=error.status,
            type=error.type,
            message=error.message,
            request_id=error.request_id,
        )


async def _read(reply: httpx.Response) -> bytes:
    """Return the body, up to its limit; some servers compress it unasked.

    httpx could decompress it, too, but would not limit the size of a chunk.
    """
    packing = reply.headers.get("Content-Encoding", "identity").lower()
    if packing not in {"identity", "gzip"}:
        raise BadAnswer("The answer is packed", status=reply.status_code)
    packed = zlib.decompressobj(_GZIP) if packing == "gzip" else None
    body = bytearray()
    async for chunk in reply.aiter_raw() if packed else reply.aiter_bytes():
        allowed = MAX_BODY_BYTES + 1 - len(body)
        try:
            body += packed.decompress(chunk, allowed) if packed else chunk
        except zlib.error:
            raise BadAnswer("The answer is packed", status=reply.status_code) from None
        if len(body) > MAX_BODY_BYTES:
            raise BadAnswer("The answer is too large", status=reply.status_code)
    if packed and not packed.eof:
        raise BadAnswer("The answer was cut off", status=reply.status_code)
    return bytes(body)


def _decide(state: RetryCallState, jitter: float) -> timedelta | None:
    error = state.outcome.exception() if state.outcome is not None else None
    if not isinstance(error, ApiError):
        return None
    return retry_delay(error, state.attempt_number, jitter)


def _log_retry(state: RetryCallState) -> None:
    log.info(
        "zenmux.retry",
        path=state.args[0].path,
        attempt=state.attempt_number,
        wait_seconds=state.upcoming_sleep,
    )


def counter_of(path: str) -> str:
    """Return the path that a request to ``path`` is counted under.

    An account's ``/usage`` and ``/cost`` share one counter.
    """
    return _OWN_COUNTER if path in OWN_PATHS else path


class Cooldowns(Protocol):
    """Stores cooldowns; processes that share a key may share the store."""

    async def get(self, path: str) -> datetime | None:
        """Return until when the endpoint cools down, None if it never did."""
        ...

    async def set(self, path: str, until: datetime) -> None:
        """Store until when the endpoint cools down."""
        ...


class MemoryCooldowns:
    """Stores the cooldowns of one process."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    async def get(self, path: str) -> datetime | None:
        """Return until when the endpoint cools down, None if it never did."""
        return self._until.get(path)

    async def set(self, path: str, until: datetime) -> None:
        """Store until when the endpoint cools down."""
        self._until[path] = until
