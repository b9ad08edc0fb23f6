from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import has_data, periods, periods_with_data, todays

from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    AllTime,
    CalendarUnit,
    Comparison,
    Dates,
    Last,
    LastYear,
    Since,
    Span,
    ToDate,
    Unit,
    Versus,
    start_of,
)
from zenmux_bot.core.windows import BadPeriod, compare, is_whole_weeks, resolve

ONLY_SHARES = "Figures begin on 29 Sep 2025, so volumes are not compared."


def day(text):
    return date.fromisoformat(text)


def span(text):
    start, _, end = text.partition("..")
    return Span(day(start), day(end or start))


def week(text):
    return CalendarUnit(Unit.WEEK, day(f"{text}-1"))


def month(text):
    return CalendarUnit(Unit.MONTH, day(f"{text}-01"))


MONDAY = "2026-11-23"
NEW_YEAR = "2027-01-01"  # a Friday in ISO week 53 of 2026
FIRST = "2026-12-01"
SECOND_DAY = "2025-10-01"


@pytest.mark.parametrize(
    ("today", "period", "days"),
    [
        (MONDAY, Last(7, Unit.DAY), "2026-11-16..2026-11-22"),
        (MONDAY, Last(1, Unit.DAY), "2026-11-22"),
        (MONDAY, Last(1, Unit.WEEK), "2026-11-16..2026-11-22"),
        (MONDAY, Last(4, Unit.WEEK), "2026-10-26..2026-11-22"),
        (MONDAY, Last(3, Unit.MONTH), "2026-08-01..2026-10-31"),
        (MONDAY, Last(1, Unit.QUARTER), "2026-07-01..2026-09-30"),
        (MONDAY, Last(1, Unit.YEAR), "2025-11-01..2026-10-31"),
        (MONDAY, LastYear(), "2025-09-29..2025-12-31"),
        (MONDAY, ToDate(Unit.MONTH), "2026-11-01..2026-11-22"),
        (MONDAY, ToDate(Unit.QUARTER), "2026-10-01..2026-11-22"),
        (MONDAY, ToDate(Unit.YEAR), "2026-01-01..2026-11-22"),
        (MONDAY, AllTime(), "2025-09-29..2026-11-22"),
        (MONDAY, week("2026-W46"), "2026-11-09..2026-11-15"),
        (MONDAY, week("2026-W01"), "2025-12-29..2026-01-04"),
        (MONDAY, month("2026-11"), "2026-11-01..2026-11-22"),
        (
            MONDAY,
            CalendarUnit(Unit.QUARTER, day("2026-07-01")),
            "2026-07-01..2026-09-30",
        ),
        (MONDAY, CalendarUnit(Unit.YEAR, day("2026-01-01")), "2026-01-01..2026-11-22"),
        (MONDAY, Dates(day("2026-11-01"), day("2026-11-15")), "2026-11-01..2026-11-15"),
        (MONDAY, Dates(day("2026-11-20"), day("2027-02-01")), "2026-11-20..2026-11-22"),
        (MONDAY, Since(day("2026-11-01")), "2026-11-01..2026-11-22"),
        (NEW_YEAR, ToDate(Unit.WEEK), "2026-12-28..2026-12-31"),
        (NEW_YEAR, week("2026-W53"), "2026-12-28..2026-12-31"),
        (NEW_YEAR, Last(1, Unit.WEEK), "2026-12-21..2026-12-27"),
        (NEW_YEAR, Last(1, Unit.MONTH), "2026-12-01..2026-12-31"),
        (NEW_YEAR, LastYear(), "2026-01-01..2026-12-31"),
        (NEW_YEAR, Last(1, Unit.YEAR), "2026-01-01..2026-12-31"),
        ("2027-01-04", Last(1, Unit.WEEK), "2026-12-28..2027-01-03"),
        ("2027-01-04", Last(2, Unit.WEEK), "2026-12-21..2027-01-03"),
        (FIRST, month("2026-11"), "2026-11-01..2026-11-30"),
        (FIRST, Last(1, Unit.MONTH), "2026-11-01..2026-11-30"),
        (FIRST, ToDate(Unit.WEEK), "2026-11-30"),
        (SECOND_DAY, Last(7, Unit.DAY), "2025-09-29..2025-09-30"),
        (SECOND_DAY, Last(1, Unit.MONTH), "2025-09-29..2025-09-30"),
        (SECOND_DAY, ToDate(Unit.WEEK), "2025-09-29..2025-09-30"),
        (SECOND_DAY, ToDate(Unit.YEAR), "2025-09-29..2025-09-30"),
        (SECOND_DAY, AllTime(), "2025-09-29..2025-09-30"),
        (SECOND_DAY, Last(4000, Unit.YEAR), "2025-09-29..2025-09-30"),
        (SECOND_DAY, Last(999_999, Unit.DAY), "2025-09-29..2025-09-30"),
        ("2025-10-06", Last(1, Unit.WEEK), "2025-09-29..2025-10-05"),
    ],
)
def test_windows__period_stands_for_days(today, period, days):
    assert resolve(period, day(today)).span == span(days)


