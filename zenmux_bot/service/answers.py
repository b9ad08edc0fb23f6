"""A request to its answer: resolve the days, ask the API, compute, draw."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import structlog

from zenmux_bot.domain.clock import Clock
from zenmux_bot.domain.models import Answer, Leaderboard, MarketShare
from zenmux_bot.domain.periods import DAY, FLOOR, Comparison, Span, Versus, Window
from zenmux_bot.domain.queries import (
    MAX_TOP,
    HelpQuery,
    LeaderboardQuery,
    Request,
    ShareQuery,
    StatusQuery,
    canonical,
)
from zenmux_bot.domain.requests import LeaderboardRequest, MarketShareRequest
from zenmux_bot.domain.shares import ShareView, build_share, width_for
from zenmux_bot.domain.views import Basis, LeaderboardView, build_leaderboard
from zenmux_bot.domain.volumes import starts
from zenmux_bot.domain.windows import (
    BadPeriod,
    compare,
    is_whole_weeks,
    resolve,
)
from zenmux_bot.errors import ApiError, NoData
from zenmux_bot.render.help import HelpView, report_help
from zenmux_bot.render.leaderboard import report_leaderboard
from zenmux_bot.render.report import Report
from zenmux_bot.render.share import report_share
from zenmux_bot.render.status import report_status
from zenmux_bot.service.health import Health, StatusView
from zenmux_bot.service.newest import newest_day
from zenmux_bot.service.ports import INTERACTIVE, Api

LATE = timedelta(days=3)
"""Days as near to today as this may not be aggregated yet; it is looked up."""

View = LeaderboardView | ShareView | HelpView | StatusView
Statistics = LeaderboardQuery | ShareQuery

V = TypeVar("V")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """A computed answer, and how it is told."""

    view: View
    report: Report


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of one question, when ``newest`` is the last with data."""

    window: Window
    comparison: Comparison
    newest: date
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Statistics, newest: date, *notes: str) -> _Days:
        """Resolve what was asked."""
        today = newest + DAY
        window = resolve(query.period, today)
        return cls(window, compare(window, query.versus, today), newest, notes)

    @property
    def spans(self) -> list[Span]:
        """Return the days that figures are needed of."""
        return [s for s in (self.window.span, self.comparison.span) if s is not None]

    def basis(self, query: Statistics, *answers: Answer[object]) -> Basis:
        """Return what an answer from these says about itself."""
        return Basis(
            command=canonical(query),
            metric=query.metric,
            window=self.window,
            comparison=self.comparison,
            versus=query.versus,
            data_through=self.newest,
            as_of=min(answer.fetched_at for answer in answers),
            stale=any(answer.stale for answer in answers),
            notes=self.window.notes + self.notes,
        )

    def uncompared(self) -> _Days:
        """Return the same days without those compared with, and say why."""
        reason = "The period before could not be fetched, so nothing is compared."
        return _Days(self.window, Comparison(None, reason), self.newest, self.notes)


class Answers:
    """Answers requests.

    Args:
        api: Gives ZenMux's answers.
        clock: Tells which day it is.
        health: Knows how the bot is.
    """

    def __init__(self, api: Api, clock: Clock, health: Health) -> None:
        self._api = api
        self._clock = clock
        self._health = health

    async def answer(
        self, request: Request, *, patience: timedelta = INTERACTIVE
    ) -> Answered:
        """Return the answer.

        Args:
            request: What is asked, and how it is wanted.
            patience: How long to wait for the API at most.

        Raises:
            BadInput: A name or a period in it means nothing here.
            NoData: The API has nothing for the days.
            ApiError: The API gave no answer and there is no old one.
        """
        match request.query:
            case LeaderboardQuery() as query:
                board = await self._leaderboard(query, patience)
                return Answered(board, report_leaderboard(board, request))
            case ShareQuery() as query:
                share = await self._share(query, patience)
                return Answered(share, report_share(share, request))
            case StatusQuery():
                status = await self._health.look()
                return Answered(status, report_status(status))
            case HelpQuery(topic=topic):
                return Answered(HelpView(topic), report_help(topic))

    async def _leaderboard(
        self, query: LeaderboardQuery, patience: timedelta
    ) -> LeaderboardView:
        alone = query.versus is Versus.NONE and query.provider is None
        limit = query.top if alone else MAX_TOP

        async def fetch(span: Span) -> Answer[Leaderboard]:
            wanted = LeaderboardRequest(
                metric=query.metric, start=span.start, end=span.end, limit=limit
            )
            return await self._api.fetch(wanted, patience=patience)

        async def ask(days: _Days) -> LeaderboardView:
            now, *rest = await asyncio.gather(
                *map(fetch, days.spans), return_exceptions=True
            )
            if isinstance(now, BaseException):
                raise now
            before = rest[0] if rest else None
            if isinstance(before, ApiError):
                before, days = None, days.uncompared()
            elif isinstance(before, BaseException):
                raise before
            answers = [now] if before is None else [now, before]
            return build_leaderboard(
                query,
                days.basis(query, *answers),
                now.data,
                None if before is None else before.data,
                limit_before=limit,
            )

        return await self._with_newest(query, patience, ask)

    async def _share(self, query: ShareQuery, patience: timedelta) -> ShareView:
        async def ask(days: _Days) -> ShareView:
            spans = sorted(days.spans)
            whole = all(is_whole_weeks(span, days.newest) for span in spans)
            width = width_for(query, whole_weeks=whole)

            async def fetch(span: Span) -> Answer[MarketShare]:
                there = starts(span, width)
                wanted = MarketShareRequest(
                    metric=query.metric,
                    width=width,
                    start=max(there[0], FLOOR),
                    end=there[-1],
                )
                return await self._api.fetch(wanted, patience=patience)

            answers = await asyncio.gather(*map(fetch, _joined(spans)))
            series = [bucket for answer in answers for bucket in answer.data.series]
            return build_share(query, days.basis(query, *answers), series, width)

        return await self._with_newest(query, patience, ask)

    async def _with_newest(
        self,
        query: Statistics,
        patience: timedelta,
        ask: Callable[[_Days], Awaitable[V]],
    ) -> V:
        """Ask for the days up to yesterday; once more if yesterday is not there yet.

        Both run side by side, since yesterday nearly always is there.
        """
        today = self._clock.now().date()
        days = _Days.of(query, today - DAY)
        if max(span.end for span in days.spans) < today - LATE:
            return await ask(days)
        newest, answer = await asyncio.gather(
            newest_day(self._api, today, patience=patience),
            ask(days),
            return_exceptions=True,
        )
        if isinstance(newest, BaseException):
            raise newest
        if newest < max(span.end for span in days.spans):
            late = f"Data after {newest} are not in yet."
            try:
                return await ask(_Days.of(query, newest, late))
            except BadPeriod as error:
                raise NoData(f"{error.problem} {late}") from None
        if isinstance(answer, BaseException):
            raise answer
        return answer


def _joined(spans: list[Span]) -> list[Span]:
    """Return sorted spans with those that meet made one, to be fetched at once."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start <= joined[-1].end + DAY:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined
