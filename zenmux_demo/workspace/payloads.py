"""The payloads of commands and interactions.

https://docs.slack.dev/reference/interaction-payloads
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
