"""What a person typed, out of the text of a message.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import html
import re

_PEOPLE = re.compile(r"<[@!][^>]*>")
_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^|>]*\|([^>]*)>|<(https?://[^>]*)>")
"""Slack makes links of names such as ``z.ai``; what was typed is the label."""


def words_of(text: str, bot_user_id: str | None = None) -> str:
    """Return the text as it was typed, without mentions of the bot and of others.

    In a sentence that has words before a mention of the bot and behind it, those behind
    are meant for the bot.
    """
    parts = re.split(rf"<@{bot_user_id}(?:\|[^>]*)?>", text)
    is_led = bool(_PEOPLE.sub("", parts[-1]).strip())
    text = parts[-1] if is_led else " ".join(parts)
    text = _PEOPLE.sub(" ", text)
    text = _LINK.sub(lambda match: match[1] or match[2], text)
    return html.unescape(text).strip()
