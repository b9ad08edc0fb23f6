"""Answers that need no token: acknowledgements with a body, and response URLs.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenmux_demo.workspace.content import read_content
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.model import Message
from zenmux_demo.workspace.seed import BOT_USER_ID
from zenmux_demo.workspace.tickets import ResponseTicket


def is_true(value: object) -> bool:
    """Read a flag that some senders write as a word."""
    return value is True or str(value).lower() == "true"


def apply_response(
    core: Core, ticket: ResponseTicket, body: Mapping[str, Any]
) -> Message | None:
    """Do what a response asks for and return the message it made or changed."""
    source = (
        core.state.message(ticket.channel, ticket.source_ts)
        if ticket.source_ts
        else None
    )
    # On a slash command's URL neither changes what was shown before; after a button
    # they do: https://github.com/slackapi/bolt-python/issues/1268
    # https://github.com/slackapi/bolt-js/issues/2287
    if is_true(body.get("delete_original")):
        if source is not None:
            core.state.remove(source)
        return None
    content = read_content(
        body, next_id=core.state.next_id, forbidden=core.faults.forbidden_blocks
    )
    if is_true(body.get("replace_original")) and source is not None:
        core.state.edit(
            source,
            text=content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            mark=not source.is_ephemeral,
        )
        return source
    in_channel = body.get("response_type") == "in_channel"
    return core.state.add(
        Message(
            channel=ticket.channel,
            ts=core.state.next_ts(),
            user=BOT_USER_ID,
            is_bot=True,
            reader=None if in_channel else ticket.user,
            text=content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            thread_ts=body.get("thread_ts"),
        )
    )
