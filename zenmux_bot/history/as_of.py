"""The API as it would have answered at an earlier time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar, cast

from pydantic import BaseModel

from zenmux_bot.core.clock import end_of
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, Span, day_words
from zenmux_bot.core.volumes import WEEK
from zenmux_bot.errors import NoData
from zenmux_bot.history.archive import Archive, Dimension, Listed, Series, Version
from zenmux_bot.history.buckets import (
    OTHERS_LABEL,
    Lists,
    lists_of,
    series_data,
    series_of,
    sum_of,
)
from zenmux_bot.zenmux.api import INTERACTIVE, Api
from zenmux_bot.zenmux.models import (
    OTHERS,
    Answer,
    Leaderboard,
    LeaderboardEntry,
    MarketShare,
    ModelUsage,
    TimeSeries,
    UsageDay,
)
from zenmux_bot.zenmux.requests import (
    LeaderboardRequest,
    MarketShareRequest,
    ModelListRequest,
    ModelUsageRequest,
    Request,
    TimeSeriesRequest,
)

if TYPE_CHECKING:  # the terminal keeps no history
    from zenmux_bot.store.daily_history import DailyLists

T = TypeVar("T", bound=BaseModel)


class AsOfApi:
    """The API as it would have answered at an earlier time.

    Of days that were first seen later, since the bot kept no figures yet, the earliest
    figures count.

    Args:
        api: Gives what is no figure of a day, such as names.
        lists: The history; None: nobody kept any.
        day: The day at whose end the figures were known.

    Attributes:
        first_seen: When figures that count were first seen, if that was later.
    """

    def __init__(self, api: Api, lists: DailyLists | None, day: date) -> None:
        self._api = api
        self._lists = lists
        self._day = day
        self.first_seen: datetime | None = None

    @property
    def note(self) -> str:
        """Return what a reader must know, in sentences."""
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
            known, archive = await self._known(
                series_of(request), request.start, end, patience
            )
            found = series_data(request, archive, known, self._day - DAY, partly=True)
            assert found is not None  # noqa: S101 - parts are given, too
            data = found
        elif isinstance(request, LeaderboardRequest):
            series = Series(Dimension.MODEL, request.metric)
            known, archive = await self._known(
                series, request.start, request.end, patience
            )
            labels = await self._providers(request, patience)
            data = _leaderboard(request, archive, known, labels)
        elif isinstance(request, ModelUsageRequest):
            series = Series(Dimension.MODEL, request.metric)
            known, archive = await self._known(
                series, request.start, request.end, patience
            )
            data = _usage(request, archive, known)
        else:
            raise NoData("Only daily figures are kept as they were known earlier.")
        return Answer(
            data=cast("T", data), limit=request.limit, fetched_at=end_of(self._day)
        )

    async def _known(
        self, series: Series, start: date, end: date, patience: timedelta
    ) -> tuple[Lists, Archive]:
        """Return the lists of some days as they were known."""
        span = Span(start, max(min(end, self._day - DAY), start))
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
        """Return what was kept of some days, else what ZenMux says of them now."""
        if self._lists is not None:
            archive = await self._lists.archive(series, span)
            if archive.days and archive.days[0] == span.start:
                return archive
        is_provider = series.dimension is Dimension.PROVIDER
        kind = MarketShareRequest if is_provider else TimeSeriesRequest
        answer: Answer[MarketShare | TimeSeries] = await self._api.fetch(
            kind(
                metric=series.metric,
                width=Granularity.DAY,
                start=span.start,
                end=span.end,
            ),
            patience=patience,
        )
        days, labels = lists_of(answer.data)
        versions = (Version(day, answer.fetched_at, days[day]) for day in days)
        return Archive(versions, labels)

    async def _providers(
        self, request: LeaderboardRequest, patience: timedelta
    ) -> dict[str, str]:
        """Return the display names of providers, which lists of models do not have."""
        series = Series(Dimension.PROVIDER, request.metric)
        last = min(request.end, self._day - DAY)
        return (await self._archive(series, Span(last, last), patience)).labels


def _leaderboard(
    request: LeaderboardRequest,
    archive: Archive,
    known: Lists,
    authors: dict[str, str],
) -> Leaderboard:
    span = Span(request.start, request.end)
    days = (span.start + DAY * step for step in range(span.days))
    parts = [values for day in days if (values := known(day))]
    entries = (sum_of(parts, request.limit, partly=True) if parts else None) or []
    return Leaderboard.model_construct(
        metric=request.metric.value,
        starting_at=request.start,
        ending_at=request.end,
        entries=tuple(
            LeaderboardEntry(
                rank=rank,
                model=slug,
                label=OTHERS_LABEL if slug == OTHERS else archive.labels.get(slug, ""),
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
    known: Lists,
) -> ModelUsage:
    span = Span(request.start, request.end)
    days: list[UsageDay] = []
    for step in range(span.days):
        day = span.start + DAY * step
        values = known(day)
        if values is not None and (request.slug in values or values.get(OTHERS)):
            value = values.get(request.slug)
            days.append(UsageDay(date=day, value=value))
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
