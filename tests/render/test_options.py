"""Menus of names, and the options that they are given."""

from __future__ import annotations

import json

import pytest

from zenmux_bot.commands.names import Suggestion
from zenmux_bot.render import limits
from zenmux_bot.render.ask_form import about_options
from zenmux_bot.render.forms import fitting, grouped_options, names_menu, options
from zenmux_demo.workspace.validation import offer_problems

MANY = [Suggestion(f"a/{n}", "long label " * 20) for n in range(150)]


def test_options__limits():
    suggestions = [Suggestion(f"a/{n}", "long label " * 20) for n in range(150)]

    drawn = options([Suggestion("x" * 200, "too long a slug"), *suggestions])["options"]

    assert len(drawn) == limits.SELECT_OPTIONS
    assert drawn[0]["value"] == "a/0"
    assert all(len(each["text"]["text"]) <= limits.OPTION_TEXT for each in drawn)


def test_options__description():
    [option] = options([Suggestion("openai/gpt-5.4", "GPT-5.4")])["options"]

    assert option["text"]["text"] == "GPT-5.4"
    assert option["description"]["text"] == "openai/gpt-5.4"


def test_grouped_options__limits():
    answer = grouped_options(MANY, MANY)

    counts = {g["label"]["text"]: len(g["options"]) for g in answer["option_groups"]}
    assert counts == {"Providers": 50, "Models": 50}
    assert offer_problems(answer) == []


def test_grouped_options__empty_group():
    model = Suggestion("openai/gpt-5.4", "GPT-5.4")

    [group] = grouped_options([], [model])["option_groups"]

    assert group["label"]["text"] == "Models"
    assert grouped_options([], []) == {"options": []}


def test_about_options__values():
    answer = about_options(
        [Suggestion("moonshot ai", "Moonshot AI")], [Suggestion("a/b", "B")]
    )

    values = [each["value"] for g in answer["option_groups"] for each in g["options"]]
    assert values == ['provider "moonshot ai"', "name a/b"]


def test_names_menu__initial_options():
    assert "initial_options" not in names_menu((), "Any", most=3)
    [option] = names_menu(["x" * 100], "Any", most=3)["initial_options"]
    assert option["value"] == "x" * 100
    assert len(option["text"]["text"]) == limits.OPTION_TEXT


@pytest.mark.parametrize(
    ("answer", "least"),
    [(options(MANY), 0), (grouped_options(MANY, MANY), 0), (options(MANY[:1]), 1)],
)
def test_fitting__drops_the_last_options_of_each_group(answer, least):
    def size(answer):
        return len(json.dumps(answer))

    most = max(size(answer) // 3, least * size(answer))
    cut = fitting(answer, size, most)

    assert size(cut) <= most
    assert offer_problems(cut) == []
    assert least == (cut == answer)
