"""How long credits last, and how full a plan's windows are: pure functions.

Each threshold is reported once when it is crossed, and again only after a top-up of
credits or a reset of the window. A small state between checks remembers that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from zenmux_bot.budgets.evaluate import MIN_WEEKS, WEEKS
from zenmux_bot.core.periods import DAY
from zenmux_bot.zenmux.models import RollingQuota

DAYS = (3, 14)
"""Administrators are told when credits last less than this; fewest first."""

USED = (95, 80)
"""They are told when this percent of a window is used; highest first."""

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runway:
    """How many days a balance lasts.

    Attributes:
        balance: USD of credits.
        days: At the median rate of the last weeks.
        fewest: At the rate of the heaviest week.
        most: At the rate of the lightest week; None if it cost nothing.
    """

    balance: Decimal
    days: Decimal
    fewest: Decimal
    most: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Which threshold of a balance or window was reported.

    Attributes:
        mark: The threshold reported since the last top-up or reset; None if none.
        level: The balance, or when the window resets, at the last check.
        times: Counts top-ups and resets, so that each crossing has its own key.
    """

    mark: int | None = None
    level: str = ""
    times: int = 0

    @classmethod
    def load(cls, text: str | None) -> Crossing:
        """Return a stored state; a new one if nothing is stored."""
        return cls(**json.loads(text)) if text else cls()

    def dump(self) -> str:
        """Return the state as JSON."""
        return json.dumps(asdict(self), sort_keys=True)


def runway(
    balance: Decimal, by_day: Mapping[date, Decimal], today: date
) -> Runway | None:
    """Return how long a balance lasts; None if unused or too little is known."""
    known = [day for day, value in by_day.items() if value]
    weeks = min((today - min(known)).days // 7, WEEKS) if known else 0
    if weeks < MIN_WEEKS:
        return None
    rates = sorted(
        sum((by_day.get(today - DAY * n, Decimal()) for n in days), Decimal()) / 7
        for days in (range(7 * week + 1, 7 * week + 8) for week in range(weeks))
    )
    middle = (rates[(weeks - 1) // 2] + rates[weeks // 2]) / 2
    if not middle:
        return None
    left = max(balance, Decimal())
    return Runway(
        balance=balance,
        days=left / middle,
        fewest=left / rates[-1],
        most=left / rates[0] if rates[0] else None,
    )


def check_credits(state: Crossing, found: Runway) -> tuple[Crossing, int | None]:
    """Return the new state, and the threshold to report, if any."""
    if state.level and found.balance > Decimal(state.level):
        state = Crossing(times=state.times + 1)
    state = replace(state, level=str(found.balance))
    passed = next((mark for mark in DAYS if found.days < mark), None)
    if passed is None or (state.mark is not None and state.mark <= passed):
        return state, None
    return replace(state, mark=passed), passed


def check_window(state: Crossing, window: RollingQuota) -> tuple[Crossing, int | None]:
    """Return the new state, and the threshold to report, if any."""
    if window.usage_percentage is None:
        return state, None
    used = window.usage_percentage * _HUNDRED
    level = _instant(window.resets_at)
    if state.mark is not None and level != state.level and used < state.mark:
        state = Crossing(times=state.times + 1)
    state = replace(state, level=level)
    passed = next((mark for mark in USED if used >= mark), None)
    if passed is None or (state.mark is not None and state.mark >= passed):
        return state, None
    return replace(state, mark=passed), passed


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
