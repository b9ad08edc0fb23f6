"""Days in words."""

from datetime import date

import pytest
from answer_worlds import TODAY, basis_of

from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import LeaderboardQuery
from zenmux_bot.core.periods import Span
from zenmux_bot.render import days


def a_period(words):
    return parse(f"leaderboard {words}", today=TODAY).query.period


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("yesterday", "the Sunday before"),
        ("3d", "the Friday to Sunday before"),
        ("7d", "the 7 days before"),
        ("1w", "the week before"),
        ("8w", "the 8 weeks before"),
        ("last month", "September 2026"),
        ("last quarter", "the quarter before"),
        ("mtd", "the same days of the month before"),
        ("2026-W46", "the week before"),
    ],
)
def test_compared_with__previous_period(period, words):
    basis = basis_of(LeaderboardQuery(period=a_period(period)))

    assert days.compared_with(basis) == words


@pytest.mark.parametrize("versus", ["2026-W40", "2026-09-28..2026-10-04"])
def test_compared_with__named_period(versus):
    query = LeaderboardQuery(period=a_period("1w"), versus=a_period(versus))

    assert days.compared_with(basis_of(query)) == "28 Sep – 4 Oct 2026"


def test_weekday():
    assert days.weekday(date(2026, 11, 9)) == "Mon 9 Nov"


@pytest.mark.parametrize(
    ("starts", "names"),
    [
        ([date(2026, 11, 1), date(2026, 12, 1)], ("1 Nov", "1 Dec")),
        ([date(2025, 11, 1), date(2026, 11, 1)], ("1 Nov 2025", "1 Nov 2026")),
    ],
)
def test_axis__years_where_a_day_comes_twice(starts, names):
    assert days.axis(starts) == names


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-09", "2026-11-09", "9 Nov"),
        ("2026-11-09", "2026-11-15", "9–15 Nov"),
        ("2026-10-26", "2026-11-01", "26 Oct – 1 Nov"),
    ],
)
def test_week(start, end, words):
    assert days.week(Span(date.fromisoformat(start), date.fromisoformat(end))) == words


@pytest.mark.parametrize(
    ("newest", "words"),
    [
        ("2026-11-21", "Sun 22 Nov isn't in yet"),
        ("2026-11-20", "The days after Fri 20 Nov aren't in yet"),
    ],
)
def test_late(newest, words):
    assert days.late(date(2026, 11, 22), date.fromisoformat(newest)) == words
