"""What a million tokens cost on average: both metrics of the same days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from zenmux_bot.zenmux.models import OTHERS, Leaderboard

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Average list prices in USD per million tokens, all token kinds mixed.

    Attributes:
        models: By slug; a model of which either metric is unknown is not in it.
        platform: That of the platform, None if it is not known.
    """

    models: Mapping[str, Decimal]
    platform: Decimal | None


def rates_of(tokens: Leaderboard, cost: Leaderboard) -> Rates:
    """Divide cost by tokens, where both are listed."""
    volumes, prices = _values(tokens), _values(cost)
    found = {
        slug: _rate(prices[slug], volume)
        for slug, volume in volumes.items()
        if slug in prices and slug != OTHERS
    }
    return Rates(
        models={slug: rate for slug, rate in found.items() if rate is not None},
        platform=_rate(_total(prices), _total(volumes)),
    )


def _values(board: Leaderboard) -> dict[str, Decimal | None]:
    return {entry.model: entry.value for entry in board.entries}


def _total(values: Mapping[str, Decimal | None]) -> Decimal | None:
    known = [value for value in values.values() if value is not None]
    return sum(known, Decimal()) if len(known) == len(values) else None


def _rate(cost: Decimal | None, tokens: Decimal | None) -> Decimal | None:
    if cost is None or not tokens:
        return None
    return cost / tokens * MILLION
