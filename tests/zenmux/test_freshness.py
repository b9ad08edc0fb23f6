from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.zenmux.freshness import NewestDay, fresh_until, is_empty, newest_day
from zenmux_bot.zenmux.models import (
    CacheHit,
    FlowRate,
    Leaderboard,
    MarketShare,
    ModelList,
    ModelUsage,
    Speed,
    TimeSeries,
    Trending,
)
from zenmux_bot.zenmux.requests import (
    CacheHitRequest,
    FlowRateRequest,
    LeaderboardRequest,
    MarketShareRequest,
    ModelListRequest,
    ModelUsageRequest,
    SpeedMetric,
    SpeedRequest,
    TimeSeriesRequest,
    TrendingRequest,
)

TODAY = date(2026, 6, 24)  # a Wednesday
YESTERDAY = TODAY - timedelta(days=1)
MONDAY = date(2026, 6, 22)
MORNING = datetime(2026, 6, 24, 9, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 25, tzinfo=UTC)
SETTLED = MIDNIGHT + timedelta(hours=1)
SOON = MORNING + timedelta(minutes=5)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def daily(end: date, *, kind=MarketShareRequest):
    return kind(metric=Metric.COST, width=Granularity.DAY, start=ago(9), end=end)


def weekly(end: date):
    return MarketShareRequest(
        metric=Metric.COST,
        width=Granularity.WEEK,
        start=end - timedelta(weeks=3),
        end=end,
    )


def share(last: date | None, value: int | None = 1, width: str = "1d") -> MarketShare:
    authors = [{"author": "a", "value": value}]
    full = {"date": ago(10).isoformat(), "authors": [{"author": "a", "value": 1}]}
    newest = [] if last is None else [{"date": last.isoformat(), "authors": authors}]
    return MarketShare.model_validate(
        {
            "metric": "cost",
            "bucket_width": width,
            "starting_at": "2026-06-01",
            "ending_at": "2026-06-01",
            "series": [full, *newest],
        }
    )


def series(last: date) -> TimeSeries:
    return TimeSeries.model_validate(
        {
            "metric": "cost",
            "bucket_width": "1d",
            "starting_at": "2026-06-01",
            "ending_at": "2026-06-01",
            "series": [
                {"date": last.isoformat(), "models": [{"model": "a/b", "value": 1}]}
            ],
        }
    )


def usage(last: date) -> ModelUsage:
    return ModelUsage.model_validate(
        {
            "model": "a/b",
            "metric": "cost",
            "starting_at": "2026-06-01",
            "ending_at": "2026-06-01",
            "value": 1,
            "series": [{"date": last.isoformat(), "value": 1}],
        }
    )


RANGE = {"metric": "cost", "starting_at": "2026-06-01", "ending_at": "2026-06-01"}
BOARD = Leaderboard.model_validate({**RANGE, "entries": [{"model": "a/b", "value": 1}]})


def board(end: date) -> LeaderboardRequest:
    return LeaderboardRequest(metric=Metric.COST, start=ago(9), end=end)


@pytest.mark.parametrize(
    ("request_", "data", "until"),
    [
        # Every day closed and shown: once a day, a while after it began.
        (daily(YESTERDAY), share(YESTERDAY), SETTLED),
        (daily(YESTERDAY, kind=TimeSeriesRequest), series(YESTERDAY), SETTLED),
        (
            ModelUsageRequest(
                slug="a/b", metric=Metric.COST, start=ago(9), end=YESTERDAY
            ),
            usage(YESTERDAY),
            SETTLED,
        ),
        # Older days need not be shown at all.
        (daily(ago(2)), share(None), SETTLED),
        (weekly(ago(9)), share(ago(9), width="1w"), SETTLED),
        (board(ago(2)), BOARD, SETTLED),
        # Yesterday missing, or there with nothing in it.
        (daily(YESTERDAY), share(ago(2)), SOON),
        (daily(YESTERDAY), share(YESTERDAY, 0), SOON),
        (daily(YESTERDAY), share(YESTERDAY, None), SOON),
        # Today asked for too: until it is yesterday.
        (daily(TODAY), share(YESTERDAY), MIDNIGHT),
        (daily(TODAY), share(ago(2)), SOON),
    ],
)
def test_freshness__answers_by_days(request_, data, until):
    assert fresh_until(request_, data, MORNING, None) == until


