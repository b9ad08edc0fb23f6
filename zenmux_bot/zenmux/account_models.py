"""What ZenMux tells of the account: plan, credits, usage and cost; and its model list.

Figures are decimals and None means unknown, never zero. Tiers, states and fee codes are
open sets, hence plain strings.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field

from zenmux_bot.zenmux.fields import (
    BizTime,
    Body,
    Label,
    Moment,
    NullIsEmpty,
    Number,
    Slug,
)


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
