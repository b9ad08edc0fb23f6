"""The workspace's values in the shapes of Slack's JSON."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from zenmux_demo.workspace.model import Channel, File, Json, Message, User, View
from zenmux_demo.workspace.seed import APP_ID, BOT_ID, BOT_USER_ID, TEAM_DOMAIN, TEAM_ID
from zenmux_demo.workspace.state import Workspace


def user_json(user: User, state: Workspace) -> Json:
    """Return a user object.

    https://docs.slack.dev/reference/objects/user-object
    """
    local = state.clock.now().astimezone(ZoneInfo(user.tz))
    offset = local.utcoffset()
    shape: Json = {
        "id": user.id,
        "team_id": user.foreign_team_id or TEAM_ID,
        "name": user.name,
        "deleted": user.is_deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": local.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {"real_name": user.real_name, "display_name": user.name},
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
    }
    if user.foreign_team_id:
        # https://docs.slack.dev/apis/slack-connect
        shape["is_stranger"] = True
    if user.is_bot:
        shape["profile"] |= {"api_app_id": APP_ID, "bot_id": BOT_ID}
    return shape


def channel_json(channel: Channel) -> Json:
    """Return a conversation object.

    https://docs.slack.dev/reference/objects/conversation-object
    """
    if channel.kind == "im":
        person = next(m for m in channel.members if m != BOT_USER_ID)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_archived": False,
            "is_org_shared": False,
            "user": person,
            "context_team_id": TEAM_ID,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": channel.created,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_member": BOT_USER_ID in channel.members,
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "num_members": len(channel.members),
        "context_team_id": TEAM_ID,
    }


def channel_label(channel: Channel) -> str:
    """Return the channel name that payloads carry."""
    return "privategroup" if channel.kind == "private" else channel.name


def file_json(file: File, url: str | None = None) -> Json:
    """Return a file object; messages carry it without its address.

    https://docs.slack.dev/reference/objects/file-object
    """
    shape: Json = {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "alt_txt": file.alt_text,
    }
    if url is not None:
        shape |= {"url_private": url, "permalink": url}
    return shape


def message_json(message: Message, *, all_metadata: bool = True) -> Json:
    """Return a message as the Web API gives it.

    Without ``all_metadata`` only the metadata's event type is told:
    https://docs.slack.dev/messaging/message-metadata
    """
    shape: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": message.team_id or TEAM_ID,
    }
    if message.is_bot:
        shape |= {"bot_id": BOT_ID, "app_id": APP_ID}
    optional: Json = {
        "bot_id": message.bot_id,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts,
        "subtype": message.subtype,
        "edited": message.edited_ts and {"user": message.user, "ts": message.edited_ts},
        "files": [file_json(f) for f in message.files],
        "reactions": [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ],
    }
    shape |= {key: value for key, value in optional.items() if value}
    if not message.user:
        del shape["user"]
    if message.metadata is not None:
        shape["metadata"] = (
            message.metadata
            if all_metadata
            else {"event_type": message.metadata["event_type"]}
        )
    return shape


def history_json(message: Message, state: Workspace, *, all_metadata: bool) -> Json:
    """Return a message with what history adds to the head of a thread."""
    shape = message_json(message, all_metadata=all_metadata)
    replies = [] if message.is_reply else state.replies(message)
    if replies:
        shape |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": sorted({r.user for r in replies}),
            "latest_reply": replies[-1].ts,
        }
    return shape


def view_json(view: View) -> Json:
    """Return a view object.

    https://docs.slack.dev/reference/views
    """
    body = view.body
    return {
        "id": view.id,
        "team_id": TEAM_ID,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
        "type": body["type"],
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "blocks": view.blocks,
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "state": view.state,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
    }


def team_json() -> Json:
    """Return the team as interaction payloads carry it."""
    return {"id": TEAM_ID, "domain": TEAM_DOMAIN}


def actor_json(user: User) -> Json:
    """Return a user as interaction payloads carry one."""
    return {
        "id": user.id,
        "username": user.name,
        "name": user.name,
        "team_id": user.foreign_team_id or TEAM_ID,
    }
