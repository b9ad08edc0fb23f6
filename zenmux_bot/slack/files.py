"""The figures of an answer as files, in its thread or in the asker's messages.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from typing import Any

import structlog

from zenmux_bot.answers.service import Response
from zenmux_bot.core.actors import Location
from zenmux_bot.errors import Refused, SlackFault
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import escape
from zenmux_bot.render.tabular import Attachment
from zenmux_bot.slack.calls import call
from zenmux_bot.slack.outbox import Clients
from zenmux_bot.slack.posts import Posts

CHECK_SECONDS = (0.5, 1.0, 2.0, 4.0)
"""Pauses between checks; Slack shows a file some time after accepting it."""

_LOST = (
    "The files could not be sent: Slack said {code}. "
    "If it stays, an admin should check the app's scopes (files:write)."
)
_MISSING = Message(
    "Slack took the files but doesn't show them yet. "
    "If they don't appear, please ask for them again."
)
_ELSEWHERE = "{title} (I can't add files in {place}.)"

log = structlog.get_logger(__name__)


class Attached(Enum):
    """The result of sending an answer's files."""

    NOTHING = auto()
    """None were requested, or there are no figures."""
    SHOWN = auto()
    TAKEN = auto()
    """Slack accepted them, but the bot could not check whether they are shown."""
    FAILED = auto()
    """The asker has been told."""


class Files:
    """Uploads files.

    Args:
        clients: Returns the client of a workspace.
        posts: Tells the asker if an upload fails.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        clients: Clients,
        posts: Posts,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clients = clients
        self._posts = posts
        self._sleep = sleep

    async def send(self, response: Response, location: Location) -> Attached:
        """Send an answer's files, if they were requested and it has figures.

        Args:
            response: The answer; files of a private one go to the asker alone.
            location: Where the answer was posted.
        """
        files = response.files()
        if not files:
            return Attached.NOTHING
        comment = escape(files[0].title)
        try:
            if not response.is_public:
                location = await self._posts.direct(location)
            try:
                return await self._upload(location, files, comment)
            except Refused as refusal:
                log.info("files.refused", code=refusal.code)
                direct = await self._posts.direct(location)
                if direct == location:
                    raise
                place = "there" if location.is_direct else f"<#{location.channel_id}>"
                comment = _ELSEWHERE.format(title=comment, place=place)
                return await self._upload(direct, files, comment)
        except SlackFault as fault:
            log.warning("files.failed", code=fault.code)
            await self._posts.tell(location, Message(_LOST.format(code=fault.code)))
            return Attached.FAILED

    async def _upload(
        self, location: Location, files: Sequence[Attachment], comment: str
    ) -> Attached:
        """Upload files as one message, and check that it appears.

        No file has an ``alt_txt``: with one, Slack may accept a text file and never
        show it (slackapi/python-slack-sdk#1818).

        Raises:
            SlackFault: The upload failed, or its reply was lost.
        """
        uploads: list[dict[str, Any]] = [
            {"filename": file.name, "title": file.title, "content": file.content}
            for file in files
        ]
        client = self._clients(location.team_id)
        reply = await call(
            client.files_upload_v2(
                file_uploads=uploads,
                channel=location.channel_id,
                thread_ts=location.thread_ts,
                initial_comment=comment,
            )
        )
        uploaded = reply["files"] or []
        if any(map(_is_shown, uploaded)):
            return Attached.SHOWN
        return await self._wait_until_shown(
            location, str(uploaded[0]["id"]) if uploaded else ""
        )

    async def _wait_until_shown(self, location: Location, file_id: str) -> Attached:
        """Wait until a file is shown; all files of an answer are in one message."""
        client = self._clients(location.team_id)
        for seconds in CHECK_SECONDS:
            try:
                reply = await call(client.files_info(file=file_id))
            except SlackFault as fault:  # such as a missing scope, which is optional
                log.info("files.not_looked_for", code=fault.code)
                return Attached.TAKEN
            if _is_shown(reply["file"] or {}):
                return Attached.SHOWN
            await self._sleep(seconds)
        log.warning("files.not_shown")
        await self._posts.tell(location, _MISSING)
        return Attached.FAILED


def _is_shown(file: dict[str, Any]) -> bool:
    """Tell whether a file is in a conversation.

    https://docs.slack.dev/reference/objects/file-object
    """
    listed = ("shares", "channels", "groups", "ims")
    return any(file.get(name) for name in listed)
