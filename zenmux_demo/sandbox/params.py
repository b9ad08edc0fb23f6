"""What the statistics endpoints accept, and how they refuse the rest.

https://docs.zenmux.ai/api/platform/statistics-market-share.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import FLOOR
from zenmux_demo.sandbox.answers import invalid

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
MAX_BUCKETS = 60
MAX_DAYS = 30
DEFAULT_BUCKETS = 28

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request as the endpoints see it.

    Attributes:
        query: The query string.
        today: The UTC day of the request.
        newest: The newest day with data: yesterday, or the day before when
            yesterday has not been aggregated yet.
    """

    query: Mapping[str, str]
    today: date
    newest: date

    @property
    def yesterday(self) -> date:
        """Return T-1, the newest day one may ask for as an anchor."""
        return self.today - timedelta(days=1)

    def choice(self, name: str, choices: type[_E]) -> _E:
        """Return a required parameter out of a closed set."""
        value = self.required(name)
        if value not in set(choices):
            raise invalid(f"Parameter {name} must be one of {', '.join(choices)}")
        return choices(value)

    def required(self, name: str) -> str:
        """Return a required parameter."""
        value = self.query.get(name, "")
        if not value:
            raise invalid(f"Parameter {name} is required")
        return value

    def day(self, name: str) -> date:
        """Return a required date."""
        value = self.required(name)
        try:
            # fromisoformat alone would also take 20261101 and 2026-W45-1
            return date.fromisoformat(value if _DATE.fullmatch(value) else "")
        except ValueError:
            raise invalid(f"Parameter {name} must be a date, YYYY-MM-DD") from None

    def day_or(self, name: str, default: date) -> date:
        """Return a date, or the default when it is not given."""
        return self.day(name) if name in self.query else default

    def limit(self) -> int:
        """Return how many entries are wanted.

        What happens beyond 50 is not documented; the sandbox refuses, so that a
        caller who relies on it is found out.
        """
        value = self.query.get("limit", str(DEFAULT_LIMIT))
        if not _NUMBER.fullmatch(value):
            raise invalid("Parameter limit must be a number")
        if not 1 <= int(value) <= MAX_LIMIT:
            raise invalid(f"Parameter limit must be between 1 and {MAX_LIMIT}")
        return int(value)

    def history(self) -> tuple[date, date]:
        """Return the range of a leaderboard: all time unless said otherwise."""
        start = max(self.day_or("starting_at", FLOOR), FLOOR)
        return _ordered(start, self.day_or("ending_at", self.today))

    def buckets(self, width: Granularity) -> list[date]:
        """Return the first days of the buckets asked for.

        Weekly dates are snapped to the Mondays of their weeks; a start before the
        floor is clamped; more than 60 buckets are refused.
        """
        step = timedelta(days=1 if width is Granularity.DAY else 7)
        end = self.day_or("ending_at", self.today)
        span = DEFAULT_BUCKETS * step
        start = self.day_or("starting_at", max(end, FLOOR + span) - span)
        start, end = _ordered(max(start, FLOOR), end)
        if width is Granularity.WEEK:
            # counting whole weeks from a Monday brings the end to a Monday too
            start = monday_of(start)
        count = (end - start) // step + 1
        if count > MAX_BUCKETS:
            raise invalid(f"Date range exceeds {MAX_BUCKETS} buckets")
        return [start + step * index for index in range(count)]

    def anchor(self) -> date:
        """Return the anchor of trending: T-1 unless said otherwise."""
        anchor = self.day_or("ending_at", self.yesterday)
        if not FLOOR <= anchor <= self.yesterday:
            raise invalid(
                f"Parameter ending_at must be between {FLOOR} and {self.yesterday}"
            )
        return anchor

    def month(self, *, clamp: bool) -> tuple[date, date]:
        """Return a range of 30 days at most, both dates given.

        Args:
            clamp: Whether a start before the floor moves to the floor
                (performance) or is refused (model usage).
        """
        start, end = self.day("starting_at"), self.day("ending_at")
        if start < FLOOR and not clamp:
            raise invalid(f"Parameter starting_at must not be before {FLOOR}")
        if end > self.today:
            raise invalid("Parameter ending_at must not be after today")
        start, end = _ordered(max(start, FLOOR), end)
        if (end - start).days + 1 > MAX_DAYS:
            raise invalid(f"Date range exceeds {MAX_DAYS} days")
        return start, end


def monday_of(day: date) -> date:
    """Return the Monday of the ISO week of a day."""
    return day - timedelta(days=day.weekday())


def _ordered(start: date, end: date) -> tuple[date, date]:
    if start > end:
        raise invalid("Parameter starting_at must not be after ending_at")
    return start, end
