"""Answers from the history beside the sandbox's own."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from statistics_upstream import StatisticsUpstream

from zenmux_bot.core.clock import FixedClock
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.history.archive import ALL_SERIES
from zenmux_bot.history.reader import HistoryApi
from zenmux_bot.history.refresh import Refresher
from zenmux_bot.store.daily_history import DailyLists
from zenmux_bot.zenmux.models import Leaderboard, ModelUsage
from zenmux_bot.zenmux.requests import (
    LeaderboardRequest,
    MarketShareRequest,
    ModelUsageRequest,
    TimeSeriesRequest,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
YESTERDAY = NOW.date() - DAY
QUESTIONS = 200
MODELS = (
    "anthropic/claude-sonnet-4.5",
    "deepseek/deepseek-v3.2",
    "stepfun/step-3.7-flash-free",
    "z-ai/glm-4.6v-flash",
    "no/such-model",
)


@pytest.fixture
async def filled(quick_database):
    """Give the history of some months, and what it was fetched from."""
    upstream = StatisticsUpstream(FixedClock(NOW).now)
    lists = DailyLists(quick_database, "test")
    refresher = Refresher(upstream.find, lists, FixedClock(NOW))
    for series in ALL_SERIES:
        await refresher.fill(series)
    upstream.asked.clear()
    return lists, upstream


def random_request(rng: random.Random):
    kind = rng.choice(
        (MarketShareRequest, TimeSeriesRequest, LeaderboardRequest, ModelUsageRequest)
    )
    width = rng.choice(tuple(Granularity))
    days = (YESTERDAY - FLOOR).days
    first, last = sorted(rng.choices(range(days + 1), k=2))
    start, end = FLOOR + DAY * first, FLOOR + DAY * last
    metric = rng.choice(tuple(Metric))
    if kind is ModelUsageRequest:
        return kind(slug=rng.choice(MODELS), metric=metric, start=start, end=end)
    if kind is LeaderboardRequest:
        limit = rng.choice((5, 10, 50))
        return kind(metric=metric, start=start, end=end, limit=limit)
    if width is Granularity.WEEK:
        start, end = (day - DAY * day.weekday() for day in (start, end))
    limit = {"limit": rng.choice((5, 10, 50))} if kind is TimeSeriesRequest else {}
    return kind(metric=metric, width=width, start=start, end=end, **limit)


def figures(data):
    """Return what an answer says, whatever the order of its entries."""
    if isinstance(data, ModelUsage):
        return data
    if isinstance(data, Leaderboard):
        return (
            data.starting_at,
            data.ending_at,
            {replace(e, rank=0) for e in data.entries},
        )
    lists = [
        (bucket.date, getattr(bucket, "authors", None) or getattr(bucket, "models", ()))
        for bucket in data.series
    ]
    return {
        day: {
            (getattr(each, "author", None) or each.model, each.label, each.value)
            for each in entries
            if each.value or "__others__" not in str(each)
        }
        for day, entries in lists
    }


async def test_history_api__random_questions(filled):
    """What it answers is what ZenMux answers; what it can't, goes to ZenMux."""
    lists, upstream = filled
    api = HistoryApi(upstream, lists, FixedClock(NOW))
    rng = random.Random(17)
    answered: Counter[str] = Counter()

    for _ in range(QUESTIONS):
        request = random_request(rng)
        upstream.asked.clear()
        answer = await api.fetch(request)
        if not upstream.asked:
            answered[type(request).__name__] += 1
            live = await upstream.fetch(request)
            assert figures(answer.data) == figures(live.data), request

    assert answered.total() > QUESTIONS / 2
    assert min(answered.values()) > QUESTIONS / 20, answered
