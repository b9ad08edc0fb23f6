"""What ZenMux answers: the API's own fields, nothing computed.

Figures are decimals and None means unknown, never zero. Sets that ZenMux may extend
(metrics, widths, names of APIs, tiers, states, fee codes) are plain strings.

https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
https://docs.zenmux.ai/api/platform/statistics-market-share.html
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)
from pydantic_core import PydanticCustomError

from zenmux_bot.errors import ApiError

_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
_BIZ_TIME = re.compile(r"\d{8}(\d\d){0,2}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

# Far beyond any figure the API can mean; keeps a hostile ``1e999999`` from growing
# into a million digits when it is added up or shown.
_LARGEST_POWER = 30
_SMALLEST_POWER = -60


class Body(BaseModel):
    """A part of an answer: frozen, with unknown fields ignored.

    Parts that come by the hundred are dataclasses: pydantic reads them alike, and they
    take less memory.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        # Most processes meet a few of the shapes; each is built when it is first met.
        defer_build=True,
    )


def _misfit(what: str) -> PydanticCustomError:
    return PydanticCustomError("misfit", "not {what}", {"what": what})


def _read_number(value: Any) -> Decimal | None:
    """Read a number, a numeric string or null, which means unknown.

    Numbers come as strings and nulls on some of ZenMux's endpoints, so both are
    accepted everywhere: https://docs.zenmux.ai/api/platform/
    """
    if value is None or isinstance(value, Decimal):
        number = value
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        number = Decimal(value.strip())
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        raise _misfit("a number")
    if number is not None:
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int):
            raise _misfit("a finite number")
        if exponent < _SMALLEST_POWER or number.adjusted() > _LARGEST_POWER:
            raise _misfit("a number of sane size")
    return number


def _read_volume(value: Any) -> Decimal | None:
    number = _read_number(value)
    if number is not None and number < 0:
        # A negative volume would turn shares and totals into nonsense.
        raise _misfit("a volume of zero or more")
    return number


