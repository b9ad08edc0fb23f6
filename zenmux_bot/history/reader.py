"""Answers from the history, where it says exactly what ZenMux would.

A day is as it was listed. A sum of days is exact where every list is whole; a list with
a remainder hides names, so that a sum of such lists is given as far as it is certain,
and only to those who ask what was known at an earlier time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from zenmux_bot.core.clock import Clock, end_of
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, Span
from zenmux_bot.core.volumes import WEEK, add_up, listed_volumes
from zenmux_bot.errors import NoData
from zenmux_bot.history.archive import Archive, Dimension, Listed, Series
from zenmux_bot.store.availability import best_effort
from zenmux_bot.store.daily_lists import DailyLists
from zenmux_bot.zenmux.account_requests import ModelListRequest
from zenmux_bot.zenmux.api import INTERACTIVE, Api, TeamApis
from zenmux_bot.zenmux.freshness import Sighting, fresh_until
from zenmux_bot.zenmux.models import (
    OTHERS,
    Answer,
    AuthorBucket,
    AuthorVolume,
    Leaderboard,
    LeaderboardEntry,
    MarketShare,
    ModelBucket,
    ModelUsage,
    ModelVolume,
    TimeSeries,
    UsageDay,
)
from zenmux_bot.zenmux.requests import (
    LeaderboardRequest,
    MarketShareRequest,
    ModelUsageRequest,
    Request,
    TimeSeriesRequest,
)

_OTHERS_LABEL = "Others"

T = TypeVar("T", bound=BaseModel)

_Buckets = MarketShareRequest | TimeSeriesRequest
_Entries = Sequence[tuple[str, Decimal | None]]


class HistoryApi:
    """The API, with the history in front of it.

    Args:
        api: Gives what the history does not have.
        lists: The history.
        clock: Tells which day it is.
        whole: Remembers up to which day the history has everything.
    """

    def __init__(
        self,
        api: Api,
        lists: DailyLists,
        clock: Clock,
        *,
        whole: dict[Series, Sighting] | None = None,
    ) -> None:
        self._api = api
        self._lists = lists
        self._clock = clock
        self._whole: dict[Series, Sighting] = {} if whole is None else whole

    async def fetch(
        self, request: Request[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the answer; see :meth:`zenmux_bot.zenmux.api.Api.fetch`."""
        if isinstance(request, MarketShareRequest | TimeSeriesRequest):
            async with best_effort("history.read"):
                found = await self._read(request)
                if found is not None:
                    return cast("Answer[T]", found)
        return await self._api.fetch(request, patience=patience)

    async def _read(self, request: _Buckets) -> Answer[Any] | None:
        """Return the answer if the history has all days of it, and all they hold."""
        now = self._clock.now()
        yesterday = now.date() - DAY
        series = _series_of(request)
        weekly = request.width is Granularity.WEEK
        last = min(request.end + (WEEK - DAY if weekly else timedelta()), yesterday)
        whole = await self._whole_through(series, yesterday)
        if whole is None or last > whole.day:
            return None
        if weekly and await self._is_cut(series, request.start):
            return None
        span = Span(request.start, last)
        archive = await self._lists.archive(series, span, current=True)
        if len(archive.days) < span.days:
            return None
        data = await asyncio.to_thread(
            _series_data, request, archive, _newest_of(archive), last
        )
        if data is None:
            return None
        until = fresh_until(cast("Any", request), data, whole.seen_at, whole)
        return Answer(
            data=data, limit=request.limit, fetched_at=whole.seen_at, good_until=until
        )

    async def _is_cut(self, series: Series, day: date) -> bool:
        """Tell whether a day's list has a remainder, as most likely all have then."""
        archive = await self._lists.archive(series, Span(day, day), current=True)
        versions = archive.versions(day)
        return not versions or bool(versions[-1].values.get(OTHERS))

    async def _whole_through(self, series: Series, yesterday: date) -> Sighting | None:
        """Return the day up to which the history has everything."""
        kept = self._whole.get(series)
        if kept is None or kept.day < yesterday:
            kept = await self._lists.whole_through(series)
            if kept is not None:
                self._whole[series] = kept
        return kept


