from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import anything, defaults, requests, todays

from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.commands.lexer import MAX_CHARACTERS
from zenmux_bot.commands.parser import MAX_SUGGESTIONS, parse
from zenmux_bot.commands.queries import Audience, canonical
from zenmux_bot.core.measures import Metric
from zenmux_bot.errors import BadInput

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", "help"),
        ("/zenmux", "help"),
        ("/zenmux share cost 8w", "share cost 8w"),
        ("zenmux share cost 8w", "share cost 8w"),
        ("/ZenMux “Share” COST  8W!", "share cost 8w"),
        ('"share cost 8w"', "share cost 8w"),
        ("share “last week”", "share tokens 1w"),
        ("share 2026-11-01..2026-11-15", "share tokens 2026-11-01..2026-11-15"),
        ("share 2026-11-01…2026-11-15", "share tokens 2026-11-01..2026-11-15"),
        ("share 2026-11-01 – 2026-11-15", "share tokens 2026-11-01..2026-11-15"),
        ("share 2026‑11‑01–2026‑11‑15", "share tokens 2026-11-01..2026-11-15"),
        ("share ２０２６－Ｗ４６ ｖｓ ｎｏｎｅ", "share tokens 2026-W46 vs none"),
        ("share vs 2026-W45..2026-W46", "share tokens 8w vs 2026-11-02..2026-11-15"),
        ("“leaderboard” – top 5 - 4w", "leaderboard tokens 4w top 5"),
        ("lb provider a..b", "leaderboard tokens 7d provider a..b"),
        (
            "lb provider “Moonshot  AI” 4w",
            'leaderboard tokens 4w provider "moonshot ai"',
        ),
    ],
)
def test_text_is_read_forgivingly(text, meaning):
    assert canonical(parse(text, today=MONDAY)) == meaning


def test_text_that_is_too_long_is_not_read():
    long = f"share {'cost ' * 200}"

    with pytest.raises(BadInput) as caught:
        parse(long, today=MONDAY)

    error = caught.value
    assert error.problem == f"That is {len(long)} characters long."
    assert error.allowed == f"A command has at most {MAX_CHARACTERS}."
    assert error.suggestions == ("help",)


def test_no_more_suggestions_than_can_be_offered():
    with pytest.raises(BadInput) as caught:
        parse("status by day top 5 provider z-ai leaderbord", today=MONDAY)

    assert len(caught.value.suggestions) <= MAX_SUGGESTIONS


@pytest.mark.parametrize(
    ("text", "today", "suggestions"),
    [
        ("joke on quick brown foxes and dogs", MONDAY, ("help",)),
        ("share 8w", date(2025, 9, 29), ("help share",)),  # no data at all
        (f"share {'by ' * 12}", MONDAY, ("help share",)),  # beyond mending
    ],
)
def test_where_nothing_is_near_help_is_offered(text, today, suggestions):
    with pytest.raises(BadInput) as caught:
        parse(text, today=today)

    assert caught.value.suggestions == suggestions


@given(data=st.data(), today=todays)
def test_the_canonical_text_asks_for_the_same_again(data, today):
    request = data.draw(requests(today=today))

    assert parse(canonical(request), today=today) == request


@given(data=st.data(), today=todays)
def test_the_canonical_text_asks_for_the_same_after_any_other(data, today):
    request = data.draw(requests(today=today))
    base = data.draw(requests(today=today))

    assert parse(canonical(request), today=today, base=base) == request


@settings(max_examples=5 * settings().max_examples)
@given(
    text=anything,
    today=todays | st.dates(date(2020, 1, 1)),
    before=st.sampled_from(
        (
            "help",
            "status",
            "lb wtd vs mtd public",
            'share cost 2026-W46 by day top 5 provider "moonshot ai" csv',
        )
    ),
    is_first=st.booleans(),
    usual=defaults,
)
def test_any_text_gives_a_request_or_a_complaint_that_helps(
    text, today, before, is_first, usual
):
    base = None if is_first else parse(before, today=date(2026, 11, 24))
    there = {"today": today, "base": base, "usual": usual}
    outcome = request_or_complaint(text, **there)

    if isinstance(outcome, BadInput):
        assert outcome.problem.endswith(".")
        assert f"{outcome.problem}{outcome.allowed}".isprintable()
        assert 1 <= len(outcome.suggestions) <= MAX_SUGGESTIONS
        for suggestion in outcome.suggestions:
            again = parse(suggestion, **there | {"usual": usual.beside_buttons()})
            assert canonical(again) == suggestion
    else:
        assert parse(canonical(outcome), **there) == outcome


def request_or_complaint(text, **there):
    try:
        return parse(text, **there)
    except BadInput as error:
        return error


