"""Answers kept in memory for as long as their figures are up to date."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel

from zenmux_bot.commands.queries import Request
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.periods import DAY
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.api import INTERACTIVE, Api
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.outages import Outages
from zenmux_bot.zenmux.requests import Request as ApiRequest

MAX_KEPT = 100
"""An answer and its message take about 100 kB; computing them again, 5 ms."""

END_OF_TIME = datetime.max.replace(tzinfo=UTC)

T = TypeVar("T", bound=BaseModel)
V = TypeVar("V")


class FreshnessRecorder:
    """The API, with a record of what the answers given so far allow.

    Attributes:
        until: The API gives the same until then; None if that is not known.
        paths: The endpoints that were asked.
        fault: Why some of it was an old copy or missing; None if nothing was.
    """

    def __init__(self, api: Api, outages: Outages) -> None:
        self._api = api
        self._outages = outages
        self.until: datetime | None = END_OF_TIME
        self.paths = set[str]()
        self.fault: ApiError | None = None

    async def fetch(
        self, request: ApiRequest[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the API's answer; see ``zenmux.api.Api``."""
        self.paths.add(request.path)
        try:
            answer = await self._api.fetch(request, patience=patience)
        except ApiError as error:
            self.until = None
            if patience:
                self.fault = error
            raise
        if answer.fault is not None:
            self.fault = answer.fault
        elif not answer.stale:
            # Another process may have made the request.
            self._outages.answered(request.path, answer.fetched_at)
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
    """The newest answers, each until its figures may have changed.

    An answer is stored under the key it was computed with, and given to no other.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: OrderedDict[tuple[str, Request], _Entry[V]] = OrderedDict()

    def get(self, whose: str, request: Request) -> V | None:
        """Return the answer to the same request, if it is still valid."""
        entry = self._entries.get((whose, request))
        if entry is None or not entry.at <= self._clock.now() < entry.until:
            return None
        self._entries.move_to_end((whose, request))
        return entry.made

    def put(
        self, whose: str, request: Request, made: V, *, until: datetime | None
    ) -> None:
        """Store an answer; at midnight (UTC) the same words mean other days."""
        if until is None:
            return
        now = self._clock.now()
        midnight = datetime.combine(now.date() + DAY, time(), UTC)
        self._entries[whose, request] = _Entry(made, now, min(until, midnight))
        if len(self._entries) > MAX_KEPT:
            self._entries.popitem(last=False)
