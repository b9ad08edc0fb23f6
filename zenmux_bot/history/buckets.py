"""Lists of days to the buckets that ZenMux would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY
from zenmux_bot.core.volumes import WEEK, add_up, listed_volumes
from zenmux_bot.history.archive import Archive, Dimension, Listed, Series
from zenmux_bot.zenmux.models import (
    OTHERS,
    AuthorBucket,
    AuthorVolume,
    MarketShare,
    ModelBucket,
    ModelVolume,
    TimeSeries,
)
from zenmux_bot.zenmux.requests import MarketShareRequest, TimeSeriesRequest

OTHERS_LABEL = "Others"

Buckets = MarketShareRequest | TimeSeriesRequest
Entries = Sequence[tuple[str, Decimal | None]]
Lists = Callable[[date], Listed | None]
"""Gives a day's list."""


def series_of(request: Buckets) -> Series:
    """Return the lists that a request is about."""
    if isinstance(request, MarketShareRequest):
        return Series(Dimension.PROVIDER, request.metric)
    return Series(Dimension.MODEL, request.metric)


def series_data(
    request: Buckets,
    archive: Archive,
    known: Lists,
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
            entries = sum_of(parts, request.limit, partly=partly)
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
        return OTHERS_LABEL if slug == OTHERS else archive.labels.get(slug, "")

    if isinstance(request, MarketShareRequest):
        return MarketShare.model_construct(
            **common,
            series=tuple(
                AuthorBucket(
                    period=start.strftime(period),
                    date=start,
                    authors=tuple(
                        AuthorVolume(author=slug, label=label(slug), value=value)
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
                    ModelVolume(model=slug, label=label(slug), value=value)
                    for slug, value in entries
                ),
            )
            for start, entries in found
        ),
    )


def sum_of(parts: Sequence[Listed], limit: int, *, partly: bool) -> Entries | None:
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


def lists_of(
    data: MarketShare | TimeSeries,
) -> tuple[dict[date, Listed], dict[str, str]]:
    """Return an answer's lists by day, without empty ones, and its display names."""
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
