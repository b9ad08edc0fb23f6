from datetime import date

import pytest

from zenmux_bot.commands.parser import parse
from zenmux_bot.errors import BadInput

MONDAY = date(2026, 11, 23)

COMMANDS = "“help” lists the commands."
LEADERBOARD = "“help leaderboard” shows the syntax."
SHARE = "“help share” shows the syntax."
TOP = "top goes from 1 to 50."


def error_of(text, base=None):
    before = parse(base, today=MONDAY) if base else None
    with pytest.raises(BadInput) as caught:
        parse(text, today=MONDAY, base=before)
    return caught.value


@pytest.mark.parametrize(
    ("text", "problem", "allowed", "suggestions"),
    [
        (
            "shar cost 8w",
            "Unknown command “shar”.",
            COMMANDS,
            ["share cost 8w"],
        ),
        (
            "leaderbord cots last wek",
            "Unknown command “leaderbord”.",
            COMMANDS,
            ["leaderboard cost 1w"],
        ),
        ("help shar", "Unknown command “shar”.", COMMANDS, ["help share", "help"]),
        ("help me out", "Unknown command “me out”.", COMMANDS, ["help"]),
        (
            "lb cots",
            "Unknown word “cots”.",
            LEADERBOARD,
            ["leaderboard cost 7d"],
        ),
        (
            "trend anthropic",
            "trend takes no name such as “anthropic”.",
            "“help trend” shows the syntax.",
            [
                "leaderboard tokens 7d provider anthropic",
                "share tokens 8w provider anthropic",
            ],
        ),
        (
            "lb cots anthropic openai",
            "Unknown word “cots”.",
            LEADERBOARD,
            ["leaderboard cost 7d provider anthropic provider openai"],
        ),
        (
            "leaderbord anthropic",
            "Unknown command “leaderbord”.",
            COMMANDS,
            ["leaderboard tokens 7d provider anthropic"],
        ),
        (
            "model",
            "model needs to know which model.",
            "“help model” shows the syntax.",
            ["model claude-opus-4.8 tokens 28d"],
        ),
        (
            "model cost name",
            "“name” needs a name after it.",
            "“help model” shows the syntax.",
            ["model claude-opus-4.8 cost 28d"],
        ),
        (
            "generation",
            "generation needs to know which id.",
            "“help generation” shows the syntax.",
            ["generation gen_01sandbox0000001"],
        ),
        (
            "generation gen_01ABC public",
            "generation is answered to you alone, never to a channel.",
            "“help generation” shows the syntax.",
            ["generation gen_01ABC"],
        ),
        (
            "account public",
            "account is answered to you alone, never to a channel.",
            "“help account” shows the syntax.",
            ["account"],
        ),
        (
            "performance throughput ttft",
            "Both “throughput” and “ttft” are there; one is enough.",
            "“help performance” shows the syntax.",
            ["performance throughput 7d", "performance ttft 7d"],
        ),
        (
            "leaderboard ttft",
            "leaderboard does not take “ttft”.",
            LEADERBOARD,
            ["leaderboard tokens 7d", "performance ttft 7d"],
        ),
        (
            "trending 8d",
            "ZenMux doesn't rank trending models over 15–22 Nov 2026.",
            "Use 7d, yesterday.",
            ["leaderboard tokens 8d"],
        ),
        (
            "share cost leaderboard",
            "The command “leaderboard” comes first, and only one.",
            COMMANDS,
            ["leaderboard cost 7d", "share cost 8w"],
        ),
        (
            "lb by day top 5",
            "leaderboard does not take “by day”.",
            LEADERBOARD,
            [
                "leaderboard tokens 7d top 5",
                "trend tokens 28d by day top 5",
            ],
        ),
        (
            "status csv",
            "status does not take “csv”.",
            "“help status” shows the syntax.",
            ["status", "leaderboard tokens 7d csv"],
        ),
        (
            "lb cost tokens",
            "Both “cost” and “tokens” are there; one is enough.",
            LEADERBOARD,
            ["leaderboard cost 7d", "leaderboard tokens 7d"],
        ),
        (
            "lb top 5 last week public 20",
            "Both “top 5” and “20” are there; one is enough.",
            LEADERBOARD,
            [
                "leaderboard tokens 1w top 5 public",
                "leaderboard tokens 1w top 20 public",
            ],
        ),
        (
            "lb vs none vs 2026-W40",
            "Both “vs none” and “vs 2026-w40” are there; one is enough.",
            LEADERBOARD,
            ["leaderboard tokens 7d vs none", "leaderboard tokens 7d vs 2026-W40"],
        ),
        (
            "lb top 0",
            "“top 0” is out of range.",
            TOP,
            ["leaderboard tokens 7d top 1"],
        ),
        (
            "lb top 51 cost",
            "“top 51” is out of range.",
            TOP,
            ["leaderboard cost 7d top 50"],
        ),
        ("lb 99", "“99” is out of range.", TOP, ["leaderboard tokens 7d top 50"]),
        (
            f"lb top {'9' * 400}",
            f"“top {'9' * 400}” is out of range.",
            TOP,
            ["leaderboard tokens 7d top 50"],
        ),
        (
            "lb 4w top",
            "“top” needs a number from 1 to 50 after it.",
            LEADERBOARD,
            ["leaderboard tokens 4w top 10"],
        ),
        (
            "lb top cost",
            "“top” needs a number from 1 to 50 after it, not “cost”.",
            LEADERBOARD,
            ["leaderboard cost 7d top 10"],
        ),
        (
            "lb openai vs anthropic",
            "“vs” needs a period, previous or none after it, not “anthropic”.",
            LEADERBOARD,
            [
                "leaderboard tokens 7d provider openai provider anthropic",
                "leaderboard tokens 7d provider openai",
            ],
        ),
        (
            "lb vs",
            "“vs” needs a period, previous or none after it.",
            LEADERBOARD,
            ["leaderboard tokens 7d", "leaderboard tokens 7d vs none"],
        ),
        (
            "lb cost provider",
            "“provider” needs a name after it.",
            LEADERBOARD,
            ["leaderboard cost 7d"],
        ),
        (
            "lb top 5 by",
            "“by” needs day or week after it.",
            LEADERBOARD,
            ["leaderboard tokens 7d top 5"],
        ),
        (
            f"lb cost provider {'x' * 101}",
            "A name of 101 characters is too long.",
            "Names have at most 100 characters.",
            ["leaderboard cost 7d"],
        ),
        (
            "lb cost wtd top 5",
            "wtd starts today; today's figures arrive tomorrow (UTC).",
            "Figures begin on 29 Sep 2025; days are UTC.",
            ["leaderboard cost 1w top 5", "leaderboard cost 7d top 5"],
        ),
        (
            "share cost in <#C0123|general>",
            "Unknown word “#general”.",
            "“help share” shows the syntax.",
            ["share cost 8w"],
        ),
        (
            "share cost in <#C0123|>",
            "Unknown word “#C0123”.",
            "“help share” shows the syntax.",
            ["share cost 8w"],
        ),
        (
            "model <@U123ABC> cost",
            "Unknown word “@U123ABC”.",
            "“help model” shows the syntax.",
            ["model claude-opus-4.8 cost 28d"],
        ),
        (
            "lb cost vs 2025-W30",
            "2025-W30 is before 29 Sep 2025, when figures begin.",
            "Figures begin on 29 Sep 2025; days are UTC.",
            ["leaderboard cost 7d", "leaderboard cost 7d vs none"],
        ),
        (
            "lb cost last week vs 2027",
            "2027 starts on 1 Jan 2027, which is in the future.",
            "Figures begin on 29 Sep 2025; days are UTC.",
            ["leaderboard cost 1w", "leaderboard cost 1w vs none"],
        ),
        (
            "lb cost last week vs 2026-W47",
            "That compares 2026-11-16..2026-11-22 with itself.",
            "Name other days.",
            ["leaderboard cost 1w", "leaderboard cost 1w vs none"],
        ),
        (
            "why cost last week vs 2027",
            "2027 starts on 1 Jan 2027, which is in the future.",
            "Figures begin on 29 Sep 2025; days are UTC.",
            ["why cost 1w"],
        ),
    ],
)
def test_parse_errors__suggestions(text, problem, allowed, suggestions):
    error = error_of(text)

    assert (error.problem, error.allowed) == (problem, allowed)
    assert list(error.suggestions) == suggestions


