from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import todays

from zenmux_bot.commands.calendar_parser import take_named
from zenmux_bot.commands.lexer import WordError
from zenmux_bot.core.periods import CalendarUnit, Dates, Unit

MONDAY = date(2026, 11, 23)


def unit(letter, start):
    return CalendarUnit(Unit(letter), date.fromisoformat(start))


def day(text):
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
        ("9 nov", day("2026-11-09")),
        ("nov 9", day("2026-11-09")),
        ("9th november 2025", day("2025-11-09")),
        ("9th of november 2025", day("2025-11-09")),
        ("nov 22nd", day("2026-11-22")),
        ("nov 23", day("2025-11-23")),
        ("feb 29", day("2024-02-29")),
        ("q3", unit("q", "2026-07-01")),
        ("q4", unit("q", "2026-10-01")),
        ("quarter 3 2025", unit("q", "2025-07-01")),
        ("w46", unit("w", "2026-11-09")),
        ("week 47", unit("w", "2026-11-16")),
        ("w48", unit("w", "2025-11-24")),
        ("w53", unit("w", "2020-12-28")),
        ("sunday", day("2026-11-22")),
        ("monday", day("2026-11-16")),
        ("fri", day("2026-11-20")),
    ],
)
def test_days_are_named_as_people_do(words, named):
    taken = words.split()

    assert take_named(taken, 0, MONDAY) == (named, len(taken))
    assert take_named(["x", *taken, "cost"], 1, MONDAY) == (named, len(taken))


@pytest.mark.parametrize(
    "words", ["", "x", "9", "week", "w", "9 cost", "9th of", "9 of nov", "week x"]
)
def test_other_words_name_no_days(words):
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
def test_what_no_calendar_shows_is_said_with_the_nearest(
    words, problem, place, instead
):
    with pytest.raises(WordError) as caught:
        take_named(words.split(), 0, MONDAY)

    slip = caught.value.slip
    assert (slip.problem, (slip.start, slip.stop)) == (problem, place)
    assert slip.instead == ((instead,),)


@given(today=todays, ago=st.integers(1, 300))
def test_a_day_without_its_year_is_the_newest_that_is_over(today, ago):
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
