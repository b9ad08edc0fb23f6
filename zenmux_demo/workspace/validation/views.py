"""Views: what stands around the blocks of a modal or Home tab.

https://docs.slack.dev/reference/views
"""

from __future__ import annotations

from typing import Any

from zenmux_bot.render import limits
from zenmux_demo.workspace.validation.blocks import Surface
from zenmux_demo.workspace.validation.objects import plain_text
from zenmux_demo.workspace.validation.rules import (
    Found,
    Problem,
    Rule,
    boolean,
    fields,
    one_of,
    string,
)


def _any_list(value: Any, at: str) -> Found:
    if not isinstance(value, list):
        yield Problem("wrong_type", "must provide an array", at)


COMMON: dict[str, Rule] = {
    "private_metadata": string(limits.PRIVATE_METADATA, at_least=0),
    "callback_id": string(limits.CALLBACK_ID, at_least=0),
    "external_id": string(limits.EXTERNAL_ID, at_least=0),
}


def _inputs_need_submit(value: Any, at: str) -> Found:
    is_form = any(
        isinstance(block, dict) and block.get("type") == "input"
        for block in value["blocks"]
    )
    if is_form and "submit" not in value:
        yield Problem("required", "missing required field: submit", at)


VIEW: dict[Surface, Rule] = {
    "modal": fields(
        {
            "type": one_of("modal"),
            "title": plain_text(limits.VIEW_TITLE),
            "blocks": _any_list,
        },
        {
            **COMMON,
            "submit": plain_text(limits.VIEW_SUBMIT),
            "close": plain_text(limits.VIEW_CLOSE),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        _inputs_need_submit,
    ),
    "home": fields({"type": one_of("home"), "blocks": _any_list}, COMMON),
}


def find_view_problems(view: Any, surface: Surface) -> list[Problem]:
    """Return what is wrong with a view, its blocks apart."""
    return list(VIEW[surface](view, "/view"))
