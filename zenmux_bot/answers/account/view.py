"""The account behind the key: each part as far as it could be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from zenmux_bot.commands import names
from zenmux_bot.zenmux.models import (
    Balance,
    FlowRate,
    MonthlyQuota,
    Plan,
    RollingQuota,
    Subscription,
)

MONTH = "month"
WARNING = Decimal("0.8")
"""A window that is used up to here deserves a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A window of the plan.

    Attributes:
        name: How long it is.
        used: What is used of it, as a fraction that may pass 1; None: not known.
        used_flows: Flows used, None if not known.
        max_flows: Flows there are, None if not known.
        used_usd: Their value in USD, None if not known.
        max_usd: That of all of them, None if not known.
        resets_at: When it begins anew; None before it has begun.
    """

    name: str
    used: Decimal | None = None
    used_flows: Decimal | None = None
    max_flows: Decimal | None = None
    used_usd: Decimal | None = None
    max_usd: Decimal | None = None
    resets_at: datetime | None = None

    @property
    def window(self) -> str:
        """Return what it is called in a sentence."""
        length = self.name.removesuffix("s").replace(" ", "-")
        return f"{'monthly' if self.name == MONTH else length} window"

    @property
    def is_nearly_used(self) -> bool:
        """Tell whether a warning is due."""
        return self.used is not None and self.used > WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """The plan; empty or None is not known."""

    tier: str
    amount_usd: Decimal | None
    interval: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """USD per Flow: of the plan, and of this account."""

    base_usd: Decimal | None
    effective_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """Pay-as-you-go credits in USD; the total is negative when overdue."""

    total: Decimal | None
    top_up: Decimal | None
    bonus: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """The account that owns the key.

    Attributes:
        status: ZenMux's word for its state, an open set; empty if not known.
        plan: Its plan, None if it has none or that is not known.
        quotas: The windows of the plan, the shortest first.
        flow: What a Flow is worth, None if not known.
        credits: Its credits, None if not known.
        missing: Parts that could not be fetched, and why, by name.
        as_of: When the oldest part was fetched.
        stale: A part is an old copy.
    """

    status: str
    plan: PlanView | None
    quotas: tuple[Quota, ...]
    flow: Flow | None
    credits: Credits | None
    missing: Mapping[str, str]
    as_of: datetime
    stale: bool


def build_account(
    subscription: Subscription | None,
    flow_rate: FlowRate | None,
    balance: Balance | None,
    *,
    missing: Mapping[str, str],
    as_of: datetime,
    stale: bool,
) -> AccountView:
    """Put together what could be had; None is what could not."""
    return AccountView(
        status=names.shown(subscription.account_status, "–") if subscription else "",
        plan=_plan(subscription.plan) if subscription and subscription.plan else None,
        quotas=_quotas(subscription) if subscription else (),
        flow=_flow(flow_rate or subscription),
        credits=_credits(balance) if balance else None,
        missing=missing,
        as_of=as_of,
        stale=stale,
    )


def _plan(plan: Plan) -> PlanView:
    return PlanView(
        tier=names.shown(plan.tier, "–"),
        amount_usd=plan.amount_usd,
        interval=names.shown(plan.interval, "–"),
        expires_at=plan.expires_at,
    )


def _quotas(subscription: Subscription) -> tuple[Quota, ...]:
    return (
        _rolling("5 hours", subscription.quota_5_hour),
        _rolling("7 days", subscription.quota_7_day),
        _monthly(subscription.quota_monthly),
    )


def _rolling(name: str, quota: RollingQuota | None) -> Quota:
    if quota is None:
        return Quota(name=name)
    return Quota(
        name=name,
        used=quota.usage_percentage,
        used_flows=quota.used_flows,
        max_flows=quota.max_flows,
        used_usd=quota.used_value_usd,
        max_usd=quota.max_value_usd,
        resets_at=quota.resets_at,
    )


def _monthly(quota: MonthlyQuota | None) -> Quota:
    """Return the month; ZenMux tells its caps, not what is used of them."""
    if quota is None:
        return Quota(name=MONTH)
    return Quota(name=MONTH, max_flows=quota.max_flows, max_usd=quota.max_value_usd)


def _flow(rate: FlowRate | Subscription | None) -> Flow | None:
    if rate is None:
        return None
    return Flow(
        base_usd=rate.base_usd_per_flow, effective_usd=rate.effective_usd_per_flow
    )


def _credits(balance: Balance) -> Credits:
    return Credits(
        total=balance.total_credits,
        top_up=balance.top_up_credits,
        bonus=balance.bonus_credits,
    )
