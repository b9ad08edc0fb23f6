"""Fetches the days that a question is about, up to the newest day with data.

The newest day is looked up in parallel with the question itself. If it is late, or the
API fails, the same question is asked about the days that have data.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

from pydantic import BaseModel

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import (
    DAY,
    Comparison,
    Period,
    Span,
    Versus,
    Window,
    day_words,
)
from zenmux_bot.core.windows import BadPeriod, compare, resolve
from zenmux_bot.errors import (
    BadAnswer,
    BotError,
    NotYet,
    RateLimited,
    ServerFault,
    Unreachable,
)
from zenmux_bot.render.days import late as late_days
from zenmux_bot.render.wording import period as words_of
from zenmux_bot.zenmux.api import Api
from zenmux_bot.zenmux.freshness import LOOK_BACK, RecentDays, recent_days
from zenmux_bot.zenmux.models import Answer, as_of
from zenmux_bot.zenmux.requests import Request

LATE = timedelta(days=3)
"""Days this close to today may not be aggregated yet, so that is checked."""

PASSING = (Unreachable, ServerFault, BadAnswer, RateLimited)
"""Failures after which old copies are used, even ones that end on an earlier day."""

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
        late: Which days are not in yet, and what is shown instead; empty: none.
    """

    window: Window
    comparison: Comparison
    newest: date
    versus: Period | Versus
    notes: tuple[str, ...] = ()
    gaps: tuple[date, ...] = ()
    stale: bool = False
    late: str = ""

    @classmethod
    def of(cls, period: Period, versus: Period | Versus, newest: date) -> Days:
        """Resolve what was asked.

        Raises:
            BadPeriod: None of the days can have data.
        """
        today = newest + DAY
        window = resolve(period, today)
        return cls(window, compare(window, versus, today), newest, versus)

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
            as_of=as_of(answers),
            stale=self.stale or any(answer.stale for answer in answers),
            notes=self.window.notes + self.notes,
            late=self.late,
        )

    def uncompared(self, reason: str) -> Days:
        """Return the same days without those compared with, and say why."""
        reason = f"{reason}, so nothing is compared."
        return replace(self, comparison=Comparison(None, reason))


Fetch = Callable[["FetchContext", Days], Awaitable[V]]
"""Asks for the figures of some days."""


@dataclass(frozen=True, slots=True)
class FetchContext:
    """What fetching the figures of one question needs.

    Attributes:
        api: Gives ZenMux's answers.
        clock: Tells which day it is.
        patience: How long to wait for the API at most; zero means that only what is
            in memory is given.
        health: Checks the bot; None if the question needs no check.
        team_id: The workspace that asks; None on the terminal.
        key_names: What people call the account's API keys, by id.
    """

    api: Api
    clock: Clock
    patience: timedelta
    health: Health | None = None
    team_id: str | None = None
    key_names: Mapping[str, str] = field(default_factory=dict)

    async def fetch(self, request: Request[T]) -> Answer[T]:
        """Return the API's answer.

        Raises:
            ApiError: It gave none, and there is no old copy.
        """
        return await self.api.fetch(request, patience=self.patience)


async def fetch_days(
    context: FetchContext,
    period: Period,
    versus: Period | Versus,
    fetch: Fetch[V],
) -> V:
    """Fetch the days up to yesterday; fetch again if yesterday has no data yet.

    The check runs in parallel, since yesterday nearly always has data. If the API
    fails, an answer in memory that ends on an earlier day is used.
    """
    today = context.clock.now().date()
    days = Days.of(period, versus, today - DAY)
    last = max(span.end for span in days.spans)
    if last < today - LATE:
        return await fetch(context, days)
    try:
        return await _fetch_newest(context, days, period, fetch)
    except PASSING as error:
        old = await _fetch_from_memory(context, days, period, fetch)
        if old is None:
            raise error from None
        return old


async def _fetch_newest(
    context: FetchContext, days: Days, period: Period, fetch: Fetch[V]
) -> V:
    seen, answer = await asyncio.gather(
        recent_days(context.api, days.newest + DAY, patience=context.patience),
        fetch(context, days),
        return_exceptions=True,
    )
    if isinstance(seen, BaseException):
        raise seen
    if seen is not None and seen.newest < max(span.end for span in days.spans):
        try:
            earlier = Days.of(period, days.versus, seen.newest)
        except BadPeriod as error:
            # The period has begun by the true clock, or parsing would have refused it.
            last = day_words(seen.newest)
            asked = words_of(error.period).removesuffix(" so far")
            said = f"{asked[:1].upper()}{asked[1:]} has no figures yet"
            raise NotYet(f"{said}; they end on {last}.") from None
        if seen.stale:
            return await fetch(context, replace(earlier, stale=True))
        return await fetch(context, replace(earlier, late=_late(days, earlier, seen)))
    if isinstance(answer, BaseException):
        raise answer
    known = _checked(days, seen)
    # The answers are in memory by now, so asking again costs next to nothing.
    return answer if known == days else await fetch(context, known)


async def _fetch_from_memory(
    context: FetchContext, days: Days, period: Period, fetch: Fetch[V]
) -> V | None:
    """Return the newest answer in memory that ends on an earlier day."""
    memory = replace(context, patience=timedelta())
    for back in range(1, LOOK_BACK + 1):
        try:
            earlier = Days.of(period, days.versus, days.newest - DAY * back)
            if earlier.spans != days.spans:
                return await fetch(memory, replace(earlier, stale=True))
        except BotError:
            continue
    return None


def _late(wanted: Days, earlier: Days, seen: RecentDays) -> str:
    """Say which days are not in yet, and what is shown in their place."""
    what = late_days(wanted.newest, seen.newest)
    window = earlier.window
    is_earlier = window.span.start < wanted.window.span.start
    if window.unit and window.count == 1 and not window.partial and is_earlier:
        return f"{what}; this is the {window.unit.name.lower()} before"
    return f"{what}; these figures end on {day_words(earlier.window.span.end)}"


def _checked(days: Days, seen: RecentDays | None) -> Days:
    """Return days with the gaps among them, or a note that nobody could check."""
    if seen is None:
        newest = day_words(days.newest)
        unchecked = f"Whether {newest} is complete could not be checked."
        return replace(days, notes=(*days.notes, unchecked))
    gaps = tuple(day for day in seen.missing if any(day in span for span in days.spans))
    return replace(days, gaps=gaps)


def joined(spans: list[Span]) -> list[Span]:
    """Merge sorted spans that overlap or touch, to be fetched at once."""
    joint: list[Span] = []
    for span in spans:
        if joint and span.start <= joint[-1].end + DAY:
            joint[-1] = Span(joint[-1].start, max(joint[-1].end, span.end))
        else:
            joint.append(span)
    return joint