@pytest.mark.parametrize(
    ("text", "before", "top", "meaning"),
    [
        ("share", None, 5, "share tokens 8w top 5"),
        ("share top 10", None, 5, "share tokens 8w top 10"),
        ("share top 10", None, None, "share tokens 8w top 10"),
        ("by day", "share top 10", None, "share tokens 8w by day top 10"),
        ("by day", "share", 5, "share tokens 8w by day top 10"),
        ("leaderboard", "share top 10", None, "leaderboard tokens 8w"),
        ("top 5", "share top 10", 10, "share tokens 8w top 5"),
        ("by day", "lb top 10", None, "trend tokens 7d by day top 10"),
    ],
)
def test_ten_rows_are_said_where_they_are_not_a_matter_of_course(
    text, before, top, meaning
):
    base = None if before is None else parse(before, today=MONDAY)

    request = parse(text, today=MONDAY, base=base, usual=Defaults(top=top))

    assert canonical(request) == meaning


def test_suggestions_rest_on_what_is_usual():
    usual = Defaults(metric=Metric.COST, top=5)

    with pytest.raises(BadInput) as caught:
        parse("shar 4w", today=MONDAY, usual=usual)

    assert caught.value.suggestions[0] == "share cost 4w top 5"


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("share -3d", "share tokens yesterday"),
        ("share 1000000d", "share tokens 90d"),
        ("share 20261109", "share tokens 2026-11-09"),
    ],
)
def test_a_malformed_period_is_no_name(text, offered):
    with pytest.raises(BadInput) as caught:
        parse(text, today=date(2026, 11, 23))

    assert caught.value.suggestions[0] == offered


def test_what_is_always_private_is_so_where_answers_are_public():
    usual = Defaults(audience=Audience.PUBLIC)
    with pytest.raises(BadInput) as caught:
        parse("acount", today=MONDAY, usual=usual)

    assert caught.value.suggestions == ("account",)
    assert parse("account", today=MONDAY, usual=usual).audience is None


def test_on_the_first_day_there_are_no_data_yet():
    with pytest.raises(BadInput):
        parse("share 2025-09", today=date(2025, 9, 29))


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        ("please show me the share of cost for last week", "share cost last week"),
        ("what is the share of anthropic in 2026-w46", "share 2026-w46 anthropic"),
        ("compare openai and anthropic", "share openai anthropic"),
        ("why did the cost go up in october", "why cost 2026-10"),
        ("leaderboard from 1 nov to 15 nov", "lb 2026-11-01..2026-11-15"),
        ("model kimi k3 in november", "model kimi k3 2026-11"),
        ("model kimi cost in k3", "model kimi k3 cost"),
        ("generation 123", "generation 123"),
        ("model once in a while 21d", 'model "once in a while" 21d'),
        ("what's trending", "trending"),
        ("help me please", "help"),
        ("help with share", "help share"),
        ("hi there", "help"),
        ("hey, show me share cost", "share cost"),
        ("share over the last 4 weeks as csv", "share 4w csv"),
        ("share between openai and google", "share openai google"),
        ("lb nov vs the previous", "lb nov vs previous"),
        ("lb from the 1st to the 9th of nov", "lb 2026-11-01..2026-11-09"),
        ("top 5 week 46", "lb 2026-w46 top 5"),
        ("top 5 weeks", "lb 5w"),
        ("model gpt 5 week 46", 'model "gpt 5" 2026-w46'),
        ("model kimi k2 0905 2026", 'model "kimi k2 0905" 2026'),
        ("show me the top 5 models in november", "lb top 5 2026-11"),
        ("what is the market share of openai?", "share openai"),
        ("top 5 november", "leaderboard top 5 2026-11"),
        ("top 5 days", "leaderboard 5d"),
        ("model gpt 5 november", 'model "gpt 5" 2026-11'),
        ("model gpt-5 9 november", "model gpt-5 2026-11-09"),
        ("model gpt cost 9 november", "model gpt cost 2026-11-09"),
        ("thanks a lot", "help"),
    ],
)
def test_a_sentence_is_understood_by_its_words_that_mean_something(sentence, meaning):
    assert parse(sentence, today=MONDAY) == parse(meaning, today=MONDAY)


def test_a_follow_up_may_be_a_sentence():
    base = parse("share cost 8w top 5", today=MONDAY)

    said = parse("and how about openai in october?", today=MONDAY, base=base)

    assert said == parse("openai 2026-10", today=MONDAY, base=base)


def test_a_filler_is_a_name_where_it_is_said_to_be_one():
    assert parse("share provider and", today=MONDAY).query.providers == ("and",)
