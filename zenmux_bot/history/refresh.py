"""Filling the history and keeping it up to date, in the background.

Blocks of sixty days, which is what one request may cover, are fetched from the oldest
to the newest, so that the order in which days were first seen is that of the days. A
day has some ten requests at most: looks for the new day at growing distances, the last
fourteen days of each series once it is in, and one older block in rotation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.errors import ApiError, KeyRefused
from zenmux_bot.history.archive import ALL_SERIES, Dimension, Series
from zenmux_bot.history.buckets import lists_of
from zenmux_bot.store.daily_history import DailyLists, Look
from zenmux_bot.zenmux.cache import Upstream
from zenmux_bot.zenmux.models import Answer, MarketShare, TimeSeries
from zenmux_bot.zenmux.paging import MAX_BUCKETS
from zenmux_bot.zenmux.requests import MarketShareRequest, TimeSeriesRequest

EDGE_DAYS = 14
"""The newest days, which are looked at again every day."""

PROBE = Series(Dimension.PROVIDER, Metric.TOKENS)
"""The series that is asked whether the new day is in."""

PROBES = (
    timedelta(seconds=20),
    *(timedelta(minutes=each) for each in (30, 90, 180, 360, 720)),
)
"""How long after midnight (UTC) the new day is looked for."""

EVERY = timedelta(seconds=20)
"""The pause between two runs."""

FILL_AFTER = timedelta(minutes=1)
"""So long after a start nothing of the past is collected: people come first."""

AFTER_FAILURE = timedelta(minutes=5)
"""So long nothing is asked after ZenMux gave no answer."""

REQUESTS_A_RUN = 4
"""People who ask meanwhile share the API's rate limit."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Block:
    """Some days of a series that are asked for at once."""

    series: Series
    start: date
    end: date


def missing_blocks(
    looks: Sequence[Look],
    newest: Mapping[Series, date],
    yesterday: date,
    series: Sequence[Series] = ALL_SERIES,
) -> list[Block]:
    """Return the blocks that must be asked for, the oldest first.

    The last one is completed day by day with the newest days, unless the bot stood
    still for longer than those reach back.
    """
    through = {(look.series, look.first_day): look.through for look in looks}
    reach = yesterday - DAY * EDGE_DAYS
    found = []
    start = FLOOR
    while start <= yesterday:
        last = start + DAY * (MAX_BUCKETS - 1)
        end = min(last, yesterday)
        for each in series:
            seen = through.get((each, start))
            stood_still = newest.get(each, yesterday) < reach
            is_followed = last >= reach and not stood_still
            if seen is None or (seen < end and not is_followed):
                found.append(Block(each, start, end))
        start = last + DAY
    return found


def edge_of(series: Series, yesterday: date) -> Block:
    """Return the newest days of a series."""
    return Block(series, max(yesterday - DAY * (EDGE_DAYS - 1), FLOOR), yesterday)


def oldest_block(looks: Sequence[Look], now: datetime) -> Block | None:
    """Return the block that was not looked at for longest, if it was none today."""
    whole = [
        look for look in looks if look.first_day + DAY * MAX_BUCKETS - DAY < now.date()
    ]
    edges = [look.at for look in whole]
    if not whole or max(edges).date() >= now.date():
        return None
    look = min(whole, key=lambda each: (each.at, each.first_day, each.series))
    return Block(look.series, look.first_day, look.first_day + DAY * (MAX_BUCKETS - 1))


def probe_is_due(now: datetime, probed_at: datetime | None) -> bool:
    """Tell whether it is time to look for the new day once more."""
    midnight = datetime.combine(now.date(), time(), UTC)
    due = [midnight + wait for wait in PROBES if midnight + wait <= now]
    return bool(due) and (probed_at is None or probed_at < due[-1])


FindUpstream = Callable[[], Awaitable[Upstream | None]]


class Refresher:
    """Fetches what the history lacks.

    Args:
        upstream: Gives whom to ask for new answers, which are kept here and not in a
            cache; None while there is no key to ask with.
        lists: Keeps them.
        clock: Tells which day it is.
    """

    def __init__(self, upstream: FindUpstream, lists: DailyLists, clock: Clock) -> None:
        self._upstream = upstream
        self._lists = lists
        self._clock = clock
        self._probed_at: datetime | None = None
        self._started: datetime | None = None
        self._not_before: datetime | None = None

    async def run(self) -> bool:
        """Fetch a part of what is missing, and return whether anything is new.

        What fails is tried again in a later run; nothing is lost by a kill.
        """
        now = self._clock.now()
        if self._started is None:
            self._started = now
        if self._not_before is not None and now < self._not_before:
            return False
        yesterday = now.date() - DAY
        looks = await self._lists.looks()
        missing = missing_blocks(looks, await self._lists.newest(), yesterday)
        if missing and now < self._started + FILL_AFTER:
            return False
        try:
            for block in missing[:REQUESTS_A_RUN]:
                await self._fetch(block, whole=True)
            if missing:
                return True
            if await self._follow(now, yesterday):
                return True
            rotating = oldest_block(looks, now)
            if rotating is not None:
                await self._fetch(rotating, whole=True)
        except ApiError as error:
            log.info("history.not_refreshed", kind=type(error).__name__)
            self._not_before = now + AFTER_FAILURE
        return False

    async def fill(self, series: Series) -> None:
        """Fetch all that is missing of one series, for somebody who waits.

        Raises:
            ApiError: Not all of it could be had.
        """
        yesterday = self._clock.now().date() - DAY
        looks, newest = await self._lists.looks(), await self._lists.newest()
        missing = missing_blocks(looks, newest, yesterday, [series])
        for block in missing:
            await self._fetch(block, whole=True)
        if not missing and _is_behind(newest, series, yesterday):
            await self._fetch(edge_of(series, yesterday))

    async def _follow(self, now: datetime, yesterday: date) -> bool:
        """Fetch the newest days once they are there, and tell whether they are new."""
        newest = await self._lists.newest()
        behind = [each for each in ALL_SERIES if _is_behind(newest, each, yesterday)]
        if not behind or not probe_is_due(now, self._probed_at):
            return False
        self._probed_at = now
        if PROBE in behind:
            await self._fetch(edge_of(PROBE, yesterday))
            newest = await self._lists.newest()
            if _is_behind(newest, PROBE, yesterday):
                return False
        for series in behind:
            if series != PROBE:
                await self._fetch(edge_of(series, yesterday))
        return True

    async def _fetch(self, block: Block, *, whole: bool = False) -> None:
        """Ask for a block and keep it."""
        provider = block.series.dimension is Dimension.PROVIDER
        kind = MarketShareRequest if provider else TimeSeriesRequest
        upstream = await self._upstream()
        if upstream is None:
            raise KeyRefused("No management key is set")
        answer: Answer[MarketShare | TimeSeries] = await upstream.fetch(
            kind(
                metric=block.series.metric,
                width=Granularity.DAY,
                start=block.start,
                end=block.end,
            )
        )
        days, labels = lists_of(answer.data)
        seen_at = answer.fetched_at
        look = Look(block.series, block.start, block.end, seen_at)
        restated = await self._lists.put(
            block.series, days, labels, seen_at=seen_at, look=look if whole else None
        )
        log.info(
            "history.fetched",
            dimension=block.series.dimension,
            metric=block.series.metric,
            start=block.start.isoformat(),
            days=len(days),
            restated=len(restated),
        )


def _is_behind(newest: Mapping[Series, date], series: Series, yesterday: date) -> bool:
    day = newest.get(series)
    return day is None or day < yesterday
