"""The rules of Block Kit: one refused case for each, and what passes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenmux_demo.workspace.validation import find_problems, problems, view_problems

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def raw(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def option(value: str = "v", **more: Any) -> Json:
    return {"text": plain(), "value": value, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def form(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": [option()], **more}


def table(rows: list[list[Json]], **more: Any) -> Json:
    return {"type": "table", "rows": rows, **more}


def data_table(rows: list[list[Json]] | None = None, **more: Any) -> Json:
    rows = rows if rows is not None else [[raw()], [raw()]]
    return {"type": "data_table", "caption": "c", "rows": rows, **more}


def series(name: str = "s", *values: float) -> Json:
    points = [{"label": str(i), "value": v} for i, v in enumerate(values or (1, 2))]
    return {"name": name, "data": points}


def line(*shown: Json, categories: list[str] | None = None, **axis: Any) -> Json:
    chart = {
        "type": "line",
        "series": list(shown) or [series()],
        "axis_config": {"categories": categories or ["0", "1"], **axis},
    }
    return {"type": "data_visualization", "title": "t", "chart": chart}


def pie(*values: Any, title: str = "t") -> Json:
    segments = [{"label": str(i), "value": v} for i, v in enumerate(values)]
    return {
        "type": "data_visualization",
        "title": title,
        "chart": {"type": "pie", "segments": segments},
    }


def container(*children: Json, **more: Any) -> Json:
    return {
        "type": "container",
        "title": plain(),
        "child_blocks": list(children) or [{"type": "divider"}],
        **more,
    }


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def words(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


IMAGE = {"type": "image", "alt_text": "a", "image_url": "https://example.com/a.png"}
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}
DATE = {"type": "date", "timestamp": 1795455270, "format": "{date_short}"}

ACCEPTED: dict[str, Json] = {
    "section with fields": {"type": "section", "fields": [mrkdwn(), plain()]},
    "section with image": section(accessory=IMAGE, expand=True),
    "header with level": {"type": "header", "text": plain(), "level": 2},
    "context": {"type": "context", "elements": [mrkdwn(), plain(), IMAGE]},
    "divider": {"type": "divider"},
    "image": {**IMAGE, "title": plain()},
    "image from a file": {"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}},
    "button in full": actions(
        button(
            action_id="a",
            value="v",
            url="https://example.com",
            style="danger",
            confirm={**CONFIRM, "style": "primary"},
            accessibility_label="l",
        )
    ),
    "menus": actions(
        select(action_id="a", placeholder=plain(), initial_option=option()),
        {"type": "external_select", "min_query_length": 2},
        {"type": "users_select"},
        {"type": "channels_select"},
        {"type": "conversations_select", "filter": {"include": ["public", "im"]}},
    ),
    "grouped menu": actions(
        {
            "type": "static_select",
            "option_groups": [{"label": plain(), "options": [option()]}],
            "initial_option": option(),
        }
    ),
    "pickers": actions(
        {"type": "datepicker", "initial_date": "2026-11-23"},
        {"type": "timepicker", "initial_time": "09:00", "timezone": "Europe/Berlin"},
    ),
    "choices": actions(
        {"type": "radio_buttons", "options": [{"text": mrkdwn(), "value": "v"}]},
        {"type": "checkboxes", "options": [option()], "initial_options": [option()]},
        {"type": "overflow", "options": [option(url="https://example.com")]},
    ),
    "multi menu beside text": section(
        accessory={"type": "multi_static_select", "options": [option()]}
    ),
    "text input": form(
        {
            "type": "plain_text_input",
            "multiline": True,
            "min_length": 1,
            "max_length": 5,
            "initial_value": "abc",
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        },
        hint=plain(),
        optional=True,
        dispatch_action=True,
    ),
    "markdown": {"type": "markdown", "text": "**x**"},
    "rich text": rich(
        words(
            {"type": "text", "text": "x", "style": {"bold": True}},
            {"type": "link", "url": "https://example.com"},
            {"type": "emoji", "name": "wave"},
            {"type": "user", "user_id": "U1"},
            {"type": "channel", "channel_id": "C1"},
            {"type": "broadcast", "range": "here"},
            {"type": "color", "value": "#00ff00"},
            DATE,
        ),
        {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": 8,
            "border": 1,
            "elements": [words({"type": "text", "text": "x"})],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "x"}]},
        {
            "type": "rich_text_preformatted",
            "elements": [{"type": "text", "text": "x"}],
            "language": "python",
        },
    ),
    "table": table(
        [[raw(), rich(words())]], column_settings=[None, {"align": "right"}]
    ),
    "data table": data_table(
        [[raw(), raw()], [raw(), {"type": "raw_number", "value": 1.5, "text": "1.5"}]],
        page_size=100,
        row_header_column_index=1,
    ),
    "largest data table": data_table([[raw()] * 20] * 201),
    "line": line(series("a", -1, 0), series("b"), x_label="x", y_label="y"),
    "pie": pie(1, 2.5),
    "container": container(
        section(), rich(words()), is_collapsible=True, default_collapsed=True
    ),
    "container with a divided header": container(
        width="wide",
        has_header_divider=True,
        subtitle=plain(),
        icon=IMAGE,
        rich_text_title=rich(words()),
    ),
}


@pytest.mark.parametrize("block", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_well_formed_blocks_pass_in_messages(block: Json):
    assert problems([block], "message") == []


# Each block, the pointer below /blocks/0 and a word of the complaint.
REFUSED: dict[str, tuple[Any, str, str]] = {
    "not an object": ("x", "", "object"),
    "null": (None, "", "object"),
    "no type": ({}, "", "unsupported block type"),
    "type of another kind": ({"type": ["section"]}, "", "unsupported block type"),
    "unknown type": ({"type": "callout"}, "", "unsupported block type"),
    "type without use here": ({"type": "card"}, "", "unsupported block type"),
    "read-only type": ({"type": "file"}, "", "unsupported block type"),
    "unknown key": ({"type": "divider", "color": "red"}, "", "color"),
    "long block id": ({"type": "divider", "block_id": "x" * 256}, "/block_id", "256"),
    "empty section": ({"type": "section"}, "", "text, fields"),
    "empty text": (section(text=mrkdwn("")), "/text/text", "more than 0"),
    "long text": (section(text=mrkdwn("x" * 3001)), "/text/text", "3001"),
    "bare text": (section(text="x"), "/text", "object"),
    "emoji in mrkdwn": (
        section(text={**mrkdwn(), "emoji": True}),
        "/text",
        "emoji",
    ),
    "eleven fields": (
        {"type": "section", "fields": [plain()] * 11},
        "/fields",
        "10 items",
    ),
    "no fields": ({"type": "section", "fields": []}, "/fields", "fewer than 1"),
    "long field": (
        {"type": "section", "fields": [plain("x" * 2001)]},
        "/fields/0/text",
        "2001",
    ),
    "mrkdwn header": ({"type": "header", "text": mrkdwn()}, "/text", "text type"),
    "long header": ({"type": "header", "text": plain("x" * 151)}, "/text/text", "151"),
    "header level": (
        {"type": "header", "text": plain(), "level": 5},
        "/level",
        "between 1 and 4",
    ),
    "header level true": (
        {"type": "header", "text": plain(), "level": True},
        "/level",
        "integer",
    ),
    "crowded context": (
        {"type": "context", "elements": [plain()] * 11},
        "/elements",
        "10 items",
    ),
    "button in context": (
        {"type": "context", "elements": [button()]},
        "/elements/0",
        "text type",
    ),
    "crowded actions": (
        actions(*[button(action_id=str(i)) for i in range(26)]),
        "/elements",
        "25 items",
    ),
    "multi menu in actions": (
        actions({"type": "multi_static_select", "options": [option()]}),
        "/elements/0",
        "unsupported element",
    ),
    "same action id twice": (
        actions(button(action_id="a"), button(action_id="a")),
        "/elements/1/action_id",
        "already exists",
    ),
    "long action id": (
        actions(button(action_id="x" * 256)),
        "/elements/0/action_id",
        "256",
    ),
    "long button": (
        actions(button(text=plain("x" * 76))),
        "/elements/0/text/text",
        "76",
    ),
    "mrkdwn button": (actions(button(text=mrkdwn())), "/elements/0/text", "text type"),
    "long value": (actions(button(value="x" * 2001)), "/elements/0/value", "2001"),
    "empty value": (actions(button(value="")), "/elements/0/value", "more than 0"),
    "bad url": (actions(button(url="example.com")), "/elements/0/url", "URL"),
    "long label": (
        actions(button(accessibility_label="x" * 76)),
        "/elements/0/accessibility_label",
        "76",
    ),
    "bad style": (actions(button(style="green")), "/elements/0/style", "primary"),
    "short confirmation": (
        actions(button(confirm={"title": plain()})),
        "/elements/0/confirm",
        "missing",
    ),
    "long confirmation": (
        actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)})),
        "/elements/0/confirm/deny/text",
        "31",
    ),
    "no options": (actions(select(options=[])), "/elements/0/options", "fewer"),
    "many options": (
        actions(select(options=[option()] * 101)),
        "/elements/0/options",
        "100",
    ),
    "options and groups": (
        actions(
            select(option_groups=[{"label": plain(), "options": [option()]}]),
        ),
        "/elements/0",
        "exactly one",
    ),
    "long option value": (
        actions(select(options=[option("x" * 151)])),
        "/elements/0/options/0/value",
        "151",
    ),
    "mrkdwn option": (
        actions(select(options=[{"text": mrkdwn(), "value": "v"}])),
        "/elements/0/options/0/text",
        "text type",
    ),
    "url in a menu's option": (
        actions(select(options=[option(url="https://example.com")])),
        "/elements/0/options/0",
        "url",
    ),
    "initial option of another text": (
        actions(select(initial_option={**option(), "text": plain("y")})),
        "/elements/0/initial_option",
        "equal an option",
    ),
    "initial options": (
        actions(
            {
                "type": "checkboxes",
                "options": [option()],
                "initial_options": [option("w")],
            }
        ),
        "/elements/0/initial_options/0",
        "equal an option",
    ),
    "long placeholder": (
        actions(select(placeholder=plain("x" * 151))),
        "/elements/0/placeholder/text",
        "151",
    ),
    "overflow of six": (
        actions({"type": "overflow", "options": [option()] * 6}),
        "/elements/0/options",
        "5 items",
    ),
    "radio of eleven": (
        actions({"type": "radio_buttons", "options": [option()] * 11}),
        "/elements/0/options",
        "10 items",
    ),
    "empty filter": (
        actions({"type": "conversations_select", "filter": {"include": []}}),
        "/elements/0/filter/include",
        "fewer",
    ),
    "response url outside a modal": (
        form({"type": "channels_select", "response_url_enabled": True}),
        "/element/response_url_enabled",
        "modal",
    ),
    "bad time": (
        actions({"type": "timepicker", "initial_time": "9:00"}),
        "/elements/0/initial_time",
        "09:00",
    ),
    "bad date": (
        actions({"type": "datepicker", "initial_date": "23.11.26"}),
        "/elements/0/initial_date",
        "date",
    ),
    "image without alt text": (
        {"type": "image", "image_url": "https://example.com/a.png"},
        "",
        "alt_text",
    ),
    "image of two sources": ({**IMAGE, "slack_file": {"id": "F1"}}, "", "exactly one"),
    "file of two names": (
        {
            "type": "image",
            "alt_text": "a",
            "slack_file": {"id": "F", "url": "https://x"},
        },
        "/slack_file",
        "exactly one",
    ),
    "button as input": (form(button()), "/element", "unsupported element"),
    "number input outside modals": (
        form({"type": "number_input", "is_decimal_allowed": False}),
        "/element",
        "unsupported element",
    ),
    "long input label": (
        form({"type": "plain_text_input"}, label=plain("x" * 2001)),
        "/label/text",
        "2001",
    ),
    "lengths turned round": (
        form({"type": "plain_text_input", "min_length": 5, "max_length": 4}),
        "/element/min_length",
        "max_length",
    ),
    "initial value too long": (
        form({"type": "plain_text_input", "max_length": 1, "initial_value": "ab"}),
        "/element/initial_value",
        "fit",
    ),
    "long markdown": ({"type": "markdown", "text": "x" * 12001}, "/text", "12001"),
    "rich text of text": (rich({"type": "text", "text": "x"}), "/elements/0", "rich"),
    "empty rich text": (
        rich(words({"type": "text", "text": ""})),
        "/elements/0/elements/0/text",
        "more than 0",
    ),
    "deep list": (
        rich(
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 9,
                "elements": [words()],
            }
        ),
        "/elements/0/indent",
        "between 0 and 8",
    ),
    "list of text": (
        rich(
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "text", "text": "x"}],
            }
        ),
        "/elements/0/elements/0",
        "unsupported",
    ),
    "user in preformatted text": (
        rich(
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "user", "user_id": "U1"}],
            }
        ),
        "/elements/0/elements/0",
        "unsupported",
    ),
    "border": (
        rich({"type": "rich_text_quote", "elements": [], "border": 2}),
        "/elements/0/border",
        "between 0 and 1",
    ),
    "date without tokens": (
        rich(words({**DATE, "format": "today"})),
        "/elements/0/elements/0/format",
        "tokens",
    ),
    "date of unknown token": (
        rich(words({**DATE, "format": "{week}"})),
        "/elements/0/elements/0/format",
        "tokens",
    ),
    "date in words": (
        rich(words({**DATE, "timestamp": "now"})),
        "/elements/0/elements/0/timestamp",
        "integer",
    ),
    "table of 101 rows": (table([[raw()]] * 101), "/rows", "100 items"),
    "table of 21 columns": (table([[raw()] * 21]), "/rows/0", "20 items"),
    "table of empty cells": (table([[raw("")]]), "/rows/0/0/text", "more than 0"),
    "long table": (
        table([[raw("x" * 5001)], [raw("x" * 5000)]]),
        "",
        "10000 characters",
    ),
    "table alignment": (
        table([[raw()]], column_settings=[{"align": "middle"}]),
        "/column_settings/0/align",
        "left",
    ),
    "data table without caption": (
        {"type": "data_table", "rows": [[raw()], [raw()]]},
        "",
        "caption",
    ),
    "data table without body": (data_table([[raw()]]), "/rows", "fewer than 2"),
    "data table of 202 rows": (data_table([[raw()]] * 202), "/rows", "201 items"),
    "data table of 21 columns": (data_table([[raw()] * 21] * 2), "/rows/0", "20"),
    "ragged data table": (
        data_table([[raw(), raw()], [raw()]]),
        "/rows/1",
        "as many cells",
    ),
    "empty cell": (data_table([[raw()], [raw("")]]), "/rows/1/0/text", "more than 0"),
    "number without text": (
        data_table([[raw()], [{"type": "raw_number", "value": 1}]]),
        "/rows/1/0",
        "text",
    ),
    "number without value": (
        data_table([[raw()], [{"type": "raw_number", "text": "1"}]]),
        "/rows/1/0",
        "value",
    ),
    "number that is a flag": (
        data_table([[raw()], [{"type": "raw_number", "value": True, "text": "1"}]]),
        "/rows/1/0/value",
        "number",
    ),
    "rich header": (
        data_table([[rich(words())], [raw()]]),
        "/rows/0/0",
        "not allowed",
    ),
    "columns of a data table": (data_table(columns=[]), "", "columns"),
    "page of 101": (data_table(page_size=101), "/page_size", "between 1 and 100"),
    "row header elsewhere": (
        data_table(row_header_column_index=1),
        "/row_header_column_index",
        "name a column",
    ),
    "long data table": (
        data_table([[raw("x" * 10_000)], [raw("x" * 10_000)], [raw()]]),
        "",
        "20000 characters",
    ),
    "long chart title": (pie(1, title="x" * 51), "/title", "51"),
    "unknown chart": (
        {"type": "data_visualization", "title": "t", "chart": {"type": "donut"}},
        "/chart",
        "chart type",
    ),
    "thirteen series": (
        line(*[series(str(i)) for i in range(13)]),
        "/chart/series",
        "12 items",
    ),
    "same series twice": (
        line(series("a"), series("a")),
        "/chart/series/1",
        "unique",
    ),
    "long series name": (line(series("x" * 21)), "/chart/series/0/name", "21"),
    "missing point": (
        line(series("a", 1)),
        "/chart/series/0/data",
        "exactly one point",
    ),
    "gap": (line(series("a", 1, None)), "/chart/series/0/data/1/value", "number"),
    "infinite point": (
        line(series("a", 1, float("inf"))),
        "/chart/series/0/data/1/value",
        "number",
    ),
    "same category twice": (
        line(series("a", 1, 2), categories=["0", "0"]),
        "/chart/axis_config/categories/1",
        "unique",
    ),
    "21 categories": (
        line(categories=[str(i) for i in range(21)]),
        "/chart/axis_config/categories",
        "20 items",
    ),
    "long axis label": (line(x_label="x" * 51), "/chart/axis_config/x_label", "51"),
    "colours": (line(colors=[]), "/chart/axis_config", "colors"),
    "pie of thirteen": (pie(*[1] * 13), "/chart/segments", "12 items"),
    "empty segment": (pie(1, 0), "/chart/segments/1/value", "more than 0"),
    "negative segment": (pie(-1), "/chart/segments/0/value", "more than 0"),
    "segment in words": (pie("1"), "/chart/segments/0/value", "number"),
    "container of a chart": (container(pie(1)), "/child_blocks/0", "child block"),
    "container of a data table": (container(data_table()), "/child_blocks/0", "child"),
    "container of a container": (container(container()), "/child_blocks/0", "child"),
    "crowded container": (
        container(*[{"type": "divider"}] * 11),
        "/child_blocks",
        "10 items",
    ),
    "empty container": (container(child_blocks=[]), "/child_blocks", "fewer"),
    "untitled container": (
        {"type": "container", "child_blocks": [{"type": "divider"}]},
        "",
        "title",
    ),
    "container width": (container(width="narrower"), "/width", "narrow"),
    "collapsed but not collapsible": (
        container(default_collapsed=True),
        "/default_collapsed",
        "is_collapsible",
    ),
    "divided but collapsible": (
        container(is_collapsible=True, has_header_divider=True),
        "/has_header_divider",
        "is_collapsible",
    ),
}


@pytest.mark.parametrize(
    ("block", "pointer", "word"), REFUSED.values(), ids=REFUSED.keys()
)
def test_a_broken_rule_is_reported_where_it_is_broken(
    block: Json, pointer: str, word: str
):
    found = problems([block], "message")

    assert any(
        line.endswith(f"[json-pointer:/blocks/0{pointer}]") and word in line
        for line in found
    ), found


WHOLE_PAYLOADS: dict[str, tuple[Any, str]] = {
    "no list": ({"type": "divider"}, "array"),
    "51 blocks": ([{"type": "divider"}] * 51, "50 items"),
    "same block id twice": (
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        "already exists",
    ),
    "same block id inside a container": (
        [
            {"type": "divider", "block_id": "a"},
            container({"type": "divider", "block_id": "a"}),
        ],
        "/blocks/1/child_blocks/0/block_id",
    ),
    "two tables": ([table([[raw()]]), data_table()], "only_one_table_allowed"),
    "a table in a container and another": (
        [container(table([[raw()]])), table([[raw()]])],
        "only_one_table_allowed",
    ),
    "three charts": ([pie(1), pie(1), pie(1)], "no more than 2"),
    "markdown in sum": (
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        "all markdown blocks",
    ),
    "data tables in sum": (
        [data_table([[raw()], [raw("x" * 15_000)]])] * 2,
        "all cells of data_table blocks",
    ),
    "two focused inputs": (
        [
            form({"type": "plain_text_input", "focus_on_load": True}),
            form({"type": "plain_text_input", "focus_on_load": True}),
        ],
        "/blocks/1/element/focus_on_load",
    ),
}


@pytest.mark.parametrize(
    ("blocks", "word"), WHOLE_PAYLOADS.values(), ids=WHOLE_PAYLOADS.keys()
)
def test_rules_over_the_whole_payload(blocks: Any, word: str):
    assert any(word in line for line in problems(blocks, "message"))


ONLY_SOME_SURFACES: list[tuple[Json, set[str]]] = [
    (section(), {"message", "modal", "home"}),
    (form({"type": "plain_text_input"}), {"message", "modal", "home"}),
    (table([[raw()]]), {"message", "home"}),
    (data_table(), {"message", "home"}),
    (pie(1), {"message", "home"}),
    (container(), {"message", "home"}),
    ({"type": "markdown", "text": "x"}, {"message"}),
    (form({"type": "number_input", "is_decimal_allowed": True}), {"modal"}),
    (form({"type": "channels_select", "response_url_enabled": True}), {"modal"}),
]


@pytest.mark.parametrize(("block", "surfaces"), ONLY_SOME_SURFACES)
def test_each_surface_takes_its_own_blocks(block: Json, surfaces: set[str]):
    taken = {s for s in ("message", "modal", "home") if not problems([block], s)}

    assert taken == surfaces


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100)])
def test_the_number_of_blocks_depends_on_the_surface(surface: Any, most: int):
    divider = {"type": "divider"}

    assert problems([divider] * most, surface) == []
    assert problems([divider] * (most + 1), surface) != []


def test_numbers_in_a_number_input_agree():
    def number(**more: Any) -> list[str]:
        element = {"type": "number_input", "is_decimal_allowed": False, **more}
        return problems([form(element)], "modal")

    assert number(min_value="1", max_value="50", initial_value="10") == []
    assert number(min_value="5", max_value="1")
    assert number(min_value="1.5")
    assert number(min_value="one")


MODAL = {"type": "modal", "title": plain(), "blocks": [section()]}

VIEWS: dict[str, tuple[Any, str]] = {
    "no object": ("x", "object"),
    "no title": ({"type": "modal", "blocks": []}, "title"),
    "long title": ({**MODAL, "title": plain("x" * 25)}, "/view/title/text"),
    "long submit": ({**MODAL, "submit": plain("x" * 25)}, "/view/submit/text"),
    "long close": ({**MODAL, "close": plain("x" * 25)}, "/view/close/text"),
    "form without submit": (
        {**MODAL, "blocks": [form({"type": "plain_text_input"})]},
        "submit",
    ),
    "long metadata": ({**MODAL, "private_metadata": "x" * 3001}, "3001"),
    "long callback id": ({**MODAL, "callback_id": "x" * 256}, "256"),
    "long external id": ({**MODAL, "external_id": "x" * 256}, "256"),
    "unknown key": ({**MODAL, "color": "red"}, "color"),
    "home tab": ({"type": "home", "blocks": []}, "modal"),
}


@pytest.mark.parametrize(("view", "word"), VIEWS.values(), ids=VIEWS.keys())
def test_a_broken_view_is_reported(view: Any, word: str):
    assert any(word in line for line in view_problems(view, "modal"))


def test_a_whole_view_passes():
    view = {
        **MODAL,
        "submit": plain("x" * 24),
        "close": plain(),
        "private_metadata": "",
        "callback_id": "c",
        "external_id": "e",
        "clear_on_close": False,
        "notify_on_close": True,
    }

    assert view_problems(view, "modal") == []
    assert view_problems({"type": "home", "blocks": [section()]}, "home") == []


def test_a_home_tab_has_no_title():
    assert view_problems({"type": "home", "title": plain(), "blocks": []}, "home")


def test_a_problem_names_its_field_and_limit_for_blocks_validate():
    (found,) = find_problems([{"type": "header", "text": plain("x" * 151)}], "message")

    assert found.as_json() == {
        "code": "too_long",
        "message": "must be less than 151 characters",
        "field": "text",
        "pointer": "/blocks/0/text/text",
        "constraint": 150,
    }


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "rows", "chart", "element"]),
            inner | st.sampled_from(sorted({b["type"] for b in ACCEPTED.values()})),
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(blocks=JSON_VALUES, surface=st.sampled_from(["message", "modal", "home"]))
def test_nothing_makes_the_check_itself_fail(blocks: Any, surface: Any):
    assert isinstance(problems(blocks, surface), list)


@given(data=st.data(), junk=JSON_VALUES)
def test_a_good_block_with_a_broken_part_never_raises(data: st.DataObject, junk: Any):
    block = dict(data.draw(st.sampled_from(list(ACCEPTED.values()))))
    block[data.draw(st.sampled_from(sorted(block)))] = junk

    assert isinstance(problems([block], "message"), list)
