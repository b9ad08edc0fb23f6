"""Questions by slash command, button and menu: acknowledge, ask, reply.

An answer that is ready within two seconds rides on the acknowledgement of the command;
otherwise a line says what is being fetched, and the answer replaces it.
"""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse

from zenmux_bot.answers.service import Response
from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.commands.queries import Audience
from zenmux_bot.core.actors import Location
from zenmux_bot.errors import Refused, SlackFault
from zenmux_bot.render.errors import report_cut_off
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import escape
from zenmux_bot.render.slack import message as drawn
from zenmux_bot.slack.conversation import Conversation, thread_of
from zenmux_bot.slack.posts import Posts, spot_of, threaded, unsure
from zenmux_bot.slack.replies import ResponseUrl, acknowledgement, response_type
from zenmux_bot.slack.tasks import Tasks

QUICK_SECONDS = 2.0
"""Slack waits three seconds for an acknowledgement.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""

SHARED_SECONDS = 5.0
"""A second press on *Share to channel* within them is the same press."""

PUBLISH = "publish"
FILES = "ask:csv"
_ASK = re.compile(r"^ask:")
_SENT = Message("The files are in your direct messages with me.")

log = structlog.get_logger(__name__)


class Questions:
    """Answers questions from Slack.

    Args:
        conversation: Answers, and knows what a thread is about.
        posts: Reaches people where a response URL does not.
        tasks: Keeps what runs on after an acknowledgement.
        session: Sends what comes after one.
    """

    def __init__(
        self,
        *,
        conversation: Conversation,
        posts: Posts,
        tasks: Tasks,
        session: aiohttp.ClientSession,
    ) -> None:
        self._conversation = conversation
        self._posts = posts
        self._tasks = tasks
        self._session = session
        self._sharing: set[tuple[str, str | None, str]] = set()

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons and menus of answers."""
        app.action(FILES)(self.on_files)
        app.action(_ASK)(self.on_ask)
        app.action(PUBLISH)(self.on_publish)

    async def on_command(
        self, ack: AsyncAck, body: dict[str, Any]
    ) -> BoltResponse | None:
        """Answer ``/zenmux …``; an answer that is ready is the response itself."""
        # with should_escape Slack writes the three control characters as entities
        text = html.unescape(body.get("text") or "")
        spot = Location(
            team_id=body.get("team_id") or "",
            channel_id=body.get("channel_id") or "",
            user_id=body.get("user_id") or "",
        )
        task = self._tasks.start(self._conversation.ask(text, spot))
        if await self._tasks.is_quick(task, QUICK_SECONDS):
            served = task.result()
            if served.request is not None and served.request.csv:
                self._tasks.start(self._conversation.attach(served, spot))
            return acknowledgement(served.message(), public=served.is_public)
        await ack(
            response_type=response_type(public=False), **_fetching(text).payload()
        )
        self._tasks.start(self._follow_up(task, body, text, spot))
        return None

    async def on_ask(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Run the command that a button or a menu carries."""
        await ack()
        self._tasks.start(self._press(body, _command(action)))

    async def on_files(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Send the figures of an answer as files."""
        await ack()
        self._tasks.start(self._attach(body, _command(action)))

    async def on_publish(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Show a private answer to the channel."""
        await ack()
        self._tasks.start(self._publish(body, _command(action)))

    async def _press(self, body: dict[str, Any], command: str) -> None:
        """Answer a button: in place of a private answer, in a public one's thread."""
        spot = threaded(body)
        served = await self._pressed(body, spot, command, _audience(body))
        if not served.is_public:
            # what went wrong must not take away the answer it was asked of
            replaces = served.ok and _is_private(body)
            await self._reply(body, spot, served.message(), replace_original=replaces)
            return
        # Before it is posted, for whoever answers at once.
        await self._conversation.about(thread_of(spot), served)
        message = served.message()
        await self._reply(body, spot, message, public=True, thread_ts=spot.thread_ts)

    async def _attach(self, body: dict[str, Any], command: str) -> None:
        """Send files to a public answer's thread, or to whoever had a private one."""
        spot = threaded(body)
        served = await self._pressed(body, spot, command, _audience(body))
        sent = await self._conversation.attach(served, spot)
        if not served.ok:
            await self._reply(body, spot, served.message())
        elif sent and not served.is_public:
            await self._reply(body, spot, _SENT)

    async def _publish(self, body: dict[str, Any], command: str) -> None:
        """Post an answer for all to see, once, and take the private one away."""
        container = body.get("container") or {}
        press = (spot_of(body).user_id, container.get("message_ts"), command)
        if press in self._sharing:
            return
        self._sharing.add(press)
        loop = asyncio.get_running_loop()
        loop.call_later(SHARED_SECONDS, self._sharing.discard, press)
        await self._share(body, command)

    async def _share(self, body: dict[str, Any], command: str) -> None:
        """Post an answer for all to see, and take the private one away."""
        url = self._url(body)
        spot = spot_of(body)
        served = await self._pressed(body, spot, command, Audience.PUBLIC)
        if not served.is_public:
            await self._reply(body, spot, served.message())
            return
        message = served.message(shared_by=spot.user_id)
        try:
            ts = await self._posts.post(spot, message)
            await self._conversation.began(spot, ts, served)
        except Refused:
            # a response URL works where the bot is no member
            if not await url.send(message, public=True):
                return
        except SlackFault as fault:
            # It may be there; the private one stays in case it is not.
            log.warning("slack.post_failed", code=fault.code)
            await self._reply(body, spot, unsure(fault))
            return
        await url.delete_original()

    async def _pressed(
        self, body: dict[str, Any], spot: Location, command: str, audience: Audience
    ) -> Response:
        """Return the answer to a button, or say that it was cut off."""
        try:
            return await self._conversation.press(command, spot, audience)
        except asyncio.CancelledError:
            await self._reply(body, spot, drawn(report_cut_off(command)))
            raise

    async def _follow_up(
        self,
        task: asyncio.Task[Response],
        body: dict[str, Any],
        text: str,
        spot: Location,
    ) -> None:
        """Put the answer in place of the line that said it was being fetched."""
        try:
            served = await task
        except asyncio.CancelledError:
            apology = await self._conversation.cut_off(text, spot)
            await self._reply(body, spot, apology, replace_original=True)
            raise
        public = served.is_public
        sent = await self._reply(
            body, spot, served.message(), public=public, replace_original=not public
        )
        if sent and public:
            await self._url(body).delete_original()
        await self._conversation.attach(served, spot)

    async def _reply(
        self,
        body: dict[str, Any],
        spot: Location,
        message: Message,
        *,
        public: bool = False,
        **more: Any,
    ) -> bool:
        """Send through the response URL, or directly once that has expired."""
        if await self._url(body).send(message, public=public, **more):
            return True
        await self._posts.tell(spot, message)
        return False

    def _url(self, body: dict[str, Any]) -> ResponseUrl:
        return ResponseUrl(body.get("response_url") or "", self._session)


def _command(action: dict[str, Any]) -> str:
    """Return what a button, or the chosen line of a menu, carries."""
    chosen = action.get("selected_option") or action
    return str(chosen.get("value") or "")


def _is_private(body: dict[str, Any]) -> bool:
    """Tell whether only one person sees the message that was acted on."""
    return bool((body.get("container") or {}).get("is_ephemeral"))


def _audience(body: dict[str, Any]) -> Audience:
    return Audience.PRIVATE if _is_private(body) else Audience.PUBLIC


def _fetching(text: str) -> Message:
    """Return the line that stands in for an answer under way."""
    return Message(f"Fetching `{escape(f'{COMMAND} {text}'.strip())}` …")
