"""Block elements: buttons, menus, pickers, inputs, images.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

from typing import Any

from zenmux_bot.render import limits
from zenmux_demo.workspace.validation.objects import (
    ACTION_ID,
    CHOICE_OPTION,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    SLACK_FILE,
    STYLE,
    plain_text,
)
from zenmux_demo.workspace.validation.rules import (
    Found,
    Problem,
    Rule,
    boolean,
    exactly_one,
    fields,
    integer,
    list_of,
    string,
    tagged,
    url,
)

ID = string(255)
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}$", kind="a date such as 2026-11-23")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d$", kind="a time such as 09:00")
NUMERAL = string(255, pattern=r"-?\d+(\.\d+)?$", kind="a number in a string")

COMMON = {"action_id": ACTION_ID, "confirm": CONFIRM}
FOCUS = {"focus_on_load": boolean}
HINT = {"placeholder": plain_text(limits.PLACEHOLDER)}
MENU = {**COMMON, **FOCUS, **HINT}
MULTI = {**MENU, "max_selected_items": integer(1, limits.SELECT_OPTIONS)}
CHOICES = {
    "options": list_of(OPTION, limits.SELECT_OPTIONS),
    "option_groups": list_of(OPTION_GROUP, limits.OPTION_GROUPS),
}
OFFERED = fields(
    {},
    {**CHOICES, "options": list_of(OPTION, limits.SELECT_OPTIONS, at_least=0)},
    exactly_one("options", "option_groups"),
)
"""What an app answers to a menu that asks for its options."""

TYPED = {
    "action_id": ACTION_ID,
    **FOCUS,
    **HINT,
    "dispatch_action_config": DISPATCH_CONFIG,
}


def initial_is_an_option(value: Any, at: str) -> Found:
    """Expect initial options to equal an option in every part."""
    groups = value.get("option_groups") or []
    offered = [
        *(value.get("options") or []),
        *(option for group in groups for option in group["options"]),
    ]
    if "initial_option" in value and value["initial_option"] not in offered:
        yield Problem("not_allowed", "must equal an option", f"{at}/initial_option")
    for index, chosen in enumerate(value.get("initial_options") or []):
        if chosen not in offered:
            yield Problem(
                "not_allowed", "must equal an option", f"{at}/initial_options/{index}"
            )


def lengths_agree(value: Any, at: str) -> Found:
    """Expect a text input's bounds and initial value to fit each other."""
    shortest = value.get("min_length", 0)
    longest = value.get("max_length", limits.PLAIN_TEXT_INPUT)
    if shortest > longest:
        yield Problem("out_of_range", "must not exceed max_length", f"{at}/min_length")
    initial = value.get("initial_value")
    if initial is not None and not shortest <= len(initial) <= longest:
        yield Problem(
            "out_of_range", "must fit min_length and max_length", f"{at}/initial_value"
        )


def numbers_agree(value: Any, at: str) -> Found:
    """Expect a number input's bounds to be in order."""
    lowest, highest = value.get("min_value"), value.get("max_value")
    if None not in (lowest, highest) and float(lowest) > float(highest):
        yield Problem("out_of_range", "must not exceed max_value", f"{at}/min_value")
    for key in ("min_value", "max_value", "initial_value"):
        if "." in value.get(key, "") and not value["is_decimal_allowed"]:
            yield Problem("invalid_format", "must be a whole number", f"{at}/{key}")


BUTTON = fields(
    {"text": plain_text(limits.BUTTON_TEXT)},
    {
        **COMMON,
        "value": string(limits.BUTTON_VALUE),
        "url": url(limits.BUTTON_URL),
        "style": STYLE,
        "accessibility_label": string(limits.ACCESSIBILITY_LABEL),
    },
)
OVERFLOW = fields(
    {"options": list_of(OVERFLOW_OPTION, limits.OVERFLOW_OPTIONS)}, COMMON
)
IMAGE = fields(
    {"alt_text": string(limits.IMAGE_ALT_TEXT)},
    {"image_url": url(limits.IMAGE_URL), "slack_file": SLACK_FILE},
    exactly_one("image_url", "slack_file"),
)

