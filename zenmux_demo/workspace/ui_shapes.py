"""The workspace's values in the shapes that the page reads."""

from __future__ import annotations

from zenmux_demo.workspace import shapes
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.model import Channel, Json, Message, User, View
from zenmux_demo.workspace.seed import APP_ID, BOT_USER_ID, COSTS, SLACKBOT

VIEW_KEYS = (
    "id",
    "type",
    "callback_id",
    "title",
    "blocks",
    "submit",
    "close",
    "private_metadata",
    "state",
)


def can_see(person: User, channel: Channel) -> bool:
    """Say whether the page lists a channel.

    It leaves out where the bot cannot be talked to; tests act there.
    """
    is_direct = channel.kind in ("im", "mpim")
    if channel.is_shared or (is_direct and BOT_USER_ID not in channel.members):
        return False
    return channel.kind == "public" or person.id in channel.members


def user(person: User) -> Json:
    """Return a person."""
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "tz": person.tz,
        "is_admin": person.is_admin,
    }


def channel(place: Channel, person: User) -> Json:
    """Return a channel as a person sees it."""
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "is_archived": place.is_archived,
        "bot_is_member": BOT_USER_ID in place.members,
        "is_member": person.id in place.members,
    }


def message(said: Message, core: Core) -> Json:
    """Return a message."""
    author = core.state.users.get(said.user)
    return {
        "channel": said.channel,
        "ts": said.ts,
        "thread_ts": said.thread_ts,
        "user": said.user,
        "username": author.real_name if author else _app_name(said.user),
        "is_bot": said.is_bot,
        "text": said.text,
        "blocks": said.blocks,
        "ephemeral": said.is_ephemeral,
        "edited": said.edited_ts is not None,
        "files": [
            {
                "id": file.id,
                "name": file.name,
                "title": file.title,
                "mimetype": file.mimetype,
                "size": len(file.content),
            }
            for file in said.files
        ],
        "metadata": said.metadata,
        "reply_count": 0 if said.is_reply else len(core.state.replies(said)),
        "reactions": [
            {"name": name, "users": users} for name, users in said.reactions.items()
        ],
        "subtype": said.subtype,
    }


def _app_name(user_id: str) -> str:
    return "Slackbot" if user_id == SLACKBOT else "Workflow"


def view(shown: View) -> Json:
    """Return a modal or Home tab."""
    full = shapes.view_json(shown)
    return {key: full[key] for key in VIEW_KEYS}


def workspace(person: User, core: Core) -> Json:
    """Return what the page needs to draw everything but messages."""
    return {
        "me": user(person),
        "start": COSTS,
        "users": [user(p) for p in core.state.people],
        "bot": {
            "user_id": BOT_USER_ID,
            "name": core.manifest.bot_name,
            "app_id": APP_ID,
        },
        "channels": [
            channel(c, person)
            for c in core.state.channels.values()
            if can_see(person, c)
        ],
        "commands": [
            {
                "command": c.command,
                "description": c.description,
                "usage_hint": c.usage_hint,
            }
            for c in core.manifest.commands
        ],
        "shortcuts": [
            {
                "name": s.name,
                "type": s.type,
                "callback_id": s.callback_id,
                "description": s.description,
            }
            for s in core.manifest.shortcuts
        ],
        "clock": core.clock.now().isoformat(),
        "transport": "http" if core.http is not None else "socket",
    }
