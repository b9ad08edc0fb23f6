"""Questions by slash command and by button: acknowledge, ask, reply.

An answer that is ready within two seconds rides on the acknowledgement of the command;
otherwise a line says what is being fetched, and the answer replaces it.
"""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.domain.grammar import COMMAND
from zenmux_bot.domain.queries import Audience
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import escape
from zenmux_bot.service.desk import Desk, Served
from zenmux_bot.slack.replies import ResponseUrl, response_type
from zenmux_bot.slack.tasks import Tasks

QUICK_SECONDS = 2.0
"""Slack waits three seconds for an acknowledgement.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""

PUBLISH = "publish"
_ASK = re.compile(r"^ask:")


class Questions:
    """Answers questions from Slack.

    Args:
        desk: Takes words and serves answers.
        tasks: Keeps what runs on after an acknowledgement.
        session: Sends what comes after one.
        quick_seconds: How long an acknowledgement may wait for its answer.
    """

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        session: aiohttp.ClientSession,
        *,
        quick_seconds: float = QUICK_SECONDS,
    ) -> None:
        self._desk = desk
        self._tasks = tasks
        self._session = session
        self._quick_seconds = quick_seconds

    def register(self, app: AsyncApp) -> None:
        """Listen to the command and to the buttons of answers."""
        app.command(COMMAND)(self.on_command)
        app.action(_ASK)(self.on_ask)
        app.action(PUBLISH)(self.on_publish)

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer ``/zenmux …``."""
        # with should_escape Slack writes the three control characters as entities
        text = html.unescape(body.get("text") or "")
        task = self._tasks.start(self._desk.serve(text))
        await asyncio.wait({task}, timeout=self._quick_seconds)
        if task.done():
            served = task.result()
            payload = served.message().payload()
            await ack(response_type=response_type(public=served.is_public), **payload)
            return
        await ack(
            response_type=response_type(public=False), **_fetching(text).payload()
        )
        self._tasks.start(self._follow_up(task, self._url(body)))

    async def on_ask(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Run the command that a button carries."""
        await ack()
        self._tasks.start(self._press(body, action["value"]))

    async def on_publish(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Show a private answer to the channel."""
        await ack()
        self._tasks.start(self._publish(body, action["value"]))

    async def _press(self, body: dict[str, Any], command: str) -> None:
        """Answer a button: in place of a private answer, in a public one's thread."""
        url = self._url(body)
        container = body.get("container") or {}
        if container.get("is_ephemeral"):
            served = await self._desk.serve(command, audience=Audience.PRIVATE)
            await url.send(served.message(), public=False, replace_original=True)
            return
        served = await self._desk.serve(command, audience=Audience.PUBLIC)
        thread = container.get("thread_ts") or container.get("message_ts")
        more = {"thread_ts": thread} if thread and served.ok else {}
        await url.send(served.message(), public=served.ok, **more)

    async def _publish(self, body: dict[str, Any], command: str) -> None:
        """Post an answer for all to see, and take the private one away."""
        url = self._url(body)
        served = await self._desk.serve(command, audience=Audience.PUBLIC)
        if not served.ok:
            await url.send(served.message(), public=False, replace_original=False)
            return
        sharer = (body.get("user") or {}).get("id")
        if await url.send(served.message(shared_by=sharer), public=True):
            await url.delete_original()

    async def _follow_up(self, task: asyncio.Task[Served], url: ResponseUrl) -> None:
        """Put the answer in place of the line that said it was being fetched."""
        served = await task
        message = served.message()
        if not served.is_public:
            await url.send(message, public=False, replace_original=True)
        elif await url.send(message, public=True):
            await url.delete_original()

    def _url(self, body: dict[str, Any]) -> ResponseUrl:
        return ResponseUrl(body.get("response_url") or "", self._session)


def _fetching(text: str) -> Message:
    """Return the line that stands in for an answer under way."""
    return Message(f"Fetching `{escape(f'{COMMAND} {text}'.strip())}` …")
