"""Composition objects: texts, options, confirmations, filters, files.

https://docs.slack.dev/reference/block-kit/composition-objects
"""

from __future__ import annotations

from zenmux_bot.render import limits
from zenmux_demo.workspace.validation.rules import (
    Rule,
    at_least_one,
    boolean,
    exactly_one,
    fields,
    list_of,
    one_of,
    string,
    tagged,
    url,
)

ACTION_ID = string(limits.ACTION_ID)
STYLE = one_of("primary", "danger")


def plain_text(at_most: int) -> Rule:
    """Expect a text object without markup."""
    return tagged({"plain_text": _plain(at_most)}, what="text type")


def any_text(at_most: int) -> Rule:
    """Expect a text object, with markup or without."""
    return tagged(
        {
            "plain_text": _plain(at_most),
            "mrkdwn": fields({"text": string(at_most)}, {"verbatim": boolean}),
        },
        what="text type",
    )


def _plain(at_most: int) -> Rule:
    return fields({"text": string(at_most)}, {"emoji": boolean})


def option(text: Rule, *, with_url: bool = False) -> Rule:
    """Expect an option; only overflow menus may carry addresses."""
    return fields(
        {"text": text, "value": string(limits.OPTION_VALUE)},
        {
            "description": text,
            **({"url": url(limits.OPTION_URL)} if with_url else {}),
        },
    )


OPTION = option(plain_text(limits.OPTION_TEXT))
OVERFLOW_OPTION = option(plain_text(limits.OPTION_TEXT), with_url=True)
CHOICE_OPTION = option(any_text(limits.OPTION_TEXT))

OPTION_GROUP = fields(
    {
        "label": plain_text(limits.OPTION_GROUP_LABEL),
        "options": list_of(OPTION, limits.SELECT_OPTIONS),
    }
)

CONFIRM = fields(
    {
        "title": plain_text(limits.CONFIRM_TITLE),
        "text": any_text(limits.CONFIRM_TEXT),
        "confirm": plain_text(limits.CONFIRM_BUTTON),
        "deny": plain_text(limits.CONFIRM_BUTTON),
    },
    {"style": STYLE},
)

CONVERSATION_FILTER = fields(
    {},
    {
        "include": list_of(one_of("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)

DISPATCH_CONFIG = fields(
    {
        "trigger_actions_on": list_of(
            one_of("on_enter_pressed", "on_character_entered"), 2
        )
    }
)

SLACK_FILE = fields(
    {}, {"id": string(255), "url": url(limits.IMAGE_URL)}, exactly_one("id", "url")
)
