"""What the sandbox answers: keys, rate counters, weather; however it is asked.

https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from zenmux_bot.core.clock import Clock
from zenmux_demo.sandbox import account, apps, own
from zenmux_demo.sandbox.answers import Refusal, envelope
from zenmux_demo.sandbox.params import Ask
from zenmux_demo.sandbox.performance import performance
from zenmux_demo.sandbox.replies import (
    JSON,
    Reply,
    error,
    succeed,
    too_many_requests,
)
from zenmux_demo.sandbox.statistics import (
    Data,
    leaderboard,
    market_share,
    model_usage,
    timeseries,
)
from zenmux_demo.sandbox.trending import trending
from zenmux_demo.sandbox.world import World

SANDBOX_KEY = "sk-mg-v1-sandbox-not-a-real-key"
BASE_PATH = "/api/v1/management"
MODELS_PATH = "/api/v1/models"
REQUEST_ID = "X-ZenMux-RequestId"

STATISTICS: Mapping[str, Callable[[World, Ask], Data]] = {
    "/statistics/leaderboard": leaderboard,
    "/statistics/market_share": market_share,
    "/statistics/timeseries": timeseries,
    "/statistics/trending": trending,
    "/statistics/model_usage": model_usage,
    "/statistics/performance": performance,
    "/statistics/apps/leaderboard": apps.leaderboard,
    "/statistics/apps/trending": apps.trending,
}
ACCOUNT: Mapping[str, Callable[[datetime], Data]] = {
    "/subscription/detail": account.subscription,
    "/flow_rate": lambda _now: account.flow_rate(),
    "/payg/balance": lambda _now: account.balance(),
}
GENERATION = "/generation"
ENDPOINTS = frozenset({*STATISTICS, *ACCOUNT, *own.PATHS, GENERATION})

_SUBSCRIPTION_KEY = "sk-ss-v1-"
_INFERENCE = ("sk-ai-v1-", _SUBSCRIPTION_KEY)
_NO_ORGANIZATION = "Organization keys are not supported"
_DENIED = "You have no permission to access this resource"
_RATE_LIMIT = 422
_TOO_MANY = 429
_WORLD = World()
"""One for all sandboxes, which would compute the same days."""


class Asked(Protocol):
    """A request as the sandbox looks at it, whatever carried it."""

    @property
    def method(self) -> str:
        """Return the method."""
        ...

    @property
    def path(self) -> str:
        """Return the path."""
        ...

    @property
    def query(self) -> Mapping[str, str]:
        """Return the parameters."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers, found in any case."""
        ...


class Fault(Protocol):
    """One misbehaviour."""

    async def __call__(self, request: Any, answer: Callable[[], Reply], /) -> Any:
        """Answer in place of the API: with a reply, or as the server can."""
        ...


