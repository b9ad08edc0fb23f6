"""ZenMux's statistics as it gives them: the API's own fields, nothing computed.

Figures are decimals and None means unknown, never zero. Sets that ZenMux may extend
(metrics, widths, names of APIs) are plain strings.

https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
https://docs.zenmux.ai/api/platform/statistics-market-share.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.fields import (
    Body,
    Day,
    Label,
    NullIsEmpty,
    Number,
    Slug,
    Volume,
    each_once,
)

OTHERS = "__others__"
"""The slug of the remainder below the top N; neither a model nor a provider."""

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T_co]):
    """An answer of the API and what must be known to read it.

    Attributes:
        data: The decoded body.
        limit: The limit asked for, which the API does not echo; None where there is
            none. Without it an absent entry cannot be interpreted.
        fetched_at: When the API gave it; of several parts, the oldest.
        stale: It is an old copy, served because the API gave no new one.
        request_id: ``X-ZenMux-RequestId``, for ZenMux's support.
        good_until: Until then it is given without asking again; None for no time.
        fault: Why the API gave no new one, if it was asked for one.
    """

    data: T_co
    limit: int | None
    fetched_at: datetime
    stale: bool = False
    request_id: str | None = None
    good_until: datetime | None = None
    fault: ApiError | None = None


class LeaderboardEntry(Body):
    """A model and its volume, or the remainder (``model`` is ``OTHERS``)."""

    rank: int | None = None
    model: Slug
    label: Label = ""
    author: Label = ""
    author_label: Label = ""
    value: Volume


class Leaderboard(Body):
    """Models ranked over one range of days."""

    metric: str
    starting_at: Day
    ending_at: Day
    entries: Annotated[tuple[LeaderboardEntry, ...], NullIsEmpty, each_once("model")]


class AuthorVolume(Body):
    """A provider and its volume in one bucket."""

    author: Slug
    label: Label = ""
    value: Volume


class AuthorBucket(Body):
    """One day or ISO week; ``date`` is the day or the week's Monday."""

    period: str = ""
    date: Day
    authors: Annotated[tuple[AuthorVolume, ...], NullIsEmpty, each_once("author")]


class MarketShare(Body):
    """Providers by day or week."""

    metric: str
    bucket_width: str
    starting_at: Day
    ending_at: Day
    total_buckets: int | None = None
    series: Annotated[tuple[AuthorBucket, ...], NullIsEmpty, each_once("date")]


class ModelVolume(Body):
    """A model and its volume in one bucket."""

    model: Slug
    label: Label = ""
    value: Volume


class ModelBucket(Body):
    """One day or ISO week; ``date`` is the day or the week's Monday."""

    period: str = ""
    date: Day
    models: Annotated[tuple[ModelVolume, ...], NullIsEmpty, each_once("model")]


class TimeSeries(Body):
    """Models by day or week."""

    metric: str
    bucket_width: str
    starting_at: Day
    ending_at: Day
    total_buckets: int | None = None
    series: Annotated[tuple[ModelBucket, ...], NullIsEmpty, each_once("date")]


class DataPoint(Body):
    """One day of a trending model; ``period`` is ``YYYYMMDD``."""

    period: str
    value: Volume


class TrendingEntry(Body):
    """A model with momentum.

    ``previous_value`` may be a stand-in that never happened, and ``growth_rate`` is a
    smoothed ratio: neither is history.
    """

    rank: int | None = None
    model: Slug
    label: Label = ""
    author: Label = ""
    author_label: Label = ""
    icon_url: Label = ""
    value: Volume
    total_value: Volume = None
    previous_value: Volume = None
    growth_rate: Number = None
    growth_label: Label = ""
    data_points: Annotated[tuple[DataPoint, ...], NullIsEmpty] = ()


class Trending(Body):
    """Models by a score of growth times size; ``ending_at`` is the anchor day."""

    metric: str
    bucket_width: str
    ending_at: Day
    entries: Annotated[tuple[TrendingEntry, ...], NullIsEmpty, each_once("model")]


class UsageDay(Body):
    """One day of one model."""

    date: Day
    value: Volume


class ModelUsage(Body):
    """One model day by day; days without data are missing from ``series``.

    An unknown slug comes as ``label`` equal to ``model`` with a ``value`` of zero.
    """

    model: Slug
    label: Label = ""
    metric: str
    starting_at: Day
    ending_at: Day
    value: Volume
    series: Annotated[tuple[UsageDay, ...], NullIsEmpty, each_once("date")]


class HostSpeed(Body):
    """A host's median: output tokens per second, or milliseconds to the first."""

    provider: Slug
    provider_label: Label = ""
    provider_icon_url: Label = ""
    value: Number
    value_label: Label = ""


class SpeedEntry(Body):
    """A model and its hosts, best first."""

    rank: int | None = None
    model: Slug
    label: Label = ""
    icon_url: Label = ""
    providers: Annotated[tuple[HostSpeed, ...], NullIsEmpty]


class Speed(Body):
    """Performance by ``throughput`` or ``ttft``."""

    metric: str
    starting_at: Day
    ending_at: Day
    entries: Annotated[tuple[SpeedEntry, ...], NullIsEmpty]


class ApiCacheHit(Body):
    """A host's cache hits through one API; ``value`` is a fraction of 1."""

    api: str
    value: Number
    value_label: Label = ""
    cache_tokens: Volume = None
    prompt_tokens: Volume = None


class HostCacheHit(Body):
    """A host and the APIs it is reached through, best first."""

    provider_label: Label = ""
    provider_icon_url: Label = ""
    apis: Annotated[tuple[ApiCacheHit, ...], NullIsEmpty]


class TopCacheHit(Body):
    """The best host of a model, without its slug."""

    provider_label: Label = ""
    api: str = ""
    value: Number
    value_label: Label = ""


class CacheHitEntry(Body):
    """A model and its hosts by slug."""

    rank: int | None = None
    model: Slug
    label: Label = ""
    icon_url: Label = ""
    top_provider: TopCacheHit | None = None
    providers: dict[Slug, HostCacheHit]


class CacheHit(Body):
    """Performance by ``cache_hit``."""

    metric: str
    starting_at: Day
    ending_at: Day
    entries: Annotated[tuple[CacheHitEntry, ...], NullIsEmpty]


class AppEntry(Body):
    """An app that calls the platform; ``growth_rate`` is a percentage."""

    rank: int | None = None
    app: Slug
    label: Label = ""
    value: Volume
    growth_rate: Number = None
    growth_label: Label = ""
    data_points: Annotated[tuple[DataPoint, ...], NullIsEmpty] = ()


class Apps(Body):
    """Apps ranked over a window that ends on ``ending_at``; the rest is ``OTHERS``."""

    metric: str
    period: Label = ""
    bucket_width: Label = ""
    ending_at: Day
    entries: Annotated[tuple[AppEntry, ...], NullIsEmpty, each_once("app")]
