"""The workspace's memory: who is where and what was said, without HTTP."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from datetime import timedelta

from zenmux_bot.core.clock import Clock
from zenmux_demo.workspace.model import (
    Change,
    Channel,
    Json,
    Message,
    Refusal,
    User,
    unix,
)
from zenmux_demo.workspace.seed import BOT_USER_ID

MICROSECOND = timedelta(microseconds=1)


class Workspace:
    """People, channels and messages; tells its watchers what changes."""

    def __init__(
        self, *, clock: Clock, users: Iterable[User], channels: Iterable[Channel]
    ) -> None:
        self.clock = clock
        self.users = {user.id: user for user in users}
        self.channels = {channel.id: channel for channel in channels}
        self.watchers: list[Callable[[Change], None]] = []
        self._messages: dict[str, dict[str, Message]] = {}
        self._last_instant = clock.now() - MICROSECOND
        self._ids = 0
        for channel in self.channels.values():
            channel.created = channel.created or unix(clock.now())

    @property
    def bot(self) -> User:
        """Return the bot user."""
        return self.users[BOT_USER_ID]

    @property
    def people(self) -> list[User]:
        """Return the workspace's own people."""
        return [
            user
            for user in self.users.values()
            if not user.is_bot and user.foreign_team_id is None
        ]

    def next_ts(self) -> str:
        """Return a timestamp that is unique and later than all before."""
        instant = max(self.clock.now(), self._last_instant + MICROSECOND)
        self._last_instant = instant
        return f"{unix(instant)}.{instant.microsecond:06d}"

    def next_id(self, prefix: str) -> str:
        """Return an id that was not given before."""
        self._ids += 1
        return f"{prefix}{self._ids:09d}"

    def tell(self, change: Change) -> None:
        """Tell every watcher."""
        for watcher in list(self.watchers):
            watcher(change)

    def channel(self, channel_id: object) -> Channel:
        """Return a channel, or the direct message with a person given by user id."""
        wanted = str(channel_id)
        if wanted in self.users:
            wanted = "D" + wanted[1:]
        found = self.channels.get(wanted)
        if found is None:
            raise Refusal("channel_not_found")
        return found

    def user(self, user_id: object) -> User:
        """Return a person or the bot."""
        found = self.users.get(str(user_id))
        if found is None:
            raise Refusal("user_not_found")
        return found

    def visible_channel(self, channel_id: object, user: str) -> Channel:
        """Return a channel that a user can see: private ones from the inside only."""
        channel = self.channel(channel_id)
        if channel.kind != "public" and user not in channel.members:
            raise Refusal("channel_not_found")
        return channel

    def add(self, message: Message) -> Message:
        """Store a message and tell of it."""
        self._messages.setdefault(message.channel, {})[message.ts] = message
        self.tell(Change(kind="message", message=message, user=message.reader))
        return message

    def change(self, message: Message, previous: Message) -> None:
        """Tell that a stored message is no longer what it was."""
        self.tell(
            Change(
                kind="message_changed",
                message=message,
                previous=previous,
                user=message.reader,
            )
        )

    def redraw(self, message: Message) -> None:
        """Tell that a message shows something new without having been edited."""
        self.tell(Change(kind="message_changed", message=message, user=message.reader))

    def notice(self, text: str, *, user: str | None = None) -> None:
        """Tell a person, or everyone, something that is no message."""
        self.tell(Change(kind="notice", text=text, user=user))

    def remove(self, message: Message) -> None:
        """Forget a message and tell of it."""
        del self._messages[message.channel][message.ts]
        self.tell(Change(kind="message_deleted", message=message, user=message.reader))

    def message(self, channel_id: str, ts: object) -> Message | None:
        """Return one message, ephemeral or not."""
        return self._messages.get(channel_id, {}).get(str(ts))

    def messages(self, channel_id: str, *, reader: str | None = None) -> list[Message]:
        """Return a channel's messages, oldest first, with the reader's ephemerals."""
        stored = self._messages.get(channel_id, {}).values()
        seen = (m for m in stored if m.reader is None or m.reader == reader)
        return sorted(seen, key=lambda m: m.ts)

    def move_channel(self, old: str, new: str) -> None:
        """Give a channel and all that was said in it a new id."""
        channel = self.channels.pop(old)
        channel.id = new
        self.channels[new] = channel
        self._messages[new] = self._messages.pop(old, {})
        for message in self._messages[new].values():
            message.channel = new

    def timeline(self, channel_id: str, *, reader: str | None = None) -> list[Message]:
        """Return what stands in the channel itself: no replies but broadcast ones."""
        return [
            m
            for m in self.messages(channel_id, reader=reader)
            if not m.is_reply or m.subtype == "thread_broadcast"
        ]

    def thread(
        self, channel_id: str, ts: str, *, reader: str | None = None
    ) -> list[Message]:
        """Return a message and its replies, oldest first."""
        return [
            m
            for m in self.messages(channel_id, reader=reader)
            if ts in (m.ts, m.thread_ts)
        ]

    def replies(self, message: Message) -> list[Message]:
        """Return the replies below a message that everyone sees."""
        return self.thread(message.channel, message.ts)[1:]

    def edit(
        self,
        message: Message,
        *,
        text: str,
        blocks: list[Json],
        attachments: list[Json] | None = None,
        metadata: Json | None = None,
        mark: bool = True,
    ) -> None:
        """Replace what a message says; None leaves attachments or metadata."""
        previous = copy.copy(message)
        message.text = text
        message.blocks = blocks
        if attachments is not None:
            message.attachments = attachments
        if metadata is not None:
            message.metadata = metadata or None
        if mark:
            message.edited_ts = self.next_ts()
        self.change(message, previous)
