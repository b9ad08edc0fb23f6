"""Payloads of every block that the bot may use, by the command that asks for them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

HOSTILE = "<img src=x onerror=alert(1)> *x* <!channel>"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def number(value: float, text: str) -> Json:
    return {"type": "raw_number", "value": value, "text": text}


def option(text: str, value: str, description: str | None = None) -> Json:
    extra = {"description": plain(description)} if description else {}
    return {"text": plain(text), "value": value, **extra}


def rich_section(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def button(text: str, action_id: str, **extra: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **extra}


CONFIRM = {
    "title": plain("Delete the digest?"),
    "text": mrkdwn("It goes for *good*."),
    "confirm": plain("Delete"),
    "deny": plain("Keep"),
    "style": "danger",
}

METRICS = [option("Tokens", "tokens", "How much"), option("Cost", "cost", "List price")]

TEXT_BLOCKS: list[Json] = [
    {"type": "header", "text": plain("Leaderboard"), "level": 1},
    {"type": "header", "text": plain("Second level"), "level": 2},
    {
        "type": "section",
        "text": mrkdwn(
            "*Bold*, _italic_, ~struck~, `code` and a "
            "<https://docs.slack.dev/|link> for <@U0TOMAS0001> in <#C0LLMCOSTS1>.\n"
            "> a quote\n"
            "At <!date^1795424400^{date_num} {time}|2026-11-23 09:00 UTC> &amp; later"
        ),
    },
    {
        "type": "section",
        "fields": [mrkdwn("*Volume*\n1.24T"), mrkdwn("*Change*\n+6.3 %")],
        "accessory": button("Details", "details", value="d"),
    },
    {"type": "section", "text": plain(HOSTILE)},
    {"type": "divider"},
    {
        "type": "context",
        "elements": [mrkdwn("`/zenmux leaderboard cost 7d` · data through 22 Nov")],
    },
]

ACTION_BLOCKS: list[Json] = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            button("Share to channel", "share", style="primary", value="s"),
            button("Plain", "plain", value="p"),
            button("Delete", "delete", style="danger", value="x", confirm=CONFIRM),
            {
                "type": "static_select",
                "action_id": "metric",
                "placeholder": plain("Metric"),
                "options": METRICS,
            },
            {
                "type": "overflow",
                "action_id": "more",
                "options": [option("As CSV", "csv"), option("As JSON", "json")],
            },
            {"type": "timepicker", "action_id": "time", "initial_time": "09:00"},
            {"type": "datepicker", "action_id": "date", "initial_date": "2026-11-23"},
        ],
    },
    {
        "type": "actions",
        "block_id": "pickers",
        "elements": [
            {
                "type": "conversations_select",
                "action_id": "conversation",
                "placeholder": plain("Channel"),
            },
            {
                "type": "users_select",
                "action_id": "person",
                "placeholder": plain("Person"),
            },
            {
                "type": "external_select",
                "action_id": "model",
                "placeholder": plain("Model"),
                "min_query_length": 1,
            },
        ],
    },
    {
        "type": "actions",
        "block_id": "ticks",
        "elements": [
            {
                "type": "radio_buttons",
                "action_id": "cadence",
                "options": [option("Daily", "d"), option("Weekly", "w")],
                "initial_option": option("Weekly", "w"),
            },
            {
                "type": "checkboxes",
                "action_id": "flags",
                "options": [option("Chart", "chart"), option("Table", "table")],
            },
        ],
    },
]

RICH_BLOCKS: list[Json] = [
    {
        "type": "rich_text",
        "elements": [
            rich_section(
                words("Rich "),
                words("bold", bold=True),
                words(" struck", strike=True),
                words(" code", code=True),
                words(" "),
                {"type": "link", "url": "https://docs.slack.dev/", "text": "docs"},
                words(" "),
                {"type": "user", "user_id": "U0MAYA00001"},
                words(" "),
                {"type": "broadcast", "range": "here"},
                words(" "),
                {
                    "type": "date",
                    "timestamp": 1795424400,
                    "format": "{date_long} {time}",
                    "fallback": "Monday",
                },
            ),
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [rich_section(words("one")), rich_section(words("two"))],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 1,
                "elements": [rich_section(words("nested"))],
            },
            {"type": "rich_text_quote", "elements": [words("quoted")]},
            {
                "type": "rich_text_preformatted",
                "elements": [words("share cost 8w\nby week")],
            },
        ],
    },
]

MARKDOWN_BLOCKS: list[Json] = [
    {
        "type": "markdown",
        "text": (
            "# Title\n\nSome **bold**, _italic_ and [a link](https://docs.slack.dev/)."
            "\n\n- one\n  - nested\n- [x] done\n\n| a | b |\n| --- | ---: |\n| x | 1 |"
            "\n\n---\n\n```\ncode\n```\n<b>shown as it is</b>"
        ),
    },
]

PROVIDERS = [
    ("anthropic", 41.2, 1.8, 512_340_000.0),
    ("openai", 22.7, -3.1, 282_100_000.0),
    ("google", 18.4, 2.4, 228_500_000.0),
    ("deepseek", 6.1, -0.6, 75_900_000.0),
    ("mistral", 5.2, 0.4, 64_600_000.0),
    ("x-ai", 3.3, -0.5, 41_000_000.0),
    (HOSTILE, 3.1, -0.4, 9_000.0),
]

TABLE_BLOCKS: list[Json] = [
    {
        "type": "table",
        "rows": [
            [raw("Provider"), raw("Share"), raw("Note")],
            *(
                [
                    raw(name),
                    raw(f"{share:.1f} %"),
                    {
                        "type": "rich_text",
                        "elements": [rich_section(words("a longer note that wraps"))],
                    },
                ]
                for name, share, *_ in PROVIDERS[:3]
            ),
        ],
        "column_settings": [None, {"align": "right"}, {"is_wrapped": True}],
    },
]

DATA_TABLE_BLOCKS: list[Json] = [
    {
        "type": "data_table",
        "block_id": "shares",
        "caption": "Share of cost by provider",
        "page_size": 5,
        "rows": [
            [raw("Provider"), raw("Share"), raw("Change"), raw("Volume")],
            *(
                [
                    raw(name),
                    number(share, f"{share:.1f} %"),
                    number(delta, f"{delta:+.1f} pp"),
                    number(volume, f"${volume:,.0f}"),
                ]
                for name, share, delta, volume in PROVIDERS
            ),
        ],
    },
]

WEEKS = ["W42", "W43", "W44", "W45", "W46"]
SERIES = [
    ("anthropic", [36.0, 37.5, 38.1, 39.4, 41.2]),
    ("openai", [27.0, 26.8, 26.1, 25.8, 22.7]),
    ("google", [15.2, 15.0, 15.9, 16.0, 18.4]),
    ("Others", [21.8, 20.7, 19.9, 18.8, 17.7]),
    ("fifth", [2.0, 3.0, 1.0, 2.5, 2.0]),
]


def chart(kind: str) -> Json:
    if kind == "pie":
        segments = [{"label": name, "value": row[-1]} for name, row in SERIES[:4]]
        return {
            "type": "data_visualization",
            "title": "Share last week",
            "chart": {"type": "pie", "segments": segments},
        }
    series = [
        {
            "name": name,
            "data": [
                {"label": week, "value": value}
                for week, value in zip(WEEKS, row, strict=True)
            ],
        }
        for name, row in SERIES
    ]
    return {
        "type": "data_visualization",
        "block_id": f"chart-{kind}",
        "title": f"Share of cost, {kind}",
        "chart": {
            "type": kind,
            "series": series if kind == "line" else series[:3],
            "axis_config": {
                "categories": WEEKS,
                "x_label": "Week",
                "y_label": "Percent",
            },
        },
    }


CONTAINER_BLOCKS: list[Json] = [
    {
        "type": "container",
        "block_id": "fold",
        "title": plain("How this was computed"),
        "subtitle": plain("Days, source and rounding"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [{"type": "section", "text": mrkdwn("Folded *away*")}],
    },
    {
        "type": "image",
        "image_url": "https://images.invalid/chart.png",
        "alt_text": "A picture that is not there",
        "title": plain("Picture"),
    },
]

UNKNOWN_BLOCKS: list[Json] = [{"type": "hologram"}]

MESSAGES: dict[str, list[Json]] = {
    "text": TEXT_BLOCKS,
    "actions": ACTION_BLOCKS,
    "rich": RICH_BLOCKS,
    "markdown": MARKDOWN_BLOCKS,
    "table": TABLE_BLOCKS,
    "data": DATA_TABLE_BLOCKS,
    "charts": [chart("line"), chart("bar")],
    "more-charts": [chart("area"), chart("pie")],
    "boxes": CONTAINER_BLOCKS,
}


def labelled(block_id: str, label: str, element: Json, **extra: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": block_id, **element},
        **extra,
    }


FORM: Json = {
    "type": "modal",
    "callback_id": "digest",
    "title": plain("New digest"),
    "submit": plain("Create"),
    "close": plain("Cancel"),
    "blocks": [
        labelled(
            "name",
            "Name",
            {"type": "plain_text_input", "max_length": 40},
            hint=plain("Shown in the list"),
        ),
        labelled(
            "channel",
            "Channel",
            {"type": "conversations_select", "default_to_current_conversation": True},
        ),
        labelled(
            "metric",
            "Metric",
            {
                "type": "static_select",
                "options": METRICS,
                "initial_option": METRICS[1],
            },
            dispatch_action=True,
        ),
        labelled(
            "marked",
            "Providers",
            {
                "type": "multi_static_select",
                "options": [option(name, name) for name, *_ in PROVIDERS[:5]],
                "placeholder": plain("All of them"),
            },
            optional=True,
        ),
        labelled(
            "time",
            "Time",
            {
                "type": "timepicker",
                "initial_time": "09:00",
                "timezone": "Europe/Berlin",
            },
        ),
        labelled(
            "top",
            "Rows",
            {
                "type": "number_input",
                "is_decimal_allowed": False,
                "min_value": "1",
                "max_value": "50",
                "initial_value": "10",
            },
        ),
        labelled(
            "model",
            "Model",
            {"type": "external_select", "min_query_length": 1},
            optional=True,
        ),
        labelled(
            "when",
            "How often",
            {
                "type": "radio_buttons",
                "options": [option("Daily", "d"), option("Weekly", "w")],
                "initial_option": option("Weekly", "w"),
            },
        ),
        labelled(
            "notes",
            "Notes",
            {"type": "plain_text_input", "multiline": True},
            optional=True,
        ),
    ],
}

HOME: Json = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("What you can ask")},
        {"type": "section", "text": mrkdwn("Type `/zenmux share` anywhere.")},
        {
            "type": "actions",
            "block_id": "home-row",
            "elements": [button("Refresh", "refresh", value="r")],
        },
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("Times opened: 1")]},
    ],
}
