"""Days and periods in words."""

from __future__ import annotations

import calendar
from datetime import date

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import Span, Unit, Versus

_UNITS = {
    Unit.WEEK: "week",
    Unit.MONTH: "month",
    Unit.QUARTER: "quarter",
    Unit.YEAR: "year",
}


def day(when: date, *, year: bool = True) -> str:
    """Return ``9 Nov 2026``."""
    words = f"{when.day} {calendar.month_abbr[when.month]}"
    return f"{words} {when.year}" if year else words


def weekday(when: date) -> str:
    """Return ``Mon 9 Nov``."""
    return f"{calendar.day_abbr[when.weekday()]} {day(when, year=False)}"


def span(days: Span) -> str:
    """Return ``9–15 Nov 2026``, saying each part once."""
    start, end = days.start, days.end
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    return f"{day(start, year=start.year != end.year)} – {day(end)}"


def compared_with(basis: AnswerContext) -> str:
    """Return what an answer is compared with: ``the week before``."""
    other, window = basis.comparison.span, basis.window
    if other is not None and basis.versus is not Versus.PREVIOUS:
        return span(other)
    if window.unit is None:
        count = window.span.days
        return "the day before" if count == 1 else f"the {count} days before"
    unit = _UNITS[window.unit]
    if window.partial:
        return f"the same days of the {unit} before"
    if window.count == 1:
        return f"the {unit} before"
    return f"the {window.count} {unit}s before"


def bucket(start: date, width: Granularity) -> str:
    """Return the name of a bucket on an axis: ``W46`` or ``9 Nov``."""
    if width is Granularity.WEEK:
        return f"W{start.isocalendar().week:02}"
    return day(start, year=False)