@pytest.mark.parametrize(
    ("today", "period", "problem", "instead"),
    [
        (
            MONDAY,
            ToDate(Unit.WEEK),
            "wtd starts today; today's figures arrive tomorrow (UTC).",
            (Last(1, Unit.WEEK), Last(7, Unit.DAY)),
        ),
        (
            FIRST,
            month("2026-12"),
            "2026-12 starts today; today's figures arrive tomorrow (UTC).",
            (Last(1, Unit.MONTH), Last(7, Unit.DAY)),
        ),
        (
            NEW_YEAR,
            ToDate(Unit.YEAR),
            "ytd starts today; today's figures arrive tomorrow (UTC).",
            (LastYear(), Last(7, Unit.DAY)),
        ),
        (
            MONDAY,
            week("2027-W01"),
            "2027-W01 starts on 4 Jan 2027, which is in the future.",
            (Last(1, Unit.WEEK), Last(7, Unit.DAY)),
        ),
        (
            MONDAY,
            Since(day("2026-11-24")),
            "since 2026-11-24 starts on 24 Nov 2026, which is in the future.",
            (Last(7, Unit.DAY),),
        ),
        (
            MONDAY,
            month("2025-08"),
            "2025-08 is before 29 Sep 2025, when figures begin.",
            (AllTime(),),
        ),
        (
            SECOND_DAY,
            Last(1, Unit.WEEK),
            "1w is before 29 Sep 2025, when figures begin.",
            (AllTime(),),
        ),
        (
            "2025-09-29",
            AllTime(),
            "all starts today; today's figures arrive tomorrow (UTC).",
            (Last(7, Unit.DAY),),
        ),
    ],
)
def test_windows__period_without_data_says_why_and_what_instead(
    today, period, problem, instead
):
    with pytest.raises(BadPeriod) as caught:
        resolve(period, day(today))

    error = caught.value
    assert (error.problem, error.instead) == (problem, instead)
    assert error.allowed == "Figures begin on 29 Sep 2025; days are UTC."


@pytest.mark.parametrize(
    ("today", "period", "notes"),
    [
        (MONDAY, Last(7, Unit.DAY), ()),
        (MONDAY, week("2026-W46"), ()),
        (MONDAY, month("2026-11"), ("Month to date.",)),
        (NEW_YEAR, ToDate(Unit.WEEK), ("Week to date.",)),
        (MONDAY, ToDate(Unit.QUARTER), ("Quarter to date.",)),
        (
            MONDAY,
            Dates(day("2026-11-20"), day("2026-11-30")),
            ("Figures end on 22 Nov 2026.",),
        ),
        (
            MONDAY,
            month("2025-09"),
            ("Figures begin on 29 Sep 2025.",),
        ),
        (
            SECOND_DAY,
            ToDate(Unit.YEAR),
            (
                "Figures begin on 29 Sep 2025.",
                "Year to date.",
            ),
        ),
    ],
)
def test_windows__days_left_out_are_said(today, period, notes):
    assert resolve(period, day(today)).notes == notes


