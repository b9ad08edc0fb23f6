"""What the tests of the client share: a clock that sleeping moves, and the fixtures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from clocks import ManualClock

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.zenmux.requests import (
    AppsRequest,
    AppsTrendingRequest,
    AppsWindow,
    BalanceRequest,
    CacheHitRequest,
    CostRequest,
    FlowRateRequest,
    GenerationRequest,
    HostCostRequest,
    LeaderboardRequest,
    MarketShareRequest,
    ModelListRequest,
    ModelUsageRequest,
    SpeedMetric,
    SpeedRequest,
    SubscriptionRequest,
    TimeSeriesRequest,
    TrendingRequest,
    UsageRequest,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "zenmux"
NOW = datetime(2026, 6, 25, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """A fixture: a request, and the answer that was recorded or made up for it."""

    name: str
    request: object
    status: int
    headers: dict[str, str]
    body: bytes


def _days(query: dict) -> dict[str, date]:
    week = query.get("bucket_width") == "1w"
    found = {}
    for name, field_, default in (
        ("start", "starting_at", "2026-06-22"),
        ("end", "ending_at", "2026-06-24"),
    ):
        day = date.fromisoformat(query.get(field_, default))
        found[name] = day - timedelta(days=day.weekday() if week else 0)
    return found


def _metric(query: dict) -> Metric:
    return Metric(query.get("metric", "tokens"))


def _buckets(query: dict) -> dict:
    width = Granularity(query.get("bucket_width", "1d"))
    return {"metric": _metric(query), "width": width, **_days(query)}


def _performance(query: dict):
    if query["metric"] == "cache_hit":
        return CacheHitRequest(**_days(query))
    return SpeedRequest(metric=SpeedMetric(query["metric"]), **_days(query))


def _own(query: dict):
    kind = {
        "cost": CostRequest,
        "provider_cost": HostCostRequest,
        "usage": UsageRequest,
    }
    filters = {name: query.get(name) for name in ("bill_types", "model_slugs")}
    bill_types, models = (
        tuple(value.split(",")) if value else () for value in filters.values()
    )
    return kind[query["type"]](
        dimension=query["query_dimension"],
        time=query["query_time"],
        bill_types=bill_types,
        models=models,
    )


def _apps(query: dict):
    return AppsRequest(
        metric=_metric(query),
        window=AppsWindow(query["period"]),
        end=date.fromisoformat(query.get("ending_at", "2026-06-24")),
    )


def _apps_trending(query: dict):
    return AppsTrendingRequest(
        metric=_metric(query),
        width=Granularity(query["bucket_width"]),
        anchor=date.fromisoformat(query["ending_at"]),
    )


BUILDERS = {
    "cost": _own,
    "usage": _own,
    "apps/leaderboard": _apps,
    "apps/trending": _apps_trending,
    "leaderboard": lambda q: LeaderboardRequest(
        metric=_metric(q), limit=q.get("limit", 10), **_days(q)
    ),
    "market_share": lambda q: MarketShareRequest(**_buckets(q)),
    "timeseries": lambda q: TimeSeriesRequest(**_buckets(q)),
    "trending": lambda q: TrendingRequest(
        metric=_metric(q),
        width=Granularity(q["bucket_width"]),
        anchor=date.fromisoformat(q["ending_at"]),
    ),
    "model_usage": lambda q: ModelUsageRequest(
        slug=q["model"], metric=_metric(q), **_days(q)
    ),
    "performance": _performance,
    "generation": lambda q: GenerationRequest(generation_id=q["id"]),
    "detail": lambda _: SubscriptionRequest(),
    "flow_rate": lambda _: FlowRateRequest(),
    "balance": lambda _: BalanceRequest(),
    "models": lambda _: ModelListRequest(),
}


def _endpoint(path: str) -> str:
    return "/".join(path.rsplit("/", 2)[-2 if "/apps/" in path else -1 :])


def _load() -> dict[str, Sample]:
    index = json.loads((FIXTURES / "index.json").read_text("utf-8"))
    return {
        entry["file"]: Sample(
            name=entry["file"],
            request=BUILDERS[_endpoint(entry["path"])](entry["query"]),
            status=entry["status"],
            headers={"Content-Type": entry["content_type"], **entry["headers"]},
            body=(FIXTURES / entry["file"]).read_bytes(),
        )
        for entry in index["fixtures"]
    }


SAMPLES = _load()


def pytest_generate_tests(metafunc):
    """Give a test that takes ``good`` or ``bad`` every such fixture in turn."""
    for name, wanted in (("good", False), ("bad", True)):
        if name in metafunc.fixturenames:
            chosen = [
                pytest.param(each, id=each.name)
                for each in SAMPLES.values()
                if each.name.startswith(("error_", "success_")) is wanted
            ]
            metafunc.parametrize(name, chosen)


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def samples():
    return SAMPLES
