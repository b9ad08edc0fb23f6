"""How long credits last, and how full the windows of a plan are: pure functions.

Each crossing is told once. It is armed again by a top-up of credits, or by a reset of
the window; what was told is kept as a small state between looks.
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
"""Days that credits last, the fewest first, below which administrators hear."""

USED = (95, 80)
"""Percent of a window of the plan above which they hear, the highest first."""

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runway:
    """How many days a balance lasts.

    Attributes:
        balance: USD of credits.
        days: At the usual rate of the last weeks.
        fewest: At the rate of the heaviest of them.
        most: At the rate of the lightest; None: it cost nothing.
    """

    balance: Decimal
    days: Decimal
    fewest: Decimal
    most: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told of one balance or window.

    Attributes:
        mark: The mark that was told; None: none since it was armed.
        level: The balance, or when the window resets, at the last look.
        times: How often it was armed, which tells one crossing from the next.
    """

    mark: int | None = None
    level: str = ""
    times: int = 0

    @classmethod
    def read(cls, text: str | None) -> Told:
        """Return what was stored; nothing was told where nothing is."""
        return cls(**json.loads(text)) if text else cls()

    def written(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), sort_keys=True)


def runway(
    balance: Decimal, by_day: Mapping[date, Decimal], today: date
) -> Runway | None:
    """Return how long a balance lasts; None if nothing is used or little is known."""
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


def look_at_credits(state: Told, found: Runway) -> tuple[Told, int | None]:
    """Return the new state, and the mark to tell of, if there is one."""
    if state.level and found.balance > Decimal(state.level):
        state = Told(times=state.times + 1)
    state = replace(state, level=str(found.balance))
    passed = next((mark for mark in DAYS if found.days < mark), None)
    if passed is None or (state.mark is not None and state.mark <= passed):
        return state, None
    return replace(state, mark=passed), passed


def look_at_window(state: Told, window: RollingQuota) -> tuple[Told, int | None]:
    """Return the new state, and the mark to tell of, if there is one."""
    if window.usage_percentage is None:
        return state, None
    used = window.usage_percentage * _HUNDRED
    level = _instant(window.resets_at)
    if state.mark is not None and level != state.level and used < state.mark:
        state = Told(times=state.times + 1)
    state = replace(state, level=level)
    passed = next((mark for mark in USED if used >= mark), None)
    if passed is None or (state.mark is not None and state.mark >= passed):
        return state, None
    return replace(state, mark=passed), passed


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