@pytest.mark.parametrize(
    ("base", "text", "problem", "suggestions"),
    [
        (
            "trend cost 2026-W46 top 5",
            "anthropic",
            "trend takes no name such as “anthropic”.",
            [
                "leaderboard cost 2026-W46 provider anthropic",
                "share cost 2026-W46 provider anthropic",
            ],
        ),
        (
            "share cost 2026-W46 top 5",
            "cots vs nome",
            "Unknown word “cots”.",
            ["share cost 2026-W46 top 5"],
        ),
    ],
)
def test_parse_errors__follow_up(base, text, problem, suggestions):
    error = error_of(text, base)

    assert error.problem == problem
    assert list(error.suggestions) == suggestions


@pytest.mark.parametrize(
    "words", ["model", "model name", "model a", "share provider", "why"]
)
def test_parse_errors__long_name(words):
    error = error_of(f"{words} {'x' * 101}")

    assert error.problem in {
        f"A name of {length} characters is too long." for length in (101, 103)
    }
    assert "xxx" not in "".join(error.suggestions)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("alrt share google moves 3pp", "alert form share google moves 3pp"),
        ("alrt delete a-7kq3", "alert show a-7kq3"),
        ("digst delete d-7kq3", "digest show d-7kq3"),
        ("digst edit d-7kq3 cost", "digest edit d-7kq3"),
        ("digst create cost", "digest form cost"),
        ("budgt set $500", "budget"),
        ("spendng allow <#C0X>", "help spend"),
        ("share by model", "leaderboard tokens 7d"),
    ],
)
def test_parse__never_offers_what_changes_something(text, offered):
    assert error_of(text).suggestions[0] == offered
