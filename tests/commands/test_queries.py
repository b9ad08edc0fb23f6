from dataclasses import FrozenInstanceError, fields
from datetime import date

import pytest
from hypothesis import given
from strategies import names, requests

from zenmux_bot.commands.lexer import MAX_CHARACTERS, quoted, split
from zenmux_bot.commands.queries import (
    MAX_NAME,
    MAX_TOP,
    Audience,
    HelpQuery,
    LeaderboardQuery,
    Request,
    ShareQuery,
    Show,
    StatusQuery,
    canonical,
)
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import CalendarUnit, Dates, Last, Unit, Versus

WEEK_46 = CalendarUnit(Unit.WEEK, date(2026, 11, 9))
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (LeaderboardQuery(), "leaderboard tokens 7d"),
        (ShareQuery(), "share tokens 8w"),
        (StatusQuery(), "status"),
        (HelpQuery(), "help"),
        (HelpQuery(topic="share"), "help share"),
        (LeaderboardQuery(metric=Metric.COST), "leaderboard cost 7d"),
        (LeaderboardQuery(top=20), "leaderboard tokens 7d top 20"),
        (LeaderboardQuery(providers=("z-ai",)), "leaderboard tokens 7d provider z-ai"),
        (
            LeaderboardQuery(providers=("moonshot ai",)),
            'leaderboard tokens 7d provider "moonshot ai"',
        ),
        (
            LeaderboardQuery(period=WEEK_46, versus=Versus.NONE),
            "leaderboard tokens 2026-W46 vs none",
        ),
        (
            LeaderboardQuery(versus=Last(1, Unit.QUARTER)),
            "leaderboard tokens 7d vs last quarter",
        ),
        (ShareQuery(by=Granularity.DAY), "share tokens 8w by day"),
        (ShareQuery(by=Granularity.WEEK), "share tokens 8w by week"),
        (
            Request(
                query=ShareQuery(), audience=Audience.PUBLIC, show=Show.CHART, csv=True
            ),
            "share tokens 8w public chart csv",
        ),
        (
            Request(query=StatusQuery(), audience=Audience.PRIVATE, show=Show.TABLE),
            "status private table",
        ),
    ],
)
def test_canonical__defaults(asked, words):
    assert canonical(asked) == words


@given(request=requests(today=TODAY))
def test_canonical__query(request):
    assert canonical(request).startswith(canonical(request.query))
    assert canonical(Request(query=request.query)) == canonical(request.query)


def test_canonical__longest():
    longest = Dates(date(2026, 10, 10), date(2026, 11, 11))
    query = ShareQuery(
        metric=Metric.TOKENS,
        period=longest,
        by=Granularity.WEEK,
        top=MAX_TOP,
        providers=(" " * MAX_NAME,),
        versus=longest,
    )
    request = Request(query=query, audience=Audience.PRIVATE, show=Show.CHART, csv=True)

    assert len(canonical(request)) < MAX_CHARACTERS


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("z-ai", "z-ai"),
        ("openai/gpt-5.1:free", "openai/gpt-5.1:free"),
        ("月之暗面", "月之暗面"),
        ("moonshot ai", '"moonshot ai"'),
        ("foo.", '"foo."'),
        ("(x)", '"(x)"'),
        ("W", '"W"'),
    ],
)
def test_quoted__names(name, word):
    assert quoted(name) == word


@given(name=names)
def test_quoted__one_word(name):
    assert split(quoted(name)) == (name,)


@pytest.mark.parametrize("query", [LeaderboardQuery(), ShareQuery(), HelpQuery()])
def test_query__frozen(query):
    with pytest.raises(FrozenInstanceError):
        setattr(query, fields(query)[0].name, None)


def test_canonical__granularity():
    assert [width.word for width in Granularity] == ["day", "week"]


def test_request__for_audience():
    request = Request(query=ShareQuery(), csv=True)

    shared = request.for_(Audience.PUBLIC)

    assert shared == Request(query=ShareQuery(), csv=True, audience=Audience.PUBLIC)
    assert request.audience is None
