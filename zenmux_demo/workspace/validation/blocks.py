"""Blocks, and which surface takes which.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from typing import Literal

from zenmux_bot.render import limits
from zenmux_demo.workspace.validation.data import CHART, DATA_TABLE, TABLE
from zenmux_demo.workspace.validation.elements import (
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_MODAL_INPUT,
    IN_SECTION,
)
from zenmux_demo.workspace.validation.objects import SLACK_FILE, any_text, plain_text
from zenmux_demo.workspace.validation.rich_text import RICH_TEXT
from zenmux_demo.workspace.validation.rules import (
    Found,
    Problem,
    Rule,
    at_least_one,
    boolean,
    exactly_one,
    fields,
    integer,
    list_of,
    one_of,
    string,
    tagged,
    url,
)

Surface = Literal["message", "modal", "home"]

BLOCK_ID: dict[str, Rule] = {"block_id": string(limits.BLOCK_ID)}
IMAGE_ELEMENT = tagged({"image": IMAGE}, what="element")

SECTION = fields(
    {},
    {
        **BLOCK_ID,
        "text": any_text(limits.SECTION_TEXT),
        "fields": list_of(any_text(limits.SECTION_FIELD_TEXT), limits.SECTION_FIELDS),
        "accessory": IN_SECTION,
        "expand": boolean,
    },
    at_least_one("text", "fields"),
)
HEADER = fields(
    {"text": plain_text(limits.HEADER_TEXT)},
    {**BLOCK_ID, "level": integer(1, limits.HEADER_LEVELS)},
)


def context_element(value: object, at: str) -> Found:
    """Expect a text or a small image."""
    if isinstance(value, dict) and value.get("type") == "image":
        yield from IMAGE(value, at)
    else:
        yield from any_text(limits.CONTEXT_TEXT)(value, at)


CONTEXT = fields(
    {"elements": list_of(context_element, limits.CONTEXT_ELEMENTS)}, BLOCK_ID
)
ACTIONS = fields({"elements": list_of(IN_ACTIONS, limits.ACTIONS_ELEMENTS)}, BLOCK_ID)
DIVIDER = fields({}, BLOCK_ID)
IMAGE_BLOCK = fields(
    {"alt_text": string(limits.IMAGE_ALT_TEXT)},
    {
        **BLOCK_ID,
        "image_url": url(limits.IMAGE_URL),
        "slack_file": SLACK_FILE,
        "title": plain_text(limits.IMAGE_TITLE),
    },
    exactly_one("image_url", "slack_file"),
)


def _input(element: Rule) -> Rule:
    return fields(
        {"label": plain_text(limits.INPUT_LABEL), "element": element},
        {
            **BLOCK_ID,
            "hint": plain_text(limits.INPUT_HINT),
            "optional": boolean,
            "dispatch_action": boolean,
        },
    )


MARKDOWN = fields({"text": string(limits.MARKDOWN_TEXT_PER_MESSAGE)}, BLOCK_ID)
RICH_TEXT_TITLE = tagged({"rich_text": RICH_TEXT})


def _folding(value: dict[str, object], at: str) -> Found:
    is_collapsible = value.get("is_collapsible", False)
    if "default_collapsed" in value and not is_collapsible:
        yield Problem(
            "not_allowed", "only with is_collapsible", f"{at}/default_collapsed"
        )
    if "has_header_divider" in value and is_collapsible:
        yield Problem(
            "not_allowed", "not with is_collapsible", f"{at}/has_header_divider"
        )


def _container(element: Rule) -> Rule:
    children = {
        "actions": ACTIONS,
        "context": CONTEXT,
        "divider": DIVIDER,
        "header": HEADER,
        "image": IMAGE_BLOCK,
        "input": _input(element),
        "rich_text": RICH_TEXT,
        "section": SECTION,
        "table": TABLE,
    }
    return fields(
        {
            "child_blocks": list_of(
                tagged(children, what="child block"), limits.CONTAINER_CHILDREN
            )
        },
        {
            **BLOCK_ID,
            "title": plain_text(limits.CONTAINER_TITLE),
            "rich_text_title": RICH_TEXT_TITLE,
            "subtitle": any_text(limits.CONTAINER_SUBTITLE),
            "icon": IMAGE_ELEMENT,
            "width": one_of("narrow", "standard", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        at_least_one("title", "rich_text_title"),
        _folding,
    )


def _everywhere(element: Rule) -> dict[str, Rule]:
    return {
        "section": SECTION,
        "header": HEADER,
        "context": CONTEXT,
        "actions": ACTIONS,
        "divider": DIVIDER,
        "image": IMAGE_BLOCK,
        "input": _input(element),
        "rich_text": RICH_TEXT,
    }


# The input block's element set is wider in modals. What this bot has no use for, such
# as cards, videos and feedback buttons, is refused like a type that does not exist.
HOME = {
    **_everywhere(IN_INPUT),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "container": _container(IN_INPUT),
    "data_visualization": CHART,
}
MESSAGE = {**HOME, "markdown": MARKDOWN}
MODAL = _everywhere(IN_MODAL_INPUT)

BLOCK: dict[Surface, Rule] = {
    "message": tagged(MESSAGE, what="block type here"),
    "modal": tagged(MODAL, what="block type here"),
    "home": tagged(HOME, what="block type here"),
}
