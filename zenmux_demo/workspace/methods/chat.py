"""``chat.*``, ``reactions.*`` and ``assistant.*``: saying something.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from __future__ import annotations

from zenmux_bot.render import limits
from zenmux_demo.workspace import shapes
from zenmux_demo.workspace.content import (
    Content,
    check_length,
    read_content,
    read_metadata,
)
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.methods.base import Call, Method
from zenmux_demo.workspace.model import Channel, Json, Message, Refusal
from zenmux_demo.workspace.seed import BOT_USER_ID, TEAM_DOMAIN


def _content(core: Core, call: Call, *, takes_no_blocks: bool = False) -> Content:
    content = read_content(
        call.args,
        next_id=core.state.next_id,
        forbidden=core.faults.forbidden_blocks,
        takes_no_blocks=takes_no_blocks,
    )
    check_length(content, counts_cells=core.faults.counts_cells)
    return content


def _postable(core: Core, call: Call) -> Channel:
    """Return the channel if the bot may post there."""
    channel = core.state.visible_channel(call.args.get("channel"), BOT_USER_ID)
    if channel.is_archived:
        raise Refusal("is_archived")
    if channel.kind == "im" and not core.manifest.messages_tab:
        raise Refusal("messages_tab_disabled")
    may_join_in = call.scopes is not None and "chat:write.public" in call.scopes
    if BOT_USER_ID not in channel.members and not may_join_in:
        raise Refusal("not_in_channel")
    return channel


def _thread(core: Core, call: Call, channel: Channel) -> str | None:
    """Return the thread to answer in; its head must exist and be no reply."""
    thread_ts = call.optional("thread_ts")
    if thread_ts is None:
        return None
    head = core.state.message(channel.id, thread_ts)
    if head is None or head.is_reply or head.is_ephemeral:
        raise Refusal("cannot_reply_to_message")
    return thread_ts


def post_message(core: Core, call: Call) -> Json:
    """Post for everyone in a channel."""
    channel = _postable(core, call)
    content = _content(core, call)
    thread_ts = _thread(core, call, channel)
    broadcast = thread_ts is not None and call.flag("reply_broadcast")
    message = core.state.add(
        Message(
            channel=channel.id,
            ts=core.state.next_ts(),
            user=BOT_USER_ID,
            is_bot=True,
            text=content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            thread_ts=thread_ts,
            metadata=read_metadata(call.args) or None,
            subtype="thread_broadcast" if broadcast else None,
        )
    )
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": shapes.message_json(message),
    }


def post_ephemeral(core: Core, call: Call) -> Json:
    """Post for one person in a channel."""
    channel = _postable(core, call)
    reader = call.text("user")
    if reader not in core.state.users or reader not in channel.members:
        raise Refusal("user_not_in_channel")
    content = _content(core, call)
    message = core.state.add(
        Message(
            channel=channel.id,
            ts=core.state.next_ts(),
            user=BOT_USER_ID,
            is_bot=True,
            reader=reader,
            text=content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            thread_ts=_thread(core, call, channel),
        )
    )
    return {"message_ts": message.ts}


def _own_message(core: Core, call: Call, refusal: str) -> Message:
    channel = core.state.visible_channel(call.args.get("channel"), BOT_USER_ID)
    message = core.state.message(channel.id, call.text("ts"))
    if message is None or message.is_ephemeral:
        raise Refusal("message_not_found")
    if not message.is_bot:
        raise Refusal(refusal)
    if channel.is_archived:
        raise Refusal("is_archived")
    return message


def update(core: Core, call: Call) -> Json:
    """Replace a message of the bot."""
    message = _own_message(core, call, "cant_update_message")
    content = _content(core, call, takes_no_blocks=True)
    if len(content.text) > limits.UPDATE_TEXT:
        raise Refusal("msg_too_long")
    core.state.edit(
        message,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments if "attachments" in call.args else None,
        metadata=read_metadata(call.args),
    )
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": shapes.message_json(message),
    }


def delete(core: Core, call: Call) -> Json:
    """Delete a message of the bot."""
    message = _own_message(core, call, "cant_delete_message")
    core.state.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(core: Core, call: Call) -> Json:
    """Return a link to a message."""
    channel = core.state.visible_channel(call.args.get("channel"), BOT_USER_ID)
    message = core.state.message(channel.id, call.text("message_ts"))
    if message is None or message.is_ephemeral:
        raise Refusal("message_not_found")
    path = f"archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {
        "channel": channel.id,
        "permalink": f"https://{TEAM_DOMAIN}.slack.com/{path}",
    }


def _reacted_message(core: Core, call: Call) -> Message:
    channel = core.state.visible_channel(call.args.get("channel"), BOT_USER_ID)
    if BOT_USER_ID not in channel.members:
        raise Refusal("not_in_channel")
    message = core.state.message(channel.id, call.text("timestamp"))
    if message is None or message.is_ephemeral:
        raise Refusal("message_not_found")
    return message


def add_reaction(core: Core, call: Call) -> Json:
    """Add the bot's reaction to a message."""
    message = _reacted_message(core, call)
    users = message.reactions.setdefault(call.text("name"), [])
    if BOT_USER_ID in users:
        raise Refusal("already_reacted")
    users.append(BOT_USER_ID)
    core.state.redraw(message)
    return {}


def remove_reaction(core: Core, call: Call) -> Json:
    """Remove the bot's reaction."""
    message = _reacted_message(core, call)
    name = call.text("name")
    users = message.reactions.get(name, [])
    if BOT_USER_ID not in users:
        raise Refusal("no_reaction")
    users.remove(BOT_USER_ID)
    if not users:
        del message.reactions[name]
    core.state.redraw(message)
    return {}


def set_status(core: Core, call: Call) -> Json:
    """Show what the bot is doing in a thread; the page shows it as a notice."""
    channel = core.state.visible_channel(call.text("channel_id"), BOT_USER_ID)
    call.text("thread_ts")
    status = str(call.args.get("status", ""))
    if status:
        for member in channel.members - {BOT_USER_ID}:
            core.state.notice(f"{core.manifest.bot_name} {status}", user=member)
    return {}


METHODS = {
    "chat.postMessage": Method(run=post_message, scope="chat:write"),
    "chat.postEphemeral": Method(run=post_ephemeral, scope="chat:write"),
    "chat.update": Method(run=update, scope="chat:write"),
    "chat.delete": Method(run=delete, scope="chat:write"),
    "chat.getPermalink": Method(run=get_permalink),
    "reactions.add": Method(run=add_reaction, scope="reactions:write"),
    "reactions.remove": Method(run=remove_reaction, scope="reactions:write"),
    "assistant.threads.setStatus": Method(run=set_status, scope="chat:write"),
}
