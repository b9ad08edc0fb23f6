"""From a period to its days, and to the days they are compared with.

A part of a period is never compared with a whole one, but with the same part of it.
"""

from __future__ import annotations

from datetime import date

from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    AllTime,
    CalendarUnit,
    Comparison,
    Dates,
    Last,
    LastYear,
    Period,
    Since,
    Span,
    ToDate,
    Unit,
    Versus,
    Window,
    day_number,
    day_words,
    start_of,
    step,
)
from zenmux_bot.errors import BadInput

WEEK_DAYS = 7
WEEK = DAY * WEEK_DAYS


class BadPeriod(BadInput):
    """A period without a day that can have data.

    Attributes:
        period: The period.
        instead: Periods near it that may have some.
    """

    def __init__(
        self, period: Period, problem: str, instead: tuple[Period, ...]
    ) -> None:
        super().__init__(
            f"{period} {problem}",
            allowed=f"Figures begin on {day_words(FLOOR)}; days are UTC.",
        )
        self.period = period
        self.instead = instead


def resolve(period: Period, today: date) -> Window:
    """Return the days ``period`` stands for when ``today`` is the running UTC day.

    Raises:
        BadPeriod: None of its days can have data.
    """
    wanted, unit, count = _wanted(period, today)
    newest = today - DAY
    if wanted.start > newest or newest < FLOOR:
        week = Last(7, Unit.DAY)
        instead = (week,) if unit is None else (_newest_complete(unit), week)
        raise BadPeriod(period, _too_new(wanted, today), instead)
    if wanted.end < FLOOR:
        problem = f"is before {day_words(FLOOR)}, when figures begin."
        raise BadPeriod(period, problem, (AllTime(),))
    span = Span(max(wanted.start, FLOOR), min(wanted.end, newest))
    cut = span.start > wanted.start
    ongoing = span.end < wanted.end or isinstance(period, ToDate)
    notes = []
    if cut:
        notes.append(f"Figures begin on {day_words(FLOOR)}.")
    if ongoing and unit:
        notes.append(f"{unit.name.capitalize()} to date.")
    elif ongoing:
        notes.append(f"Figures end on {day_words(newest)}.")
    return Window(
        span,
        unit=unit,
        count=count,
        partial=ongoing and unit is not None,
        cut=cut,
        notes=tuple(notes),
    )


def ending(period: Period, day: date | None) -> Period:
    """Return the days of a period as if ``day`` were the newest one.

    Raises:
        BadPeriod: None of them can have data.
    """
    if day is None:
        return period
    span = resolve(period, day + DAY).span
    return Dates(span.start, span.end)


def _wanted(period: Period, today: date) -> tuple[Span, Unit | None, int]:
    """Return the days meant, even those without data, and what they are made of."""
    newest = today - DAY
    unit: Unit | None = None
    count = 1
    match period:
        case Last(days, Unit.DAY):
            start = day_number(newest.toordinal() - days + 1)
            span = Span(start, newest)
        case Last(number, named):
            unit = Unit.MONTH if named is Unit.YEAR else named
            count = number * 12 if named is Unit.YEAR else number
            following = start_of(unit, today)
            span = Span(step(unit, following, -count), following - DAY)
        case LastYear():
            unit = Unit.YEAR
            following = start_of(unit, today)
            span = Span(step(unit, following, -1), following - DAY)
        case CalendarUnit(unit, first):
            span = Span(first, period.end)
        case ToDate(unit):
            first = start_of(unit, today)
            span = Span(first, max(newest, first))
        case Since(first):
            span = Span(first, max(newest, first))
        case Dates(first, end):
            span = Span(first, end)
        case _:  # all time
            span = Span(FLOOR, max(newest, FLOOR))
    return span, unit, count


def _newest_complete(unit: Unit) -> Period:
    """Return the newest such unit that is over."""
    return LastYear() if unit is Unit.YEAR else Last(1, unit)


