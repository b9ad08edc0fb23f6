"""What a person can choose or type: elements, their values, what is missing.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zenmux_demo.workspace.model import Json

# Element type -> the key that carries what was chosen.
VALUE_KEYS: dict[str, str] = {
    "plain_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}

# Value key -> the key that sets it before anybody chose.
INITIAL_KEYS: dict[str, str] = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
}

INTERACTIVE = VALUE_KEYS.keys() | {"button"}

REQUIRED = "Please complete this required field."


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Give each interactive element with its block, also inside containers."""
    for block in blocks:
        yield from elements(block.get("child_blocks") or [])
        found = [block.get("accessory"), block.get("element")]
        found += block.get("elements") or []
        for element in found:
            if element is not None and element.get("type") in INTERACTIVE:
                yield block, element


def chosen(element: Json, value: Any) -> Json:
    """Return how Slack reports a value of an element; None is nothing chosen."""
    kind = element["type"]
    report = {"type": kind, VALUE_KEYS[kind]: value}
    if kind == "timepicker" and "timezone" in element:
        report["timezone"] = element["timezone"]
    return report


def initial_values(blocks: list[Json], here: str | None = None) -> Json:
    """Return ``state.values`` of a surface that nobody has touched.

    ``here`` is the channel that menus may preselect.
    """
    values: Json = {}
    for block, element in elements(blocks):
        kind = element["type"]
        if kind == "overflow" or kind not in VALUE_KEYS:
            continue
        initial = element.get(INITIAL_KEYS.get(VALUE_KEYS[kind], ""))
        if initial is None and element.get("default_to_current_conversation"):
            initial = here
        values.setdefault(block["block_id"], {})[element["action_id"]] = chosen(
            element, initial if initial is not None else _nothing(kind)
        )
    return values


def _nothing(kind: str) -> Any:
    return [] if VALUE_KEYS[kind].endswith("s") else None


def missing_inputs(blocks: list[Json], values: Mapping[str, Any]) -> dict[str, str]:
    """Return what Slack's own form says before it sends: block id to words."""
    problems: dict[str, str] = {}
    for block, element in elements(blocks):
        if block["type"] != "input":
            continue
        report = values.get(block["block_id"], {}).get(element["action_id"], {})
        value = report.get(VALUE_KEYS[element["type"]])
        if value in (None, "", []):
            if not block.get("optional"):
                problems[block["block_id"]] = REQUIRED
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            problems[block["block_id"]] = (
                f"Please enter at least {element['min_length']} characters."
            )
    return problems


def options_of(element: Json) -> list[Json]:
    """Return the options of a menu, grouped or not."""
    groups = element.get("option_groups") or []
    return [
        *(element.get("options") or []),
        *(option for group in groups for option in group["options"]),
    ]


def value_for(element: Json, plain: Any) -> Any:
    """Turn a plain value into what the element would report.

    Options are named by their value or their text.
    """
    key = VALUE_KEYS[element["type"]]
    if key == "selected_option" and isinstance(plain, str):
        return _option(element, plain)
    if key == "selected_options":
        return [_option(element, p) if isinstance(p, str) else p for p in plain]
    return plain


def _option(element: Json, wanted: str) -> Json:
    for option in options_of(element):
        if wanted in (option.get("value"), option["text"]["text"]):
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": wanted}, "value": wanted}
    raise LookupError(f"no option {wanted!r} in {element['action_id']}")
