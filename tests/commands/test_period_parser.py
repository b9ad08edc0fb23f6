from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import VOCABULARY, periods, todays

from zenmux_bot.commands.lexer import WordError
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.period_parser import take_named, take_period
from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.periods import (
    AllTime,
    CalendarUnit,
    Dates,
    Last,
    LastYear,
    Since,
    ToDate,
    Unit,
)
from zenmux_bot.errors import BadInput

MONDAY = date(2026, 11, 23)


def day(text):
    return date.fromisoformat(text)


def unit(letter, start):
    return CalendarUnit(Unit(letter), day(start))


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("7d", Last(7, Unit.DAY)),
        ("1day", Last(1, Unit.DAY)),
        ("4w", Last(4, Unit.WEEK)),
        ("4wk", Last(4, Unit.WEEK)),
        ("3m", Last(3, Unit.MONTH)),
        ("3mo", Last(3, Unit.MONTH)),
        ("2q", Last(2, Unit.QUARTER)),
        ("1y", Last(1, Unit.YEAR)),
        ("1yr", Last(1, Unit.YEAR)),
        ("4000d", Last(4000, Unit.DAY)),
        ("7 days", Last(7, Unit.DAY)),
        ("4 weeks", Last(4, Unit.WEEK)),
        ("last 7 days", Last(7, Unit.DAY)),
        ("past 4w", Last(4, Unit.WEEK)),
        ("last day", Last(1, Unit.DAY)),
        ("last week", Last(1, Unit.WEEK)),
        ("past month", Last(1, Unit.MONTH)),
        ("last quarter", Last(1, Unit.QUARTER)),
        ("last year", LastYear()),
        ("this week", ToDate(Unit.WEEK)),
        ("this month", ToDate(Unit.MONTH)),
        ("this quarter", ToDate(Unit.QUARTER)),
        ("this year", ToDate(Unit.YEAR)),
        ("wtd", ToDate(Unit.WEEK)),
        ("mtd", ToDate(Unit.MONTH)),
        ("qtd", ToDate(Unit.QUARTER)),
        ("ytd", ToDate(Unit.YEAR)),
        ("yesterday", Last(1, Unit.DAY)),
        ("all", AllTime()),
        ("2026-w46", unit("w", "2026-11-09")),
        ("2026w46", unit("w", "2026-11-09")),
        ("2026-w5", unit("w", "2026-01-26")),
        ("2026-w01", unit("w", "2025-12-29")),
        ("2026-w53", unit("w", "2026-12-28")),
        ("2027-w01", unit("w", "2027-01-04")),
        ("2028-w52", unit("w", "2028-12-25")),
        ("2026-11", unit("m", "2026-11-01")),
        ("2026-1", unit("m", "2026-01-01")),
        ("2026-q3", unit("q", "2026-07-01")),
        ("2026q4", unit("q", "2026-10-01")),
        ("2026", unit("y", "2026-01-01")),
        ("2019", unit("y", "2019-01-01")),
        ("2026-11-09", Dates(day("2026-11-09"), day("2026-11-09"))),
        ("2026-2-3", Dates(day("2026-02-03"), day("2026-02-03"))),
        ("2026/11/09", Dates(day("2026-11-09"), day("2026-11-09"))),
        ("2026.11.09", Dates(day("2026-11-09"), day("2026-11-09"))),
        ("2028-02-29", Dates(day("2028-02-29"), day("2028-02-29"))),
        ("2026-11-01 .. 2026-11-15", Dates(day("2026-11-01"), day("2026-11-15"))),
        ("2026-11-01 to 2026-11-15", Dates(day("2026-11-01"), day("2026-11-15"))),
        ("2026-11-01 - 2026-11-15", Dates(day("2026-11-01"), day("2026-11-15"))),
        ("2026-11-09 to 2026-11-09", Dates(day("2026-11-09"), day("2026-11-09"))),
        ("2026-11-01 through today", Dates(day("2026-11-01"), day("2026-11-22"))),
        ("2026-11-01 until yesterday", Dates(day("2026-11-01"), day("2026-11-22"))),
        ("2026-09 to 2026-10", Dates(day("2026-09-01"), day("2026-10-31"))),
        ("2026-w45 .. 2026-w46", Dates(day("2026-11-02"), day("2026-11-15"))),
        ("2025-q4 .. 2026", Dates(day("2025-10-01"), day("2026-12-31"))),
        ("since 2026-11-01", Since(day("2026-11-01"))),
        ("since 2026-w46", Since(day("2026-11-09"))),
        ("since 2019", Since(day("2019-01-01"))),
        ("since monday", Since(day("2026-11-16"))),
        ("since yesterday", Since(day("2026-11-22"))),
        ("since last month", Since(day("2026-10-01"))),
        ("from october", Since(day("2026-10-01"))),
        ("from 1 nov to 5 nov", Dates(day("2026-11-01"), day("2026-11-05"))),
        ("friday to monday", Dates(day("2026-11-13"), day("2026-11-16"))),
        ("last friday", Dates(day("2026-11-20"), day("2026-11-20"))),
        ("since last friday", Since(day("2026-11-20"))),
        ("9 to 12 nov", Dates(day("2026-11-09"), day("2026-11-12"))),
        ("9th - 12th nov 2025", Dates(day("2025-11-09"), day("2025-11-12"))),
        ("from 31 jan to 1 feb", Dates(day("2026-01-31"), day("2026-02-01"))),
        ("from 9 to 12 nov", Dates(day("2026-11-09"), day("2026-11-12"))),
        ("between 9 and 12 nov", Dates(day("2026-11-09"), day("2026-11-12"))),
        ("9th of nov to 12 nov", Dates(day("2026-11-09"), day("2026-11-12"))),
        ("2026-w45 to 9 nov", Dates(day("2026-11-02"), day("2026-11-09"))),
        ("monday to friday", Dates(day("2026-11-16"), day("2026-11-20"))),
        ("dec to feb", Dates(day("2025-12-01"), day("2026-02-28"))),
        ("nov to feb", Dates(day("2025-11-01"), day("2026-02-28"))),
        ("between oct and nov", Dates(day("2026-10-01"), day("2026-11-30"))),
        ("2026-w46 to friday", Dates(day("2026-11-09"), day("2026-11-20"))),
    ],
)
def test_take_period__all_words(words, period):
    taken = words.split()

    assert take_period(taken, 0, MONDAY) == (period, len(taken))
    assert take_period(["x", *taken, "public"], 1, MONDAY) == (period, len(taken))


