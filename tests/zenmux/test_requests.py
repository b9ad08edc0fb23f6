"""Requests hold what the API takes, and nothing else can be built."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_bot.zenmux.requests import (
    BalanceRequest,
    CacheHitRequest,
    FlowRateRequest,
    GenerationRequest,
    LeaderboardRequest,
    MarketShareRequest,
    ModelListRequest,
    ModelUsageRequest,
    SpeedMetric,
    SpeedRequest,
    SubscriptionRequest,
    TimeSeriesRequest,
    TrendingRequest,
    identity,
)

MONDAY = date(2026, 6, 15)
SUNDAY = date(2026, 6, 21)
DAYS = {"start": MONDAY, "end": SUNDAY}


@pytest.mark.parametrize(
    ("request_", "path", "params"),
    [
        (
            LeaderboardRequest(metric=Metric.COST, limit=5, **DAYS),
            "/statistics/leaderboard",
            "metric=cost starting_at=2026-06-15 ending_at=2026-06-21 limit=5",
        ),
        (
            MarketShareRequest(
                metric=Metric.TOKENS, width=Granularity.WEEK, start=FLOOR, end=MONDAY
            ),
            "/statistics/market_share",
            (
                "metric=tokens bucket_width=1w starting_at=2025-09-29 "
                "ending_at=2026-06-15 limit=50"
            ),
        ),
        (
            TimeSeriesRequest(
                metric=Metric.COST, width=Granularity.DAY, limit=10, **DAYS
            ),
            "/statistics/timeseries",
            (
                "metric=cost bucket_width=1d starting_at=2026-06-15 "
                "ending_at=2026-06-21 limit=10"
            ),
        ),
        (
            TrendingRequest(metric=Metric.COST, width=Granularity.WEEK, anchor=SUNDAY),
            "/statistics/trending",
            "metric=cost bucket_width=1w ending_at=2026-06-21 limit=10",
        ),
        (
            ModelUsageRequest(slug="a/b", metric=Metric.COST, **DAYS),
            "/statistics/model_usage",
            "model=a/b metric=cost starting_at=2026-06-15 ending_at=2026-06-21",
        ),
        (
            SpeedRequest(metric=SpeedMetric.TTFT, **DAYS),
            "/statistics/performance",
            "metric=ttft starting_at=2026-06-15 ending_at=2026-06-21",
        ),
        (
            CacheHitRequest(**DAYS),
            "/statistics/performance",
            "metric=cache_hit starting_at=2026-06-15 ending_at=2026-06-21",
        ),
        (SubscriptionRequest(), "/subscription/detail", ""),
        (FlowRateRequest(), "/flow_rate", ""),
        (BalanceRequest(), "/payg/balance", ""),
        (GenerationRequest(generation_id="gen_1"), "/generation", "id=gen_1"),
        (ModelListRequest(), "/models", ""),
    ],
)
def test_requests__every_request_and_what_it_sends(request_, path, params):
    assert request_.path == path
    assert request_.params() == dict(pair.split("=") for pair in params.split())


def test_requests__only_the_list_of_models_goes_without_the_key():
    assert not ModelListRequest().needs_key
    assert FlowRateRequest().needs_key


BAD_RANGES = [
    {"start": SUNDAY, "end": MONDAY},
    {"start": FLOOR - timedelta(days=1), "end": SUNDAY},
]


@pytest.mark.parametrize("days", BAD_RANGES)
@pytest.mark.parametrize(
    "build",
    [
        lambda **days: LeaderboardRequest(metric=Metric.COST, **days),
        lambda **days: MarketShareRequest(
            metric=Metric.COST, width=Granularity.DAY, **days
        ),
        lambda **days: TimeSeriesRequest(
            metric=Metric.COST, width=Granularity.DAY, **days
        ),
        lambda **days: ModelUsageRequest(slug="a/b", metric=Metric.COST, **days),
        lambda **days: SpeedRequest(metric=SpeedMetric.TTFT, **days),
        CacheHitRequest,
    ],
)
def test_requests__range_is_the_right_way_round_and_after_the_floor(build, days):
    with pytest.raises(ValueError, match="starts on"):
        build(**days)


@pytest.mark.parametrize("kind", [MarketShareRequest, TimeSeriesRequest])
@pytest.mark.parametrize("days", [(MONDAY, SUNDAY), (SUNDAY, SUNDAY)])
def test_requests__weeks_are_named_by_their_mondays(kind, days):
    with pytest.raises(ValueError, match="Mondays"):
        kind(metric=Metric.COST, width=Granularity.WEEK, start=days[0], end=days[1])


@pytest.mark.parametrize("limit", [0, -1, 51])
def test_requests__limit_is_from_1_to_50(limit):
    with pytest.raises(ValueError, match="limit"):
        LeaderboardRequest(metric=Metric.COST, limit=limit, **DAYS)
    with pytest.raises(ValueError, match="limit"):
        TimeSeriesRequest(
            metric=Metric.COST, width=Granularity.DAY, limit=limit, **DAYS
        )
    with pytest.raises(ValueError, match="limit"):
        TrendingRequest(
            metric=Metric.COST, width=Granularity.DAY, anchor=SUNDAY, limit=limit
        )


def test_requests__anchor_is_not_before_the_floor():
    with pytest.raises(ValueError, match="before"):
        TrendingRequest(
            metric=Metric.COST, width=Granularity.DAY, anchor=FLOOR - timedelta(days=1)
        )


def test_requests__performance_covers_thirty_days_both_ends_counted():
    CacheHitRequest(start=MONDAY, end=MONDAY + timedelta(days=29))

    with pytest.raises(ValueError, match="over 30 days"):
        CacheHitRequest(start=MONDAY, end=MONDAY + timedelta(days=30))


def test_requests__slug_and_an_id_are_not_empty():
    with pytest.raises(ValueError, match="slug"):
        ModelUsageRequest(slug="", metric=Metric.COST, **DAYS)
    with pytest.raises(ValueError, match="id"):
        GenerationRequest(generation_id="")


def test_requests__equal_requests_share_an_identity_and_others_do_not():
    one = LeaderboardRequest(metric=Metric.COST, limit=5, **DAYS)
    same = LeaderboardRequest(limit=5, metric=Metric.COST, **DAYS)
    others = [
        LeaderboardRequest(metric=Metric.COST, limit=6, **DAYS),
        LeaderboardRequest(metric=Metric.TOKENS, limit=5, **DAYS),
        TrendingRequest(
            metric=Metric.COST, width=Granularity.DAY, anchor=SUNDAY, limit=5
        ),
        CacheHitRequest(**DAYS),
        SpeedRequest(metric=SpeedMetric.TTFT, **DAYS),
    ]

    assert identity(one) == identity(same)
    assert len({identity(each) for each in (one, *others)}) == 6
