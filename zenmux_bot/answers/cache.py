"""Answers kept ready for as long as all they rest on is good, and outages."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel

from zenmux_bot.commands.queries import Request
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.periods import DAY
from zenmux_bot.errors import ApiError, BadAnswer, ServerFault, Unreachable
from zenmux_bot.zenmux.api import INTERACTIVE, Api
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import Request as ApiRequest

MAX_KEPT = 500

FORGOTTEN_AFTER = timedelta(minutes=5)
"""So long after the last failure an outage is taken to be over."""

END_OF_TIME = datetime.max.replace(tzinfo=UTC)

T = TypeVar("T", bound=BaseModel)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which ZenMux gives no new answers.

    Attributes:
        since: When that was noticed first.
        status: The HTTP status it answers with, None if it does not answer at all.
    """

    since: datetime
    status: int | None

    def __str__(self) -> str:
        status = f"HTTP {self.status} " if self.status else ""
        return f"ZenMux isn’t responding ({status}since {self.since:%H:%M} UTC)"


class OutageMonitor:
    """Notices from what questions come to whether ZenMux gives new answers.

    Args:
        clock: Tells the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._outage: Outage | None = None
        self._last_failure = clock.now()

    @property
    def current(self) -> Outage | None:
        """Return the outage, until an answer comes or nothing fails for a while."""
        if self._clock.now() - self._last_failure > FORGOTTEN_AFTER:
            return None
        return self._outage

    def failed(self, error: ApiError) -> None:
        """Notice a failure; that the bot asks wrongly or too often is none."""
        if not isinstance(error, Unreachable | ServerFault | BadAnswer):
            return
        now = self._clock.now()
        since = now if self.current is None else self.current.since
        self._outage, self._last_failure = Outage(since, error.status), now

    def answered(self, at: datetime) -> None:
        """Notice an answer that ZenMux gave at a time."""
        if self._outage is not None and at >= self._last_failure:
            self._outage = None


class FreshnessRecorder:
    """The API, and how long all that it has given is good for.

    Attributes:
        until: Until then it would give the same again; None if that is not known.
    """

    def __init__(self, api: Api, monitor: OutageMonitor) -> None:
        self._api = api
        self._monitor = monitor
        self.until: datetime | None = END_OF_TIME

    async def fetch(
        self, request: ApiRequest[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the API's answer; see ``zenmux.api.Api``."""
        try:
            answer = await self._api.fetch(request, patience=patience)
        except ApiError as error:
            self.until = None
            if patience:
                self._monitor.failed(error)
            raise
        if answer.fault is not None:
            self._monitor.failed(answer.fault)
        elif not answer.stale:
            self._monitor.answered(answer.fetched_at)
        if self.until is None or answer.good_until is None:
            self.until = None
        else:
            self.until = min(self.until, answer.good_until)
        return answer


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    made: V
    at: datetime
    until: datetime


class AnswerCache(Generic[V]):
    """What was made for requests, the newest, until it may have changed.

    Each is kept by whose key it was made with, so that no other key gets it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: OrderedDict[tuple[str, Request], _Entry[V]] = OrderedDict()

    def get(self, whose: str, request: Request) -> V | None:
        """Return what was made for the same request, if it still holds."""
        entry = self._entries.get((whose, request))
        if entry is None or not entry.at <= self._clock.now() < entry.until:
            return None
        self._entries.move_to_end((whose, request))
        return entry.made

    def put(
        self, whose: str, request: Request, made: V, *, until: datetime | None
    ) -> None:
        """Keep what was made; at midnight (UTC) the same words mean other days."""
        if until is None:
            return
        now = self._clock.now()
        midnight = datetime.combine(now.date() + DAY, time(), UTC)
        self._entries[whose, request] = _Entry(made, now, min(until, midnight))
        if len(self._entries) > MAX_KEPT:
            self._entries.popitem(last=False)
