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


def menu_elements(menus: Sequence[Menu]) -> list[Block]:
    """Return the menus in which there is something to choose."""
    return [_menu(each) for each in menus if any(map(_fits, each.choices))]


def _fits(choice: Choice) -> bool:
    """Tell whether an option can hold a command; a longer one can still be typed."""
    return len(choice.command) <= limits.OPTION_VALUE


def _menu(each: Menu) -> Block:
    choices = [choice for choice in each.choices if _fits(choice)]
    element = {
        "type": "static_select",
        "placeholder": plain(cut(each.label, limits.PLACEHOLDER)),
        "action_id": each.action,
    }
    choices = choices[: limits.SELECT_OPTIONS]
    groups: dict[str, list[Block]] = {}
    for choice in choices:
        groups.setdefault(choice.group, []).append(_option(choice))
    if set(groups) == {""}:
        return element | {"options": groups[""]}
    return element | {
        "option_groups": [
            {"label": plain(cut(label, limits.OPTION_GROUP_LABEL)), "options": options}
            for label, options in groups.items()
        ]
    }


def _option(choice: Choice) -> Block:
    return {
        "text": plain(cut(choice.label, limits.OPTION_TEXT)),
        "value": choice.command,
    }
