"""What Slack sends to an app: commands, interactions and events.

https://docs.slack.dev/reference/interaction-payloads
https://docs.slack.dev/reference/events
"""

from __future__ import annotations

from zenmux_demo.workspace import shapes
from zenmux_demo.workspace.inputs import initial_values
from zenmux_demo.workspace.model import Channel, Json, Message, User, View
from zenmux_demo.workspace.seed import (
    APP_ID,
    ENTERPRISE_ID,
    TEAM_DOMAIN,
    TEAM_ID,
)

TOKEN = "deprecated"  # noqa: S105 - the field that signatures replaced


def command(
    *,
    name: str,
    text: str,
    user: User,
    channel: Channel,
    trigger_id: str,
    response_url: str,
) -> Json:
    """Return the fields of a slash command."""
    return {
        "token": TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": shapes.channel_label(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def _common(kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": shapes.actor_json(user),
        "api_app_id": APP_ID,
        "token": TOKEN,
        "team": shapes.team_json(),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _message_place(message: Message, channel: Channel) -> Json:
    """Return where something happened; ephemeral messages do not come along."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    place: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": shapes.channel_label(channel)},
    }
    if not message.is_ephemeral:
        place["message"] = shapes.message_json(message)
    return place


def _view_place(view: View) -> Json:
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": shapes.view_json(view),
    }


def of_org(payload: Json) -> Json:
    """Return what is sent of a payload when the app is installed for the organisation.

    ``team`` of an interaction can be null then; who acts still has a team:
    https://github.com/slackapi/bolt-python, slack_bolt/request/internals.py
    """
    if "command" in payload:
        return payload | {
            "enterprise_id": ENTERPRISE_ID,
            "enterprise_name": "Enterprise",
            "is_enterprise_install": "true",
        }
    changed = payload | {
        "team": None,
        "enterprise": {"id": ENTERPRISE_ID, "name": "Enterprise"},
        "is_enterprise_install": True,
    }
    if "view" in payload:
        changed["view"] = payload["view"] | {"app_installed_team_id": ENTERPRISE_ID}
    return changed


def message_actions(
    *,
    user: User,
    message: Message,
    channel: Channel,
    action: Json,
    trigger_id: str,
    response_url: str,
    values: Json | None,
) -> Json:
    """Return the ``block_actions`` of an element in a message."""
    return {
        **_common("block_actions", user),
        **_message_place(message, channel),
        "trigger_id": trigger_id,
        "response_url": response_url,
        "state": {
            "values": initial_values(message.blocks) if values is None else values
        },
        "actions": [action],
    }


def view_actions(*, user: User, view: View, action: Json, trigger_id: str) -> Json:
    """Return the ``block_actions`` of an element in a modal or Home tab."""
    return {
        **_common("block_actions", user),
        **_view_place(view),
        "trigger_id": trigger_id,
        "actions": [action],
    }


def submission(
    *, user: User, view: View, trigger_id: str, response_urls: list[Json]
) -> Json:
    """Return a ``view_submission``."""
    return {
        **_common("view_submission", user),
        "view": shapes.view_json(view),
        "trigger_id": trigger_id,
        "response_urls": response_urls,
    }


def closed(*, user: User, view: View, is_cleared: bool) -> Json:
    """Return a ``view_closed``."""
    return {
        **_common("view_closed", user),
        "view": shapes.view_json(view),
        "is_cleared": is_cleared,
    }


def suggestion(
    *,
    user: User,
    action_id: str,
    block_id: str,
    typed: str,
    view: View | None = None,
    message: Message | None = None,
    channel: Channel | None = None,
) -> Json:
    """Return a ``block_suggestion``: a menu asks for its options."""
    place: Json = {}
    if view is not None:
        place = _view_place(view)
    elif message is not None and channel is not None:
        place = _message_place(message, channel)
    return {
        **_common("block_suggestion", user),
        **place,
        "action_id": action_id,
        "block_id": block_id,
        "value": typed,
    }


def global_shortcut(*, user: User, callback_id: str, trigger_id: str, ts: str) -> Json:
    """Return a global ``shortcut``."""
    return {
        **_common("shortcut", user),
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "action_ts": ts,
    }


def message_shortcut(
    *,
    user: User,
    callback_id: str,
    trigger_id: str,
    response_url: str,
    message: Message,
    channel: Channel,
    ts: str,
) -> Json:
    """Return a message shortcut, ``message_action``."""
    return {
        **_common("message_action", user),
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "response_url": response_url,
        "action_ts": ts,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": shapes.channel_label(channel)},
        "message": shapes.message_json(message),
    }


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