class HistoryApis:
    """The API of each workspace, with the one history in front of all.

    Args:
        apis: Give what the history does not have.
        lists: The history.
        clock: Tells which day it is.
    """

    def __init__(self, apis: TeamApis, lists: DailyLists, clock: Clock) -> None:
        self._apis = apis
        self._lists = lists
        self._clock = clock
        self._whole: dict[Series, Sighting] = {}

    def of(self, team_id: str | None) -> Api:
        """Return the API as a workspace sees it."""
        return HistoryApi(
            self._apis.of(team_id), self._lists, self._clock, whole=self._whole
        )

    async def scope_of(self, team_id: str | None) -> str:
        """Name the key that a workspace asks with, without telling it."""
        return await self._apis.scope_of(team_id)


class AsOfApi:
    """The API as it would have answered at an earlier time.

    Of days that were first seen later, since the bot kept no figures yet, the earliest
    figures count.

    Args:
        api: Gives what is no figure of a day, such as names.
        lists: The history.
        day: The day at whose end the figures were known.

    Attributes:
        first_seen: When figures that count were first seen, if that was later.
    """

    def __init__(self, api: Api, lists: DailyLists, day: date) -> None:
        self._api = api
        self._lists = lists
        self._day = day
        self.first_seen: datetime | None = None

    @property
    def note(self) -> str:
        """Return what a reader must know, in sentences."""
        said = f"As known at the end of {self._day} (UTC)."
        if self.first_seen is None:
            return said
        return (
            f"{said} Of days before the history began, the figures are those first "
            f"seen on {self.first_seen:%Y-%m-%d}."
        )

    async def fetch(
        self, request: Request[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the answer of then.

        Raises:
            NoData: The history does not hold it.
            ApiError: A name cannot be looked up.
        """
        data: BaseModel
        if isinstance(request, ModelListRequest):
            return await self._api.fetch(request, patience=patience)
        if isinstance(request, MarketShareRequest | TimeSeriesRequest):
            weekly = request.width is Granularity.WEEK
            end = request.end + (WEEK - DAY if weekly else timedelta())
            known, archive = await self._known(_series_of(request), request.start, end)
            found = _series_data(request, archive, known, self._day - DAY, partly=True)
            assert found is not None  # noqa: S101 - parts are given, too
            data = found
        elif isinstance(request, LeaderboardRequest):
            series = Series(Dimension.MODEL, request.metric)
            known, archive = await self._known(series, request.start, request.end)
            providers = Series(Dimension.PROVIDER, request.metric)
            labels = (await self._lists.archive(providers, _NO_DAYS)).labels
            data = _leaderboard(request, archive, known, labels)
        elif isinstance(request, ModelUsageRequest):
            series = Series(Dimension.MODEL, request.metric)
            known, archive = await self._known(series, request.start, request.end)
            data = _usage(request, archive, known)
        else:
            raise NoData("Only daily figures are kept as they were known earlier.")
        return Answer(
            data=cast("T", data), limit=request.limit, fetched_at=end_of(self._day)
        )

    async def _known(
        self, series: Series, start: date, end: date
    ) -> tuple[Callable[[date], Listed | None], Archive]:
        """Return the lists of some days as they were known."""
        span = Span(start, max(min(end, self._day - DAY), start))
        archive = await self._lists.archive(series, span)
        if not archive.days:
            raise NoData(
                f"The history does not hold {span} yet; it is collected in the "
                "background."
            )
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


_NO_DAYS = Span(date.min, date.min)


def _newest_of(archive: Archive) -> Callable[[date], Listed | None]:
    def newest(day: date) -> Listed | None:
        versions = archive.versions(day)
        return versions[-1].values if versions else None

    return newest


def _series_of(request: _Buckets) -> Series:
    is_provider = isinstance(request, MarketShareRequest)
    return Series(
        Dimension.PROVIDER if is_provider else Dimension.MODEL, request.metric
    )


def _series_data(
    request: _Buckets,
    archive: Archive,
    known: Callable[[date], Listed | None],
    last: date,
    *,
    partly: bool = False,
) -> MarketShare | TimeSeries | None:
    """Return the buckets of an answer.

    Args:
        request: What is asked.
        archive: Knows the labels.
        known: Gives a day's list.
        last: The last day that can have data.
        partly: Give what is certain of a sum; else None where it is not all.
    """
    weekly = request.width is Granularity.WEEK
    pace = WEEK if weekly else DAY
    found = []
    start = request.start
    while start <= min(request.end, last):
        days = (start + DAY * step for step in range(pace.days))
        parts = [values for day in days if day <= last and (values := known(day))]
        if parts:
            entries = _sum(parts, request.limit, partly=partly)
            if entries is None:
                return None
            found.append((start, entries))
        start += pace
    period = "%G%V" if weekly else "%Y%m%d"
    common: dict[str, Any] = {
        "metric": request.metric.value,
        "bucket_width": request.width.value,
        "starting_at": request.start,
        "ending_at": request.end,
        "total_buckets": len(found),
    }

    def label(slug: str) -> str:
        return _OTHERS_LABEL if slug == OTHERS else archive.labels.get(slug, "")

    if isinstance(request, MarketShareRequest):
        return MarketShare.model_construct(
            **common,
            series=tuple(
                AuthorBucket.model_construct(
                    period=start.strftime(period),
                    date=start,
                    authors=tuple(
                        AuthorVolume.model_construct(
                            author=slug, label=label(slug), value=value
                        )
                        for slug, value in entries
                    ),
                )
                for start, entries in found
            ),
        )
    return TimeSeries.model_construct(
        **common,
        series=tuple(
            ModelBucket.model_construct(
                period=start.strftime(period),
                date=start,
                models=tuple(
                    ModelVolume.model_construct(
                        model=slug, label=label(slug), value=value
                    )
                    for slug, value in entries
                ),
            )
            for start, entries in found
        ),
    )


def _sum(parts: Sequence[Listed], limit: int, *, partly: bool) -> _Entries | None:
    """Return the list of some days together, None if it is not certain."""
    if len(parts) == 1 and len(parts[0].keys() - {OTHERS}) <= limit:
        return tuple(parts[0].items())
    volumes = add_up(
        {date.min + DAY * index: listed_volumes(v) for index, v in enumerate(parts)}
    )
    if volumes.total is None or volumes.gaps:
        return None
    hidden = max(
        [volumes.missing.high]
        + [figure.high for figure in volumes.known.values() if figure.value is None]
    )
    ranked = sorted(
        ((slug, figure.low) for slug, figure in volumes.known.items()),
        key=lambda entry: (-entry[1], entry[0]),
    )
    if not partly and len(ranked) > limit and ranked[limit - 1][1] == ranked[limit][1]:
        # which of two equals is listed is ZenMux's choice
        return None
    certain = [
        (slug, value)
        for slug, value in ranked
        if volumes.known[slug].value is not None and (value > hidden or not hidden)
    ][:limit]
    if not partly and hidden and len(certain) < limit:
        return None
    rest = volumes.total.low - sum(value or 0 for _, value in certain)
    if rest > 0 or len(certain) < len(ranked):
        certain.append((OTHERS, rest))
    return certain


def _leaderboard(
    request: LeaderboardRequest,
    archive: Archive,
    known: Callable[[date], Listed | None],
    authors: dict[str, str],
) -> Leaderboard:
    span = Span(request.start, request.end)
    days = (span.start + DAY * step for step in range(span.days))
    parts = [values for day in days if (values := known(day))]
    entries = (_sum(parts, request.limit, partly=True) if parts else None) or []
    return Leaderboard.model_construct(
        metric=request.metric.value,
        starting_at=request.start,
        ending_at=request.end,
        entries=tuple(
            LeaderboardEntry.model_construct(
                rank=rank,
                model=slug,
                label=_OTHERS_LABEL if slug == OTHERS else archive.labels.get(slug, ""),
                author="" if slug == OTHERS else slug.partition("/")[0],
                author_label=authors.get(slug.partition("/")[0], ""),
                value=value,
            )
            for rank, (slug, value) in enumerate(entries, start=1)
        ),
    )


def _usage(
    request: ModelUsageRequest,
    archive: Archive,
    known: Callable[[date], Listed | None],
) -> ModelUsage:
    span = Span(request.start, request.end)
    days: list[UsageDay] = []
    for step in range(span.days):
        day = span.start + DAY * step
        values = known(day)
        if values is not None and (request.slug in values or values.get(OTHERS)):
            value = values.get(request.slug)
            days.append(UsageDay.model_construct(date=day, value=value))
    figures = [each.value for each in days]
    total = None if None in figures else sum(filter(None, figures), Decimal())
    return ModelUsage.model_construct(
        model=request.slug,
        label=archive.labels.get(request.slug, request.slug),
        metric=request.metric.value,
        starting_at=request.start,
        ending_at=request.end,
        value=total,
        series=tuple(days),
    )
