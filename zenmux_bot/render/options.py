"""Menus of names that ask while somebody types, and the answers they get.

https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zenmux_bot.commands.names import Suggestion
from zenmux_bot.render import limits
from zenmux_bot.render.cut import cut
from zenmux_bot.render.forms import plain
from zenmux_bot.render.message import Block

Value = Callable[[str], str]
"""What the option of a slug stands for."""


def names_menu(chosen: Sequence[str], placeholder: str, *, most: int) -> Block:
    """Return the element of a form in which names are chosen.

    Args:
        chosen: The slugs, or names as typed, that are chosen already.
        placeholder: What it says while nothing is.
        most: How many can be chosen.
    """
    menu: Block = {
        "type": "multi_external_select",
        "min_query_length": 0,
        "max_selected_items": most,
        "placeholder": plain(placeholder),
    }
    initial = [
        {"text": plain(cut(name, limits.OPTION_TEXT)), "value": name}
        for name in chosen[:most]
    ]
    return menu | {"initial_options": initial} if initial else menu


def chosen_in(report: Mapping[str, Any]) -> list[str]:
    """Return the values that a submitted menu reports."""
    chosen = report.get("selected_options")
    listed = chosen if isinstance(chosen, Sequence) else ()
    return [str(each["value"]) for each in listed if isinstance(each, Mapping)]


def options(suggestions: Sequence[Suggestion]) -> Block:
    """Return the answer to Slack's question for options."""
    return {"options": _drawn(suggestions, str, limits.SELECT_OPTIONS)}


def grouped_options(
    providers: Sequence[Suggestion],
    models: Sequence[Suggestion],
    *,
    provider_value: Value = str,
    model_value: Value = str,
) -> Block:
    """Return the same with providers apart from models; a group is never empty."""
    first = _drawn(providers, provider_value, limits.SELECT_OPTIONS // 2)
    rest = _drawn(models, model_value, limits.SELECT_OPTIONS - len(first))
    groups = [
        {"label": plain(label), "options": found}
        for label, found in (("Providers", first), ("Models", rest))
        if found
    ]
    return {"option_groups": groups} if groups else {"options": []}


def fitting(answer: Block, size: Callable[[Block], int], most: int) -> Block:
    """Return an answer with as many options as fit, the first of each group.

    Args:
        answer: What :func:`options` or :func:`grouped_options` gave.
        size: How much room an answer takes.
        most: How much there is.
    """
    count = limits.SELECT_OPTIONS
    while count and size(answer) > most:
        count = count * 3 // 4
        answer = _first(answer, count)
    return answer


def _first(answer: Block, count: int) -> Block:
    """Return an answer with so many options in each of its groups."""
    if "options" in answer:
        return {"options": answer["options"][:count]}
    groups = answer["option_groups"]
    return {
        "option_groups": [
            {**group, "options": group["options"][:count]}
            for group in groups
            if group["options"][:count]
        ]
    }


def _drawn(suggestions: Sequence[Suggestion], value: Value, most: int) -> list[Block]:
    """Return options; one whose value was cut would mean something else."""
    valued = [(each, value(each.slug)) for each in suggestions]
    fitting = [pair for pair in valued if len(pair[1]) <= limits.OPTION_VALUE]
    return [
        {
            "text": plain(cut(each.label, limits.OPTION_TEXT)),
            "description": plain(cut(each.slug, limits.OPTION_DESCRIPTION)),
            "value": words,
        }
        for each, words in fitting[:most]
    ]