@pytest.mark.parametrize(
    ("today", "period", "days"),
    [
        (MONDAY, Last(7, Unit.DAY), "2026-11-09..2026-11-15"),
        (MONDAY, Last(1, Unit.DAY), "2026-11-15"),
        (MONDAY, Last(6, Unit.DAY), "2026-11-10..2026-11-15"),
        (MONDAY, Last(4, Unit.WEEK), "2026-09-28..2026-10-25"),
        (MONDAY, Last(1, Unit.MONTH), "2026-09-01..2026-09-30"),
        (MONDAY, Last(3, Unit.MONTH), "2026-05-01..2026-07-31"),
        (MONDAY, Last(1, Unit.QUARTER), "2026-04-01..2026-06-30"),
        (MONDAY, month("2026-10"), "2026-09-01..2026-09-30"),
        (MONDAY, month("2026-11"), "2026-10-01..2026-10-22"),
        (MONDAY, ToDate(Unit.MONTH), "2026-10-01..2026-10-22"),
        (MONDAY, ToDate(Unit.QUARTER), "2026-07-01..2026-08-22"),
        (MONDAY, Dates(day("2026-11-01"), day("2026-11-15")), "2026-10-17..2026-10-31"),
        (MONDAY, Since(day("2026-11-20")), "2026-11-13..2026-11-15"),
        (MONDAY, week("2026-W01"), "2025-12-22..2025-12-28"),
        (NEW_YEAR, ToDate(Unit.WEEK), "2026-12-21..2026-12-24"),
        ("2027-01-04", Last(1, Unit.WEEK), "2026-12-21..2026-12-27"),
        ("2027-01-05", ToDate(Unit.WEEK), "2026-12-28"),
        ("2026-12-31", ToDate(Unit.MONTH), "2026-11-01..2026-11-30"),
        ("2025-10-13", Last(1, Unit.WEEK), "2025-09-29..2025-10-05"),
    ],
)
def test_windows__period_before_is_one_step_back_and_a_part_has_the_same_days(
    today, period, days
):
    window = resolve(period, day(today))

    assert compare(window, Versus.PREVIOUS, day(today)) == Comparison(span(days))


def test_windows__part_longer_than_the_month_before_has_another_volume():
    today = day("2026-03-31")

    compared = compare(resolve(ToDate(Unit.MONTH), today), Versus.PREVIOUS, today)

    february = span("2026-02-01..2026-02-28")
    assert compared == Comparison(february, commensurable=False)


@pytest.mark.parametrize(
    ("today", "period", "reason"),
    [
        (MONDAY, AllTime(), "There are no figures before 29 Sep 2025 to compare with."),
        (
            MONDAY,
            month("2025-09"),
            "There are no figures before 29 Sep 2025 to compare with.",
        ),
        (
            "2025-10-04",
            Last(3, Unit.DAY),
            "There are no figures before 29 Sep 2025 to compare with.",
        ),
        (
            "2025-10-09",
            Last(7, Unit.DAY),
            "Figures begin on 29 Sep 2025, so nothing is compared.",
        ),
    ],
)
def test_windows__nothing_is_compared_with_days_before_the_data(today, period, reason):
    window = resolve(period, day(today))

    assert compare(window, Versus.PREVIOUS, day(today)) == Comparison(None, reason)


def test_compare__a_year_with_what_is_there_of_the_one_before():
    today = day(MONDAY)

    compared = compare(resolve(ToDate(Unit.YEAR), today), Versus.PREVIOUS, today)

    cut = span("2025-09-29..2025-11-22")
    assert compared == Comparison(cut, ONLY_SHARES, commensurable=False)