@dataclass(slots=True, kw_only=True)
class Weather:
    """The switchboard: what is wrong right now. Change it at any time.

    Attributes:
        down: A gateway answers everything with an HTML page, status 502.
        rate_limited: Every statistics endpoint answers 422.
        retry_after: Seconds sent as ``Retry-After`` with a 422; None sends no header.
        late: Yesterday has not been aggregated: the newest day is the one before.
        script: Faults for the next answers of an endpoint, first come, first served.
            The key is the path below the management address, such as
            ``/statistics/leaderboard``; ``/api/v1/models`` for the model list.
    """

    down: bool = False
    rate_limited: bool = False
    retry_after: int | None = None
    late: bool = False
    script: dict[str, deque[Fault]] = field(default_factory=dict)

    def expect(self, path: str, *faults: Fault) -> None:
        """Let the next answers of an endpoint be these faults, one after another."""
        self.script.setdefault(path, deque()).extend(faults)

    def next_fault(self, path: str) -> Fault | None:
        """Take the fault that is due at an endpoint, if there is one."""
        due = self.script.get(path)
        return due.popleft() if due else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A request that arrived.

    Attributes:
        path: Below the management address, or whole for others.
        query: The query string.
        headers: The headers without the key.
    """

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Sandbox:
    """A sandbox from outside: what it was asked, and what is wrong with it.

    Attributes:
        clock: Tells its days and its minutes.
        key: The management key that it accepts.
        requests_per_minute: How many requests an endpoint takes in a minute.
        organization: Whether the key is an organization's.
        weather: The switchboard.
        fixed_bodies: Answers by path, or None for those of the world. A path may
            carry a query string: it is meant then for requests with those parameters.
        base_url: Address of the management API once it listens.
        requests: All requests in the order of arrival.
        world: What the statistics tell of.
    """

    clock: Clock
    key: str = SANDBOX_KEY
    requests_per_minute: int = 60
    organization: bool = False
    weather: Weather = field(default_factory=Weather)
    fixed_bodies: Mapping[str, Reply] | None = None
    base_url: str = field(default="", init=False)
    requests: list[Recorded] = field(default_factory=list, init=False)
    world: World = field(default=_WORLD, init=False)
    _minutes: dict[str, tuple[int, int]] = field(default_factory=dict, init=False)

    def asked(self, path: str) -> list[Recorded]:
        """Return the requests to one endpoint."""
        return [request for request in self.requests if request.path == path]

    def answer(self, request: Asked) -> Reply:
        """Answer a request in fair weather."""
        path = endpoint_of(request.path)
        if self.fixed_bodies is not None:
            return _fixed(self.fixed_bodies, path, request.query)
        try:
            return self._ask(request, path)
        except Refusal as refusal:
            if refusal.status == _TOO_MANY:
                return too_many_requests()
            wait = self.weather.retry_after if refusal.status == _RATE_LIMIT else None
            return error(refusal.status, refusal.type, str(refusal), retry_after=wait)

    def _ask(self, request: Asked, path: str) -> Reply:
        if request.method != "GET":
            raise Refusal(405, "method_not_allowed", "Only GET is allowed")
        now = self.clock.now()
        if path == MODELS_PATH:
            return succeed(account.model_list(self.world, now))
        if path not in ENDPOINTS:
            raise Refusal(404, "not_found", "No such path")
        key = self._accepted_key(request, path)
        self._count(path, now)
        if path == GENERATION:
            billing = not key.startswith(_SUBSCRIPTION_KEY)
            return succeed(account.generation(request.query, now, billing=billing))
        if path in own.PATHS:
            if self.organization:
                raise Refusal(403, "access_denied", _NO_ORGANIZATION)
            return succeed(envelope(own.own(path, request.query, now)))
        if path in ACCOUNT:
            return succeed(envelope(ACCOUNT[path](now)))
        today = now.date()
        newest = today - timedelta(days=2 if self.weather.late else 1)
        query = frozenset(request.query.items())
        return _statistics(self.world, path, query, today, newest)

    def _accepted_key(self, request: Asked, path: str) -> str:
        """Return the key of a request, or refuse it: inference keys open one door."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        inference = path == GENERATION and key.startswith(_INFERENCE)
        if scheme != "Bearer" or not (key == self.key or inference):
            raise Refusal(403, "access_denied", _DENIED)
        return key

    def _count(self, path: str, now: datetime) -> None:
        """Count a request of this minute, or refuse it."""
        minute = int(now.timestamp() // 60)
        most, status = self.requests_per_minute, _RATE_LIMIT
        if path in own.PATHS:
            # both count together, and for the account
            path, status = own.COST, _TOO_MANY
            most = min(most, own.REQUESTS_PER_MINUTE)
        counted, count = self._minutes.get(path, (minute, 0))
        count = count + 1 if counted == minute else 1
        self._minutes[path] = (minute, count)
        limited = self.weather.rate_limited and path in STATISTICS
        if limited or count > most:
            raise Refusal(status, "rate_limit", "Rate limit exceeded")

    def record(self, request: Asked) -> int:
        """Remember a request, and return its number."""
        self.requests.append(
            Recorded(
                path=endpoint_of(request.path),
                query=dict(request.query),
                headers={
                    name: value
                    for name, value in request.headers.items()
                    if name.lower() != "authorization"
                },
            )
        )
        return len(self.requests)

    def signature(self, number: int, content_type: str) -> dict[str, str]:
        """Return what the platform adds; an intermediary's page has none of it."""
        if self.fixed_bodies is not None or content_type != JSON:
            return {}
        return {
            REQUEST_ID: f"req-{number:08d}",
            "Date": format_datetime(self.clock.now(), usegmt=True),
        }


def endpoint_of(path: str) -> str:
    """Return a path as the sandbox names it: below the management address."""
    return path.removeprefix(BASE_PATH)


@lru_cache(maxsize=256)
def _statistics(
    world: World,
    path: str,
    query: frozenset[tuple[str, str]],
    today: date,
    newest: date,
) -> Reply:
    """Answer from the world, which is the same all day long."""
    ask = Ask(query=dict(query), today=today, newest=newest)
    return succeed(envelope(STATISTICS[path](world, ask)))


def _fixed(bodies: Mapping[str, Reply], path: str, query: Mapping[str, str]) -> Reply:
    for address, reply in bodies.items():
        meant = urlsplit(address)
        wanted = dict(parse_qsl(meant.query))
        if endpoint_of(meant.path) == path and wanted.items() <= query.items():
            return reply
    return error(404, "not_found", "No body for this path")
