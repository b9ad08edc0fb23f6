"""What can be asked of ZenMux: frozen values, valid by construction.

First the platform's statistics, then the account that owns the key, and the list of
models. Dates are always sent, since the API's defaults are where its pages contradict
each other. A request outside the documented limits is a ``ValueError``: whoever builds
one clamps first. Ranges of days or buckets may be of any length, they are split on the
way (see ``zenmux_bot.zenmux.paging``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol, Self, TypeVar

from pydantic import BaseModel

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_bot.zenmux.models import (
    Apps,
    Balance,
    CacheHit,
    Cost,
    FlowRate,
    Generation,
    HostAnalysis,
    HostCost,
    Leaderboard,
    MarketShare,
    ModelList,
    ModelUsage,
    Speed,
    Subscription,
    TimeSeries,
    Trending,
    Usage,
)

MAX_LIMIT = 50
"""https://docs.zenmux.ai/api/platform/statistics-leaderboard.html"""

FREE = "-free"
"""How the slug of a free variant ends; a model's usage counts it in,
lists do not.

https://docs.zenmux.ai/api/platform/statistics-model-usage.html
"""

MAX_PERFORMANCE_DAYS = 30
"""https://docs.zenmux.ai/api/platform/statistics-performance.html"""

MAX_APPS = 11
"""Ten apps and the rest of them: https://docs.zenmux.ai/api/platform/"""

T_co = TypeVar("T_co", bound=BaseModel, covariant=True)


class Request(Protocol[T_co]):
    """A question to the API; equal requests have equal answers."""

    @property
    def path(self) -> str:
        """The path below the base URL."""
        ...

    @property
    def limit(self) -> int | None:
        """The top N asked for, None where the endpoint has none."""
        ...

    @property
    def needs_key(self) -> bool:
        """Whether the management key goes with it."""
        ...

    @property
    def model(self) -> type[T_co]:
        """What the answer is decoded into."""
        ...

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        ...


def identity(request: Request[BaseModel]) -> str:
    """Return a text that equal requests share and others do not."""
    params = sorted(request.params().items())
    return "\n".join([request.path, *(f"{name}={value}" for name, value in params)])


def _days(start: date, end: date) -> dict[str, str]:
    """Return the query parameters for days, both ends included, UTC."""
    return {"starting_at": start.isoformat(), "ending_at": end.isoformat()}


def _check_range(start: date, end: date) -> None:
    if start < FLOOR:
        raise ValueError(f"starts on {start}, before {FLOOR}")
    if start > end:
        raise ValueError(f"starts on {start}, after its end {end}")


def _check_buckets(width: Granularity, start: date, end: date) -> None:
    _check_range(start, end)
    if width is Granularity.WEEK and (start.weekday() or end.weekday()):
        raise ValueError(f"weeks from {start} to {end} do not start on Mondays")


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise ValueError(f"limit {limit} is not within 1 to {MAX_LIMIT}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardRequest:
    """Models ranked over ``start`` to ``end``, both included."""

    metric: Metric
    start: date
    end: date
    limit: int = MAX_LIMIT

    path: ClassVar[str] = "/statistics/leaderboard"
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[Leaderboard]] = Leaderboard

    def __post_init__(self) -> None:
        _check_range(self.start, self.end)
        _check_limit(self.limit)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "metric": self.metric.value,
            **_days(self.start, self.end),
            "limit": str(self.limit),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketShareRequest:
    """Providers by day or week; for weeks both dates are Mondays.

    The limit is always the largest: with every provider listed, one that is absent
    has none, and does not hide in the remainder.
    """

    metric: Metric
    width: Granularity
    start: date
    end: date

    path: ClassVar[str] = "/statistics/market_share"
    limit: ClassVar[int] = MAX_LIMIT
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[MarketShare]] = MarketShare

    def __post_init__(self) -> None:
        _check_buckets(self.width, self.start, self.end)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "metric": self.metric.value,
            "bucket_width": self.width.value,
            **_days(self.start, self.end),
            "limit": str(self.limit),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSeriesRequest:
    """Models by day or week; for weeks both dates are Mondays."""

    metric: Metric
    width: Granularity
    start: date
    end: date
    limit: int = MAX_LIMIT

    path: ClassVar[str] = "/statistics/timeseries"
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[TimeSeries]] = TimeSeries

    def __post_init__(self) -> None:
        _check_buckets(self.width, self.start, self.end)
        _check_limit(self.limit)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "metric": self.metric.value,
            "bucket_width": self.width.value,
            **_days(self.start, self.end),
            "limit": str(self.limit),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendingRequest:
    """Models with momentum on the day, or in the seven days, up to ``anchor``."""

    metric: Metric
    width: Granularity
    anchor: date
    limit: int = 10

    path: ClassVar[str] = "/statistics/trending"
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[Trending]] = Trending

    def __post_init__(self) -> None:
        _check_range(self.anchor, self.anchor)
        _check_limit(self.limit)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "metric": self.metric.value,
            "bucket_width": self.width.value,
            "ending_at": self.anchor.isoformat(),
            "limit": str(self.limit),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsageRequest:
    """One model, by its slug, day by day."""

    slug: str
    metric: Metric
    start: date
    end: date

    path: ClassVar[str] = "/statistics/model_usage"
    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[ModelUsage]] = ModelUsage

    def __post_init__(self) -> None:
        if not self.slug:
            raise ValueError("no slug")
        _check_range(self.start, self.end)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "model": self.slug,
            "metric": self.metric.value,
            **_days(self.start, self.end),
        }


