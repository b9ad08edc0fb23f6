"""Turns daily lists into the answers ZenMux would give, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, Span
from zenmux_bot.core.volumes import WEEK, add_up, listed_volumes
from zenmux_bot.history.archive import Dimension, Listed, Series
from zenmux_bot.zenmux.models import (
    OTHERS,
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
    FREE,
    LeaderboardRequest,
    MarketShareRequest,
    ModelUsageRequest,
    TimeSeriesRequest,
)

OTHERS_LABEL = "Others"

OfDays = MarketShareRequest | TimeSeriesRequest | LeaderboardRequest | ModelUsageRequest
"""Requests that daily lists can answer."""

Entries = Sequence[tuple[str, Decimal | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLists:
    """The lists of some days.

    Attributes:
        span: The days.
        of: Returns a day's list, None if there is none.
        labels: Display names by slug.
        authors: Display names of providers, for lists of models.
    """

    span: Span
    of: Callable[[date], Listed | None]
    labels: Mapping[str, str]
    authors: Mapping[str, str] = field(default_factory=dict)

    def label(self, slug: str) -> str:
        """Return the display name of a slug."""
        return OTHERS_LABEL if slug == OTHERS else self.labels.get(slug, "")

    def between(self, start: date, end: date) -> list[Listed]:
        """Return the lists from one day to another, skipping days without any."""
        last = min(end, self.span.end)
        days = (start + DAY * step for step in range((last - start).days + 1))
        return [values for day in days if (values := self.of(day))]


def series_of(request: OfDays) -> Series:
    """Return the series that a request is about."""
    is_share = isinstance(request, MarketShareRequest)
    dimension = Dimension.PROVIDER if is_share else Dimension.MODEL
    return Series(dimension, request.metric)


def daily_request(series: Series, span: Span) -> MarketShareRequest | TimeSeriesRequest:
    """Return the request for a series' daily lists."""
    is_provider = series.dimension is Dimension.PROVIDER
    kind = MarketShareRequest if is_provider else TimeSeriesRequest
    return kind(
        metric=series.metric, width=Granularity.DAY, start=span.start, end=span.end
    )


def days_of(request: OfDays, newest: date) -> Span:
    """Return the days that a request is about, at most up to the newest."""
    end = request.end
    if is_weekly(request):
        end += WEEK - DAY
    return Span(request.start, max(min(end, newest), request.start))


def is_weekly(request: OfDays) -> bool:
    """Tell whether a request is about weeks, which are named by their Monday."""
    return (
        isinstance(request, MarketShareRequest | TimeSeriesRequest)
        and request.width is Granularity.WEEK
    )


def answer_from(
    request: OfDays, days: DayLists, *, partly: bool = False
) -> BaseModel | None:
    """Return what ZenMux would answer.

    Args:
        request: The request.
        days: The lists of its days.
        partly: If a sum is only partly certain, return that part instead of None.
    """
    match request:
        case LeaderboardRequest():
            return _leaderboard(request, days, partly=partly)
        case ModelUsageRequest():
            return _usage(request, days, partly=partly)
    return _buckets(request, days, partly=partly)


def _buckets(
    request: MarketShareRequest | TimeSeriesRequest, days: DayLists, *, partly: bool
) -> MarketShare | TimeSeries | None:
    pace = WEEK if is_weekly(request) else DAY
    found = []
    start = request.start
    while start <= min(request.end, days.span.end):
        parts = days.between(start, start + pace - DAY)
        if parts:
            entries = sum_of(parts, request.limit, partly=partly)
            if entries is None:
                return None
            found.append((start, entries))
        start += pace
    period = "%G%V" if is_weekly(request) else "%Y%m%d"
    common: dict[str, Any] = {
        "metric": request.metric.value,
        "bucket_width": request.width.value,
        "starting_at": request.start,
        "ending_at": request.end,
        "total_buckets": len(found),
    }
    if isinstance(request, MarketShareRequest):
        return MarketShare.model_construct(
            **common,
            series=tuple(
                AuthorBucket(
                    period=start.strftime(period),
                    date=start,
                    authors=tuple(
                        AuthorVolume(author=slug, label=days.label(slug), value=value)
                        for slug, value in entries
                    ),
                )
                for start, entries in found
            ),
        )
    return TimeSeries.model_construct(
        **common,
        series=tuple(
            ModelBucket(
                period=start.strftime(period),
                date=start,
                models=tuple(
                    ModelVolume(model=slug, label=days.label(slug), value=value)
                    for slug, value in entries
                ),
            )
            for start, entries in found
        ),
    )


def _leaderboard(
    request: LeaderboardRequest, days: DayLists, *, partly: bool
) -> Leaderboard | None:
    parts = days.between(request.start, request.end)
    entries = sum_of(parts, request.limit, partly=partly) if parts else ()
    if entries is None:
        return None
    authors = {slug: slug.partition("/")[0] for slug, _ in entries if slug != OTHERS}
    if not partly and not days.authors.keys() >= set(authors.values()):
        return None
    return Leaderboard.model_construct(
        metric=request.metric.value,
        starting_at=request.start,
        ending_at=request.end,
        entries=tuple(
            LeaderboardEntry(
                rank=rank,
                model=slug,
                label=days.label(slug),
                author=authors.get(slug, ""),
                author_label=days.authors.get(authors.get(slug, ""), ""),
                value=value,
            )
            for rank, (slug, value) in enumerate(entries, start=1)
        ),
    )


def _usage(
    request: ModelUsageRequest, days: DayLists, *, partly: bool
) -> ModelUsage | None:
    slug, usage = request.slug, []
    variants = {slug + FREE, slug.removesuffix(FREE)} - {slug}
    if not partly and (slug not in days.labels or variants & days.labels.keys()):
        return None
    for step in range(days.span.days):
        day = days.span.start + DAY * step
        values = days.of(day) or {}
        if slug in values:
            usage.append(UsageDay(date=day, value=values[slug]))
        elif not partly and (values.get(OTHERS) or request.metric is Metric.COST):
            # Hidden in the remainder, or used at no cost.
            return None
        elif values.get(OTHERS):
            usage.append(UsageDay(date=day, value=None))
    figures = [each.value for each in usage]
    return ModelUsage.model_construct(
        model=slug,
        label=days.labels.get(slug, slug),
        metric=request.metric.value,
        starting_at=request.start,
        ending_at=request.end,
        value=None if None in figures else sum(filter(None, figures), Decimal()),
        series=tuple(usage),
    )


def sum_of(parts: Sequence[Listed], limit: int, *, partly: bool) -> Entries | None:
    """Return the sum of some daily lists, None if it is not certain."""
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
        # ZenMux chooses which of two equal names it lists.
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


def lists_of(
    data: MarketShare | TimeSeries,
) -> tuple[dict[date, Listed], dict[str, str]]:
    """Return an answer's non-empty lists by day, and its display names."""
    days: dict[date, Listed] = {}
    labels: dict[str, str] = {}
    for bucket in data.series:
        if hasattr(bucket, "authors"):
            entries = [(each.author, each.label, each.value) for each in bucket.authors]
        else:
            entries = [(each.model, each.label, each.value) for each in bucket.models]
        if any(value for _, _, value in entries):
            days[bucket.date] = {slug: value for slug, _, value in entries}
            labels |= {slug: label for slug, label, _ in entries if slug != OTHERS}
    return days, labels