OPAQUE = [
    (board(YESTERDAY), BOARD),
    (
        TrendingRequest(metric=Metric.COST, width=Granularity.DAY, anchor=YESTERDAY),
        Trending.model_validate(
            {
                "metric": "cost",
                "bucket_width": "1d",
                "ending_at": "2026-06-23",
                "entries": [{"model": "a/b", "value": 1}],
            }
        ),
    ),
    (
        SpeedRequest(metric=SpeedMetric.TTFT, start=ago(3), end=YESTERDAY),
        Speed.model_validate({**RANGE, "entries": [{"model": "a/b", "providers": []}]}),
    ),
    (
        CacheHitRequest(start=ago(3), end=YESTERDAY),
        CacheHit.model_validate(
            {**RANGE, "entries": [{"model": "a/b", "providers": {}}]}
        ),
    ),
    (
        ModelUsageRequest(slug="a/b", metric=Metric.COST, start=ago(9), end=YESTERDAY),
        usage(ago(2)),
    ),
]


@pytest.mark.parametrize(
    ("fetched", "hours"),
    [(timedelta(minutes=1), 6 / 60), (timedelta(hours=1), 2), (timedelta(hours=9), 18)],
)
def test_freshness__sum_up_to_yesterday_is_trusted_the_longer_the_later(fetched, hours):
    today = MIDNIGHT - timedelta(days=1)

    until = fresh_until(board(YESTERDAY), BOARD, today + fetched, None)

    assert until == today + timedelta(hours=hours)


def test_freshness__sum_up_to_yesterday_is_not_trusted_into_the_next_day():
    assert fresh_until(board(YESTERDAY), BOARD, MORNING.replace(hour=13), None) == (
        MIDNIGHT
    )


@pytest.mark.parametrize(("request_", "data"), OPAQUE)
def test_freshness__what_does_not_show_yesterday_relies_on_what_did(request_, data):
    later = MORNING + timedelta(hours=1)

    def until(newest: date, seen_at: datetime) -> datetime:
        shown = NewestDay(day=newest, seen_at=seen_at)
        return fresh_until(request_, data, MORNING, shown)

    assert until(YESTERDAY, MORNING) == SETTLED
    assert until(YESTERDAY, later) == later
    assert until(ago(2), MORNING) == MORNING + timedelta(hours=9)


def test_freshness__week_that_closed_yesterday_does_not_show_whether_its_sunday_is_in():
    monday_morning = datetime(2026, 6, 22, 0, 10, tzinfo=UTC)
    request = weekly(date(2026, 6, 15))
    data = share(date(2026, 6, 15), width="1w")

    unknown = fresh_until(request, data, monday_morning, None)
    seen = NewestDay(day=date(2026, 6, 21), seen_at=monday_morning)

    assert unknown == monday_morning + timedelta(minutes=10)
    assert fresh_until(request, data, monday_morning, seen) == datetime(
        2026, 6, 23, 1, tzinfo=UTC
    )


def test_freshness__running_week_is_good_until_midnight_once_yesterday_is_known():
    request = weekly(MONDAY)
    seen = NewestDay(day=YESTERDAY, seen_at=MORNING)

    assert fresh_until(request, share(MONDAY, width="1w"), MORNING, seen) == MIDNIGHT


def test_freshness__account_data_and_the_list_of_models_have_their_own_time():
    rate = FlowRate(base_usd_per_flow=1, effective_usd_per_flow=1)
    models = ModelList(data=())

    assert fresh_until(FlowRateRequest(), rate, MORNING, None) == MORNING + timedelta(
        minutes=1
    )
    assert fresh_until(
        ModelListRequest(), models, MORNING, None
    ) == MORNING + timedelta(hours=1)


EMPTY = [
    Leaderboard.model_validate({**RANGE, "entries": []}),
    Speed.model_validate({**RANGE, "entries": []}),
    CacheHit.model_validate({**RANGE, "entries": []}),
    Trending.model_validate({**RANGE, "bucket_width": "1d", "entries": []}),
    MarketShare.model_validate({**RANGE, "bucket_width": "1d", "series": []}),
    MarketShare.model_validate(
        {
            **RANGE,
            "bucket_width": "1d",
            "series": [{"date": "2026-06-01", "authors": []}],
        }
    ),
    TimeSeries.model_validate(
        {
            **RANGE,
            "bucket_width": "1d",
            "series": [{"date": "2026-06-01", "models": []}],
        }
    ),
    ModelUsage.model_validate({**RANGE, "model": "a/b", "value": 0, "series": []}),
]


@pytest.mark.parametrize("data", EMPTY)
def test_freshness__nothing_is_soon_asked_for_again(data):
    assert is_empty(data)
    assert newest_day(data) is None
    assert fresh_until(board(ago(3)), data, MORNING, None) == MORNING + timedelta(
        minutes=1
    )


@pytest.mark.parametrize(
    ("data", "day"),
    [
        (share(YESTERDAY), YESTERDAY),
        (share(YESTERDAY, 0), ago(10)),
        (series(YESTERDAY), YESTERDAY),
        (usage(YESTERDAY), YESTERDAY),
        (share(MONDAY, width="1w"), None),
        (BOARD, None),
    ],
)
def test_freshness__newest_day_with_data(data, day):
    assert newest_day(data) == day
    assert not is_empty(data)