def _read_day(value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as fault:
            raise _misfit("a day of the calendar") from fault
    raise _misfit("a date")


def _read_moment(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
        except (ValueError, OverflowError) as fault:
            raise _misfit("a timestamp") from fault
    raise _misfit("a timestamp")


def _make_printable(value: Any) -> Any:
    """Replace lone surrogates, which no encoder on the way out would take.

    The same names come in each bucket; they are kept once.
    """
    if isinstance(value, str):
        return sys.intern(value.encode("utf-8", "replace").decode("utf-8"))
    return value


def _read_label(value: Any) -> Any:
    return "" if value is None else _make_printable(value)


def _read_list(value: Any) -> Any:
    return () if value is None else value


def each_once(name: str) -> AfterValidator:
    """Mark a list whose parts must differ in a field; adding up would count twice."""

    def check(parts: tuple[Any, ...]) -> tuple[Any, ...]:
        if len({getattr(part, name) for part in parts}) < len(parts):
            raise _misfit(f"a list with each {name} once")
        return parts

    return AfterValidator(check)


def _check_biz_time(value: str) -> str:
    day = value[:8]
    if not _BIZ_TIME.fullmatch(value):
        raise _misfit("a bucket's time")
    try:
        date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError as fault:
        raise _misfit("a bucket's time") from fault
    return value


Number = Annotated[Decimal | None, BeforeValidator(_read_number)]
"""A finite number, or None for unknown."""

Volume = Annotated[Decimal | None, BeforeValidator(_read_volume)]
"""Tokens or USD, zero or more, or None for unknown."""

Day = Annotated[date, BeforeValidator(_read_day)]
"""A UTC day, written ``YYYY-MM-DD``."""

Moment = Annotated[datetime | None, BeforeValidator(_read_moment)]
"""An instant, aware and in UTC, or None for unknown."""

BizTime = Annotated[str, AfterValidator(_check_biz_time)]
"""A day, an hour of it or a minute: ``YYYYMMDD``, ``YYYYMMDDHH``, ``YYYYMMDDHHmm``."""

Slug = Annotated[str, BeforeValidator(_make_printable)]
"""An opaque identifier, never converted."""

Label = Annotated[str, BeforeValidator(_read_label)]
"""A text for people, empty where the API has none."""

NullIsEmpty = BeforeValidator(_read_list)
"""Marks a list that may come as null when nothing is in it."""


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
        fetched_at: When the API gave it; of several parts, see :func:`as_of`.
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


def as_of(answers: Sequence[Answer[Any]]) -> datetime:
    """Return when the newest of some answers was given; of old copies, the oldest.

    Days that are over are asked for once a day, and are as good as new until then.
    """
    old = [answer.fetched_at for answer in answers if answer.stale]
    return min(old) if old else max(answer.fetched_at for answer in answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardEntry:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorVolume:
    """A provider and its volume in one bucket."""

    author: Slug
    label: Label = ""
    value: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorBucket:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVolume:
    """A model and its volume in one bucket."""

    model: Slug
    label: Label = ""
    value: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelBucket:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPoint:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDay:
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


class Plan(Body):
    """The plan of an account."""

    tier: Label = ""
    amount_usd: Number = None
    interval: Label = ""
    expires_at: Moment = None


class RollingQuota(Body):
    """A rolling window; ``usage_percentage`` is a fraction and may pass 1."""

    usage_percentage: Number = None
    resets_at: Moment = None
    max_flows: Number = None
    used_flows: Number = None
    remaining_flows: Number = None
    used_value_usd: Number = None
    max_value_usd: Number = None


class MonthlyQuota(Body):
    """Caps of the month; the API does not tell what is used of them."""

    max_flows: Number = None
    max_value_usd: Number = None


class Subscription(Body):
    """Plan, state and quotas of the account that owns the key."""

    plan: Plan | None = None
    currency: Label = ""
    base_usd_per_flow: Number = None
    effective_usd_per_flow: Number = None
    account_status: Label
    quota_5_hour: RollingQuota | None = None
    quota_7_day: RollingQuota | None = None
    quota_monthly: MonthlyQuota | None = None


class FlowRate(Body):
    """USD per Flow."""

    currency: Label = ""
    base_usd_per_flow: Number
    effective_usd_per_flow: Number


class Balance(Body):
    """Pay-as-you-go credits, 1 credit being 1 USD; negative when overdue."""

    currency: Label = ""
    total_credits: Number
    top_up_credits: Number = None
    bonus_credits: Number = None


class CompletionDetails(Body):
    """What the tokens of a completion were."""

    reasoning_tokens: Number = None


class PromptDetails(Body):
    """What the tokens of a prompt were."""

    cached_tokens: Number = None


class NativeTokens(Body):
    """The tokens of one request as its model counts them."""

    prompt_tokens: Number = None
    completion_tokens: Number = None
    total_tokens: Number = None
    completion_tokens_details: CompletionDetails | None = None
    prompt_tokens_details: PromptDetails | None = None


class RatingDetail(Body):
    """One item of a bill; the unit of its rate differs between samples, so no rate."""

    fee_item_code: Label = Field(default="", alias="feeItemCode")
    bill_amount: Number = Field(default=None, alias="billAmount")
    discount_amount: Number = Field(default=None, alias="discountAmount")
    origin_amount: Number = Field(default=None, alias="originAmount")


class Rating(Body):
    """The bill of one request."""

    bill_amount: Number = Field(default=None, alias="billAmount")
    discount_amount: Number = Field(default=None, alias="discountAmount")
    origin_amount: Number = Field(default=None, alias="originAmount")
    rating_details: Annotated[tuple[RatingDetail, ...], NullIsEmpty] = Field(
        default=(), alias="ratingDetails"
    )


class Generation(Body):
    """One inference request; without ``usage`` and ``rating`` it is not billed yet.

    ``generation_time`` and ``latency`` are milliseconds, the latter to the first token.
    """

    generation_id: Slug = Field(alias="generationId")
    api: Label = ""
    model: Slug
    # The page spells it without "d", clients have it with.
    created_at: Moment = Field(
        default=None,
        validation_alias=AliasChoices("createAt", "createdAt"),
    )
    generation_time: Number = Field(default=None, alias="generationTime")
    latency: Number = None
    native_tokens: NativeTokens | None = Field(default=None, alias="nativeTokens")
    streamed: bool | None = None
    finish_reason: Label = Field(default="", alias="finishReason")
    request_retry_times: Number = Field(default=None, alias="requestRetryTimes")
    final_retry: bool | None = Field(default=None, alias="finalRetry")
    usage: Number = None
    rating: Rating | None = Field(default=None, alias="ratingResponses")


class CostSummary(Body):
    """Sums in USD over everything that was asked for; None where there is no figure."""

    total_cost: Number = Field(default=None, alias="totalCost")
    request_counts: Number = Field(default=None, alias="requestCounts")
    total_tokens: Number = Field(default=None, alias="totalTokens")


class OwnRow(Body):
    """One bucket of one grouping; the fields of the other groupings are None.

    ``biz_time`` is ``YYYYMMDD`` within a month, ``YYYYMMDDHH`` within a day. The amount
    is USD, billed or covered by the plan as the request asked.
    """

    biz_time: BizTime = Field(alias="bizTime")
    model_slug: Slug | None = Field(default=None, alias="modelSlug")
    api_key_id: Slug | None = Field(default=None, alias="apiKeyId")
    token_type: Slug | None = Field(default=None, alias="tokenType")
    bill_amount: Number = Field(default=None, alias="billAmount")
    tokens: Number = None
    request_counts: Number = Field(default=None, alias="requestCounts")


OwnRows = Annotated[tuple[OwnRow, ...], NullIsEmpty]


class CostAnalysis(Body):
    """Three cuts of the same sum, never to be added to each other."""

    by_model: OwnRows = Field(default=(), alias="costByModel")
    by_key: OwnRows = Field(default=(), alias="costByApiKey")
    by_type: OwnRows = Field(default=(), alias="costByTokenType")


class Cost(Body):
    """What the account spent in a month by day, or on a day by hour."""

    summary: CostSummary
    analysis: CostAnalysis


class HostUsage(Body):
    """What one host served of a model; ratios are fractions, latency milliseconds."""

    endpoint_slug: Slug = Field(alias="endpointSlug")
    request_counts: Number = Field(default=None, alias="requestCounts")
    tokens: Number = None
    token_ratio: Number = Field(default=None, alias="tokenRatio")
    median_latency: Number = Field(default=None, alias="medianLatency")
    median_throughput: Number = Field(default=None, alias="medianThroughput")
    bill_amount: Number = Field(default=None, alias="billAmount")


class HostAnalysis(Body):
    """The hosts of one model; ``uptime`` is the rate of success, from 0 to 1."""

    uptime: Number = None
    hosts: Annotated[tuple[HostUsage, ...], NullIsEmpty] = Field(
        default=(), alias="endpointUsages"
    )


class HostCost(Body):
    """What the account spent on one model, by host."""

    summary: CostSummary
    analysis: HostAnalysis


class Usage(Body):
    """What the account used in a month by day, or on a day by hour."""

    tokens_total: Number = Field(default=None, alias="tokensTotal")
    request_counts: Number = Field(default=None, alias="requestCounts")
    by_model: OwnRows = Field(default=(), alias="tokensByModel")
    by_key: OwnRows = Field(default=(), alias="tokensByApiKey")
    by_type: OwnRows = Field(default=(), alias="tokensByTokenType")


class ListedModel(Body):
    """A model that is served now; ``display_name`` carries the author's name."""

    id: Slug
    display_name: Label = ""
    owned_by: Label = ""


class ModelList(Body):
    """The public list of models: good for suggestions, not for validation."""

    data: tuple[ListedModel, ...]
