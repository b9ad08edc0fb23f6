"""The days of a question about the own account, and those they are compared with.

Own figures include the running day (UTC). It is shown, but never compared: only
complete days are, with the same days of the period before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    Comparison,
    Dates,
    Last,
    LastYear,
    Period,
    Span,
    ToDate,
    Versus,
    Window,
    day_words,
    start_of,
)
from zenmux_bot.core.windows import BadPeriod, compare, resolve
from zenmux_bot.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDays:
    """The days of one question.

    Attributes:
        span: The days covered.
        running: Today, if it is one of them.
        complete: Those that are over, which are compared; None if none are.
        comparison: The days that ``complete`` is compared with.
        notes: What a reader must know about them, in sentences.
    """

    span: Span
    running: date | None
    complete: Span | None
    comparison: Comparison
    notes: tuple[str, ...] = ()

    def uncompared(self, reason: str) -> OwnDays:
        """Return a copy without comparison, and why."""
        return replace(self, comparison=Comparison(None, reason))


def resolve_own(period: Period, versus: Period | Versus, today: date) -> OwnDays:
    """Return the days that a period stands for, including today.

    Raises:
        BadInput: None of them has begun, or all are before the first day with data.
    """
    window = _window(period, today)
    span = window.span
    running = today if today in span else None
    last = today - DAY if running else span.end
    complete = Span(span.start, last) if last >= span.start else None
    comparison = _compare(window, complete, versus, today)
    before = comparison.span
    if complete is not None and before is not None and not comparison.commensurable:
        if before.start == FLOOR:
            comparison = Comparison(
                None, f"Figures begin on {day_words(FLOOR)}, so nothing is compared."
            )
        elif window.unit is None or versus is not Versus.PREVIOUS:
            comparison = Comparison(
                None, "The periods differ in length, so nothing is compared."
            )
        else:
            # The 29th of March has no counterpart in February.
            complete = Span(complete.start, complete.start + DAY * (before.days - 1))
            comparison = Comparison(before)
    notes: tuple[str, ...] = ()
    if window.cut:
        notes = (f"Data begin on {day_words(FLOOR)}; the days before are left out.",)
    return OwnDays(
        span=span,
        running=running,
        complete=complete,
        comparison=comparison,
        notes=notes,
    )


def _window(period: Period, today: date) -> Window:
    if isinstance(period, Last | LastYear):
        # Complete days, weeks and so on: they end yesterday at the latest.
        return resolve(period, today)
    if isinstance(period, ToDate):
        start = start_of(period.unit, today)
        return Window(Span(start, today), unit=period.unit, partial=True)
    try:
        return resolve(period, today + DAY)
    except BadPeriod as error:
        wanted = "is in the future" if today >= FLOOR else "has no data"
        if f"{period} is before" in error.problem:
            wanted = f"is before {day_words(FLOOR)}, when data begin"
        raise BadInput(
            f"{period} {wanted}.",
            allowed=f"Your own figures run from {day_words(FLOOR)} to today (UTC).",
        ) from None


def _compare(
    window: Window, complete: Span | None, versus: Period | Versus, today: date
) -> Comparison:
    if versus is Versus.NONE:
        return Comparison(None)
    if complete is None:
        began = "The period began today" if window.unit else "Today is not over"
        return Comparison(None, f"{began}, so nothing is compared yet.")
    if isinstance(versus, Dates) and complete != window.span:
        named = Span(versus.start, versus.end)
        if named.days == window.span.days:
            # Today is not over, nor compared: its counterpart is not, either.
            versus = Dates(named.start, named.end - DAY)
    partial = window.unit is not None and (window.partial or complete != window.span)
    over = replace(window, span=complete, partial=partial)
    return compare(over, versus, today)
