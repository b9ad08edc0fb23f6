"""What can be asked about the account that owns the key, and the list of models."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from zenmux_bot.zenmux.account_models import (
    Balance,
    Cost,
    FlowRate,
    Generation,
    HostAnalysis,
    HostCost,
    ModelList,
    Subscription,
    Usage,
)

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
