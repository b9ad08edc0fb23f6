"""Mentions and direct messages: answered once, where they were written.

https://docs.slack.dev/reference/events/app_mention
https://docs.slack.dev/reference/events/message.im
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from zenmux_bot.answers.help.report import report_greeting
from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import SlackFault
from zenmux_bot.render.slack import message
from zenmux_bot.slack.calls import call
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.message_text import words_of
from zenmux_bot.slack.outbox import Clients
from zenmux_bot.slack.ports import SeenEvents
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks

HEARD = "eyes"
HEARD_AFTER_SECONDS = 0.5
"""Most answers come sooner, and each sign costs two calls."""

_NEW_WORDS = frozenset({None, "file_share", "thread_broadcast"})
"""Subtypes of what a person writes: with a file, or in a thread and below it, too."""

log = structlog.get_logger(__name__)


class Mentions:
    """Answers people who write to the bot.

    Args:
        conversation: Answers them.
        posts: Posts what is no answer.
        clients: Gives the client of a workspace.
        seen: Knows the events that were answered already.
        tasks: Keeps what runs on after an acknowledgement.
        clock: Tells the time.
    """

    def __init__(
        self,
        *,
        conversation: Conversation,
        posts: Posts,
        clients: Clients,
        seen: SeenEvents,
        tasks: Tasks,
        clock: Clock,
    ) -> None:
        self._conversation = conversation
        self._posts = posts
        self._clients = clients
        self._seen = seen
        self._tasks = tasks
        self._clock = clock

    def register(self, app: AsyncApp) -> None:
        """Listen to mentions and direct messages."""
        app.event("app_mention")(self.on_event)
        app.event("message")(self.on_event)

    async def on_event(
        self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        """Answer a person, once."""
        await ack()
        if _is_for_the_bot(body["event"], context.bot_user_id):
            self._tasks.start(self._answer_once(body, context.bot_user_id))

    async def _answer_once(self, body: dict[str, Any], bot_user_id: str | None) -> None:
        if not await self._seen.first_time(body["event_id"], self._clock.now()):
            log.info("event.repeated", event_id=body["event_id"])
            return
        event = body["event"]
        spot, follows = self._place(event, body["team_id"])
        words = words_of(event.get("text") or "", bot_user_id)
        if not words:
            await self._posts.say(spot, message(report_greeting()))
            return
        work = self._tasks.start(
            self._conversation.answer(words, spot, follows=follows)
        )
        is_shown = False
        try:
            if await self._tasks.is_quick(work, HEARD_AFTER_SECONDS):
                return
            is_shown = await self._show(spot, event["ts"])
            await asyncio.wait({work})
        finally:
            if is_shown:
                await self._hide(spot, event["ts"])

    def _place(
        self, event: dict[str, Any], team_id: str
    ) -> tuple[Location, Location | None]:
        """Return where to answer, and the thread whose subject holds.

        A mention is answered in a thread; a direct message in place, where the talk of
        one day is about one thing as a thread is.
        """
        channel, thread = event["channel"], event.get("thread_ts")
        spot = Location(
            team_id=team_id,
            channel_id=channel,
            user_id=event["user"],
            thread_ts=thread or (None if channel.startswith("D") else event["ts"]),
        )
        now = self._clock.now()
        if thread is not None:
            return spot, Location(team_id, channel, thread)
        if spot.is_direct:
            return spot, Location(team_id, channel, now.date().isoformat())
        return spot, None

    async def _show(self, spot: Location, ts: str) -> bool:
        """Show that the message was heard; nothing depends on it."""
        return await self._react(self._clients(spot.team_id).reactions_add, spot, ts)

    async def _hide(self, spot: Location, ts: str) -> None:
        await self._react(self._clients(spot.team_id).reactions_remove, spot, ts)

    async def _react(
        self,
        method: Callable[..., Awaitable[AsyncSlackResponse]],
        spot: Location,
        ts: str,
    ) -> bool:
        try:
            await call(method(channel=spot.channel_id, timestamp=ts, name=HEARD))
        except SlackFault as fault:
            log.info("slack.reaction_failed", code=fault.code)
            return False
        return True


def _is_for_the_bot(event: dict[str, Any], bot_user_id: str | None) -> bool:
    """Tell a person's new words to the bot from edits, joins, bots and itself."""
    if event.get("subtype") not in _NEW_WORDS:
        return False
    if any(event.get(mark) for mark in ("bot_id", "edited", "hidden")):
        return False
    if event["type"] == "message" and event.get("channel_type") != "im":
        return False
    return event.get("user") not in {None, bot_user_id, "USLACKBOT"}
