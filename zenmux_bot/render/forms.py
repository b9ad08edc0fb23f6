"""Elements of forms, and what submitted ones report.

https://docs.slack.dev/reference/block-kit/blocks/input-block
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zenmux_bot.render import limits
from zenmux_bot.render.cut import cut
from zenmux_bot.render.message import Block

MAX_ERROR = 300
"""Characters that are said beside a field: more would hide the form."""


class FormErrors(Exception):
    """Some fields cannot be taken.

    Attributes:
        errors: What is wrong, by block id.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = {name: cut(said, MAX_ERROR) for name, said in errors.items()}


def plain(text: str) -> Block:
    """Return text in which nothing is markup."""
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
    """Return a field of a form; what it reports goes by its name."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {"action_id": action_id or name, **element},
        "optional": optional,
    }
    return {**block, "hint": plain(hint)} if hint else block


def option(label: str, value: object) -> Block:
    """Return a line of a menu."""
    return {"text": plain(cut(label, limits.OPTION_TEXT)), "value": str(value)}


def select(labels: Mapping[Any, str], chosen: object) -> Block:
    """Return a menu of a few values, one of which is chosen."""
    options = {value: option(label, value) for value, label in labels.items()}
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
    """Return what a field of a submitted form reports, nothing where it is missing."""
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
