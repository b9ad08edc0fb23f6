"""The events that Slack sends, as they stand inside the envelope.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

from zenmux_demo.workspace import shapes
from zenmux_demo.workspace.model import Channel, Json, Message, View
from zenmux_demo.workspace.seed import TEAM_ID

CHANNEL_TYPES = {
    "public": "channel",
    "private": "group",
    "im": "im",
    "mpim": "mpim",
}
MEMBER_CHANNEL_TYPES = {"public": "C", "private": "G", "im": "D", "mpim": "G"}


def posted(message: Message, channel: Channel) -> Json:
    """Return a ``message`` event."""
    return {
        **shapes.message_json(message),
        "type": "message",
        "channel": channel.id,
        "channel_type": CHANNEL_TYPES[channel.kind],
        "event_ts": message.ts,
    }


def mentioned(message: Message) -> Json:
    """Return an ``app_mention`` event."""
    return {
        **shapes.message_json(message),
        "type": "app_mention",
        "channel": message.channel,
        "event_ts": message.ts,
    }


def edited(message: Message, previous: Message, channel: Channel) -> Json:
    """Return a ``message_changed`` event."""
    ts = message.edited_ts or message.ts
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "channel_type": CHANNEL_TYPES[channel.kind],
        "ts": ts,
        "event_ts": ts,
        "message": shapes.message_json(message),
        "previous_message": shapes.message_json(previous),
    }


def joined(channel: Channel, user: str, ts: str, inviter: str | None = None) -> Json:
    """Return a ``member_joined_channel`` event."""
    event: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": MEMBER_CHANNEL_TYPES[channel.kind],
        "team": TEAM_ID,
        "event_ts": ts,
    }
    if inviter is not None:
        event["inviter"] = inviter
    return event


def left(channel: Channel, user: str, ts: str) -> Json:
    """Return a ``member_left_channel`` event."""
    return {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": MEMBER_CHANNEL_TYPES[channel.kind],
        "team": TEAM_ID,
        "event_ts": ts,
    }


def kicked(channel: Channel, actor: str, ts: str) -> Json:
    """Return what the bot gets when it is removed: no ``member_left_channel``.

    It may be withheld: https://docs.slack.dev/reference/events/channel_left and
    https://github.com/slackapi/bolt-js/issues/1847
    """
    prefix = "channel" if channel.kind == "public" else "group"
    return {
        "type": f"{prefix}_left",
        "channel": channel.id,
        "actor_id": actor,
        "event_ts": ts,
    }


def channel_event(name: str, channel: Channel, ts: str, *, user: str = "") -> Json:
    """Return a channel's ``archive``, ``unarchive``, ``rename`` or ``deleted`` event.

    Private channels have events of their own names.
    """
    prefix = "group" if channel.kind == "private" else "channel"
    event: Json = {
        "type": f"{prefix}_{name}",
        "channel": channel.id,
        "event_ts": ts,
    }
    if name == "rename":
        event["channel"] = {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "created": channel.created,
        }
    if user:
        event["user"] = user
    return event


def id_changed(old: str, new: str, ts: str) -> Json:
    """Return a ``channel_id_changed`` event."""
    return {
        "type": "channel_id_changed",
        "old_channel_id": old,
        "new_channel_id": new,
        "event_ts": ts,
    }


def home_opened(user: str, channel: Channel, view: View | None, ts: str) -> Json:
    """Return an ``app_home_opened`` event for the Home tab."""
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": channel.id,
        "tab": "home",
        "event_ts": ts,
    }
    if view is not None:
        event["view"] = shapes.view_json(view)
    return event


def tokens_revoked(bots: list[str]) -> Json:
    """Return a ``tokens_revoked`` event; it lists user ids, not tokens."""
    return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": bots}}


def uninstalled() -> Json:
    """Return an ``app_uninstalled`` event."""
    return {"type": "app_uninstalled"}
