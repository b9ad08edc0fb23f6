"""What can be asked about the account that owns the key, and the list of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zenmux_bot.zenmux.account_models import (
    Balance,
    FlowRate,
    Generation,
    ModelList,
    Subscription,
)


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
