from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LONG_UNITS, todays

from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    AllTime,
    CalendarUnit,
    Dates,
    Last,
    LastYear,
    Since,
    Span,
    ToDate,
    Unit,
    Versus,
    start_of,
    step,
)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Last(7, Unit.DAY), "7d"),
        (Last(1, Unit.DAY), "yesterday"),
        (Last(1, Unit.WEEK), "1w"),
        (Last(3, Unit.MONTH), "3m"),
        (Last(1, Unit.QUARTER), "last quarter"),
        (Last(2, Unit.QUARTER), "2q"),
        (Last(1, Unit.YEAR), "1y"),
        (LastYear(), "last year"),
        (ToDate(Unit.WEEK), "wtd"),
        (ToDate(Unit.MONTH), "mtd"),
        (ToDate(Unit.QUARTER), "qtd"),
        (ToDate(Unit.YEAR), "ytd"),
        (CalendarUnit(Unit.WEEK, date(2025, 12, 29)), "2026-W01"),
        (CalendarUnit(Unit.WEEK, date(2026, 12, 28)), "2026-W53"),
        (CalendarUnit(Unit.WEEK, date(2027, 1, 4)), "2027-W01"),
        (CalendarUnit(Unit.MONTH, date(2026, 2, 1)), "2026-02"),
        (CalendarUnit(Unit.QUARTER, date(2026, 1, 1)), "2026-Q1"),
        (CalendarUnit(Unit.QUARTER, date(2026, 10, 1)), "2026-Q4"),
        (CalendarUnit(Unit.YEAR, date(2026, 1, 1)), "2026"),
        (Dates(date(2026, 11, 1), date(2026, 11, 15)), "2026-11-01..2026-11-15"),
        (Dates(date(2026, 11, 9), date(2026, 11, 9)), "2026-11-09"),
        (Since(date(2026, 11, 1)), "since 2026-11-01"),
        (AllTime(), "all"),
        (Versus.PREVIOUS, "previous"),
        (Versus.NONE, "none"),
    ],
)
def test_periods__period_is_written_as_it_is_typed(period, words):
    assert str(period) == words


@pytest.mark.parametrize(
    ("unit", "day", "first"),
    [
        (Unit.WEEK, date(2026, 11, 23), date(2026, 11, 23)),
        (Unit.WEEK, date(2026, 11, 29), date(2026, 11, 23)),
        (Unit.WEEK, date(2026, 1, 1), date(2025, 12, 29)),
        (Unit.WEEK, date(2027, 1, 3), date(2026, 12, 28)),
        (Unit.MONTH, date(2026, 11, 30), date(2026, 11, 1)),
        (Unit.QUARTER, date(2026, 3, 31), date(2026, 1, 1)),
        (Unit.QUARTER, date(2026, 12, 31), date(2026, 10, 1)),
        (Unit.YEAR, date(2026, 12, 31), date(2026, 1, 1)),
    ],
)
def test_periods__start_of_finds_the_first_day(unit, day, first):
    assert start_of(unit, day) == first


@pytest.mark.parametrize(
    ("unit", "start", "count", "first"),
    [
        (Unit.WEEK, date(2026, 12, 21), 1, date(2026, 12, 28)),
        (Unit.WEEK, date(2027, 1, 4), -1, date(2026, 12, 28)),
        (Unit.MONTH, date(2026, 12, 1), 1, date(2027, 1, 1)),
        (Unit.MONTH, date(2026, 1, 1), -1, date(2025, 12, 1)),
        (Unit.MONTH, date(2026, 1, 1), -13, date(2024, 12, 1)),
        (Unit.QUARTER, date(2026, 1, 1), -1, date(2025, 10, 1)),
        (Unit.QUARTER, date(2026, 10, 1), 1, date(2027, 1, 1)),
        (Unit.YEAR, date(2026, 1, 1), -2, date(2024, 1, 1)),
        (Unit.WEEK, date(2026, 11, 23), -200_000, date.min),
        (Unit.MONTH, date(2026, 11, 1), -48_000, date.min),
    ],
)
def test_periods__step_goes_by_whole_units_and_no_further_than_dates_go(
    unit, start, count, first
):
    assert step(unit, start, count) == first


@given(unit=st.sampled_from(LONG_UNITS), day=todays, count=st.integers(1, 50))
def test_periods__steps_forth_and_back_end_where_they_began(unit, day, count):
    start = start_of(unit, day)

    assert step(unit, step(unit, start, count), -count) == start


@given(unit=st.sampled_from(LONG_UNITS), day=todays)
def test_periods__calendar_unit_ends_the_day_before_the_next_begins(unit, day):
    period = CalendarUnit(unit, start_of(unit, day))

    assert period.start <= day <= period.end
    assert start_of(unit, period.end) == period.start
    assert start_of(unit, period.end + DAY) == period.end + DAY


def test_periods__span_includes_both_ends():
    span = Span(date(2026, 2, 27), date(2026, 3, 2))

    assert span.days == 4
    assert [day in span for day in (span.start, span.end)] == [True, True]
    assert [day in span for day in (span.start - DAY, span.end + DAY)] == [False, False]
    assert str(span) == "2026-02-27..2026-03-02"
    assert str(Span(span.start, span.start)) == "2026-02-27"


def test_periods__first_day_with_data_is_the_monday_of_week_40():
    assert FLOOR.isocalendar()[:] == (2025, 40, 1)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-09", "2026-11-09", "9 Nov 2026"),
        ("2026-11-09", "2026-11-15", "9–15 Nov 2026"),
        ("2026-10-26", "2026-11-22", "26 Oct – 22 Nov 2026"),
        ("2025-12-29", "2026-01-04", "29 Dec 2025 – 4 Jan 2026"),
        ("2025-11-09", "2026-11-15", "9 Nov 2025 – 15 Nov 2026"),
    ],
)
def test_span__in_words(start, end, words):
    assert Span(date.fromisoformat(start), date.fromisoformat(end)).in_words() == words
