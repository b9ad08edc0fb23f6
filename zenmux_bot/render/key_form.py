"""The form in which an administrator sets the workspace's ZenMux key.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenmux_bot.conversations.key_info import KeyState
from zenmux_bot.render.message import Block
from zenmux_bot.render.slack import moment

CALLBACK = "zenmux_key"
KEY = "key"
OPEN = "key:open"
CLEAR = "key:clear"


def said_key(state: KeyState) -> str:
    """Return which key a workspace asks with; the key itself is never shown."""
    if not state.is_own or state.set_at is None:
        return "This workspace asks with the operator's ZenMux key."
    return f"This workspace asks with its own ZenMux key, set by <@{state.set_by}>."


def build_key_form(state: KeyState) -> Block:
    """Return the form."""
    set_at = f" ({moment(state.set_at)})" if state.set_at is not None else ""
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": {"type": "plain_text", "text": "ZenMux key"},
        "submit": {"type": "plain_text", "text": "Check and save"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": f"{said_key(state)}{set_at} It is stored encrypted and "
                    "never shown again.",
                },
            },
            {
                "type": "input",
                "block_id": KEY,
                "label": {"type": "plain_text", "text": "Management key"},
                "hint": {
                    "type": "plain_text",
                    "text": "sk-mg-v1-…, made at https://zenmux.ai/platform/management",
                },
                "element": {
                    "type": "plain_text_input",
                    "action_id": KEY,
                    "max_length": 300,
                },
            },
        ],
    }


def read_key(values: Mapping[str, Any]) -> str:
    """Return what was typed into the form."""
    return str(values[KEY][KEY].get("value") or "")
