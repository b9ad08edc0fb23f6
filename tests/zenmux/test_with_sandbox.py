"""The client and its memory against the sandbox, over loopback."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_bot.errors import BadAnswer, KeyRefused, RateLimited, Unreachable
from zenmux_bot.zenmux.cache import CachedApi
from zenmux_bot.zenmux.client import ZenMuxClient
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
)
from zenmux_demo.sandbox.account import SETTLED_GENERATION
from zenmux_demo.sandbox.api import Sandbox
from zenmux_demo.sandbox.faults import Broken, Flood, Hold
from zenmux_demo.sandbox.server import running_sandbox

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = MONDAY.date()
YESTERDAY = TODAY - timedelta(days=1)
WEEK = {"start": date(2026, 11, 16), "end": YESTERDAY}
BOARD = LeaderboardRequest(metric=Metric.COST, **WEEK)
DAILY = MarketShareRequest(metric=Metric.TOKENS, width=Granularity.DAY, **WEEK)
ALL_WEEKS = MarketShareRequest(
    metric=Metric.TOKENS, width=Granularity.WEEK, start=FLOOR, end=TODAY
)


@pytest.fixture
async def sandbox(clock):
    clock.instant = MONDAY
    async with running_sandbox(clock) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox, clock):
    async with httpx.AsyncClient() as http:
        yield ZenMuxClient(
            http,
            key=SecretStr(sandbox.key),
            base_url=sandbox.base_url,
            clock=clock,
            sleep=clock.sleep,
        )


@pytest.fixture
async def api(client, clock):
    cached = CachedApi(client, clock=clock, sleep=clock.sleep)
    yield cached
    await cached.aclose()


@pytest.mark.parametrize(
    "request_",
    [
        BOARD,
        DAILY,
        ALL_WEEKS,
        TimeSeriesRequest(
            metric=Metric.COST, width=Granularity.DAY, start=FLOOR, end=YESTERDAY
        ),
        TrendingRequest(metric=Metric.TOKENS, width=Granularity.WEEK, anchor=YESTERDAY),
        SpeedRequest(metric=SpeedMetric.THROUGHPUT, **WEEK),
        SpeedRequest(metric=SpeedMetric.TTFT, **WEEK),
        CacheHitRequest(**WEEK),
        SubscriptionRequest(),
        FlowRateRequest(),
        BalanceRequest(),
        GenerationRequest(generation_id=SETTLED_GENERATION),
        ModelListRequest(),
    ],
    ids=lambda request_: request_.path,
)
async def test_with_sandbox__every_request_is_answered(api, request_):
    answer = await api.fetch(request_)

    assert isinstance(answer.data, request_.model)
    assert answer.request_id


async def test_with_sandbox__whole_history_in_weeks_is_one_series(api, sandbox):
    answer = await api.fetch(ALL_WEEKS)

    days = [bucket.date for bucket in answer.data.series]
    assert days == sorted(set(days))
    assert (days[0], len(days)) == (FLOOR, 60)
    assert len(sandbox.requests) == 2


async def test_with_sandbox__usage_over_months_adds_up(api, sandbox):
    slug = (await api.fetch(BOARD)).data.entries[0].model
    request = ModelUsageRequest(
        slug=slug, metric=Metric.TOKENS, start=date(2026, 6, 1), end=YESTERDAY
    )

    data = (await api.fetch(request)).data

    assert data.value == sum(day.value for day in data.series)
    assert len(sandbox.asked("/statistics/model_usage")) == 6


async def test_with_sandbox__many_at_once_ask_once_each(api, sandbox):
    await asyncio.gather(
        *(api.fetch(request) for request in (BOARD, DAILY) for _ in range(200))
    )

    assert Counter(request.path for request in sandbox.requests) == {
        BOARD.path: 1,
        DAILY.path: 1,
    }


async def test_client__asks_again_after_a_broken_line(api, sandbox, clock):
    sandbox.weather.expect(BOARD.path, Broken(), Broken())

    answer = await api.fetch(BOARD)

    assert answer.data.entries
    assert len(clock.naps) == 2


async def test_with_sandbox__flood_is_cut_off(client, sandbox):
    sandbox.weather.expect(BOARD.path, *(Flood(100) for _ in range(4)))

    with pytest.raises(BadAnswer, match="too large"):
        await client.fetch(BOARD)


async def test_with_sandbox__outage_shows_the_last_good_answer(api, sandbox, clock):
    good = await api.fetch(BOARD)
    sandbox.weather.down = True
    clock.advance(days=1)

    answer = await api.fetch(BOARD)

    assert answer.stale
    assert (answer.data, answer.fetched_at) == (good.data, good.fetched_at)
    assert len(sandbox.asked(BOARD.path)) == 5


async def test_with_sandbox__hanging_api_is_left_by_those_without_patience(
    api, sandbox
):
    hold = Hold()
    sandbox.weather.expect(BOARD.path, hold)

    with pytest.raises(Unreachable):
        await api.fetch(BOARD, patience=timedelta(milliseconds=50))
    hold.released.set()

    assert (await api.fetch(BOARD)).data.entries
    assert len(sandbox.asked(BOARD.path)) == 1


async def test_with_sandbox__rate_limit_is_waited_out_only_with_patience(
    api, sandbox, clock
):
    sandbox.weather.rate_limited = True
    with pytest.raises(RateLimited) as caught:
        await api.fetch(BOARD)
    sandbox.weather.rate_limited = False

    answer = await api.fetch(BOARD, patience=timedelta(minutes=5))

    assert caught.value.retry_after == timedelta(seconds=60)
    assert answer.data.entries
    assert len(sandbox.asked(BOARD.path)) == 2
    assert clock.naps == [pytest.approx(60, abs=0.1)]


async def test_with_sandbox__late_figures_are_taken_up_when_they_arrive(
    api, sandbox, clock
):
    sandbox.weather.late = True
    early = await api.fetch(BOARD)
    late = await api.fetch(DAILY)
    sandbox.weather.late = False
    clock.advance(minutes=30)

    arrived = await api.fetch(DAILY)
    full = await api.fetch(BOARD)

    assert max(bucket.date for bucket in late.data.series) < YESTERDAY
    assert max(bucket.date for bucket in arrived.data.series) == YESTERDAY
    assert full.data.entries[0].value > early.data.entries[0].value


async def test_with_sandbox__wrong_key_is_refused(sandbox, clock):
    async with httpx.AsyncClient() as http:
        client = ZenMuxClient(
            http,
            key=SecretStr("sk-mg-v1-another-fake"),
            base_url=sandbox.base_url,
            clock=clock,
        )
        with pytest.raises(KeyRefused) as caught:
            await client.fetch(FlowRateRequest())

    assert caught.value.type == "access_denied"
    assert caught.value.request_id