@pytest.mark.parametrize(
    "word",
    [
        *("cost", "top", "to", "..", "-", "7", "20", "7x", "d", "from"),
        *("2026-w", "202611", "26-11-09", "gpt-5", "none", "", "٧d"),
    ],
)
def test_take_period__no_period(word):
    assert take_period([word], 0, MONDAY) is None
    assert take_period([word, "to", "2026"], 0, MONDAY) is None


@pytest.mark.parametrize(
    ("words", "problem", "place", "instead"),
    [
        (
            "today cost",
            "Data end yesterday (UTC), so there is nothing for today.",
            (0, 1),
            ["yesterday", "7d"],
        ),
        (
            "last",
            "“last” needs a unit after it.",
            (0, 1),
            ["last week", "last month"],
        ),
        (
            "past fortnight",
            "“past” needs a unit after it.",
            (0, 2),
            ["past week", "past month"],
        ),
        (
            "this cost",
            "“this” needs a unit after it.",
            (0, 1),
            ["this week", "this month"],
        ),
        ("this day", "Data end yesterday (UTC).", (0, 2), ["yesterday"]),
        (
            "this 7d",
            "“this” needs a unit after it.",
            (0, 2),
            ["this week", "this month"],
        ),
        ("since", "“since” needs a date after it.", (0, 1), ["7d"]),
        ("since cost", "“since” needs a date after it.", (0, 1), ["7d"]),
        ("since wtd", "“since” needs a date after it.", (0, 2), ["7d"]),
        (
            "since this week",
            "“since” needs a date after it.",
            (0, 2),
            ["7d"],
        ),
        (
            "next week",
            "Data end yesterday (UTC), so there is nothing for next week.",
            (0, 2),
            ["yesterday", "7d"],
        ),
        (
            "week",
            "“week” needs a word before it, such as last.",
            (0, 1),
            ["last week", "this week"],
        ),
        ("0d", "0d is not a length of time I can use.", (0, 1), ["1d", "all"]),
        ("0 weeks", "0w is not a length of time I can use.", (0, 2), ["1w", "all"]),
        ("4001d", "4001d is not a length of time I can use.", (0, 1), ["90d", "all"]),
        (
            "09.11.2026",
            "“09.11.2026” is not a date I can read.",
            (0, 1),
            ["2026-11-09", "2026-09-11"],
        ),
        (
            "11/15/2026",
            "“11/15/2026” is not a date I can read.",
            (0, 1),
            ["2026-11-15"],
        ),
        ("2026-02-30", "There is no 2026-02-30.", (0, 1), ["2026-02-28"]),
        ("2026-13-01", "There is no 2026-13-01.", (0, 1), ["2026-12-01"]),
        ("0000-00-00", "There is no 0000-00-00.", (0, 1), ["0001-01-01"]),
        ("2026-13", "There is no 2026-13.", (0, 1), ["2026-12"]),
        ("2026-q5", "There is no 2026-Q5.", (0, 1), ["2026-Q4"]),
        ("2026-w54", "There is no 2026-W54.", (0, 1), ["2026-W53"]),
        ("2025-w53", "There is no 2025-W53.", (0, 1), ["2025-W52"]),
        ("2026-w0", "There is no 2026-W0.", (0, 1), ["2026-W01"]),
        ("0000", "There is no 0000.", (0, 1), ["0001"]),
        ("9999", "There is no 9999.", (0, 1), ["9998"]),
        (
            "2026-11-15 .. 2026-11-01",
            "The start date, 15 Nov 2026, is after the end date, 1 Nov 2026.",
            (0, 3),
            ["2026-11-01 .. 2026-11-15"],
        ),
        (
            "2026-11 to 2026-10",
            "The start date, 1 Nov 2026, is after the end date, 31 Oct 2026.",
            (0, 3),
            ["2026-10 .. 2026-11"],
        ),
        (
            "2026-11-01 ..",
            "The range from 2026-11-01 needs a date at its end.",
            (0, 2),
            ["since 2026-11-01"],
        ),
        (
            "2026-11-01 to cost",
            "The range from 2026-11-01 needs a date at its end.",
            (0, 2),
            ["since 2026-11-01"],
        ),
        (
            "9 nov to 5 nov",
            "The start date, 9 Nov 2026, is after the end date, 5 Nov 2026.",
            (0, 5),
            ["2026-11-05 .. 2026-11-09"],
        ),
        (
            "31 to 12 nov",
            "The start date, 30 Nov 2026, is after the end date, 12 Nov 2026.",
            (0, 4),
            ["2026-11-12 .. 2026-11-30"],
        ),
        ("2026-11-31 .. 2026-12-05", "There is no 2026-11-31.", (0, 1), ["2026-11-30"]),
        ("2026-11-01 .. 2026-11-31", "There is no 2026-11-31.", (2, 3), ["2026-11-30"]),
    ],
)
def test_take_period__error(words, problem, place, instead):
    with pytest.raises(WordError) as caught:
        take_period(words.split(), 0, MONDAY)

    error = caught.value.error
    assert (error.problem, (error.start, error.stop)) == (problem, place)
    assert [" ".join(each) for each in error.instead] == instead
    assert error.allowed


