"""How long an answer stays good, and which day is the newest with data.

Data are aggregated once a day, at an hour that ZenMux does not publish, and reach to
yesterday (UTC): https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
Only daily buckets show whether yesterday is in; sums and weeks do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import structlog
from pydantic import BaseModel

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.core.volumes import volumes_of
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.api import Api
from zenmux_bot.zenmux.models import (
    Apps,
    CacheHit,
    Leaderboard,
    MarketShare,
    ModelUsage,
    Speed,
    TimeSeries,
    Trending,
)
from zenmux_bot.zenmux.requests import (
    AppsRequest,
    AppsTrendingRequest,
    CacheHitRequest,
    CostRequest,
    HostCostRequest,
    HostUsageRequest,
    LeaderboardRequest,
    MarketShareRequest,
    ModelListRequest,
    ModelUsageRequest,
    Request,
    SpeedRequest,
    TimeSeriesRequest,
    TrendingRequest,
    UsageRequest,
)

ACCOUNT = timedelta(seconds=60)
OWN_RUNNING = timedelta(minutes=5)
"""Own usage and cost of a day or month that is not over."""

OWN_SETTLED = timedelta(hours=6)
"""Late bills may add to an own day or month for this long after its end."""

FOREVER = datetime.max.replace(tzinfo=UTC)
MODEL_LIST = timedelta(hours=1)
EMPTY = timedelta(seconds=60)
MISSING_DAY = timedelta(minutes=5)

GRACE = timedelta(hours=1)
"""Closed days are fetched again once a day, this long after midnight UTC."""

LOOK_BACK = 7
"""Days checked; a source that is later than this is broken, not late."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestDay:
    """The newest day with data, and when an answer first showed it."""

    day: date
    seen_at: datetime


def fresh_until(
    request: Request[BaseModel],
    data: BaseModel,
    fetched_at: datetime,
    newest: NewestDay | None,
) -> datetime:
    """Return the time until which a new answer is expected to be the same.

    Args:
        request: What was asked.
        data: What was answered.
        fetched_at: When it was answered.
        newest: The newest day that any answer has shown so far.
    """
    if is_empty(data):
        return fetched_at + EMPTY
    if isinstance(
        request, CostRequest | HostCostRequest | UsageRequest | HostUsageRequest
    ):
        settled = _own_end(request.time) + OWN_SETTLED
        # After midnight it would lack the new day.
        tomorrow = datetime.combine(fetched_at.date() + DAY, time(), UTC)
        running = min(fetched_at + OWN_RUNNING, tomorrow)
        return FOREVER if fetched_at >= settled else running
    last_day = _last_day(request)
    if last_day is None:
        listed = isinstance(request, ModelListRequest)
        return fetched_at + (MODEL_LIST if listed else ACCOUNT)
    return _days_fresh_until(request, data, fetched_at, last_day, newest)


def _days_fresh_until(
    request: Request[BaseModel],
    data: BaseModel,
    fetched_at: datetime,
    last_day: date,
    newest: NewestDay | None,
) -> datetime:
    yesterday = fetched_at.date() - DAY
    today = datetime.combine(fetched_at.date(), time(), UTC)
    tomorrow = today + DAY
    settled = tomorrow + GRACE if last_day <= yesterday else tomorrow
    if last_day < yesterday:
        return settled
    shown = newest_day(data)
    if shown is not None and shown >= yesterday:
        return settled
    if _shows_days(request):
        return fetched_at + MISSING_DAY
    if newest is not None and newest.day >= yesterday:
        return settled if newest.seen_at <= fetched_at else newest.seen_at
    # Yesterday may be missing from the sum. The longer the day has gone on, the less
    # likely that is.
    return min(tomorrow, fetched_at + max(MISSING_DAY, fetched_at - today))


def newest_day(data: BaseModel) -> date | None:
    """Return the newest day that an answer by days shows with data in it."""
    days: list[date] = []
    if isinstance(data, ModelUsage):
        days = [day.date for day in data.series]
    elif isinstance(data, MarketShare) and data.bucket_width == Granularity.DAY:
        days = [each.date for each in data.series if any(e.value for e in each.authors)]
    elif isinstance(data, TimeSeries) and data.bucket_width == Granularity.DAY:
        days = [each.date for each in data.series if any(e.value for e in each.models)]
    return max(days, default=None)


def is_empty(data: BaseModel) -> bool:
    """Tell whether a statistic holds nothing, which may only mean "not yet"."""
    match data:
        case Leaderboard() | Trending() | Speed() | CacheHit() | Apps():
            return not data.entries
        case MarketShare():
            return not any(bucket.authors for bucket in data.series)
        case TimeSeries():
            return not any(bucket.models for bucket in data.series)
        case ModelUsage():
            return not data.series
        case _:
            return False


def _own_end(time: str) -> datetime:
    """Return when the month (``YYYYMM``) or day (``YYYYMMDD``) is over, UTC."""
    year, month = int(time[:4]), int(time[4:6])
    if day := time[6:]:
        start = datetime(year, month, int(day), tzinfo=UTC)
        return start + DAY
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _last_day(request: Request[Any]) -> date | None:
    match request:
        case MarketShareRequest() | TimeSeriesRequest():
            span = (
                timedelta(days=6) if request.width is Granularity.WEEK else timedelta()
            )
            return request.end + span
        case (
            LeaderboardRequest()
            | ModelUsageRequest()
            | SpeedRequest()
            | CacheHitRequest()
        ):
            return request.end
        case TrendingRequest() | AppsTrendingRequest():
            return request.anchor
        case AppsRequest():
            return request.end
        case _:
            return None


def _shows_days(request: Request[Any]) -> bool:
    """Tell whether a day without data would be missed in the answer.

    A model's usage leaves out days on which nobody used it, so it does not count.
    """
    return (
        isinstance(request, MarketShareRequest | TimeSeriesRequest)
        and request.width is Granularity.DAY
    )


@dataclass(frozen=True, slots=True)
class RecentDays:
    """Which of the last days have data.

    Attributes:
        newest: The newest day with data.
        missing: Days before it without any.
        stale: This is from an old copy, because the API gave no new one.
    """

    newest: date
    missing: tuple[date, ...]
    stale: bool


async def find_newest_day(api: Api, today: date, *, patience: timedelta) -> date | None:
    """Return the newest day with data, or None if that cannot be told."""
    seen = await recent_days(api, today, patience=patience)
    return None if seen is None else seen.newest


async def recent_days(
    api: Api, today: date, *, patience: timedelta
) -> RecentDays | None:
    """Check which days of the last week have data; None if that cannot be told.

    Yesterday is aggregated at an unknown hour of today, and only the daily buckets of
    market share tell whether it has been.
    """
    yesterday = today - DAY
    request = MarketShareRequest(
        metric=Metric.TOKENS,
        width=Granularity.DAY,
        start=max(yesterday - DAY * (LOOK_BACK - 1), FLOOR),
        end=yesterday,
    )
    try:
        answer = await api.fetch(request, patience=patience)
    except ApiError as error:
        log.info("newest_day.unknown", kind=type(error).__name__)
        return None
    days = {
        bucket.date
        for bucket in answer.data.series
        if request.start <= bucket.date <= yesterday and volumes_of(bucket).total
    }
    if not days:
        return None
    newest = max(days)
    there = (request.start + DAY * n for n in range((newest - request.start).days))
    missing = tuple(day for day in there if day not in days)
    return RecentDays(newest=newest, missing=missing, stale=answer.stale)