def _check_performance_range(start: date, end: date) -> None:
    _check_range(start, end)
    if end - start >= timedelta(days=MAX_PERFORMANCE_DAYS):
        # Medians cannot be joined, so a longer range cannot be had in parts.
        raise ValueError(f"{start} to {end} is over {MAX_PERFORMANCE_DAYS} days")


class SpeedMetric(StrEnum):
    """What is fast: output tokens per second, or milliseconds to the first."""

    THROUGHPUT = "throughput"
    TTFT = "ttft"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedRequest:
    """The ten fastest models, by host, over at most 30 days."""

    metric: SpeedMetric
    start: date
    end: date

    path: ClassVar[str] = "/statistics/performance"
    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[Speed]] = Speed

    def __post_init__(self) -> None:
        _check_performance_range(self.start, self.end)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "metric": self.metric.value,
            **_days(self.start, self.end),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheHitRequest:
    """The ten best-cached models, by host and API, over at most 30 days."""

    start: date
    end: date

    path: ClassVar[str] = "/statistics/performance"
    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[CacheHit]] = CacheHit

    def __post_init__(self) -> None:
        _check_performance_range(self.start, self.end)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "metric": "cache_hit",
            **_days(self.start, self.end),
        }


class AppsWindow(StrEnum):
    """The windows that apps are ranked over, each ending on the day asked for."""

    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"
    ALL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppsRequest:
    """The apps that call the platform, ranked over a window up to ``end``."""

    metric: Metric
    window: AppsWindow
    end: date

    path: ClassVar[str] = "/statistics/apps/leaderboard"
    limit: ClassVar[int] = MAX_APPS
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[Apps]] = Apps

    def __post_init__(self) -> None:
        _check_range(self.end, self.end)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "metric": self.metric.value,
            "period": self.window.value,
            "ending_at": self.end.isoformat(),
            "limit": str(self.limit),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AppsTrendingRequest:
    """Apps with momentum on the day, or in the seven days, up to ``anchor``."""

    metric: Metric
    width: Granularity
    anchor: date

    path: ClassVar[str] = "/statistics/apps/trending"
    limit: ClassVar[int] = MAX_APPS - 1
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[Apps]] = Apps

    def __post_init__(self) -> None:
        _check_range(self.anchor, self.anchor)

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {
            "metric": self.metric.value,
            "bucket_width": self.width.value,
            "ending_at": self.anchor.isoformat(),
            "limit": str(self.limit),
        }


OWN_PATHS = frozenset({"/usage", "/cost"})
"""The account's own figures; both count against one limit of requests."""


