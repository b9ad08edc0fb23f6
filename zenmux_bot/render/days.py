"""Days and periods in words."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.core.periods import Span, Unit, Versus
from zenmux_bot.core.windows import is_part_of_week


def day(when: date, *, year: bool = True) -> str:
    """Return ``9 Nov 2026``."""
    words = f"{when.day} {calendar.month_abbr[when.month]}"
    return f"{words} {when.year}" if year else words


def weekday(when: date) -> str:
    """Return ``Mon 9 Nov``."""
    return f"{calendar.day_abbr[when.weekday()]} {day(when, year=False)}"


def week(days: Span) -> str:
    """Return the days of a week or a part of it without the year: ``9–15 Nov``."""
    start, end = days.start, days.end
    if start.month == end.month:
        return (
            day(end, year=False)
            if start == end
            else f"{start.day}–{day(end, year=False)}"
        )
    return f"{day(start, year=False)} – {day(end, year=False)}"


def versus(days: Span, other: Span) -> str:
    """Return ``16–22 Nov vs 9–15 Nov 2026``, with a common year only once."""
    said = days.in_words()
    if days.start.year == other.end.year:
        said = said.removesuffix(f" {other.end.year}")
    return f"{said} vs {other.in_words()}"


def compared_with(basis: AnswerContext) -> str:
    """Return what an answer is compared with: ``the week before``."""
    other, window = basis.comparison.span, basis.window
    if other is None:
        return "the days before"
    if basis.versus is not Versus.PREVIOUS or basis.comparison.reason:
        return other.in_words()
    if window.unit is None:
        few = is_part_of_week(window)
        return _weekdays(other) if few else f"the {window.span.days} days before"
    unit = window.unit.name.lower()
    if window.partial:
        return f"the same days of the {unit} before"
    if window.unit is Unit.MONTH and window.count == 1:
        return other.in_words()
    count = "" if window.count == 1 else f"{window.count} "
    return f"the {count}{unit}{'s' if count else ''} before"


def _weekdays(days: Span) -> str:
    """Return ``the Friday to Sunday before``."""
    first, last = (calendar.day_name[each.weekday()] for each in (days.start, days.end))
    return f"the {first} before" if days.days == 1 else f"the {first} to {last} before"


def late(expected: date, newest: date) -> str:
    """Say which days are not counted yet: ``Sun 22 Nov isn't in yet``."""
    if expected - newest == timedelta(days=1):
        return f"{weekday(expected)} isn't in yet"
    return f"The days after {weekday(newest)} aren't in yet"


def axis(starts: Sequence[date]) -> tuple[str, ...]:
    """Return the labels of days on an axis, with the year where a day repeats."""
    short = tuple(day(start, year=False) for start in starts)
    if len(set(short)) == len(short):
        return short
    return tuple(day(start) for start in starts)
