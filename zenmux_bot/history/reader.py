"""Answers from the history where it gives exactly what ZenMux would.

A single day is returned as ZenMux listed it. A list with a remainder hides names, so
sums of such lists are used only if the names asked for are certainly the largest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from zenmux_bot.core.clock import Clock
from zenmux_bot.core.periods import DAY, Span
from zenmux_bot.history.archive import Archive, Dimension, Listed, Series
from zenmux_bot.history.buckets import (
    DayLists,
    OfDays,
    answer_from,
    days_of,
    is_weekly,
    series_of,
)
from zenmux_bot.store.daily_history import DailyLists
from zenmux_bot.store.database import best_effort
from zenmux_bot.zenmux.api import INTERACTIVE, Api, TeamApis
from zenmux_bot.zenmux.freshness import NewestDay, fresh_until
from zenmux_bot.zenmux.models import OTHERS, Answer
from zenmux_bot.zenmux.requests import LeaderboardRequest, ModelUsageRequest, Request

T = TypeVar("T", bound=BaseModel)


class HistoryApi:
    """The API, with the history in front of it.

    Args:
        api: Answers what the history does not have.
        lists: The history.
        clock: Tells which day it is.
        complete: Caches up to which day each series is complete; shared by instances.
    """

    def __init__(
        self,
        api: Api,
        lists: DailyLists,
        clock: Clock,
        *,
        complete: dict[Series, NewestDay] | None = None,
    ) -> None:
        self._api = api
        self._lists = lists
        self._clock = clock
        self._complete: dict[Series, NewestDay] = {} if complete is None else complete

    async def fetch(
        self, request: Request[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the answer; see :meth:`zenmux_bot.zenmux.api.Api.fetch`."""
        if isinstance(request, OfDays):
            async with best_effort("history.read"):
                found = await self._read(request)
                if found is not None:
                    return cast("Answer[T]", found)
        return await self._api.fetch(request, patience=patience)

    async def _read(self, request: OfDays) -> Answer[Any] | None:
        """Return the answer if the history has all of its days in full."""
        yesterday = self._clock.now().date() - DAY
        series, span = series_of(request), days_of(request, yesterday)
        complete = await self._complete_through(series, yesterday)
        if complete is None or span.end > complete.day:
            return None
        if await self._hides(request, series, span):
            return None
        archive = await self._lists.archive(series, span, current=True)
        if len(archive.days) < span.days:
            return None
        authors = {}
        if isinstance(request, LeaderboardRequest):
            authors = await self._lists.labels(Dimension.PROVIDER)
        days = DayLists(
            span=span, of=_newest_of(archive), labels=archive.labels, authors=authors
        )
        data = await asyncio.to_thread(answer_from, request, days)
        if data is None:
            return None
        until = fresh_until(cast("Any", request), data, complete.seen_at, complete)
        return Answer(
            data=data,
            limit=request.limit,
            fetched_at=complete.seen_at,
            good_until=until,
        )

    async def _hides(self, request: OfDays, series: Series, span: Span) -> bool:
        """Tell whether the last day's list hides what is asked for.

        Then earlier ones most likely do too, and need not be read.
        """
        archive = await self._lists.archive(
            series, Span(span.end, span.end), current=True
        )
        values = _newest_of(archive)(span.end) or {}
        if not values.get(OTHERS):
            return not values
        if isinstance(request, ModelUsageRequest):
            return request.slug not in values
        is_sum = is_weekly(request) or isinstance(request, LeaderboardRequest)
        return is_sum and request.limit >= len(values) - 1

    async def _complete_through(
        self, series: Series, yesterday: date
    ) -> NewestDay | None:
        """Return the day up to which the history is complete."""
        kept = self._complete.get(series)
        if kept is None or kept.day < yesterday:
            kept = await self._lists.complete_through(series)
            if kept is not None:
                self._complete[series] = kept
        return kept


class HistoryApis:
    """The API of each workspace, with the one history in front of all.

    Args:
        apis: Answer what the history does not have.
        lists: The history.
        clock: Tells which day it is.
    """

    def __init__(self, apis: TeamApis, lists: DailyLists, clock: Clock) -> None:
        self._apis = apis
        self._lists = lists
        self._clock = clock
        self._complete: dict[Series, NewestDay] = {}

    def of(self, team_id: str | None) -> Api:
        """Return the API as a workspace sees it."""
        return HistoryApi(
            self._apis.of(team_id), self._lists, self._clock, complete=self._complete
        )

    async def scope_of(self, team_id: str | None) -> str:
        """Return a hash that identifies the key a workspace uses."""
        return await self._apis.scope_of(team_id)


def _newest_of(archive: Archive) -> Callable[[date], Listed | None]:
    def newest(day: date) -> Listed | None:
        versions = archive.versions(day)
        return versions[-1].values if versions else None

    return newest
