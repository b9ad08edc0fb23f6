"""Days, weeks and the other periods a person can name.

A period is what was said (``7d``, ``last month``, ``2026-W46``); a window is the days
it stands for on the day it is asked (``zenmux_bot.core.windows``). All days are UTC.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

FLOOR = date(2025, 9, 29)
"""The first day with data, a Monday (ISO week 2025-W40).

https://docs.zenmux.ai/api/platform/statistics-market-share.html
"""

DAY = timedelta(days=1)


def day_words(day: date) -> str:
    """Return a day as people read it: ``9 Nov 2026``."""
    return f"{day.day} {calendar.month_abbr[day.month]} {day.year}"


def moment_words(at: datetime) -> str:
    """Return a time in UTC as people read it: ``9 Nov 2026 12:30 UTC``."""
    return f"{day_words(at.date())} {at:%H:%M} UTC"


class Unit(StrEnum):
    """What a period is counted in."""

    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    QUARTER = "q"
    YEAR = "y"


MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


def start_of(unit: Unit, day: date) -> date:
    """Return the first day of the week or longer unit that holds ``day``."""
    if unit is Unit.WEEK:
        return day - timedelta(days=day.weekday())
    months = MONTHS[unit]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def step(unit: Unit, start: date, count: int) -> date:
    """Return the first day ``count`` units after the one that begins at ``start``.

    What would be outside the calendar becomes the first or the last date there is.
    """
    if unit is Unit.WEEK:
        return day_number(start.toordinal() + 7 * count)
    index = start.year * 12 + start.month - 1 + count * MONTHS[unit]
    year, month = divmod(index, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, 1) if year <= date.max.year else date.max


def day_number(ordinal: int) -> date:
    """Return a day by its number, or the end of the calendar nearest to it."""
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Consecutive days, both ends included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return (self.end - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def in_words(self) -> str:
        """Return ``9–15 Nov 2026``, saying each part once; a month by its name."""
        start, end = self.start, self.end
        if start == end:
            return day_words(start)
        if (start.year, start.month) == (end.year, end.month):
            if start.day == 1 and (end + DAY).day == 1:
                return f"{calendar.month_name[start.month]} {start.year}"
            return f"{start.day}–{day_words(end)}"
        first = day_words(start)
        if start.year == end.year:
            first = first.removesuffix(f" {start.year}")
        return f"{first} – {day_words(end)}"

    def __str__(self) -> str:
        return f"{self.start}..{self.end}" if self.days > 1 else f"{self.start}"


@dataclass(frozen=True, slots=True)
class Last:
    """The last ``count`` days, or complete weeks, months, quarters or years."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return _SPOKEN.get((self.count, self.unit), f"{self.count}{self.unit}")


_SPOKEN = {(1, Unit.DAY): "yesterday", (1, Unit.QUARTER): "last quarter"}


@dataclass(frozen=True, slots=True)
class ToDate:
    """The running week, month, quarter or year up to the newest day."""

    unit: Unit

    def __str__(self) -> str:
        return f"{self.unit}td"


@dataclass(frozen=True, slots=True)
class CalendarUnit:
    """One ISO week, month, quarter or year, by its first day."""

    unit: Unit
    start: date

    @property
    def end(self) -> date:
        """Return its last day."""
        return step(self.unit, self.start, 1) - DAY

    def __str__(self) -> str:
        year, month = self.start.year, self.start.month
        match self.unit:
            case Unit.WEEK:
                iso = self.start.isocalendar()
                return f"{iso.year:04}-W{iso.week:02}"
            case Unit.MONTH:
                return f"{year:04}-{month:02}"
            case Unit.QUARTER:
                return f"{year:04}-Q{(month + 2) // 3}"
            case _:
                return f"{year:04}"


@dataclass(frozen=True, slots=True)
class LastYear:
    """The calendar year before the running one; ``1y`` is twelve full months."""

    def __str__(self) -> str:
        return "last year"


@dataclass(frozen=True, slots=True)
class Dates:
    """Named days, both ends included; one day if they are equal."""

    start: date
    end: date

    def __str__(self) -> str:
        return str(Span(self.start, self.end))


@dataclass(frozen=True, slots=True)
class Since:
    """From a day to the newest one."""

    start: date

    def __str__(self) -> str:
        return f"since {self.start}"


@dataclass(frozen=True, slots=True)
class AllTime:
    """Everything since the first day with data."""

    def __str__(self) -> str:
        return "all"


Period = Last | ToDate | CalendarUnit | LastYear | Dates | Since | AllTime


class Versus(StrEnum):
    """A comparison that is not with a named period."""

    PREVIOUS = "previous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Window:
    """The days a period stands for.

    Attributes:
        span: The days, cut to those that can have data.
        unit: What to step back by for the period before; None: by equal length.
        count: How many units.
        partial: The unit is not over: compare with the same days of the one before.
        cut: The period began before the first day with data.
        notes: What a reader must know about the days, in sentences.
    """

    span: Span
    unit: Unit | None = None
    count: int = 1
    partial: bool = False
    cut: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The days to compare with.

    Attributes:
        span: The days, or None where there is nothing to compare with.
        reason: Why there are none, or not all of them, a sentence; else empty.
        commensurable: Volumes of both spans may be set against each other.
    """

    span: Span | None
    reason: str = ""
    commensurable: bool = True
