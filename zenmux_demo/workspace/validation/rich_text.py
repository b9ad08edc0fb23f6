"""The tree of rich text: sections, lists, quotes, preformatted text.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import re
from typing import Any

from zenmux_bot.render import limits
from zenmux_demo.workspace.validation.rules import (
    Found,
    Problem,
    Rule,
    boolean,
    fields,
    integer,
    list_of,
    one_of,
    string,
    tagged,
    url,
)

# Not limits of Slack: rich text is bounded by the payload as a whole.
LONG = 40_000
ID = string(255)

# https://docs.slack.dev/messaging/formatting-message-text
DATE_TOKENS = frozenset(
    {
        "date_num",
        "date",
        "date_pretty",
        "date_short",
        "date_short_pretty",
        "date_long",
        "date_long_pretty",
        "day_divider_pretty",
        "time",
        "time_secs",
        "ago",
    }
)

STYLE = fields(
    {},
    {
        "bold": boolean,
        "italic": boolean,
        "strike": boolean,
        "code": boolean,
        "underline": boolean,
        "highlight": boolean,
        "client_highlight": boolean,
        "unlink": boolean,
    },
)
STYLED = {"style": STYLE}


def date_format(value: Any, at: str) -> Found:
    """Expect a date's format to use known tokens, at least one."""
    tokens = re.findall(r"\{([^}]*)\}", value["format"])
    if not tokens or not set(tokens) <= DATE_TOKENS:
        yield Problem("invalid_format", "must use known date tokens", f"{at}/format")


TEXT = fields({"text": string(LONG)}, STYLED)
LINK = fields(
    {"url": url(limits.BUTTON_URL)}, {"text": string(LONG), "unsafe": boolean, **STYLED}
)
INLINE: dict[str, Rule] = {
    "text": TEXT,
    "link": LINK,
    "emoji": fields(
        {"name": string(255, pattern=r"[\w+'-]+$", kind="an emoji without colons")},
        {"unicode": string(255), "skin_tone": integer(1, 6), **STYLED},
    ),
    "user": fields({"user_id": ID}, STYLED),
    "usergroup": fields({"usergroup_id": ID}, STYLED),
    "channel": fields({"channel_id": ID}, STYLED),
    "team": fields({"team_id": ID}, STYLED),
    "broadcast": fields({"range": one_of("here", "channel", "everyone")}, STYLED),
    "color": fields(
        {"value": string(7, pattern=r"#[0-9A-Fa-f]{6}$", kind="a colour")}, STYLED
    ),
    "date": fields(
        {"timestamp": integer(0, 9_999_999_999), "format": string(255)},
        {"fallback": string(255), "url": url(limits.BUTTON_URL), **STYLED},
        date_format,
    ),
}
INLINES = list_of(tagged(INLINE, what="rich text element"), at_least=0)
SECTION = fields({"elements": INLINES})
BORDER = {"border": integer(0, 1)}

RICH_TEXT = fields(
    {
        "elements": list_of(
            tagged(
                {
                    "rich_text_section": SECTION,
                    "rich_text_list": fields(
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": list_of(tagged({"rich_text_section": SECTION})),
                        },
                        {
                            "indent": integer(0, limits.RICH_TEXT_INDENT),
                            "offset": integer(0, LONG),
                            **BORDER,
                        },
                    ),
                    "rich_text_quote": fields({"elements": INLINES}, BORDER),
                    "rich_text_preformatted": fields(
                        {
                            "elements": list_of(
                                tagged({"text": TEXT, "link": LINK}), at_least=0
                            )
                        },
                        {"language": string(255), **BORDER},
                    ),
                },
                what="rich text element",
            )
        )
    },
    {"block_id": string(limits.BLOCK_ID)},
)


def characters(node: Any) -> int:
    """Count the characters that a tree of rich text shows."""
    if isinstance(node, list):
        return sum(map(characters, node))
    if not isinstance(node, dict):
        return 0
    shown = node.get("text") or node.get("fallback") or node.get("name") or ""
    own = len(shown) if isinstance(shown, str) else 0
    return own + characters(node.get("elements"))
