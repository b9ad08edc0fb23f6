"""Rules as words, as JSON, and how to hear less or more of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zenmux_bot.alerts.form import build_form, read_form
from zenmux_bot.alerts.rules import describe, dump, load, looser, stricter
from zenmux_bot.commands.alert_commands import (
    AlertForm,
    AnyOvertake,
    CreateAlert,
    Direction,
    EditAlert,
    Level,
    Newcomer,
    Passes,
    ShareMoves,
    Subject,
    Unusual,
)
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import AlertQuery, canonical
from zenmux_bot.core.measures import Metric
from zenmux_demo.workspace.validation import find_problems, find_view_problems

TODAY = date(2026, 11, 23)
COST = Metric.COST
RULES = [
    (ShareMoves("qwen", Decimal(3)), "moves 4.5pp", "moves 2pp"),
    (ShareMoves("qwen", Decimal(90), days=14, metric=COST), None, "moves 60pp"),
    (
        Level(Subject.SHARE, "qwen", Direction.ABOVE, Decimal(30), COST),
        "above 33% cost",
        "above 27% cost",
    ),
    (Level(Subject.SHARE, "qwen", Direction.ABOVE, Decimal(95)), None, "above 85.5%"),
    (
        Level(Subject.TOKENS, "qwen", Direction.BELOW, Decimal(5_000_000_000)),
        "below 4.5B",
        "below 5.5B",
    ),
    (
        Level(Subject.COST, "openai/gpt-5.4", Direction.ABOVE, Decimal(50000)),
        "above $55000",
        "above $45000",
    ),
    (Passes("qwen", "openai"), "for 7d", "for 1d"),
    (Passes("z-ai", "x-ai", COST, days=1), "passes x-ai cost", None),
    (AnyOvertake(10), "top 5", "top 20"),
    (Newcomer(3, COST), None, "top 5"),
    (Unusual("qwen"), "by 50%", None),
    (Unusual(None, 10, COST, percent=200), None, "by 100%"),
]


@pytest.mark.parametrize(("rule", "harder", "easier"), RULES)
def test_rule__stricter_and_looser(rule, harder, easier):
    for found, expected in ((stricter(rule), harder), (looser(rule), easier)):
        assert (found is None) == (expected is None), found
        if expected is not None:
            assert expected in str(found)
            command = AlertQuery(command=EditAlert("a-7kq3", found))
            assert parse(canonical(command), today=TODAY).query == command


@pytest.mark.parametrize("rule", [rule for rule, *_ in RULES])
def test_rule__round_trips(rule):
    command = AlertQuery(command=CreateAlert(rule, "C0LLMCOSTS1"))

    assert parse(canonical(command), today=TODAY).query == command
    assert load(dump(rule)) == rule
    assert describe(rule, str.upper)


IN_FORM = [
    rule
    for rule, *_ in RULES
    # the form knows no other days, and no percent for any in the top N
    if not (isinstance(rule, ShareMoves) and rule.days != 7)
    and not (isinstance(rule, Unusual) and rule.name is None)
]


@pytest.mark.parametrize(
    "rule", [*IN_FORM, Unusual("qwen", percent=50), Unusual(None, 5)]
)
def test_form__round_trips(rule):
    """What the form begins with is what it makes if nothing is changed."""
    view = build_form(AlertForm(rule, "C0LLMCOSTS1"), response_url="")
    values = {}
    for block in view["blocks"]:
        element = block["element"]
        values[block["block_id"]] = {
            element["action_id"]: {
                "value": element.get("initial_value"),
                "selected_option": element.get("initial_option"),
                "selected_options": element.get("initial_options", []),
                "selected_conversation": element.get("initial_conversation"),
            }
        }

    text, channel = read_form(values)

    assert channel == "C0LLMCOSTS1"
    command = CreateAlert(rule, "C0LLMCOSTS1")
    assert parse(text, today=TODAY).query == AlertQuery(command=command)


def test_form__says_below_each_rule_what_its_number_is():
    view = build_form(AlertForm(), response_url="")
    [menu] = [b["element"] for b in view["blocks"] if b["block_id"] == "kind"]
    said = [option["description"]["text"] for option in menu["options"]]

    assert find_view_problems(view, "modal") == []
    assert find_problems(view["blocks"], "modal") == []
    assert [text for text in said if "N" not in text or text.endswith("…")] == []


def test_rule__keeps_the_case_of_slugs():
    rule = Passes("Some/Model-V4", "other/MODEL")

    assert load(dump(rule)) == rule
