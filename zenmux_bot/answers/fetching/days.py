"""What every question about days shares: whom to ask, and up to which day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from pydantic import BaseModel

from zenmux_bot.answers.leaderboard.view import AnswerContext
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, Comparison, Period, Span, Versus, Window
from zenmux_bot.core.windows import BadPeriod, compare, resolve
from zenmux_bot.errors import (
    BadAnswer,
    BotError,
    NotYet,
    RateLimited,
    ServerFault,
    Unreachable,
)
from zenmux_bot.zenmux.api import Api
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.newest import LOOK_BACK, Seen, look
from zenmux_bot.zenmux.requests import Request

LATE = timedelta(days=3)
"""Days as near to today as this may not be aggregated yet; it is looked up."""

PASSING = (Unreachable, ServerFault, BadAnswer, RateLimited)
"""Failures that old copies are used after, also those that end on an earlier day."""

T = TypeVar("T", bound=BaseModel)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one question, when ``newest`` is the last with data.

    Attributes:
        window: The days asked about.
        comparison: Those they are compared with.
        newest: The newest day with data.
        versus: What was asked to compare with.
        notes: What a reader must know about them, in sentences.
        gaps: Days among them that are known to have no data.
        stale: They end early, because the API gives nothing of the newest days.
    """

    window: Window
    comparison: Comparison
    newest: date
    versus: Period | Versus
    notes: tuple[str, ...] = ()
    gaps: tuple[date, ...] = ()
    stale: bool = False

    @classmethod
    def of(
        cls, period: Period, versus: Period | Versus, newest: date, *notes: str
    ) -> Days:
        """Resolve what was asked.

        Raises:
            BadPeriod: None of the days can have data.
        """
        today = newest + DAY
        window = resolve(period, today)
        return cls(window, compare(window, versus, today), newest, versus, notes)

    @property
    def spans(self) -> list[Span]:
        """Return the days that figures are needed of."""
        return [s for s in (self.window.span, self.comparison.span) if s is not None]

    def basis(
        self, command: str, metric: Metric, *answers: Answer[object]
    ) -> AnswerContext:
        """Return what an answer from these says about itself."""
        return AnswerContext(
            command=command,
            metric=metric,
            window=self.window,
            comparison=self.comparison,
            versus=self.versus,
            data_through=self.newest,
            as_of=min(answer.fetched_at for answer in answers),
            stale=self.stale or any(answer.stale for answer in answers),
            notes=self.window.notes + self.notes,
        )

    def uncompared(self, reason: str) -> Days:
        """Return the same days without those compared with, and say why."""
        reason = f"{reason}, so nothing is compared."
        return replace(self, comparison=Comparison(None, reason))


@dataclass(frozen=True, slots=True)
class FetchContext:
    """Whom one question is put to, when, and for how long.

    Attributes:
        api: Gives ZenMux's answers.
        clock: Tells which day it is.
        patience: How long to wait for the API at most; none: nothing is asked, and
            only what is in memory is given.
    """

    api: Api
    clock: Clock
    patience: timedelta

    async def fetch(self, request: Request[T]) -> Answer[T]:
        """Return the API's answer.

        Raises:
            ApiError: It gave none, and there is no old copy.
        """
        return await self.api.fetch(request, patience=self.patience)

    async def with_newest(
        self,
        period: Period,
        versus: Period | Versus,
        ask: Callable[[FetchContext, Days], Awaitable[V]],
    ) -> V:
        """Ask for the days up to yesterday; once more if yesterday is not there yet.

        Both run side by side, since yesterday nearly always is there. Where the API
        gives nothing, what is in memory up to an earlier day is used.
        """
        today = self.clock.now().date()
        days = Days.of(period, versus, today - DAY)
        last = max(span.end for span in days.spans)
        if last < today - LATE:
            return await ask(self, days)
        try:
            return await self._ask_newest(days, period, ask)
        except PASSING as error:
            old = await self._from_memory(days, period, ask)
            if old is None:
                raise error from None
            return old

    async def _ask_newest(
        self,
        days: Days,
        period: Period,
        ask: Callable[[FetchContext, Days], Awaitable[V]],
    ) -> V:
        seen, answer = await asyncio.gather(
            look(self.api, days.newest + DAY, patience=self.patience),
            ask(self, days),
            return_exceptions=True,
        )
        if isinstance(seen, BaseException):
            raise seen
        if seen is not None and seen.newest < max(span.end for span in days.spans):
            late = _late(seen)
            try:
                return await ask(self, Days.of(period, days.versus, seen.newest, late))
            except BadPeriod as error:
                # by the true clock it has begun, or it would not have been read
                raise NotYet(f"{error.period} has no data yet. {late}") from None
        if isinstance(answer, BaseException):
            raise answer
        known = _told(days, seen)
        # The answers are in memory by now, so asking again costs next to nothing.
        return answer if known == days else await ask(self, known)

    async def _from_memory(
        self,
        days: Days,
        period: Period,
        ask: Callable[[FetchContext, Days], Awaitable[V]],
    ) -> V | None:
        """Return the answer up to the newest earlier day of which one is kept."""
        memory = replace(self, patience=timedelta())
        for back in range(1, LOOK_BACK + 1):
            newest = days.newest - DAY * back
            note = f"ZenMux gives no newer data: figures end on {newest}."
            try:
                earlier = Days.of(period, days.versus, newest, note)
                if earlier.spans != days.spans:
                    return await ask(memory, replace(earlier, stale=True))
            except BotError:
                continue
        return None


def _late(seen: Seen) -> str:
    if seen.stale:
        return f"Whether data after {seen.newest} are in could not be checked."
    return f"Data after {seen.newest} are not in yet."


def _told(days: Days, seen: Seen | None) -> Days:
    """Return days with what a look at the newest ones has told of them."""
    if seen is None:
        unchecked = f"Whether the data of {days.newest} are in could not be checked."
        return replace(days, notes=(*days.notes, unchecked))
    gaps = tuple(day for day in seen.missing if any(day in span for span in days.spans))
    return replace(days, gaps=gaps)
