"""What every question about days shares: whom to ask, and up to which day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from pydantic import BaseModel

from zenmux_bot.domain.clock import Clock
from zenmux_bot.domain.models import Answer
from zenmux_bot.domain.periods import DAY, Comparison, Period, Span, Versus, Window
from zenmux_bot.domain.queries import Metric
from zenmux_bot.domain.requests import Request
from zenmux_bot.domain.views import Basis
from zenmux_bot.domain.windows import BadPeriod, compare, resolve
from zenmux_bot.errors import NoData
from zenmux_bot.service.newest import newest_day
from zenmux_bot.service.ports import Api

LATE = timedelta(days=3)
"""Days as near to today as this may not be aggregated yet; it is looked up."""

T = TypeVar("T", bound=BaseModel)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one question, when ``newest`` is the last with data."""

    window: Window
    comparison: Comparison
    newest: date
    versus: Period | Versus
    notes: tuple[str, ...] = ()

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

    def basis(self, command: str, metric: Metric, *answers: Answer[object]) -> Basis:
        """Return what an answer from these says about itself."""
        return Basis(
            command=command,
            metric=metric,
            window=self.window,
            comparison=self.comparison,
            versus=self.versus,
            data_through=self.newest,
            as_of=min(answer.fetched_at for answer in answers),
            stale=any(answer.stale for answer in answers),
            notes=self.window.notes + self.notes,
        )

    def uncompared(self) -> Days:
        """Return the same days without those compared with, and say why."""
        reason = "The period before could not be fetched, so nothing is compared."
        return replace(self, comparison=Comparison(None, reason))


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom one question is put to, when, and for how long.

    Attributes:
        api: Gives ZenMux's answers.
        clock: Tells which day it is.
        patience: How long to wait for the API at most.
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
        ask: Callable[[Days], Awaitable[V]],
    ) -> V:
        """Ask for the days up to yesterday; once more if yesterday is not there yet.

        Both run side by side, since yesterday nearly always is there.
        """
        today = self.clock.now().date()
        days = Days.of(period, versus, today - DAY)
        last = max(span.end for span in days.spans)
        if last < today - LATE:
            return await ask(days)
        newest, answer = await asyncio.gather(
            newest_day(self.api, today, patience=self.patience),
            ask(days),
            return_exceptions=True,
        )
        if isinstance(newest, BaseException):
            raise newest
        if newest < last:
            late = f"Data after {newest} are not in yet."
            try:
                return await ask(Days.of(period, versus, newest, late))
            except BadPeriod as error:
                raise NoData(f"{error.problem} {late}") from None
        if isinstance(answer, BaseException):
            raise answer
        return answer
