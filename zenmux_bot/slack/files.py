"""The figures of an answer as files, in its thread or in the asker's messages.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

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

_LOST = (
    "The files could not be sent: Slack said {code}. "
    "If it stays, an administrator should look at the app's scopes (files:write)."
)

log = structlog.get_logger(__name__)


class Files:
    """Uploads files.

    Args:
        clients: Gives the client of a workspace.
        posts: Says it when that fails.
    """

    def __init__(self, clients: Clients, posts: Posts) -> None:
        self._clients = clients
        self._posts = posts

    async def send(self, served: Response, spot: Location) -> bool:
        """Send the files of an answer that asked for them, if it has figures.

        Args:
            served: The answer; what is not public goes to the asker alone.
            spot: Where the answer is.

        Returns:
            Whether there are files, and Slack took them.
        """
        files = served.files()
        if not files:
            return False
        is_private = not served.is_public
        try:
            if is_private:
                spot = await self._posts.direct(spot)
            await self._upload(spot, files)
        except Refused as refusal:
            return await self._fall_back(spot, files, refusal)
        except SlackFault as fault:
            log.warning("files.failed", code=fault.code)
            await self._posts.tell(spot, Message(_LOST.format(code=fault.code)))
            return False
        return True

    async def _fall_back(
        self, spot: Location, files: tuple[Attachment, ...], refusal: Refused
    ) -> bool:
        """Send the files to the asker, or say why there are none."""
        log.info("files.refused", code=refusal.code)
        try:
            direct = await self._posts.direct(spot)
            if direct == spot:
                raise refusal
            await self._upload(direct, files)
        except SlackFault as fault:
            await self._posts.tell(spot, Message(_LOST.format(code=fault.code)))
            return False
        return True

    async def _upload(self, spot: Location, files: tuple[Attachment, ...]) -> None:
        """Upload files as one message.

        Raises:
            SlackFault: They are not there, or nobody knows.
        """
        uploads: list[dict[str, Any]] = [
            {
                "filename": file.name,
                "title": file.title,
                "content": file.content,
                "alt_txt": file.title,
            }
            for file in files
        ]
        client = self._clients(spot.team_id)
        await call(
            client.files_upload_v2(
                file_uploads=uploads,
                channel=spot.channel_id,
                thread_ts=spot.thread_ts,
                initial_comment=escape(files[0].title),
            )
        )
