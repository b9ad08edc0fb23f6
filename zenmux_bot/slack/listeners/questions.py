"""Questions by slash command, button and menu: acknowledge, ask, reply.

An answer that is ready within two seconds is the acknowledgement of the command;
otherwise a line says what is being fetched, and the answer follows. Where the bot is a
member, public answers are posted by the Web API, since only that returns their thread.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from cachetools import TTLCache
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse

from zenmux_bot.answers.service import Response
from zenmux_bot.commands.queries import Audience
from zenmux_bot.core.actors import Actor
from zenmux_bot.errors import SlackFault
from zenmux_bot.render.errors import report_cut_off
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import message as build_message
from zenmux_bot.slack.conversation import Conversation, thread_of
from zenmux_bot.slack.files import Attached
from zenmux_bot.slack.payloads import (
    actor_in_thread,
    actor_of,
    command_of,
    command_text,
    fields,
    is_private,
    text_in,
)
from zenmux_bot.slack.posts import Posts, unsure
from zenmux_bot.slack.replies import PRIVATE, Acknowledgement, announcement
from zenmux_bot.slack.tasks import Tasks, outcome_of

SHARED_SECONDS = 5.0
"""Within this time, a second click on *Share to channel* is ignored."""

PUBLISH = "publish"
FILES = "ask:csv"
_ASK = re.compile(r"^ask:")

_SHOWN = Message("The files are in our direct messages.")
_TAKEN = Message(
    "Slack has the files and will show them in our direct messages shortly."
)

log = structlog.get_logger(__name__)


class Questions:
    """Answers questions from Slack.

    Args:
        conversation: Answers, and remembers what threads are about.
        posts: Sends answers after the acknowledgement.
        tasks: Runs work after the acknowledgement.
    """

    def __init__(
        self,
        *,
        conversation: Conversation,
        posts: Posts,
        tasks: Tasks,
    ) -> None:
        self._conversation = conversation
        self._posts = posts
        self._tasks = tasks
        self._shared: TTLCache[tuple[str, str, str], bool] = TTLCache(
            maxsize=10_000, ttl=SHARED_SECONDS
        )

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons and menus of answers."""
        app.action(FILES)(self.on_files)
        app.action(_ASK)(self.on_ask)
        app.action(PUBLISH)(self.on_publish)

    async def on_command(
        self, ack: AsyncAck, body: dict[str, Any]
    ) -> BoltResponse | None:
        """Answer a slash command, in the response itself if that is possible."""
        text, actor = command_text(body), actor_of(body)
        task = self._tasks.start(self._ask(text, actor))
        if await self._tasks.is_quick(task):
            response, is_posted = task.result()
            if response.request is not None and response.request.csv:
                self._tasks.start(self._conversation.attach(response, actor))
            if is_posted:
                return BoltResponse(status=200, body="")
            return Acknowledgement(response.message(), public=response.is_public)
        await ack(
            response_type=PRIVATE,
            **announcement(body, "Fetching").payload(),
        )
        self._tasks.start(self._follow_up(task, body, text, actor))
        return None

    async def on_ask(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Run the command of a button or a menu, or send its files."""
        await ack()
        command = command_of(action)
        wants_files = command.split()[-1:] == ["csv"]
        run = self._attach if wants_files else self._press
        self._tasks.start(run(body, command))

    async def on_files(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Send the figures of an answer as files."""
        await ack()
        self._tasks.start(self._attach(body, command_of(action)))

    async def on_publish(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Share a private answer with the channel, once for repeated clicks."""
        await ack()
        message = text_in(fields(body.get("container")).get("message_ts"))
        press = (actor_of(body).user_id, message, command_of(action))
        if press not in self._shared:
            self._shared[press] = True
            self._tasks.start(self._share(body, press))

    async def _ask(self, text: str, actor: Actor) -> tuple[Response, bool]:
        """Return an answer, and whether it was posted already."""
        response = await self._conversation.ask(text, actor)
        if not response.is_public:
            return response, False
        try:
            who = actor.user_id
            return response, await self._conversation.publish(
                response, actor, shared_by=who
            )
        except SlackFault as fault:
            # It may have been posted, or Slack refuses every form of it: no retry.
            await self._conversation.tell_unsure(actor, fault)
            return response, True

    async def _follow_up(
        self,
        task: asyncio.Task[tuple[Response, bool]],
        body: dict[str, Any],
        text: str,
        actor: Actor,
    ) -> None:
        """Send the answer after the "Fetching" line."""
        try:
            response, is_posted = await task
        except asyncio.CancelledError:
            apology = await self._conversation.cut_off(text, actor)
            await self._posts.reply(body, apology, replace_original=True)
            raise
        if not is_posted:
            public = response.is_public
            await self._posts.reply(
                body, response.message(), public=public, replace_original=not public
            )
        await self._conversation.attach(response, actor)

    async def _press(self, body: dict[str, Any], command: str) -> None:
        """Answer a button in place of a private answer, or in a public one's thread."""
        actor = actor_in_thread(body)
        response = await self._pressed(body, actor, command, _audience(body))
        if not response.is_public:
            # An error must not replace the answer whose button was pressed.
            replaces = response.ok and is_private(body)
            await self._posts.reply(body, response.message(), replace_original=replaces)
            return
        # Before it is posted, in case somebody follows up at once.
        await self._conversation.remember_topic(thread_of(actor), response)
        message = response.message()
        await self._posts.reply(body, message, public=True, thread_ts=actor.thread_ts)

    async def _attach(self, body: dict[str, Any], command: str) -> None:
        """Send files to a public answer's thread, or to the asker of a private one."""
        actor = actor_in_thread(body)
        response = await self._pressed(body, actor, command, _audience(body))
        attached = await self._conversation.attach(response, actor)
        if not response.ok:
            await self._posts.reply(body, response.message())
        elif response.is_public:
            return
        elif attached is Attached.SHOWN:
            await self._posts.reply(body, _SHOWN)
        elif attached is Attached.TAKEN:
            await self._posts.reply(body, _TAKEN)

    async def _share(self, body: dict[str, Any], press: tuple[str, str, str]) -> None:
        """Post an answer publicly, and delete the private one."""
        actor = actor_of(body)
        response = await self._pressed(body, actor, press[-1], Audience.PUBLIC)
        if not response.is_public:
            # The next attempt may succeed.
            self._shared.pop(press, None)
            if response.unposted is not None:
                response = replace(response, report=response.unposted)
            await self._posts.reply(body, response.message())
            return
        who = actor.user_id
        try:
            if not await self._conversation.publish(response, actor, shared_by=who):
                # A response URL works where the bot is not a member.
                message = response.message(shared_by=who)
                if not await self._posts.reply(body, message, public=True):
                    return
        except SlackFault as fault:
            # It may not have been posted, so the private one stays.
            log.warning("slack.post_failed", code=fault.code)
            await self._posts.reply(body, unsure(fault))
            return
        await self._posts.delete_original(body)

    async def _pressed(
        self, body: dict[str, Any], actor: Actor, command: str, audience: Audience
    ) -> Response:
        """Return the answer to a button; tell the asker if it was cut off."""
        return await outcome_of(
            self._conversation.press(command, actor, audience),
            partial(self._posts.reply, body),
            build_message(report_cut_off(command)),
        )


def _audience(body: dict[str, Any]) -> Audience:
    return Audience.PRIVATE if is_private(body) else Audience.PUBLIC