@given(period=periods(), today=todays)
def test_take_period__round_trip(period, today):
    words = str(period).lower().replace("..", " .. ").split()

    assert take_period(words, 0, today) == (period, len(words))


@given(words=st.lists(st.sampled_from(VOCABULARY), min_size=1), today=todays)
def test_take_period__stays_within_words(words, today):
    try:
        _, count = take_period(words, 0, today) or (None, 1)
        start, stop = 0, count
    except WordError as error:
        start, stop = error.error.start, error.error.stop

    assert 0 <= start < stop <= len(words)


def one_day(text):
    return Dates(date.fromisoformat(text), date.fromisoformat(text))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("november", unit("m", "2026-11-01")),
        ("nov", unit("m", "2026-11-01")),
        ("december", unit("m", "2025-12-01")),
        ("sept", unit("m", "2026-09-01")),
        ("nov 2025", unit("m", "2025-11-01")),
        ("11/2026", unit("m", "2026-11-01")),
        ("2026/11", unit("m", "2026-11-01")),
        ("9 nov", one_day("2026-11-09")),
        ("nov 9", one_day("2026-11-09")),
        ("9th november 2025", one_day("2025-11-09")),
        ("9th of november 2025", one_day("2025-11-09")),
        ("nov 22nd", one_day("2026-11-22")),
        ("nov 23", one_day("2025-11-23")),
        ("feb 29", one_day("2024-02-29")),
        ("q3", unit("q", "2026-07-01")),
        ("q4", unit("q", "2026-10-01")),
        ("quarter 3 2025", unit("q", "2025-07-01")),
        ("w46", unit("w", "2026-11-09")),
        ("week 47", unit("w", "2026-11-16")),
        ("w48", unit("w", "2025-11-24")),
        ("w53", unit("w", "2020-12-28")),
        ("sunday", one_day("2026-11-22")),
        ("monday", one_day("2026-11-16")),
        ("fri", one_day("2026-11-20")),
    ],
)
def test_take_named__spellings(words, named):
    taken = words.split()

    assert take_named(taken, 0, MONDAY) == (named, len(taken))
    assert take_named(["x", *taken, "cost"], 1, MONDAY) == (named, len(taken))


