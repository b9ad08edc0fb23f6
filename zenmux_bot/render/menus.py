"""Menus of commands as Slack draws them.

https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
"""

from __future__ import annotations

from collections.abc import Sequence

from zenmux_bot.render import limits
from zenmux_bot.render.cut import cut
from zenmux_bot.render.forms import plain
from zenmux_bot.render.message import Block
from zenmux_bot.render.report import Choice, Menu


def menus_block(menus: Sequence[Menu]) -> list[Block]:
    """Return a row of menus, if there is anything to choose."""
    drawn = [_menu(each) for each in menus if any(map(_fits, each.choices))]
    return [{"type": "actions", "elements": drawn}] if drawn else []


def _fits(choice: Choice) -> bool:
    """Tell whether an option can hold a command; a longer one can still be typed."""
    return len(choice.command) <= limits.OPTION_VALUE


def _menu(each: Menu) -> Block:
    options = [
        {
            "text": plain(cut(choice.label, limits.OPTION_TEXT)),
            "value": choice.command,
        }
        for choice in each.choices
        if _fits(choice)
    ]
    return {
        "type": "static_select",
        "placeholder": plain(cut(each.label, limits.PLACEHOLDER)),
        "action_id": each.action,
        "options": options[: limits.SELECT_OPTIONS],
    }
