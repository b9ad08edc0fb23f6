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
from zenmux_bot.render.forms import menu_elements
from zenmux_bot.render.report import Choice, Menu
from zenmux_bot.render.steps import converted, steps

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def below(words, *, today=TUESDAY, **more):
    request = parse(words, today=today)
    basis = basis_of(request.query, today=today)
    return steps(request, request.query, basis, **{"has_chart": True} | more)


def offered(words, group, **more):
    """Return what the menu offers under a heading, by its labels."""
    [menu] = below(words, **more).menus
    return {each.label: each.command for each in menu.choices if each.group == group}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("lb cost 7d", "leaderboard tokens 2026-11-17..2026-11-23"),
        ("lb cost yesterday", "leaderboard tokens 2026-11-23"),
        ("lb cost last month", "leaderboard tokens 2026-10"),
        ("lb cost 1w", "leaderboard tokens 2026-W47"),
        (
            "lb cost 3m",
            "leaderboard tokens 2026-08-01..2026-10-31",
        ),
        (
            "lb cost mtd",
            "leaderboard tokens 2026-11-01..2026-11-23 vs 2026-10-01..2026-10-23",
        ),
        (
            "lb cost 7d vs 2026-W40",
            "leaderboard tokens 2026-11-17..2026-11-23 vs 2026-W40",
        ),
        ("lb cost 7d vs none", "leaderboard tokens 2026-11-17..2026-11-23 vs none"),
    ],
)
def test_steps__carry_the_days_that_are_shown(words, shown):
    found = offered(words, "Show")

    assert found["By tokens"] == shown
    [own, share] = below(words).buttons
    assert own.label == "Our own spend"
    assert share.command == shown.replace("tokens", "cost")
    assert offered(words, "Take it along")["Download as CSV"] == f"{share.command} csv"


@pytest.mark.parametrize("count", [1, 4, 8])
def test_steps__files_are_offered_however_long_the_command(count):
    names = " ".join(f"provider a-provider-with-a-long-name-{n}" for n in range(count))
    found = below(f"lb cost 7d {names} vs 2026-10-01..2026-10-07")

    offers = (*found.buttons, *(each for m in found.menus for each in m.choices))
    [files] = [each for each in offers if each.label == "Download as CSV"]
    is_button = files in found.buttons
    assert is_button is (len(files.command) > limits.OPTION_VALUE)
    assert not is_button or files.action == "ask:csv"
    assert (count, is_button) in {(1, False), (4, True), (8, True)}


def test_steps__at_most_two_buttons_and_one_menu():
    for words in ("lb cost 7d", "share tokens 8w", "why cost", "share public"):
        found = below(words)
        assert len(found.buttons) <= 2
        assert len(found.menus) == 1


def test_steps__other_periods_but_not_the_same():
    assert offered("share cost 2026-W46 top 5", "Another period") == {
        "Before: 2–8 Nov 2026": "share cost 2026-W45 top 5",
        "Yesterday": "share cost yesterday top 5",
        "Last 7 days": "share cost 7d top 5",
        "Last week": "share cost 1w top 5",
        "Last 8 weeks": "share cost 8w top 5",
        "This month so far": "share cost mtd top 5",
        "Last month": "share cost 1m top 5",
        "Last 3 months": "share cost 3m top 5",
    }
    assert "Last 7 days" not in offered("leaderboard cost 7d", "Another period")


def test_steps__a_period_that_has_no_days_yet_is_not_offered():
    first = date(2026, 12, 1)

    assert "This month so far" not in offered("share 8w", "Another period", today=first)


def test_steps__another_period_has_another_one_before_it():
    found = offered("share cost 2026-W46 vs 2026-W40", "Another period")

    assert not any(" vs " in command for command in found.values())


def test_steps__what_is_not_compared_stays_so():
    found = offered("share cost 2026-W46 vs none", "Another period")

    assert all(command.endswith(" vs none") for command in found.values())


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        (
            "share cost 2026-W46",
            ["4 weeks earlier", "52 weeks earlier", "Nothing"],
        ),
        (
            "share cost 2026-W46 vs none",
            ["The period before", "4 weeks earlier", "52 weeks earlier"],
        ),
        ("share cost 8w", ["52 weeks earlier", "Nothing"]),
        ("share cost 2025-W46", ["4 weeks earlier", "Nothing"]),
        ("why cost 2026-W46", ["4 weeks earlier", "52 weeks earlier"]),
    ],
)
def test_steps__what_else_the_days_are_compared_with(words, labels):
    assert list(offered(words, "Compare with")) == labels


def test_steps__other_view():
    table, chart = offered("lb cost 7d", "Show"), offered("lb cost 7d chart", "Show")

    assert table["As a chart"].endswith(" chart")
    assert chart["As a table"].endswith(" table")
    assert "As a chart" not in offered("lb cost 7d", "Show", has_chart=False)


def test_steps__what_all_can_see_needs_no_sharing():
    assert "publish" not in [each.action for each in below("share public").buttons]


@pytest.mark.parametrize("kind", [LeaderboardQuery, ShareQuery, WhyQuery])
def test_converted__kinds(kind):
    asked = parse("share tokens 2026-W46 provider z-ai vs 2026-W40", today=MONDAY).query

    other = converted(asked, kind)

    assert canonical(other) == f"{kind.name} tokens 2026-W46 provider z-ai vs 2026-W40"


@pytest.mark.parametrize("provider", [" provider z-ai", ""])
def test_converted__why(provider):
    asked = parse(f"why tokens 2026-W46{provider}", today=MONDAY).query

    other = converted(asked, ShareQuery)

    assert canonical(other) == f"share tokens 2026-W46{provider}"


@given(
    words=st.sampled_from(
        ("share cost", "lb tokens", "why cost provider z-ai", "share vs none chart")
    ),
    period=st.sampled_from(("7d", "1w", "mtd", "last quarter", "1y", "all", "ytd")),
    today=st.dates(FLOOR + 20 * DAY, date(2030, 1, 1)),
    is_public=st.booleans(),
)
def test_steps__commands_parse(words, period, today, is_public):
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


def test_menus__commands_too_long_for_an_option_are_left_out():
    fits, long = "x" * limits.OPTION_VALUE, "x" * (limits.OPTION_VALUE + 1)
    menu = Menu(
        label="Choose",
        action="ask:more",
        choices=(Choice("long", long), Choice("l" * 200, fits)),
    )

    [element] = menu_elements([menu])

    [option] = element["options"]
    assert option["value"] == fits
    assert len(option["text"]["text"]) == limits.OPTION_TEXT


def test_menus__without_choices_none_is_drawn():
    empty = Menu(label="Choose", action="ask:more", choices=())
    long = Menu(label="Choose", action="ask:why", choices=(Choice("x", "x" * 199),))

    assert menu_elements([empty, long]) == []