SINGLE_MENUS: dict[str, Rule] = {
    "static_select": fields(
        {},
        {**MENU, **CHOICES, "initial_option": OPTION},
        exactly_one("options", "option_groups"),
        initial_is_an_option,
    ),
    "external_select": fields(
        {}, {**MENU, "initial_option": OPTION, "min_query_length": integer(0, 255)}
    ),
    "users_select": fields({}, {**MENU, "initial_user": ID}),
    "conversations_select": fields(
        {},
        {
            **MENU,
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": CONVERSATION_FILTER,
        },
    ),
    "channels_select": fields(
        {}, {**MENU, "initial_channel": ID, "response_url_enabled": boolean}
    ),
}

MULTI_MENUS: dict[str, Rule] = {
    "multi_static_select": fields(
        {},
        {**MULTI, **CHOICES, "initial_options": list_of(OPTION)},
        exactly_one("options", "option_groups"),
        initial_is_an_option,
    ),
    "multi_external_select": fields(
        {},
        {
            **MULTI,
            "initial_options": list_of(OPTION),
            "min_query_length": integer(0, 255),
        },
    ),
    "multi_users_select": fields({}, {**MULTI, "initial_users": list_of(ID)}),
    "multi_conversations_select": fields(
        {},
        {
            **MULTI,
            "initial_conversations": list_of(ID),
            "default_to_current_conversation": boolean,
            "filter": CONVERSATION_FILTER,
        },
    ),
    "multi_channels_select": fields({}, {**MULTI, "initial_channels": list_of(ID)}),
}

PICKERS: dict[str, Rule] = {
    "datepicker": fields({}, {**MENU, "initial_date": DATE}),
    "timepicker": fields({}, {**MENU, "initial_time": TIME, "timezone": string(255)}),
}
CHOICE_GROUPS: dict[str, Rule] = {
    "radio_buttons": fields(
        {"options": list_of(CHOICE_OPTION, limits.CHOICE_OPTIONS)},
        {**COMMON, **FOCUS, "initial_option": CHOICE_OPTION},
        initial_is_an_option,
    ),
    "checkboxes": fields(
        {"options": list_of(CHOICE_OPTION, limits.CHOICE_OPTIONS)},
        {**COMMON, **FOCUS, "initial_options": list_of(CHOICE_OPTION)},
        initial_is_an_option,
    ),
}

INPUTS: dict[str, Rule] = {
    "plain_text_input": fields(
        {},
        {
            **TYPED,
            "initial_value": string(limits.PLAIN_TEXT_INPUT),
            "multiline": boolean,
            "min_length": integer(0, limits.PLAIN_TEXT_INPUT),
            "max_length": integer(1, limits.PLAIN_TEXT_INPUT),
        },
        lengths_agree,
    ),
}
MODAL_INPUTS: dict[str, Rule] = {
    "number_input": fields(
        {"is_decimal_allowed": boolean},
        {
            **TYPED,
            "initial_value": NUMERAL,
            "min_value": NUMERAL,
            "max_value": NUMERAL,
        },
        numbers_agree,
    ),
}

CLICKABLE: dict[str, Rule] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    **SINGLE_MENUS,
    **PICKERS,
    **CHOICE_GROUPS,
}
IN_ACTIONS = tagged(CLICKABLE, what="element")
IN_SECTION = tagged({**CLICKABLE, **MULTI_MENUS, "image": IMAGE}, what="element")
IN_INPUT_EVERYWHERE: dict[str, Rule] = {
    **SINGLE_MENUS,
    **MULTI_MENUS,
    **PICKERS,
    **CHOICE_GROUPS,
    **INPUTS,
}
IN_INPUT = tagged(IN_INPUT_EVERYWHERE, what="element")
IN_MODAL_INPUT = tagged({**IN_INPUT_EVERYWHERE, **MODAL_INPUTS}, what="element")
