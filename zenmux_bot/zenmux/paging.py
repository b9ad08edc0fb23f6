"""Splits ranges that are too long for one request, and joins the answers by date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar, cast

from pydantic import BaseModel

from zenmux_bot.core.measures import Granularity
from zenmux_bot.zenmux.models import (
    Answer,
    MarketShare,
    ModelUsage,
    TimeSeries,
    as_of,
)
from zenmux_bot.zenmux.requests import (
    MarketShareRequest,
    ModelUsageRequest,
    Request,
    TimeSeriesRequest,
)

MAX_BUCKETS = 60
"""https://docs.zenmux.ai/api/platform/statistics-market-share.html"""

MAX_USAGE_DAYS = 30
"""https://docs.zenmux.ai/api/platform/statistics-model-usage.html"""

T = TypeVar("T", bound=BaseModel)

_Series: TypeAlias = MarketShare | TimeSeries | ModelUsage


def split(request: Request[T]) -> tuple[Request[T], ...]:
    """Return requests within the API's limits that together cover this one."""
    if isinstance(request, MarketShareRequest | TimeSeriesRequest):
        step = (
            timedelta(weeks=1)
            if request.width is Granularity.WEEK
            else timedelta(days=1)
        )
        most = MAX_BUCKETS
    elif isinstance(request, ModelUsageRequest):
        step, most = timedelta(days=1), MAX_USAGE_DAYS
    else:
        return (request,)
    parts = []
    start = request.start
    while start <= request.end:
        end = min(request.end, start + (most - 1) * step)
        parts.append(replace(request, start=start, end=end))
        start = end + step
    return tuple(parts)


def join(answers: Sequence[Answer[T]]) -> Answer[T]:
    """Return one answer from the answers to the parts of a request, in their order.

    It is as new as its newest part; if any are stale, it is stale and as old as those.
    """
    last = answers[-1]
    if len(answers) == 1:
        return last
    parts = cast("Sequence[_Series]", [answer.data for answer in answers])
    return replace(
        last,
        data=cast("T", _join_series(parts)),
        fetched_at=as_of(answers),
        stale=any(answer.stale for answer in answers),
        good_until=_earliest([answer.good_until for answer in answers]),
    )


def _earliest(instants: Sequence[datetime | None]) -> datetime | None:
    """Return the first of several instants; None comes before all."""
    known = [instant for instant in instants if instant is not None]
    return min(known) if len(known) == len(instants) else None


def _join_series(parts: Sequence[_Series]) -> _Series:
    buckets = {bucket.date: bucket for part in parts for bucket in part.series}
    update: dict[str, Any] = {
        "ending_at": parts[-1].ending_at,
        "series": tuple(buckets[day] for day in sorted(buckets)),
    }
    usages = [part for part in parts if isinstance(part, ModelUsage)]
    if usages:
        update["value"] = _total([usage.value for usage in usages])
        # A window without usage may know the model by its slug alone.
        update["label"] = max(
            (usage.label for usage in usages),
            key=lambda label: label != usages[0].model,
        )
    else:
        update["total_buckets"] = len(buckets)
    return parts[0].model_copy(update=update)


def _total(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal()) if len(known) == len(values) else None
