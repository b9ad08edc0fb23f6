"""The history is filled, resumed, kept up to date, and loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from clocks import ManualClock
from statistics_upstream import StatisticsUpstream

from zenmux_bot.core.clock import end_of
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, FLOOR, Span
from zenmux_bot.errors import Unreachable
from zenmux_bot.history.archive import ALL_SERIES, Dimension, Series
from zenmux_bot.history.as_of import AsOfApi
from zenmux_bot.history.refresh import FILL_AFTER, PROBE, Refresher, probe_is_due
from zenmux_bot.store.daily_history import DailyLists
from zenmux_bot.store.database import open_database
from zenmux_bot.zenmux.requests import LeaderboardRequest, MarketShareRequest
from zenmux_demo.sandbox.catalog import MODELS
from zenmux_demo.sandbox.world import World

START = datetime(2026, 1, 20, 9, tzinfo=UTC)
YESTERDAY = START.date() - DAY
BLOCKS = 2
FEW = World(MODELS[:6])
COST = Series(Dimension.PROVIDER, Metric.COST)


@pytest.fixture
def clock():
    return ManualClock(START)


@pytest.fixture
def upstream(clock):
    return StatisticsUpstream(clock.now, FEW)


async def run(refresher, clock, *, runs=1, pause=timedelta(seconds=20)):
    await refresher.run()
    clock.instant += FILL_AFTER
    for _ in range(runs):
        clock.instant += pause
        await refresher.run()


async def test_refresher__fills(database, upstream, clock):
    """Two blocks of each series are eight requests, the oldest first."""
    lists = DailyLists(database, "test")

    refresher = Refresher(upstream.find, lists, clock)
    await run(refresher, clock)
    assert not await lists.is_collected(PROBE, clock.now().date())
    await run(refresher, clock, runs=10)
    assert await lists.is_collected(PROBE, clock.now().date())

    fills = upstream.asked[: BLOCKS * len(ALL_SERIES)]
    assert [each.start for each in fills] == sorted(each.start for each in fills)
    assert await lists.newest() == dict.fromkeys(ALL_SERIES, YESTERDAY)
    archive = await lists.archive(PROBE)
    assert archive.days == [
        FLOOR + DAY * n for n in range((YESTERDAY - FLOOR).days + 1)
    ]
    assert not any(archive.is_late(day) for day in archive.days)
    assert (await lists.complete_through(PROBE)).day == YESTERDAY


async def test_refresher__people_come_first(quick_database, upstream, clock):
    """Nothing of the past is asked for in the first minute."""
    refresher = Refresher(upstream.find, DailyLists(quick_database, "test"), clock)

    for seconds in (0, 20, 39):
        clock.instant += timedelta(seconds=seconds)
        await refresher.run()

    assert upstream.asked == []


async def test_refresher__resumes(database, upstream, clock):
    """Another process goes on where one was killed, and asks nothing twice."""
    lists = DailyLists(database, "test")
    first = Refresher(upstream.find, lists, clock)
    await run(first, clock, runs=2)
    before = list(upstream.asked)

    await run(Refresher(upstream.find, lists, clock), clock, runs=3)

    fills = upstream.asked[: BLOCKS * len(ALL_SERIES)]
    assert before == fills[: len(before)]
    assert len({str(each) for each in fills}) == len(fills)
    assert (await lists.newest()).keys() == set(ALL_SERIES)


async def test_refresher__after_failure(quick_database, upstream, clock):
    """A failure costs one request, not one each run."""
    refresher = Refresher(upstream.find, DailyLists(quick_database, "test"), clock)
    await run(refresher, clock)
    asked = 0

    async def fail(request):
        nonlocal asked
        asked += 1
        raise Unreachable("down", path=request.path)

    upstream.fetch = fail
    await run(refresher, clock, runs=5)

    assert asked == 1


@pytest.mark.parametrize("late_hours", [0, 5, 20])
async def test_refresher__requests_a_day(quick_database, upstream, clock, late_hours):
    """At most ten a day, whenever the new day comes."""
    lists = DailyLists(quick_database, "test")
    refresher = Refresher(upstream.find, lists, clock)
    await run(refresher, clock, runs=6)
    clock.instant = datetime(2026, 1, 21, tzinfo=UTC)
    upstream.asked.clear()
    upstream.lag = 1

    for minute in range(0, 24 * 60, 5):
        if minute >= late_hours * 60:
            upstream.lag = 0
        clock.instant = datetime(2026, 1, 21, tzinfo=UTC) + timedelta(minutes=minute)
        await refresher.run()

    assert len(upstream.asked) <= 10
    is_in = late_hours < 12
    assert ((await lists.newest())[COST] == clock.instant.date() - DAY) is is_in


async def test_refresher__restated(database, upstream, clock):
    """A restatement adds a row; what was known before stays answerable."""
    lists = DailyLists(database, "test")
    refresher = Refresher(upstream.find, lists, clock)
    await run(refresher, clock, runs=6)
    restated = YESTERDAY - DAY * 2
    before = (await lists.archive(COST, Span(restated, restated))).versions(restated)

    def change(data):
        for bucket in data["series"]:
            if bucket["date"] == restated.isoformat() and "authors" in bucket:
                bucket["authors"][0]["value"] += Decimal(5)

    upstream.change = change
    clock.instant += DAY
    await run(refresher, clock, runs=2)
    await run(refresher, clock, runs=2, pause=timedelta(hours=2))

    archive = await lists.archive(COST, Span(restated, restated))
    first, second = archive.versions(restated)
    assert [first] == before
    assert sum(second.values.values()) == sum(first.values.values()) + 5
    current = await lists.archive(COST, Span(restated, restated), current=True)
    assert current.versions(restated) == [second]
    api = AsOfApi(upstream, lists, START.date())
    answer = await api.fetch(
        MarketShareRequest(
            metric=Metric.COST,
            width=Granularity.DAY,
            start=restated,
            end=clock.instant.date() - DAY,
        )
    )
    days = {bucket.date: bucket.authors for bucket in answer.data.series}
    assert sum(e.value for e in days[restated]) == sum(first.values.values())
    assert max(days) == YESTERDAY
    assert answer.fetched_at == end_of(START.date())


async def test_as_of_api__leaderboard(quick_database, upstream, clock):
    """Sums of whole lists are the leaderboard of then."""
    lists = DailyLists(quick_database, "test")
    await run(Refresher(upstream.find, lists, clock), clock, runs=6)
    request = LeaderboardRequest(
        metric=Metric.TOKENS, start=FLOOR, end=YESTERDAY - DAY, limit=3
    )

    answer = await AsOfApi(upstream, lists, YESTERDAY).fetch(request)

    live = await upstream.fetch(request)
    assert [(e.model, e.value) for e in answer.data.entries] == [
        (e.model, e.value) for e in live.data.entries
    ]
    elsewhere = AsOfApi(upstream, DailyLists(quick_database, "other"), YESTERDAY)
    assert (await elsewhere.fetch(request)).data.entries == answer.data.entries
    assert "first seen on 20 Jan 2026" in elsewhere.note


@pytest.mark.parametrize(
    ("clock_time", "probed", "expected"),
    [
        ("00:00:10", None, False),
        ("00:00:20", None, True),
        ("00:10", "00:01", False),
        ("09:00", None, True),
        ("09:00", "06:00", False),
        ("12:00", "06:00", True),
    ],
)
def test_probe_is_due(clock_time, probed, expected):
    def at(text):
        return datetime.fromisoformat(f"2026-01-20T{text}+00:00")

    assert probe_is_due(at(clock_time), probed and at(probed)) is expected


@pytest.mark.postgres
async def test_daily_lists__two_writers(postgres_url):
    """Two workers that store the same day leave one row."""
    async with open_database(postgres_url) as database:
        lists = DailyLists(database, "test")
        days = {YESTERDAY: {"a": Decimal(1)}}
        for minute in (0, 1):
            await lists.put(
                PROBE, days, {"a": "A"}, seen_at=START + timedelta(minutes=minute)
            )

        assert len((await lists.archive(PROBE)).versions(YESTERDAY)) == 1
