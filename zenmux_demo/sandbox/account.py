"""The account behind the key: plan, flow rate, balance, one generation, model list.

https://docs.zenmux.ai/api/platform/subscription-detail.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from zenmux_demo.sandbox.answers import Refusal, invalid
from zenmux_demo.sandbox.catalog import AUTHORS, Model
from zenmux_demo.sandbox.world import World, noise

Data = dict[str, Any]

SETTLED_GENERATION = "gen_01sandbox0000001"
FRESH_GENERATION = "gen_01sandbox0000002"
"""A request whose billing has not been settled yet: that takes 3 to 5 minutes."""

_RATE = Decimal("0.03283")
_FIVE_HOURS = timedelta(hours=5)
_SEVEN_DAYS = timedelta(days=7)
_SETTLES_AFTER = timedelta(minutes=5)
_AGES = {SETTLED_GENERATION: timedelta(hours=2), FRESH_GENERATION: timedelta(minutes=1)}


def subscription(now: datetime) -> Data:
    """Give the plan and what is left of its windows."""
    return {
        "plan": {
            "tier": "ultra",
            "amount_usd": 200,
            "interval": "month",
            "expires_at": _timestamp(_window_end(now, timedelta(days=30))),
        },
        **flow_rate(),
        "account_status": "healthy",
        "quota_5_hour": _window(now, _FIVE_HOURS, 800),
        "quota_7_day": _window(now, _SEVEN_DAYS, 6182),
        "quota_monthly": {"max_flows": 34560, "max_value_usd": _usd(Decimal(34560))},
    }


def flow_rate() -> Data:
    """Give the USD value of a Flow."""
    return {
        "currency": "usd",
        "base_usd_per_flow": _RATE,
        "effective_usd_per_flow": _RATE,
    }


def balance() -> Data:
    """Give the pay-as-you-go credits."""
    return {
        "currency": "usd",
        "total_credits": Decimal("1912.58"),
        "top_up_credits": Decimal(1850),
        "bonus_credits": Decimal("62.58"),
    }


def generation(query: Mapping[str, str], now: datetime, *, billing: bool) -> Data:
    """Give one request; without billing for subscription keys and fresh requests."""
    identifier = query.get("id", "")
    if not identifier:
        raise invalid("Parameter id is required")
    if identifier not in _AGES:
        raise Refusal(404, "not_found", "Generation not found")
    age = _AGES[identifier]
    answer: Data = {
        "api": "messages",
        "generationId": identifier,
        "model": "anthropic/claude-sonnet-4.6",
        "createAt": _timestamp(now - age),
        "generationTime": 4180,
        "latency": 910,
        "nativeTokens": {
            "completion_tokens": 410,
            "prompt_tokens": 1376,
            "total_tokens": 1786,
            "completion_tokens_details": {"reasoning_tokens": 0},
            "prompt_tokens_details": {"cached_tokens": 0},
        },
        "streamed": True,
        "finishReason": "stop",
        "requestRetryTimes": 0,
        "finalRetry": False,
    }
    if billing and age >= _SETTLES_AFTER:
        answer |= {
            "usage": Decimal("0.010278"),
            "ratingResponses": {
                **_amounts(Decimal("0.010278")),
                "priceVersion": "v1",
                "ratingDetails": [
                    _fee("prompt", Decimal("0.004128"), rate=3),
                    _fee("completion", Decimal("0.00615"), rate=15),
                ],
            },
        }
    return answer


def model_list(world: World, now: datetime) -> Data:
    """Give the models that are served today; no key and no envelope."""
    return {
        "object": "list",
        "data": [
            _listed(model)
            for model in world.models
            if model.launched <= now.date() <= model.retired
        ],
    }


def _listed(model: Model) -> Data:
    launched = datetime.combine(model.launched, datetime.min.time(), UTC)
    return {
        "id": model.slug,
        "object": "model",
        "display_name": f"{AUTHORS[model.author].label}: {model.label}",
        "created": int(launched.timestamp()),
        "owned_by": model.author,
        "input_modalities": ["text"],
        "output_modalities": ["embedding" if model.silent else "text"],
        "capabilities": {"reasoning": not model.silent},
        "context_length": 128_000 if model.silent else 400_000,
        "pricings": {
            "prompt": [_price(model.price_in)],
            "completion": [_price(model.price_out)],
        },
    }


def _price(cents: int) -> Data:
    value = Decimal(cents).scaleb(-2)
    return {"value": value, "unit": "perMTokens", "currency": "USD"}


def _window(now: datetime, length: timedelta, most: int) -> Data:
    """Fill a rolling window steadily, so that it is never quite the same."""
    end = _window_end(now, length)
    passed = 1 - (end - now) / length
    share = round(Decimal(passed * (0.3 + 0.5 * noise("window", end))), 4)
    used = round(share * most, 2)
    return {
        "usage_percentage": share,
        "resets_at": _timestamp(end),
        "max_flows": most,
        "used_flows": used,
        "remaining_flows": most - used,
        "used_value_usd": _usd(used),
        "max_value_usd": _usd(Decimal(most)),
    }


def _window_end(now: datetime, length: timedelta) -> datetime:
    epoch = datetime(2025, 9, 29, 2, 15, 5, tzinfo=UTC)
    return epoch + ((now - epoch) // length + 1) * length


def _usd(flows: Decimal) -> Decimal:
    return round(flows * _RATE, 2)


def _fee(code: str, amount: Decimal, *, rate: int) -> Data:
    return {"feeItemCode": code, **_amounts(amount), "rate": rate}


def _amounts(amount: Decimal) -> Data:
    return {"billAmount": amount, "discountAmount": 0, "originAmount": amount}


def _timestamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")
