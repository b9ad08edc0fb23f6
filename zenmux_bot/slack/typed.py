"""What a person typed, out of the text of a message.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import html
import re

_PEOPLE = re.compile(r"<[@!][^>]*>")
_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^|>]*\|([^>]*)>|<(https?://[^>]*)>")
"""Slack makes links of names such as ``z.ai``; what was typed is the label."""


def words_of(text: str) -> str:
    """Return the text as it was typed, without mentions of the bot and of others."""
    text = _PEOPLE.sub(" ", text)
    text = _LINK.sub(lambda match: match[1] or match[2], text)
    return html.unescape(text).strip()
