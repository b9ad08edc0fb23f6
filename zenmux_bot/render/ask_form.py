"""The form behind the shortcuts: one line to type, and examples.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from zenmux_bot.answers.help.welcome import DIGEST
from zenmux_bot.commands.digest_commands import OPEN_FORM
from zenmux_bot.commands.grammar import KINDS
from zenmux_bot.commands.lexer import MAX_CHARACTERS
from zenmux_bot.commands.names import Suggestion
from zenmux_bot.commands.queries import (
    DigestQuery,
    ModelQuery,
    ShareQuery,
    canonical,
    quoted,
)
from zenmux_bot.core.actors import Location
from zenmux_bot.render.message import Block
from zenmux_bot.render.options import chosen_in, grouped_options, names_menu

CALLBACK = "ask_form"
QUESTION = "question"
ABOUT = "about"
_MOST = 5
_MODEL = "name"


def build_ask_form(target: Location | None = None) -> Block:
    """Return the modal.

    Args:
        target: The thread that the answer goes to; None: to the asker directly, and
            the form offers a digest, too.
    """
    is_reply = target is not None
    examples = [kind.examples[0] for kind in KINDS if "period" in kind.takes]
    blocks: list[Block] = [
        {
            "type": "input",
            "block_id": QUESTION,
            "optional": True,
            "label": _plain("What would you like to know?"),
            "hint": _plain(f"Such as: {' · '.join(examples)}"),
            "element": {
                "type": "plain_text_input",
                "action_id": QUESTION,
                "focus_on_load": True,
                "max_length": MAX_CHARACTERS,
                "placeholder": _plain("share cost 8w"),
            },
        },
        {
            "type": "input",
            "block_id": ABOUT,
            "optional": True,
            "label": _plain("About"),
            "element": {
                "action_id": ABOUT,
                **names_menu((), "Any provider or model", most=_MOST),
            },
        },
        _where(is_reply=is_reply),
    ]
    if not is_reply:
        blocks.append(_subscribe())
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": _plain("Reply with ZenMux" if is_reply else "Ask ZenMux"),
        "submit": _plain("Ask"),
        "close": _plain("Cancel"),
        "private_metadata": _dump(target),
        "blocks": blocks,
    }


def read_question(values: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what was typed into the form, with the names that were chosen."""
    typed = str(values[QUESTION][QUESTION].get("value") or "").strip()
    chosen = chosen_in(values.get(ABOUT, {}).get(ABOUT, {}))
    if chosen and not typed:
        is_model = chosen[0].startswith(_MODEL)
        typed = ModelQuery.name if is_model else ShareQuery.name
    return " ".join((typed, *chosen)).strip()


def read_target(metadata: str) -> Location | None:
    """Return where the answer to a submitted form goes; None: to the asker."""
    kept = json.loads(metadata or "null")
    return Location(*kept) if kept else None


def about_options(
    providers: Sequence[Suggestion], models: Sequence[Suggestion]
) -> Block:
    """Return names to choose from, each with the words that it adds to a question."""
    return grouped_options(
        providers,
        models,
        provider_value=lambda slug: f"provider {quoted(slug)}",
        model_value=lambda slug: f"{_MODEL} {quoted(slug)}",
    )


def _dump(target: Location | None) -> str:
    """Return a target as text that travels with the form."""
    if target is None:
        return ""
    return json.dumps([target.team_id, target.channel_id, target.thread_ts])


def _where(*, is_reply: bool) -> Block:
    where = (
        "The answer goes to the message’s thread, for all to see."
        if is_reply
        else "The answer comes to you as a direct message."
    )
    return {"type": "context", "elements": [_plain(where)]}


def _subscribe() -> Block:
    return {
        "type": "section",
        "text": _plain("Or have the market share brought to a channel, every week."),
        "accessory": {
            "type": "button",
            "action_id": DIGEST,
            "text": _plain("New digest"),
            "value": canonical(DigestQuery(command=OPEN_FORM)),
        },
    }


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
