"""The form in which an administrator sets the workspace's ZenMux key.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zenmux_bot.render.forms import field, modal, text_input, typed_text
from zenmux_bot.render.message import Block
from zenmux_bot.render.slack import moment

CALLBACK = "zenmux_key"
KEY = "key"
OPEN = "key:open"
CLEAR = "key:clear"
_MAX_KEY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """Which ZenMux key a workspace uses.

    Attributes:
        is_own: It has set its own; otherwise the operator's is used.
        set_at: When it was set.
        set_by: Who set it.
    """

    is_own: bool
    set_at: datetime | None = None
    set_by: str | None = None


def said_key(state: KeyState) -> str:
    """Return which key a workspace uses; the key itself is never shown."""
    if not state.is_own or state.set_at is None:
        return "This workspace uses the operator's ZenMux key."
    return f"This workspace uses its own ZenMux key, set by <@{state.set_by}>."


def build_key_form(state: KeyState) -> Block:
    """Return the form."""
    set_at = f" ({moment(state.set_at)})" if state.set_at is not None else ""
    about = f"{said_key(state)}{set_at} It is stored encrypted and never shown again."
    key = field(
        KEY,
        "Management key",
        text_input(max_length=_MAX_KEY),
        hint="sk-mg-v1-…, created at https://zenmux.ai/platform/management",
    )
    section = {"type": "section", "text": {"type": "mrkdwn", "text": about}}
    return modal(CALLBACK, "ZenMux key", [section, key], submit="Check and save")


def read_key(values: Mapping[str, Any]) -> str:
    """Return what was typed into the form."""
    return typed_text(values, KEY)
