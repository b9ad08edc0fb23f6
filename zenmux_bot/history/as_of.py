"""The API as it would have answered at an earlier time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

from pydantic import BaseModel

from zenmux_bot.core.clock import end_of
from zenmux_bot.core.periods import DAY, Span, day_words
from zenmux_bot.errors import NoData
from zenmux_bot.history.archive import Archive, Dimension, Listed, Series, Version
from zenmux_bot.history.buckets import (
    DayLists,
    OfDays,
    answer_from,
    daily_request,
    days_of,
    lists_of,
    series_of,
)
from zenmux_bot.zenmux.api import INTERACTIVE, Api
from zenmux_bot.zenmux.models import Answer, MarketShare, TimeSeries
from zenmux_bot.zenmux.requests import LeaderboardRequest, ModelListRequest, Request

if TYPE_CHECKING:  # the terminal keeps no history
    from zenmux_bot.store.daily_history import DailyLists

T = TypeVar("T", bound=BaseModel)


class AsOfApi:
    """The API as it would have answered at an earlier time.

    For days that were first seen later, before the bot kept a history, the earliest
    figures are used.

    Args:
        api: Answers what the history cannot, such as the list of models.
        lists: The history; None if there is none.
        day: Figures are as known at the end of this day.

    Attributes:
        first_seen: When the figures used were first seen, if that was later.
    """

    def __init__(self, api: Api, lists: DailyLists | None, day: date) -> None:
        self._api = api
        self._lists = lists
        self._day = day
        self.first_seen: datetime | None = None

    @property
    def note(self) -> str:
        """Return the sentences that tell a reader what the figures are."""
        said = f"As known at the end of {day_words(self._day)} (UTC)."
        if self.first_seen is None:
            return said
        return (
            f"{said} For days before figures were kept, those first seen on "
            f"{day_words(self.first_seen)} are shown."
        )

    async def fetch(
        self, request: Request[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the answer as of that day.

        Raises:
            NoData: The history does not have it.
            ApiError: A name cannot be looked up.
        """
        if isinstance(request, ModelListRequest):
            return await self._api.fetch(request, patience=patience)
        if not isinstance(request, OfDays):
            raise NoData("Only daily figures are kept as they were known earlier.")
        series, span = series_of(request), days_of(request, self._day - DAY)
        known, archive = await self._known(series, span, patience)
        authors = {}
        if isinstance(request, LeaderboardRequest):
            # lists of models do not name their providers
            providers = Series(Dimension.PROVIDER, request.metric)
            newest = Span(span.end, span.end)
            authors = (await self._archive(providers, newest, patience)).labels
        days = DayLists(span=span, of=known, labels=archive.labels, authors=authors)
        found = answer_from(request, days, partly=True)
        assert found is not None  # noqa: S101 - parts are given, too
        return Answer(
            data=cast("T", found), limit=request.limit, fetched_at=end_of(self._day)
        )

    async def _known(
        self, series: Series, span: Span, patience: timedelta
    ) -> tuple[Callable[[date], Listed | None], Archive]:
        """Return a lookup of the daily lists as known then, and their archive."""
        archive = await self._archive(series, span, patience)
        if not archive.days:
            raise NoData(f"ZenMux has no data for {span.in_words()}.")
        instant = end_of(self._day)

        def known(day: date) -> Listed | None:
            versions = archive.versions(day)
            if not versions:
                return None
            index = archive.index(day, instant)
            if index is None:
                self.first_seen = versions[0].seen_from
            return versions[index or 0].values

        return known, archive

    async def _archive(
        self, series: Series, span: Span, patience: timedelta
    ) -> Archive:
        """Return the stored versions of some days, else what ZenMux says now."""
        if self._lists is not None:
            archive = await self._lists.archive(series, span)
            if archive.days and archive.days[0] == span.start:
                return archive
        answer: Answer[MarketShare | TimeSeries] = await self._api.fetch(
            daily_request(series, span), patience=patience
        )
        days, labels = lists_of(answer.data)
        versions = (Version(day, answer.fetched_at, days[day]) for day in days)
        return Archive(versions, labels)
