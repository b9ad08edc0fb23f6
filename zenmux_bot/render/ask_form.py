"""The form that the shortcuts open: a question, and examples.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from zenmux_bot.answers.help.welcome import DIGEST
from zenmux_bot.commands.digest_commands import OPEN_FORM
from zenmux_bot.commands.grammar import KINDS
from zenmux_bot.commands.lexer import MAX_CHARACTERS, quoted
from zenmux_bot.commands.names import Suggestion
from zenmux_bot.commands.queries import (
    DigestQuery,
    ModelQuery,
    ShareQuery,
    canonical,
)
from zenmux_bot.render import limits
from zenmux_bot.render.forms import (
    chosen_in,
    field,
    grouped_options,
    modal,
    names_menu,
    plain,
    reported,
    text_input,
    typed_text,
)
from zenmux_bot.render.limits import cut
from zenmux_bot.render.message import Block

CALLBACK = "ask_form"
QUESTION = "question"
ABOUT = "about"
_MOST = 5
_MODEL = "name"


@dataclass(frozen=True, slots=True)
class AskState:
    """The thread that a form's answer goes to.

    Attributes:
        channel_id: Its channel.
        thread_ts: Its first message.
        response_url: Used where the bot is not a member of the channel.
    """

    channel_id: str
    thread_ts: str
    response_url: str = ""

    def dump(self) -> str:
        """Return the state as a form's metadata."""
        return json.dumps(astuple(self))

    @classmethod
    def load(cls, text: str) -> AskState | None:
        """Return the state that :meth:`dump` wrote; None if it is malformed."""
        try:
            kept = json.loads(text or "null")
            return cls(*map(str, kept)) if kept else None
        except (TypeError, ValueError):
            return None


def build_ask_form(state: AskState | None = None) -> Block:
    """Return the form.

    Args:
        state: Where the answer goes; None: to the asker directly, and the form also
            offers a digest.
    """
    is_reply = state is not None
    examples = [kind.examples[0] for kind in KINDS if "period" in kind.takes]
    question = text_input(
        placeholder="share cost 8w", max_length=MAX_CHARACTERS, focus_on_load=True
    )
    blocks: list[Block] = [
        field(
            QUESTION,
            "What would you like to know?",
            question,
            hint=cut(f"Such as: {' · '.join(examples)}", limits.INPUT_HINT),
            optional=True,
        ),
        field(
            ABOUT,
            "About",
            names_menu((), "Any provider or model", most=_MOST),
            optional=True,
        ),
        _where(is_reply=is_reply),
    ]
    if not is_reply:
        blocks.append(_subscribe())
    title = "Reply with ZenMux" if is_reply else "Ask ZenMux"
    metadata = "" if state is None else state.dump()
    return modal(CALLBACK, title, blocks, submit="Ask", metadata=metadata)


def read_question(values: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what was typed into the form, with the names that were chosen."""
    typed = typed_text(values, QUESTION)
    chosen = chosen_in(reported(values, ABOUT))
    if chosen and not typed:
        is_model = chosen[0].startswith(_MODEL)
        typed = ModelQuery.name if is_model else ShareQuery.name
    return " ".join((typed, *chosen)).strip()


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


def _where(*, is_reply: bool) -> Block:
    where = (
        "The answer goes to the message's thread, for all to see."
        if is_reply
        else "The answer comes to you as a direct message."
    )
    return {"type": "context", "elements": [plain(where)]}


def _subscribe() -> Block:
    return {
        "type": "section",
        "text": plain("Or have the market share brought to a channel, every week."),
        "accessory": {
            "type": "button",
            "action_id": DIGEST,
            "text": plain("New digest"),
            "value": canonical(DigestQuery(command=OPEN_FORM)),
        },
    }