@pytest.mark.parametrize(
    "words", ["", "x", "9", "week", "w", "9 cost", "9th of", "9 of nov", "week x"]
)
def test_take_named__no_days(words):
    assert take_named(words.split(), 0, MONDAY) is None


@pytest.mark.parametrize(
    ("words", "problem", "place", "instead"),
    [
        ("30 feb", "There is no 30 feb.", (0, 2), "2026-02-28"),
        ("feb 29 2026", "There is no feb 29 2026.", (0, 3), "2026-02-28"),
        ("0 nov", "There is no 0 nov.", (0, 2), "2026-11-01"),
        ("13/2026", "There is no 13/2026.", (0, 1), "2026-12"),
        ("w99", "There is no W99.", (0, 1), "2026-W53"),
        ("week 54", "There is no WEEK 54.", (0, 2), "2026-W53"),
        ("q5", "There is no Q5.", (0, 1), "2026-Q4"),
    ],
)
def test_take_named__nonexistent_day(words, problem, place, instead):
    with pytest.raises(WordError) as caught:
        take_named(words.split(), 0, MONDAY)

    error = caught.value.error
    assert (error.problem, (error.start, error.stop)) == (problem, place)
    assert error.instead == ((instead,),)


@given(today=todays, ago=st.integers(1, 300))
def test_take_named__latest_year(today, ago):
    wanted = today - timedelta(days=ago)

    [(month, _), (week, _), (weekday, _), (named, _)] = (
        take_named(words.split(), 0, today)
        for words in (f"{wanted:%B}".lower(), f"w{wanted:%V}", f"{wanted:%a}".lower(),
                      f"{wanted.day} {wanted:%b}".lower())
    )  # fmt: skip

    assert named == Dates(wanted, wanted)
    assert month.start < today
    assert week.start < today
    assert timedelta(0) < today - weekday.start <= timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lb nov 1-9", "2026-11-01..2026-11-09"),
        ("lb november 1st - 9th", "2026-11-01..2026-11-09"),
        ("lb nov 1 to 9", "2026-11-01..2026-11-09"),
        ("lb 1-9 nov", "2026-11-01..2026-11-09"),
        ("lb nov 1-9 2025", "2025-11-01..2025-11-09"),
        ("lb between nov 1 and 9", "2026-11-01..2026-11-09"),
        ("lb nov '26", "2026-11"),
        ("lb last two weeks", "2w"),
        ("lb last fourteen days", "14d"),
    ],
)
def test_take_period__as_people_write_it(text, words):
    assert canonical(parse(text, today=MONDAY)) == f"leaderboard tokens {words}"


@pytest.mark.parametrize(
    "period",
    [
        *("2026-11-01..9999-12-31", "0001-01-01..9999-12-31", "9999-12-31", "9999"),
        *("9999-12", "9999-Q4", "9999-W52", "0001", "0000", "0001-W01", "4000y"),
        *("since 9999-12-31", "since 0001-01-01", "9999w", "dec 31 9999"),
        *("feb 29 - 30 2025", "nov 9-31", "nov 1-9 9999", "0001-01-01 to 0001-01-01"),
    ],
)
@pytest.mark.parametrize(
    "template", ["lb {}", "lb vs {}", "spend {}", "lb as of {}", "how did we do {}"]
)
def test_take_period__at_the_edges_of_the_calendar(period, template):
    for today in (MONDAY, date(2025, 9, 30)):
        with suppress(BadInput):
            parse(template.format(period), today=today)