class BillType(StrEnum):
    """Who pays: the first two are billed, the plan covers the third."""

    METERED = "metered"
    FALLBACK_METERED = "fallbackMetered"
    SUBSCRIPTION = "subscription"


BILLED = (BillType.METERED, BillType.FALLBACK_METERED)
COVERED = (BillType.SUBSCRIPTION,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """Plan, state and quotas of the account that owns the key."""

    path: ClassVar[str] = "/subscription/detail"
    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[Subscription]] = Subscription

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRateRequest:
    """USD per Flow; also the cheapest way to test a key."""

    path: ClassVar[str] = "/flow_rate"
    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[FlowRate]] = FlowRate

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRequest:
    """Pay-as-you-go credits of the account that owns the key."""

    path: ClassVar[str] = "/payg/balance"
    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[Balance]] = Balance

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """Tokens and cost of one inference request."""

    generation_id: str

    path: ClassVar[str] = "/generation"
    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = True
    model: ClassVar[type[Generation]] = Generation

    def __post_init__(self) -> None:
        if not self.generation_id:
            raise ValueError("no generation id")

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {"id": self.generation_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelListRequest:
    """The public list of models, which lies beside the management API."""

    path: ClassVar[str] = "/models"
    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = False
    model: ClassVar[type[ModelList]] = ModelList

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {}


_TIMES = {"BIZ_MTH": re.compile(r"\d{6}"), "BIZ_DT": re.compile(r"\d{8}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnRequest:
    """What is common to the requests for the account's own figures.

    Attributes:
        dimension: ``BIZ_MTH`` for a month by day, ``BIZ_DT`` for a day by hour.
        time: ``YYYYMM`` or ``YYYYMMDD``, UTC.
        models: Slugs; none for all.
        keys: Ids of API keys; none for all. A key that no longer exists is refused.
        bill_types: Who pays; none for all.
        background: May use the requests that are kept for budgets.
    """

    dimension: str
    time: str
    models: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    bill_types: tuple[BillType, ...] = ()
    background: bool = field(default=False, compare=False)

    limit: ClassVar[None] = None
    needs_key: ClassVar[bool] = True
    kind: ClassVar[str]

    def __post_init__(self) -> None:
        pattern = _TIMES.get(self.dimension)
        if pattern is None or not pattern.fullmatch(self.time):
            raise ValueError(f"{self.time} is no time of {self.dimension}")

    @classmethod
    def month(cls, month: date, **filters: object) -> Self:
        """Return the request for the month that a day is in, by day."""
        return cls(dimension="BIZ_MTH", time=f"{month:%Y%m}", **filters)  # type: ignore[arg-type]

    @classmethod
    def day(cls, day: date, **filters: object) -> Self:
        """Return the request for a day, by hour."""
        return cls(dimension="BIZ_DT", time=f"{day:%Y%m%d}", **filters)  # type: ignore[arg-type]

    def params(self) -> dict[str, str]:
        """Return the query parameters; empty filters are left out."""
        filters = {
            "api_key_ids": self.keys,
            "model_slugs": self.models,
            "bill_types": self.bill_types,
        }
        return {
            "type": self.kind,
            "query_dimension": self.dimension,
            "query_time": self.time,
            **{name: ",".join(values) for name, values in filters.items() if values},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRequest(_OwnRequest):
    """What the account spent, by model, by key and by type of token."""

    path: ClassVar[str] = "/cost"
    kind: ClassVar[str] = "cost"
    model: ClassVar[type[Cost]] = Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCostRequest(_OwnRequest):
    """What the account spent on one model, by host."""

    path: ClassVar[str] = "/cost"
    kind: ClassVar[str] = "provider_cost"
    model: ClassVar[type[HostCost]] = HostCost


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRequest(_OwnRequest):
    """The tokens and requests of the account, by model, by key and by type of token."""

    path: ClassVar[str] = "/usage"
    kind: ClassVar[str] = "usage"
    model: ClassVar[type[Usage]] = Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class HostUsageRequest(_OwnRequest):
    """The tokens and requests of one model, by host."""

    path: ClassVar[str] = "/usage"
    kind: ClassVar[str] = "provider"
    model: ClassVar[type[HostAnalysis]] = HostAnalysis
