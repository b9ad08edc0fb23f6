"""What a person typed, out of the text of a message.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re

from zenmux_bot.slack.payloads import as_typed

_PEOPLE = re.compile(r"<[@!][^>]*>")


def words_of(text: str, bot_user_id: str | None = None) -> str:
    """Return the text as it was typed, without mentions of the bot and of others.

    In a sentence that has words before a mention of the bot and behind it, those behind
    are meant for the bot.
    """
    parts = re.split(rf"<@{bot_user_id}(?:\|[^>]*)?>", text)
    is_led = bool(_PEOPLE.sub("", parts[-1]).strip())
    text = parts[-1] if is_led else " ".join(parts)
    return as_typed(_PEOPLE.sub(" ", text)).strip()
