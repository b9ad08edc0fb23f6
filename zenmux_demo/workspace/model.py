"""What a workspace consists of: people, channels, messages, views and files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["public", "private", "im", "mpim"]


class Refusal(Exception):
    """Slack says no: becomes an answer with ``ok: false`` and never leaves it.

    Attributes:
        code: Slack's error code.
        extra: What stands beside the code in the answer.
    """

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or the bot.

    Attributes:
        tz: An IANA name.
        foreign_team_id: The workspace of somebody who is here by Slack Connect.
    """

    id: str
    name: str
    real_name: str
    tz: str
    is_admin: bool = False
    is_bot: bool = False
    is_deleted: bool = False
    foreign_team_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation; ``is_shared`` is one with another organisation."""

    id: str
    name: str
    kind: Kind = "public"
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    is_shared: bool = False
    created: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An uploaded file with its bytes."""

    id: str
    name: str
    title: str
    mimetype: str
    content: bytes
    alt_text: str = ""


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as Slack keeps it; an ephemeral one has a single reader.

    Attributes:
        user: Who wrote it; empty for a workflow, which has a ``bot_id`` alone.
        team_id: The workspace of an outsider who wrote it.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    team_id: str | None = None
    thread_ts: str | None = None
    reader: str | None = None
    is_bot: bool = False
    bot_id: str | None = None
    edited_ts: str | None = None
    metadata: Json | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    subtype: str | None = None

    @property
    def is_ephemeral(self) -> bool:
        """Say whether one person alone sees it."""
        return self.reader is not None

    @property
    def is_reply(self) -> bool:
        """Say whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or a Home tab, shown to one person."""

    id: str
    user: str
    body: Json
    hash: str
    state: Json = field(default_factory=lambda: {"values": {}})
    here: str | None = None
    root_id: str = ""
    previous_id: str | None = None

    @property
    def blocks(self) -> list[Json]:
        """Return the blocks of the view."""
        blocks: list[Json] = self.body.get("blocks") or []
        return blocks


ChangeKind = Literal[
    "message",
    "message_changed",
    "message_deleted",
    "view_opened",
    "view_updated",
    "view_closed",
    "home",
    "channels",
    "clock",
    "outages",
    "notice",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that a page that shows the workspace must redraw.

    Attributes:
        kind: What happened.
        user: The only person who sees it; None for everyone in the channel.
        message: The message it is about.
        view: The view it is about.
        text: The words of a notice.
        previous: The message before a change.
    """

    kind: ChangeKind
    user: str | None = None
    message: Message | None = None
    view: View | None = None
    text: str = ""
    previous: Message | None = None


def unix(instant: datetime) -> int:
    """Return whole seconds since the epoch."""
    return int(instant.timestamp())
