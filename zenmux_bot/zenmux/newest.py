"""Which day is the newest with data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import structlog

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.core.volumes import volumes_of
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.api import Api
from zenmux_bot.zenmux.requests import MarketShareRequest

LOOK_BACK = 7
"""Days looked at; a source that is later than that is broken, not late."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the newest days has shown.

    Attributes:
        newest: The newest day with data.
        missing: Days before it without any.
        stale: The look is from an old copy, because the API gave no new one.
    """

    newest: date
    missing: tuple[date, ...]
    stale: bool


async def seen_newest_day(api: Api, today: date, *, patience: timedelta) -> date | None:
    """Return the newest day that data were seen of, or None if that can't be told."""
    seen = await look(api, today, patience=patience)
    return None if seen is None else seen.newest


async def look(api: Api, today: date, *, patience: timedelta) -> Seen | None:
    """Look at the days of a week up to yesterday; None if nothing is to be seen.

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
    return Seen(newest=newest, missing=missing, stale=answer.stale)
