"""``conversations.*``: where one can talk and what was said there.

https://docs.slack.dev/reference/methods/conversations.history
"""

from __future__ import annotations

from decimal import Decimal

from zenmux_demo.workspace import shapes
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.methods.base import Call, Method, page, require_team
from zenmux_demo.workspace.model import Channel, Json, Message, Refusal
from zenmux_demo.workspace.rate_limits import HISTORY_MESSAGES
from zenmux_demo.workspace.seed import BOT_USER_ID, direct_channel

TYPES = {
    "public": "public_channel",
    "private": "private_channel",
    "im": "im",
    "mpim": "mpim",
}


def _visible(core: Core, call: Call) -> Channel:
    return core.state.visible_channel(call.args.get("channel"), BOT_USER_ID)


def _readable(core: Core, call: Call) -> Channel:
    channel = _visible(core, call)
    if BOT_USER_ID not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def info(core: Core, call: Call) -> Json:
    """Return one conversation."""
    channel = _visible(core, call)
    shape = shapes.channel_json(channel)
    if not call.flag("include_num_members"):
        shape.pop("num_members", None)
    return {"channel": shape}


def open_direct(core: Core, call: Call) -> Json:
    """Open the direct message with one person."""
    user = core.state.user(call.text("users"))
    if user.is_bot:
        raise Refusal("user_not_found")
    channel = core.state.channels[direct_channel(user.id)]
    if call.flag("return_im"):
        return {"channel": shapes.channel_json(channel)}
    return {"channel": {"id": channel.id}}


def _in_range(call: Call, messages: list[Message]) -> list[Message]:
    oldest = call.number("oldest", Decimal(0)) or Decimal(0)
    latest = call.number("latest")
    inclusive = call.flag("inclusive")

    def is_in(message: Message) -> bool:
        ts = Decimal(message.ts)
        if inclusive:
            return ts >= oldest and (latest is None or ts <= latest)
        return ts > oldest and (latest is None or ts < latest)

    return [m for m in messages if is_in(m)]


def _listed(core: Core, call: Call, messages: list[Message]) -> Json:
    shown, cursor = page(
        core,
        call,
        messages,
        at_most=HISTORY_MESSAGES if core.history_limit else None,
    )
    all_metadata = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [
            shapes.history_json(m, core.state, all_metadata=all_metadata) for m in shown
        ],
        "has_more": bool(cursor["next_cursor"]),
    }
    if answer["has_more"]:
        answer["response_metadata"] = cursor
    return answer


def history(core: Core, call: Call) -> Json:
    """Return a channel's messages, newest first, without replies."""
    channel = _readable(core, call)
    found = _in_range(call, core.state.timeline(channel.id))
    return _listed(core, call, found[::-1])


def replies(core: Core, call: Call) -> Json:
    """Return a thread, its head first."""
    channel = _readable(core, call)
    ts = call.text("ts")
    thread = core.state.thread(channel.id, ts)
    if not thread:
        raise Refusal("thread_not_found")
    head, *below = thread
    return _listed(core, call, [head, *_in_range(call, below)])


def join(core: Core, call: Call) -> Json:
    """Let the bot join a public channel."""
    channel = _visible(core, call)
    if channel.kind != "public":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refusal("is_archived")
    answer: Json = {}
    if BOT_USER_ID in channel.members:
        answer["warning"] = "already_in_channel"
    else:
        core.join(channel, BOT_USER_ID)
    return {"channel": shapes.channel_json(channel), **answer}


def list_all(core: Core, call: Call) -> Json:
    """Return the conversations that the bot can see."""
    channels = _of_types(call, core)
    shown, cursor = page(core, call, channels)
    return {
        "channels": [shapes.channel_json(c) for c in shown],
        "response_metadata": cursor,
    }


def list_own(core: Core, call: Call) -> Json:
    """Return the conversations that a user, by default the bot, is a member of."""
    user = call.optional("user") or BOT_USER_ID
    core.state.user(user)
    channels = [c for c in _of_types(call, core) if user in c.members]
    shown, cursor = page(core, call, channels)
    return {
        "channels": [shapes.channel_json(c) for c in shown],
        "response_metadata": cursor,
    }


def _of_types(call: Call, core: Core) -> list[Channel]:
    require_team(core, call)
    types = (call.optional("types") or "public_channel").replace(" ", "").split(",")
    if not set(types) <= set(TYPES.values()):
        raise Refusal("invalid_types")
    return [
        channel
        for channel in core.state.channels.values()
        if TYPES[channel.kind] in types
        and (channel.kind == "public" or BOT_USER_ID in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]


def members(core: Core, call: Call) -> Json:
    """Return who is in a conversation."""
    channel = _visible(core, call)
    shown, cursor = page(core, call, sorted(channel.members))
    return {"members": shown, "response_metadata": cursor}


METHODS = {
    "conversations.info": Method(run=info, scope="{kind}:read"),
    "conversations.open": Method(run=open_direct, scope="im:write"),
    "conversations.history": Method(run=history, scope="{kind}:history"),
    "conversations.replies": Method(run=replies, scope="{kind}:history"),
    "conversations.join": Method(run=join, scope="channels:join"),
    "conversations.list": Method(run=list_all, scope="channels:read"),
    "conversations.members": Method(run=members, scope="{kind}:read"),
    "users.conversations": Method(run=list_own, scope="channels:read"),
}
