"""Which day is the newest with data."""

from __future__ import annotations

from datetime import date, timedelta

import structlog

from zenmux_bot.domain.periods import DAY, FLOOR
from zenmux_bot.domain.queries import Metric, Width
from zenmux_bot.domain.requests import MarketShareRequest
from zenmux_bot.domain.volumes import volumes_of
from zenmux_bot.errors import ApiError
from zenmux_bot.service.ports import Api

LOOK_BACK = 7
"""Days looked at; a source that is later than that is broken, not late."""

log = structlog.get_logger(__name__)


async def newest_day(api: Api, today: date, *, patience: timedelta) -> date:
    """Return the newest day with data; yesterday unless it is known to be missing."""
    seen = await seen_newest_day(api, today, patience=patience)
    return today - DAY if seen is None else seen


async def seen_newest_day(api: Api, today: date, *, patience: timedelta) -> date | None:
    """Return the newest day that data were seen of, or None if that can't be told.

    Yesterday is aggregated at an unknown hour of today, and only the daily buckets of
    market share tell whether it has been.
    """
    yesterday = today - DAY
    request = MarketShareRequest(
        metric=Metric.TOKENS,
        width=Width.DAY,
        start=max(yesterday - DAY * (LOOK_BACK - 1), FLOOR),
        end=yesterday,
    )
    try:
        answer = await api.fetch(request, patience=patience)
    except ApiError as error:
        log.info("newest_day.unknown", kind=type(error).__name__)
        return None
    if answer.data.bucket_width != Width.DAY:
        return None
    days = [
        bucket.date
        for bucket in answer.data.series
        if request.start <= bucket.date <= yesterday and volumes_of(bucket).total
    ]
    return max(days, default=None)
