from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_bot.zenmux.models import Answer, MarketShare, ModelUsage
from zenmux_bot.zenmux.paging import join, split
from zenmux_bot.zenmux.requests import (
    FlowRateRequest,
    LeaderboardRequest,
    MarketShareRequest,
    ModelUsageRequest,
    TimeSeriesRequest,
)

NOW = datetime(2026, 6, 25, 9, tzinfo=UTC)


def weekly(start: date, end: date) -> MarketShareRequest:
    return MarketShareRequest(
        metric=Metric.COST, width=Granularity.WEEK, start=start, end=end
    )


@pytest.mark.parametrize(
    ("end", "parts"),
    [
        (date(2026, 11, 16), [(FLOOR, date(2026, 11, 16))]),
        (
            date(2026, 11, 23),
            [
                (FLOOR, date(2026, 11, 16)),
                (date(2026, 11, 23), date(2026, 11, 23)),
            ],
        ),
    ],
)
def test_paging__61st_week_needs_a_second_request(end, parts):
    assert split(weekly(FLOOR, end)) == tuple(weekly(*part) for part in parts)


@pytest.mark.parametrize(
    "request_",
    [
        FlowRateRequest(),
        LeaderboardRequest(metric=Metric.COST, start=FLOOR, end=date(2028, 1, 1)),
    ],
)
def test_paging__what_has_no_limit_is_asked_whole(request_):
    assert split(request_) == (request_,)


@given(offset=st.integers(0, 1000), length=st.integers(1, 400))
def test_paging__parts_of_a_range_cover_each_day_once(offset, length):
    start = FLOOR + timedelta(days=offset)
    end = start + timedelta(days=length - 1)
    days = [start + timedelta(days=index) for index in range(length)]
    for request, most in (
        (ModelUsageRequest(slug="a", metric=Metric.COST, start=start, end=end), 30),
        (
            TimeSeriesRequest(
                metric=Metric.COST, width=Granularity.DAY, start=start, end=end, limit=7
            ),
            60,
        ),
    ):
        covered = []
        for part in split(request):
            span = (part.end - part.start).days + 1
            assert span <= most
            assert part.limit == request.limit
            covered += [part.start + timedelta(days=index) for index in range(span)]

        assert covered == days


@given(offset=st.integers(0, 100), length=st.integers(1, 200))
def test_paging__parts_of_weeks_are_weeks(offset, length):
    start = FLOOR + timedelta(weeks=offset)
    end = start + timedelta(weeks=length - 1)

    parts = split(weekly(start, end))

    mondays = [
        part.start + timedelta(weeks=index)
        for part in parts
        for index in range((part.end - part.start).days // 7 + 1)
    ]
    assert mondays == [start + timedelta(weeks=index) for index in range(length)]


def share(*days: str) -> MarketShare:
    return MarketShare.model_validate(
        {
            "metric": "cost",
            "bucket_width": "1d",
            "starting_at": days[0],
            "ending_at": days[-1],
            "total_buckets": len(days),
            "series": [
                {"date": day, "authors": [{"author": "a", "value": int(day[-2:])}]}
                for day in days
            ],
        }
    )


def usage(label: str, value: int | None, *days: str) -> ModelUsage:
    return ModelUsage.model_validate(
        {
            "model": "a/b",
            "label": label,
            "metric": "cost",
            "starting_at": "2026-01-01",
            "ending_at": "2026-02-01",
            "value": value,
            "series": [{"date": day, "value": 1} for day in days],
        }
    )


def answer(data, **fields):
    return Answer(**{"data": data, "limit": 50, "fetched_at": NOW, **fields})


def test_paging__one_part_is_the_answer_itself():
    only = answer(share("2026-01-01"))

    assert join([only]) is only


def test_paging__buckets_are_joined_on_their_date():
    early = answer(share("2026-01-02", "2026-01-01"), request_id="one")
    late = answer(share("2026-01-02", "2026-01-03"), request_id="two")

    joined = join([early, late])

    assert [bucket.date.day for bucket in joined.data.series] == [1, 2, 3]
    assert joined.data.total_buckets == 3
    assert joined.data.starting_at == early.data.starting_at
    assert joined.data.ending_at == late.data.ending_at
    assert (joined.limit, joined.request_id) == (50, "two")


@pytest.mark.parametrize(
    ("stale", "fetched_at"), [(False, NOW), (True, NOW - timedelta(hours=1))]
)
def test_join__is_as_new_as_its_newest_part_unless_one_is_stale(stale, fetched_at):
    hour = timedelta(hours=1)
    old = answer(share("2026-01-01"), fetched_at=NOW - hour, stale=stale)

    joined = join([old, answer(share("2026-01-02"))])

    assert (joined.fetched_at, joined.stale) == (fetched_at, stale)


@pytest.mark.parametrize(("values", "total"), [((3, 4), Decimal(7)), ((3, None), None)])
def test_paging__usage_adds_up_or_is_unknown(values, total):
    parts = [answer(usage("B", value, "2026-01-01")) for value in values]

    assert join(parts).data.value == total


@pytest.mark.parametrize(
    ("labels", "label"),
    [(("B", "a/b"), "B"), (("a/b", "B"), "B"), (("a/b", "a/b"), "a/b")],
)
def test_paging__model_is_known_if_any_part_knows_it(labels, label):
    parts = [answer(usage(each, 1, "2026-01-01")) for each in labels]

    assert join(parts).data.label == label
