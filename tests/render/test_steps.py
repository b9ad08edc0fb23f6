"""What stands below an answer: it runs, it fits, and it is never a dead end."""

from __future__ import annotations

from datetime import date

import pytest
from answer_worlds import basis_of
from hypothesis import assume, given
from hypothesis import strategies as st

from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import (
    Audience,
    LeaderboardQuery,
    ShareQuery,
    WhyQuery,
    canonical,
)
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.render import limits
from zenmux_bot.render.menus import menus_block
from zenmux_bot.render.report import Choice, Menu
from zenmux_bot.render.steps import steps, turned

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def below(words, *, today=TUESDAY, **more):
    request = parse(words, today=today)
    basis = basis_of(request.query, today=today)
    return steps(request, request.query, basis, **{"has_chart": True} | more)


def chosen(words, action, **more):
    """Return what a menu offers, by its labels."""
    menu = next(m for m in below(words, **more).menus if m.action == action)
    return {each.label: each.command for each in menu.choices}


def test_other_periods_are_offered_but_not_the_same():
    assert chosen("share cost 2026-W46 top 5", "ask:period") == {
        "The period before (2–8 Nov 2026)": "share cost 2026-W45 top 5",
        "Week to date": "share cost wtd top 5",
        "Month to date": "share cost mtd top 5",
        "Last 7 days": "share cost 7d top 5",
        "Last complete week": "share cost 1w top 5",
        "Last 4 weeks": "share cost 4w top 5",
        "Last 8 weeks": "share cost 8w top 5",
        "Last complete month": "share cost 1m top 5",
        "Last 3 months": "share cost 3m top 5",
    }
    assert "Last 7 days" not in chosen("leaderboard cost 7d", "ask:period")


def test_a_week_that_has_no_days_yet_is_not_offered():
    assert "Week to date" not in chosen("share 8w", "ask:period", today=MONDAY)


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ("lb cost 7d", "leaderboard cost 2026-11-10..2026-11-16"),
        ("lb cost last month", "leaderboard cost 2026-09"),
        ("lb cost last quarter", "leaderboard cost 2026-Q2"),
        ("lb cost 2w", "leaderboard cost 2026-10-26..2026-11-08"),
        ("lb cost mtd", "leaderboard cost 2026-10-01..2026-10-23"),
        ("lb cost yesterday", "leaderboard cost 2026-11-22"),
    ],
)
def test_the_period_before_goes_by_its_name(words, before):
    first = next(iter(chosen(words, "ask:period").values()))

    assert first == before


def test_another_period_has_another_one_before_it():
    found = chosen("share cost 2026-W46 vs 2026-W40", "ask:period")

    assert not any(" vs " in command for command in found.values())
    assert not any(label.startswith("The period before") for label in found)


def test_what_is_not_compared_stays_so():
    found = chosen("share cost 2026-W46 vs none", "ask:period")

    assert all(command.endswith(" vs none") for command in found.values())


def test_the_same_days_can_be_compared_with_others():
    assert chosen("share cost 2026-W46", "ask:versus") == {
        "4 weeks earlier": "share cost 2026-W46 vs 2026-10-12..2026-10-18",
        "52 weeks earlier": "share cost 2026-W46 vs 2025-11-10..2025-11-16",
        "Nothing": "share cost 2026-W46 vs none",
    }
    assert chosen("share cost 2026-W46 vs none", "ask:versus") == {
        "The period before": "share cost 2026-W46",
        "4 weeks earlier": "share cost 2026-W46 vs 2026-10-12..2026-10-18",
        "52 weeks earlier": "share cost 2026-W46 vs 2025-11-10..2025-11-16",
    }


def test_days_are_not_compared_with_themselves_nor_with_those_before_the_floor():
    assert list(chosen("share cost 8w", "ask:versus")) == [
        "52 weeks earlier",
        "Nothing",
    ]
    assert list(chosen("share cost 2025-W46", "ask:versus")) == [
        "4 weeks earlier",
        "Nothing",
    ]


def test_an_explanation_is_never_without_comparison():
    assert "Nothing" not in chosen("why cost 2026-W46", "ask:versus")


def test_the_view_is_turned_round_and_kept_by_other_buttons():
    table = {each.action: each for each in below("lb cost 7d").buttons}
    chart = {each.action: each for each in below("lb cost 7d chart").buttons}

    assert table["ask:show"].label == "Chart"
    assert table["ask:show"].command == "leaderboard cost 7d chart"
    assert chart["ask:show"].label == "Table"
    assert chart["ask:metric"].command == "leaderboard tokens 7d chart"
    bare = below("lb cost 7d", has_chart=False).buttons
    assert "ask:show" not in [each.action for each in bare]


def test_files_are_asked_for_by_one_button_alone():
    commands = [each.command for each in below("share cost 8w csv").buttons]

    assert [command for command in commands if "csv" in command] == [
        "share cost 8w csv"
    ]


def test_what_all_can_see_needs_no_sharing():
    private = [each.action for each in below("share cost 8w").buttons]
    public = [each.action for each in below("share cost 8w public").buttons]

    assert private[-1] == "publish"
    assert "publish" not in public


@pytest.mark.parametrize("kind", [LeaderboardQuery, ShareQuery, WhyQuery])
def test_a_question_is_turned_into_another_about_the_same(kind):
    asked = parse("share tokens 2026-W46 provider z-ai vs 2026-W40", today=MONDAY).query

    other = turned(asked, kind)

    assert canonical(other) == f"{kind.name} tokens 2026-W46 provider z-ai vs 2026-W40"


@given(
    words=st.sampled_from(
        ("share cost", "lb tokens", "why cost provider z-ai", "share vs none chart")
    ),
    period=st.sampled_from(("7d", "1w", "mtd", "last quarter", "1y", "all", "ytd")),
    today=st.dates(FLOOR + 20 * DAY, date(2030, 1, 1)),
    is_public=st.booleans(),
)
def test_everything_offered_runs_and_is_canonical(words, period, today, is_public):
    assume(today.day > 1)  # or there is no month, nor year, to date
    request = parse(f"{words} {period}", today=today)
    request = request.for_(Audience.PUBLIC if is_public else Audience.PRIVATE)
    basis = basis_of(request.query, today=today)

    found = steps(request, request.query, basis, has_chart=True)

    commands = [each.command for each in found.buttons]
    actions = [each.action for each in (*found.buttons, *found.menus)]
    commands += [each.command for menu in found.menus for each in menu.choices]
    for command in commands:
        assert canonical(parse(command, today=today)) == command
    assert len(set(actions)) == len(actions)


def test_commands_too_long_for_an_option_are_left_out():
    fits, long = "x" * limits.OPTION_VALUE, "x" * (limits.OPTION_VALUE + 1)
    menu = Menu(
        label="Choose",
        action="ask:period",
        choices=(Choice("long", long), Choice("l" * 200, fits)),
    )

    [row] = menus_block([menu])

    [option] = row["elements"][0]["options"]
    assert option["value"] == fits
    assert len(option["text"]["text"]) == limits.OPTION_TEXT


def test_a_menu_without_choices_is_not_drawn():
    empty = Menu(label="Choose", action="ask:period", choices=())
    long = Menu(label="Choose", action="ask:why", choices=(Choice("x", "x" * 99),))

    assert menus_block([empty, long]) == []
    assert menus_block([]) == []
