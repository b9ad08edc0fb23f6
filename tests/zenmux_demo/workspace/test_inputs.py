"""Elements wherever they stand, and what they report."""

from __future__ import annotations

import copy

import pytest

from zenmux_demo.workspace.content import assign_ids
from zenmux_demo.workspace.inputs import (
    elements,
    initial_values,
    missing_inputs,
    value_for,
)


def plain(text="x"):
    return {"type": "plain_text", "text": text}


def option(value):
    return {"text": plain(value.title()), "value": value}


def button(name):
    return {"type": "button", "action_id": name, "text": plain()}


PLACES = {
    "actions": {"type": "actions", "elements": [button("b")]},
    "accessory": {"type": "section", "text": plain(), "accessory": button("b")},
    "container": {
        "type": "container",
        "child_blocks": [{"type": "actions", "elements": [button("b")]}],
    },
}


@pytest.mark.parametrize("block", PLACES.values(), ids=PLACES.keys())
def test_an_element_is_found_wherever_it_stands(block):
    assert [element["action_id"] for _, element in elements([block])] == ["b"]


def test_texts_and_images_are_no_elements():
    image = {"type": "image", "alt_text": "a", "image_url": "https://example.com"}
    context = {"type": "context", "elements": [plain(), image]}
    section = {"type": "section", "text": plain(), "accessory": image}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section"}]}

    assert list(elements([context, section, rich, image])) == []


def test_ids_that_were_left_out_are_given():
    numbers = iter(range(9))
    bare = {"type": "button", "text": plain()}
    inner = {"type": "actions", "elements": [bare]}
    markdown = {"type": "markdown", "text": "x", "block_id": "mine"}
    dividers = [{"type": "divider"}, {"type": "divider"}]
    blocks = [{"type": "container", "child_blocks": [inner]}, markdown, *dividers]
    again = copy.deepcopy(blocks)
    for each in (blocks, again):
        assign_ids(each, lambda prefix: f"{prefix}{next(numbers)}")

    ids = [block["block_id"] for block in blocks]
    assert len(set(ids)) == 4
    assert ids == [block["block_id"] for block in again]
    assert markdown["block_id"] != "mine"
    assert bare["action_id"].startswith("a")


def test_inputs_without_ids_get_new_ones_each_time():
    numbers = iter(range(9))
    element = {"type": "plain_text_input", "action_id": "x"}
    form = [{"type": "input", "label": plain(), "element": element}]
    again = copy.deepcopy(form)
    for each in (form, again):
        assign_ids(each, lambda prefix: f"{prefix}{next(numbers)}")

    assert form[0]["block_id"] != again[0]["block_id"]


def form(**element):
    element = {"action_id": "a", **element}
    return [{"type": "input", "block_id": "b", "element": element}]


@pytest.mark.parametrize(
    ("element", "report"),
    [
        ({"type": "plain_text_input"}, {"value": None}),
        ({"type": "plain_text_input", "initial_value": "x"}, {"value": "x"}),
        ({"type": "checkboxes"}, {"selected_options": []}),
        (
            {"type": "timepicker", "initial_time": "09:00", "timezone": "UTC"},
            {"selected_time": "09:00", "timezone": "UTC"},
        ),
        (
            {"type": "conversations_select", "default_to_current_conversation": True},
            {"selected_conversation": "C1"},
        ),
        (
            {
                "type": "conversations_select",
                "default_to_current_conversation": True,
                "initial_conversation": "C2",
            },
            {"selected_conversation": "C2"},
        ),
    ],
)
def test_an_untouched_element_reports_its_initial_value(element, report):
    values = initial_values(form(**element), "C1")

    assert values == {"b": {"a": {"type": element["type"], **report}}}


def test_buttons_and_overflow_menus_have_no_state():
    blocks = [
        {
            "type": "actions",
            "block_id": "b",
            "elements": [button("b"), {"type": "overflow", "action_id": "o"}],
        }
    ]

    assert initial_values(blocks) == {}


def test_optional_inputs_may_stay_empty():
    blocks = form(type="plain_text_input")
    needed = missing_inputs(blocks, initial_values(blocks))
    blocks[0]["optional"] = True

    assert needed == {"b": "Please complete this required field."}
    assert missing_inputs(blocks, initial_values(blocks)) == {}


def test_plain_values_become_options():
    options = [option("cost"), option("tokens")]
    grouped = [{"label": plain(), "options": options}]
    single = {"type": "static_select", "action_id": "a", "option_groups": grouped}
    several = {"type": "multi_static_select", "action_id": "a", "options": options}
    external = {"type": "external_select", "action_id": "a"}

    assert value_for(single, "Tokens") == options[1]
    assert value_for(several, ["cost", options[1]]) == options
    assert value_for(external, "new")["value"] == "new"