@pytest.mark.parametrize(
    ("today", "period", "versus", "expected"),
    [
        (MONDAY, Last(7, Unit.DAY), Versus.NONE, Comparison(None)),
        (
            MONDAY,
            week("2026-W46"),
            week("2026-W40"),
            Comparison(span("2026-09-28..2026-10-04")),
        ),
        (  # months differ in length and are compared all the same
            MONDAY,
            month("2026-10"),
            month("2026-02"),
            Comparison(span("2026-02-01..2026-02-28")),
        ),
        (  # equal length, not the same thing
            MONDAY,
            Last(7, Unit.DAY),
            week("2026-W40"),
            Comparison(span("2026-09-28..2026-10-04")),
        ),
        (
            MONDAY,
            Last(7, Unit.DAY),
            Last(8, Unit.WEEK),
            Comparison(span("2026-09-28..2026-11-22"), commensurable=False),
        ),
        (  # a part has the same days of the week that was named
            NEW_YEAR,
            ToDate(Unit.WEEK),
            week("2026-W40"),
            Comparison(span("2026-09-28..2026-10-01")),
        ),
        (  # but all days of anything else
            NEW_YEAR,
            ToDate(Unit.WEEK),
            month("2026-10"),
            Comparison(span("2026-10-01..2026-10-31"), commensurable=False),
        ),
        (
            "2026-03-31",
            ToDate(Unit.MONTH),
            month("2026-02"),
            Comparison(span("2026-02-01..2026-02-28"), commensurable=False),
        ),
        (  # a whole is not set against a part
            MONDAY,
            month("2026-10"),
            ToDate(Unit.MONTH),
            Comparison(span("2026-11-01..2026-11-22"), commensurable=False),
        ),
        (
            MONDAY,
            month("2026-10"),
            month("2025-09"),
            Comparison(
                span("2025-09-29..2025-09-30"), ONLY_SHARES, commensurable=False
            ),
        ),
        (  # two days of September 2025 are no September
            MONDAY,
            month("2025-09"),
            month("2026-09"),
            Comparison(span("2026-09-01..2026-09-30"), commensurable=False),
        ),
    ],
)
def test_windows__named_comparison(today, period, versus, expected):
    assert compare(resolve(period, day(today)), versus, day(today)) == expected


def test_windows__named_comparison_without_data_is_refused():
    today = day(MONDAY)

    with pytest.raises(BadPeriod, match="future"):
        compare(resolve(Last(7, Unit.DAY), today), month("2027-01"), today)


@pytest.mark.parametrize(
    ("days", "newest", "whole"),
    [
        ("2026-11-09..2026-11-22", "2026-11-22", True),
        ("2026-11-09..2026-11-15", "2026-11-22", True),
        ("2026-11-09..2026-11-18", "2026-11-18", True),
        ("2026-11-09..2026-11-18", "2026-11-22", False),
        ("2026-11-10..2026-11-15", "2026-11-22", False),
        ("2026-11-11..2026-11-18", "2026-11-18", False),
    ],
)
def test_windows__weekly_buckets_hold_whole_weeks_and_the_running_one(
    days, newest, whole
):
    assert is_whole_weeks(span(days), day(newest)) is whole


@given(period=periods(), today=todays)
def test_windows__no_day_before_the_data_or_after_yesterday(period, today):
    assume(has_data(period, today))

    days = resolve(period, today).span

    assert FLOOR <= days.start <= days.end < today


@given(data=st.data(), today=todays)
def test_windows__period_before_ends_before_and_is_adjacent_or_the_same_days(
    data, today
):
    window = resolve(data.draw(periods_with_data(today)), today)

    compared = compare(window, Versus.PREVIOUS, today)

    if compared.span is None:
        assert compared.reason
        return
    assert FLOOR <= compared.span.start <= compared.span.end < window.span.start
    if window.unit is None and window.span.days < 7:
        assert compared.span.start.weekday() == window.span.start.weekday()
        assert window.span.start - compared.span.start == 7 * DAY
        return
    if compared.reason:
        assert compared.span.start == FLOOR
        assert not compared.commensurable
        return
    if not window.partial:
        assert compared.span.end + DAY == window.span.start
        return
    assert window.unit is not None
    before = compared.span.start
    assert before == start_of(window.unit, window.span.start - DAY)
    assert compared.span.days <= window.span.days
    assert compared.commensurable == (compared.span.days == window.span.days)


@given(data=st.data(), today=todays)
def test_windows__volumes_of_a_part_are_set_against_as_many_days(data, today):
    window = resolve(data.draw(periods_with_data(today)), today)
    versus = data.draw(periods_with_data(today))

    compared = compare(window, versus, today)

    if compared.span is None:
        assert compared.reason
        return
    assert FLOOR <= compared.span.start <= compared.span.end < today
    if compared.commensurable and compared.span.days != window.span.days:
        assert not window.partial
        assert not window.cut
        assert not resolve(versus, today).partial
