"""Build form elements, and read submitted values.

https://docs.slack.dev/reference/block-kit/blocks/input-block
https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zenmux_bot.commands.names import Suggestion
from zenmux_bot.render import limits
from zenmux_bot.render.limits import cut
from zenmux_bot.render.message import Block
from zenmux_bot.render.report import Choice, Menu

MAX_ERROR = 300
"""The most characters of an error below a field; more would hide the form."""

_EXPLANATION = "nothing to choose"
"""The value of an option that only explains; no slug contains a space."""


class FormErrors(Exception):
    """Some fields are invalid.

    Attributes:
        errors: What is wrong, by block id.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = {name: cut(said, MAX_ERROR) for name, said in errors.items()}


def plain(text: str) -> Block:
    """Return a text object without markup."""
    return {"type": "plain_text", "text": text, "emoji": False}


def modal(
    callback_id: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str = "Save",
    metadata: str = "",
) -> Block:
    """Return a form."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(cut(title, limits.VIEW_TITLE)),
        "submit": plain(submit),
        "close": plain("Cancel"),
        "private_metadata": metadata,
        "blocks": list(blocks),
    }


def field(
    name: str,
    label: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    action_id: str = "",
) -> Block:
    """Return a field of a form; its value is submitted under its name."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {"action_id": action_id or name, **element},
        "optional": optional,
    }
    return {**block, "hint": plain(hint)} if hint else block


def option(label: str, value: object, description: str = "") -> Block:
    """Return a line of a menu, with what explains it below."""
    line = {"text": plain(cut(label, limits.OPTION_TEXT)), "value": str(value)}
    if description:
        line["description"] = plain(cut(description, limits.OPTION_DESCRIPTION))
    return line


def select(
    labels: Mapping[Any, str],
    chosen: object,
    descriptions: Mapping[Any, str] | None = None,
) -> Block:
    """Return a menu of a few values with one chosen."""
    below = descriptions or {}
    options = {
        value: option(label, value, below.get(value, ""))
        for value, label in labels.items()
    }
    return {
        "type": "static_select",
        "options": list(options.values()),
        "initial_option": options[chosen],
    }


def number_input(
    initial: str, *, least: int, most: int, is_decimal: bool = False
) -> Block:
    """Return a field for a number; an empty ``initial`` leaves it empty."""
    element: Block = {
        "type": "number_input",
        "is_decimal_allowed": is_decimal,
        "min_value": str(least),
        "max_value": str(most),
    }
    return {**element, "initial_value": initial} if initial else element


def text_input(
    initial: str = "", *, placeholder: str = "", max_length: int = 0, **more: Any
) -> Block:
    """Return a field for a line of text."""
    element: Block = {"type": "plain_text_input", **more}
    if placeholder:
        element["placeholder"] = plain(placeholder)
    if max_length:
        element["max_length"] = max_length
    return {**element, "initial_value": initial} if initial else element


def channel_select(initial: str = "", **more: Any) -> Block:
    """Return a menu of channels."""
    element: Block = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"]},
        **more,
    }
    return {**element, "initial_conversation": initial} if initial else element


def reported(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the submitted state of a field, empty if it is missing."""
    actions = values.get(name)
    if not isinstance(actions, Mapping):
        return {}
    report = next(iter(actions.values()), None)
    return report if isinstance(report, Mapping) else {}


def chosen_option(values: Mapping[str, Any], name: str) -> str:
    """Return the value chosen in a menu, or an empty text."""
    chosen = reported(values, name).get("selected_option")
    return str(chosen.get("value") or "") if isinstance(chosen, Mapping) else ""


def typed_text(values: Mapping[str, Any], name: str) -> str:
    """Return what was typed into a field."""
    return str(reported(values, name).get("value") or "").strip()


def chosen_channel(values: Mapping[str, Any], name: str) -> str:
    """Return the channel chosen in a menu, or an empty text."""
    return str(reported(values, name).get("selected_conversation") or "")


Value = Callable[[str], str]
"""Returns the value of a slug's option."""


def names_menu(chosen: Sequence[str], placeholder: str, *, most: int) -> Block:
    """Return a menu of provider and model names.

    Args:
        chosen: The slugs, or names as typed, that are already chosen.
        placeholder: Shown while nothing is chosen.
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
        if len(name) <= limits.OPTION_VALUE
    ]
    return menu | {"initial_options": initial} if initial else menu


def chosen_in(report: Mapping[str, Any]) -> list[str]:
    """Return the values chosen in a submitted menu."""
    chosen = report.get("selected_options")
    listed = chosen if isinstance(chosen, Sequence) else ()
    values = [str(each["value"]) for each in listed if isinstance(each, Mapping)]
    return [each for each in values if each != _EXPLANATION]


def options(suggestions: Sequence[Suggestion]) -> Block:
    """Return the response to a request for options."""
    return {"options": _drawn(suggestions, str, limits.SELECT_OPTIONS)}


def explained(why: str) -> Block:
    """Return options that say why there are none; choosing one has no effect."""
    return {"options": [option(why, _EXPLANATION)]}


def grouped_options(
    providers: Sequence[Suggestion],
    models: Sequence[Suggestion],
    *,
    provider_value: Value = str,
    model_value: Value = str,
) -> Block:
    """Return options in groups, providers and models; empty groups are left out."""
    first = _drawn(providers, provider_value, limits.SELECT_OPTIONS // 2)
    rest = _drawn(models, model_value, limits.SELECT_OPTIONS - len(first))
    groups = [
        {"label": plain(label), "options": found}
        for label, found in (("Providers", first), ("Models", rest))
        if found
    ]
    return {"option_groups": groups} if groups else {"options": []}


def fitting(answer: Block, size: Callable[[Block], int], most: int) -> Block:
    """Return a response with as many options as fit, the first of each group.

    Args:
        answer: A response of :func:`options` or :func:`grouped_options`.
        size: Returns the size of a response.
        most: The largest size allowed.
    """
    count = limits.SELECT_OPTIONS
    while count and size(answer) > most:
        count = count * 3 // 4
        answer = _first(answer, count)
    return answer


def _first(answer: Block, count: int) -> Block:
    """Return a response with the first ``count`` options of each group."""
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
    """Return options, without those whose value is too long."""
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


def menu_elements(menus: Sequence[Menu]) -> list[Block]:
    """Return the menus that have choices."""
    return [_menu(each) for each in menus if any(map(_fits, each.choices))]


def _fits(choice: Choice) -> bool:
    """Tell whether a command fits into an option; a longer one can be typed."""
    return len(choice.command) <= limits.OPTION_VALUE


def _menu(each: Menu) -> Block:
    choices = [choice for choice in each.choices if _fits(choice)]
    element = {
        "type": "static_select",
        "placeholder": plain(cut(each.label, limits.PLACEHOLDER)),
        "action_id": each.action,
    }
    choices = choices[: limits.SELECT_OPTIONS]
    groups: dict[str, list[Block]] = {}
    for choice in choices:
        groups.setdefault(choice.group, []).append(_option(choice))
    if set(groups) == {""}:
        return element | {"options": groups[""]}
    return element | {
        "option_groups": [
            {"label": plain(cut(label, limits.OPTION_GROUP_LABEL)), "options": options}
            for label, options in groups.items()
        ]
    }


def _option(choice: Choice) -> Block:
    return {
        "text": plain(cut(choice.label, limits.OPTION_TEXT)),
        "value": choice.command,
    }
