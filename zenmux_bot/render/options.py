"""Suggestions as the options of a menu that asks while somebody types.

https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
"""

from __future__ import annotations

from collections.abc import Sequence

from zenmux_bot.domain.suggesting import Suggestion
from zenmux_bot.render import limits
from zenmux_bot.render.cut import cut
from zenmux_bot.render.message import Block


def options(suggestions: Sequence[Suggestion]) -> Block:
    """Return the answer to Slack's question for options."""
    fitting = (each for each in suggestions if len(each.slug) <= limits.OPTION_VALUE)
    drawn = [_option(each) for each in fitting]
    return {"options": drawn[: limits.SELECT_OPTIONS]}


def _option(suggestion: Suggestion) -> Block:
    """Return one option; a slug that was cut would mean something else."""
    return {
        "text": _plain(cut(suggestion.label, limits.OPTION_TEXT)),
        "description": _plain(cut(suggestion.slug, limits.OPTION_DESCRIPTION)),
        "value": suggestion.slug,
    }


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