def _too_new(wanted: Span, today: date) -> str:
    """Say why a period has no data yet."""
    if wanted.start == today:
        return "starts today; today's figures arrive tomorrow (UTC)."
    return f"starts on {day_words(wanted.start)}, which is in the future."


def compare(window: Window, versus: Period | Versus, today: date) -> Comparison:
    """Return the days that ``window`` is compared with.

    Raises:
        BadPeriod: A named period has no day that can have data.
    """
    if versus is Versus.NONE:
        return Comparison(None)
    if versus is Versus.PREVIOUS:
        return _previous(window)
    return _named(window, versus, today)


def _previous(window: Window) -> Comparison:
    """Return the period before: one step of its unit back, or of its length.

    Fewer than seven days are compared with the same weekdays of the week before, since
    weekdays differ. A year that began before the data is compared by shares only.
    """
    span = window.span
    if span.start == FLOOR:
        reason = f"There are no figures before {day_words(FLOOR)} to compare with."
        return Comparison(None, reason)
    if is_part_of_week(window):
        return _week_before(span)
    if window.unit is None:
        start = day_number(span.start.toordinal() - span.days)
    else:
        start = step(window.unit, span.start, -window.count)
    before = Span(start, span.start - DAY)
    if window.partial:
        before = _first_days(before, span.days)
    if start < FLOOR:
        return _what_is_there(before, window)
    # The 29th of March has no counterpart in February.
    whole = not window.partial or before.days == span.days
    return Comparison(before, commensurable=whole)


def _what_is_there(before: Span, window: Window) -> Comparison:
    """Return the part of an earlier year that has figures, or why there is none."""
    if window.unit is not Unit.YEAR or before.end < FLOOR:
        return Comparison(
            None,
            f"Figures begin on {day_words(FLOOR)}, so nothing is compared.",
        )
    return _cut_to_floor(before)


def _cut_to_floor(before: Span) -> Comparison:
    reason = f"Figures begin on {day_words(FLOOR)}, so volumes are not compared."
    there = Span(max(before.start, FLOOR), before.end)
    return Comparison(there, reason, commensurable=False)


def is_part_of_week(window: Window) -> bool:
    """Tell whether a window is fewer than seven days and not a calendar unit."""
    return window.unit is None and window.span.days < WEEK_DAYS


def _week_before(span: Span) -> Comparison:
    """Return the same weekdays of the week before."""
    if span.start - WEEK < FLOOR:
        return Comparison(
            None,
            f"There are no figures before {day_words(FLOOR)} to compare with.",
        )
    return Comparison(Span(span.start - WEEK, span.end - WEEK))


def _named(window: Window, versus: Period, today: date) -> Comparison:
    """Return the days of a period that was named."""
    other, days = resolve(versus, today), window.span.days
    if other.cut:
        return _cut_to_floor(other.span)
    alike = window.unit is not None and (window.unit, window.count) == (
        other.unit,
        other.count,
    )
    partial = window.partial or other.partial
    span = _first_days(other.span, days) if alike and window.partial else other.span
    whole = alike and not partial and not window.cut
    months = _whole_months(window.span)
    whole |= months is not None and months == _whole_months(span)
    return Comparison(span, commensurable=whole or span.days == days)


def _whole_months(span: Span) -> int | None:
    """Return how many months some days are, None if they are not whole months."""
    after = span.end + DAY
    if span.start.day != 1 or after.day != 1:
        return None
    return (after.year - span.start.year) * 12 + after.month - span.start.month


def _first_days(span: Span, count: int) -> Span:
    """Return the first ``count`` days, or all if there are fewer."""
    return Span(span.start, min(span.end, span.start + (count - 1) * DAY))


def is_whole_weeks(span: Span, newest: date) -> bool:
    """Tell whether weekly buckets hold exactly these days.

    The bucket of the running week holds Monday to the newest day, so a span that
    ends there needs no Sunday.
    """
    return _is_monday(span.start) and (span.end == newest or _is_monday(span.end + DAY))


def _is_monday(day: date) -> bool:
    return day.weekday() == 0
