"""What Slack makes of typed text: mentions, channels and links in angle brackets.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re

from zenmux_demo.workspace.model import Channel, User
from zenmux_demo.workspace.state import Workspace

ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))

# Whatever looks like a domain becomes a link, model names too ("z.ai"); a list of
# endings stands for all that there are.
# https://docs.slack.dev/messaging/formatting-message-text
ENDINGS = (
    "com|org|net|info|biz|edu|gov|io|ai|dev|app|co|me|so|to|ly|gg|xyz|tech|cloud|run"
    "|sh|md|py|rs|im|in|us|uk|eu|de|fr|ch|cn|hk|jp|kr|sg|tw"
)
MAIL = re.compile(
    rf"(?<![\w<|])[\w.+-]+@(?:[a-z0-9-]+\.)+(?:{ENDINGS})\b", re.IGNORECASE
)
LINK = re.compile(
    r"(?<![\w@/.<|-])(?:(https?://[^\s<>|]+)"
    rf"|((?:[a-z0-9-]+\.)+(?:{ENDINGS})(?:/[^\s<>|]*)?))(?![\w.-]*\w)",
    re.IGNORECASE,
)
ESCAPED_MENTION = re.compile(r"<[@#][^>]+>")


def escape(text: str) -> str:
    """Escape the three characters that mean something."""
    for character, entity in ESCAPES:
        text = text.replace(character, entity)
    return text


def resolve(text: str, state: Workspace) -> str:
    """Turn typed text into Slack's markup; mentions already in it are kept."""
    kept = ESCAPED_MENTION.findall(text)
    parts = [_resolve_plain(part, state) for part in ESCAPED_MENTION.split(text)]
    return parts[0] + "".join(
        mention + part for mention, part in zip(kept, parts[1:], strict=True)
    )


def _resolve_plain(text: str, state: Workspace) -> str:
    text = LINK.sub(_link, MAIL.sub(r"<mailto:\g<0>|\g<0>>", escape(text)))
    text = _names(text, "@", {_key(u): f"<@{u.id}>" for u in state.users.values()})
    text = _names(text, "@", {u.real_name: f"<@{u.id}>" for u in state.users.values()})
    return _names(
        text,
        "#",
        {c.name: _channel(c) for c in state.channels.values() if c.kind != "im"},
    )


def _key(user: User) -> str:
    return user.name


def _channel(channel: Channel) -> str:
    name = "" if channel.kind == "private" else channel.name
    return f"<#{channel.id}|{name}>"


def _names(text: str, mark: str, replacements: dict[str, str]) -> str:
    names = sorted(replacements, key=len, reverse=True)
    pattern = re.compile(
        rf"(?<![\w<]){mark}({'|'.join(map(re.escape, names))})(?![\w-])", re.IGNORECASE
    )
    by_name = {name.lower(): found for name, found in replacements.items()}
    return pattern.sub(lambda match: by_name[match[1].lower()], text)


def _link(match: re.Match[str]) -> str:
    url, bare = match[1], match[2]
    return f"<{url}>" if url else f"<http://{bare}|{bare}>"
