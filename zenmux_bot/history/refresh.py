"""Fills the history and keeps it up to date, in the background.

One request covers at most sixty days. These blocks are fetched oldest first, so days
are first seen in calendar order. A day costs about ten requests at most: probes for the
new day at growing intervals, then the last fourteen days of each series, and one older
block in rotation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, FLOOR, Span
from zenmux_bot.errors import ApiError, KeyRefused
from zenmux_bot.history.archive import ALL_SERIES, Dimension, Series
from zenmux_bot.history.buckets import daily_request, lists_of
from zenmux_bot.store.daily_history import BlockFetch, DailyLists
from zenmux_bot.zenmux.cache import Upstream
from zenmux_bot.zenmux.models import Answer, MarketShare, TimeSeries
from zenmux_bot.zenmux.paging import MAX_BUCKETS

EDGE_DAYS = 14
"""The newest days, which are fetched again every day."""

PROBE = Series(Dimension.PROVIDER, Metric.TOKENS)
"""The series that is fetched first to see whether the new day is in."""

PROBES = (
    timedelta(seconds=20),
    *(timedelta(minutes=each) for each in (30, 90, 180, 360, 720)),
)
"""How long after midnight (UTC) to check for the new day."""

EVERY = timedelta(seconds=20)
"""The pause between two runs."""

FILL_AFTER = timedelta(minutes=1)
"""No older days are fetched right after a start: people's questions come first."""

AFTER_FAILURE = timedelta(minutes=5)
"""How long to pause after a failed request."""

REQUESTS_A_RUN = 4
"""People who ask meanwhile share the API's rate limit."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Block:
    """Days of a series that one request fetches."""

    series: Series
    start: date
    end: date


def missing_blocks(
    fetched: Sequence[BlockFetch],
    newest: Mapping[Series, date],
    yesterday: date,
    series: Sequence[Series] = ALL_SERIES,
) -> list[Block]:
    """Return the blocks to fetch, the oldest first.

    The last block is completed day by day with the newest days, unless the bot was down
    for longer than those reach back.
    """
    through = {(fetch.series, fetch.first_day): fetch.through for fetch in fetched}
    reach = yesterday - DAY * EDGE_DAYS
    found = []
    start = FLOOR
    while start <= yesterday:
        last = start + DAY * (MAX_BUCKETS - 1)
        end = min(last, yesterday)
        for each in series:
            seen = through.get((each, start))
            was_down = newest.get(each, yesterday) < reach
            is_followed = last >= reach and not was_down
            if seen is None or (seen < end and not is_followed):
                found.append(Block(each, start, end))
        start = last + DAY
    return found


def edge_of(series: Series, yesterday: date) -> Block:
    """Return the newest days of a series."""
    return Block(series, max(yesterday - DAY * (EDGE_DAYS - 1), FLOOR), yesterday)


def oldest_block(fetched: Sequence[BlockFetch], now: datetime) -> Block | None:
    """Return the block fetched longest ago, unless one was fetched today already."""
    whole = [
        fetch
        for fetch in fetched
        if fetch.first_day + DAY * MAX_BUCKETS - DAY < now.date()
    ]
    edges = [fetch.at for fetch in whole]
    if not whole or max(edges).date() >= now.date():
        return None
    fetch = min(whole, key=lambda each: (each.at, each.first_day, each.series))
    return Block(
        fetch.series,
        fetch.first_day,
        fetch.first_day + DAY * (MAX_BUCKETS - 1),
    )


def probe_is_due(now: datetime, probed_at: datetime | None) -> bool:
    """Tell whether it is time to check for the new day again."""
    midnight = datetime.combine(now.date(), time(), UTC)
    due = [midnight + wait for wait in PROBES if midnight + wait <= now]
    return bool(due) and (probed_at is None or probed_at < due[-1])


FindUpstream = Callable[[], Awaitable[Upstream | None]]


class Refresher:
    """Fetches what the history lacks.

    Args:
        upstream: Returns ZenMux's API without a cache; None while no key is set.
        lists: Stores the figures.
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
        """Fetch some of what is missing, and return whether anything is new.

        What fails is tried again in a later run.
        """
        now = self._clock.now()
        if self._started is None:
            self._started = now
        if self._not_before is not None and now < self._not_before:
            return False
        yesterday = now.date() - DAY
        fetched = await self._lists.block_fetches()
        missing = missing_blocks(fetched, await self._lists.newest(), yesterday)
        if missing and now < self._started + FILL_AFTER:
            return False
        try:
            for block in missing[:REQUESTS_A_RUN]:
                await self._fetch(block, whole=True)
            if missing:
                return True
            if await self._follow(now, yesterday):
                return True
            rotating = oldest_block(fetched, now)
            if rotating is not None:
                await self._fetch(rotating, whole=True)
        except ApiError as error:
            log.info("history.not_refreshed", kind=type(error).__name__)
            self._not_before = now + AFTER_FAILURE
        return False

    async def fill(self, series: Series) -> None:
        """Fetch everything missing from one series while somebody waits.

        Raises:
            ApiError: Some of it could not be fetched.
        """
        yesterday = self._clock.now().date() - DAY
        fetched, newest = (
            await self._lists.block_fetches(),
            await self._lists.newest(),
        )
        missing = missing_blocks(fetched, newest, yesterday, [series])
        for block in missing:
            await self._fetch(block, whole=True)
        if not missing and _is_behind(newest, series, yesterday):
            await self._fetch(edge_of(series, yesterday))

    async def _follow(self, now: datetime, yesterday: date) -> bool:
        """Fetch the newest days once they are in, and return whether there were any."""
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
        """Fetch a block and store it."""
        upstream = await self._upstream()
        if upstream is None:
            raise KeyRefused("No management key is set")
        request = daily_request(block.series, Span(block.start, block.end))
        answer: Answer[MarketShare | TimeSeries] = await upstream.fetch(request)
        days, labels = lists_of(answer.data)
        seen_at = answer.fetched_at
        fetch = BlockFetch(block.series, block.start, block.end, seen_at)
        restated = await self._lists.put(
            block.series,
            days,
            labels,
            seen_at=seen_at,
            fetch=fetch if whole else None,
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
