"""Mentions and direct messages: answered once, where they were written.

People's new messages are answered. So are the first mention that an edit adds, and the
messages of workflows, reminders and other apps, except in threads, where two apps could
answer each other forever. People who edit an answered message are told that the answer
doesn't change. Everything else is ignored and logged.

https://docs.slack.dev/reference/events/app_mention
https://docs.slack.dev/reference/events/message.im
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any

import structlog
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from zenmux_bot.answers.help.report import report_greeting
from zenmux_bot.core.actors import SLACKBOT, Actor, Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import SlackFault
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import message
from zenmux_bot.slack.calls import call
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.listeners.events import Event, Events
from zenmux_bot.slack.outbox import Clients
from zenmux_bot.slack.payloads import fields, text_in, words_of, writer_of
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.store.conversations import SeenEvents

REACTION = "eyes"
REACT_AFTER_SECONDS = 0.5
"""Most answers come sooner, and a reaction costs two calls."""

_NEW_WORDS = frozenset(
    {None, "bot_message", "file_share", "me_message", "thread_broadcast"}
)
"""Subtypes of new messages: by an app, with a file, after ``/me``, or in a thread and
also in its channel.

https://docs.slack.dev/reference/events/message#subtypes
"""

_EDITED = Message(
    "I answer a message once, so your edit changes nothing. "
    "Ask again in a new message for another answer."
)

log = structlog.get_logger(__name__)


class Reaction(Enum):
    """What a message calls for."""

    ANSWER = "answer"
    NEW_IN_EDIT = "answer, unless the message was answered before it was edited"
    EXPLAIN_EDIT = "tell that the answer stays"
    NOT_MENTIONED = "nothing: it names nobody"
    OWN = "nothing: it is the bot's own"
    APP_IN_THREAD = "nothing: an app wrote it in a thread"
    OTHER = "nothing: it is no new message to the bot"


class Mentions:
    """Answers people who write to the bot.

    Args:
        conversation: Answers them.
        posts: Posts greetings and notes.
        clients: Returns the client of a workspace.
        seen: Remembers which events were answered.
        tasks: Runs work after the acknowledgement.
        clock: The current time.
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

    def subscribe(self, events: Events) -> None:
        """Subscribe to mentions and direct messages."""
        events.subscribe(("app_mention", "message"), self.on_event)

    def on_event(self, event: Event) -> None:
        """Answer a message, or log why not."""
        reaction = reaction_to(event)
        if reaction in _IGNORED:
            log.info("mention.ignored", why=reaction.value, kind=event.kind)
            return
        self._tasks.start(self._react_once(event, reaction))

    async def _react_once(self, event: Event, reaction: Reaction) -> None:
        if event.id and not await self._is_first(event.id):
            log.info("event.repeated", event_id=event.id)
            return
        written = _written(event)
        actor = writer_of(event.body, {**event.fields, **written})
        name = f"said:{actor.team_id}:{actor.channel_id}:{text_in(written.get('ts'))}"
        is_new = await self._is_first(name)
        if reaction is Reaction.EXPLAIN_EDIT or (
            reaction is Reaction.NEW_IN_EDIT and not is_new
        ):
            await self._posts.whisper(actor.location, _EDITED)
            return
        await self._answer(event, actor, text_in(written.get("ts")))

    async def _is_first(self, key: str) -> bool:
        return await self._seen.first_time(key, self._clock.now())

    async def _answer(self, event: Event, actor: Actor, ts: str) -> None:
        follows = self._followed(actor)
        if actor.thread_ts is None and not actor.location.is_direct:
            actor = actor.in_thread(ts)
        words = words_of(text_in(event.fields.get("text")), event.bot_user_id)
        if actor.user_id == SLACKBOT:  # Slackbot adds a full stop
            words = words.removesuffix(".")
        if not words:
            await self._posts.say(actor.location, message(report_greeting()))
            return
        work = self._tasks.start(
            self._conversation.answer(words, actor, follows=follows)
        )
        has_reaction = False
        try:
            if await self._tasks.is_quick(work, REACT_AFTER_SECONDS):
                work.result()
                return
            has_reaction = await self._add_reaction(actor, ts)
            await asyncio.wait({work})
        finally:
            if has_reaction:
                await self._remove_reaction(actor, ts)

    def _followed(self, actor: Actor) -> Location | None:
        """Return the thread whose subject fills in what a message leaves unsaid.

        In direct messages, outside of threads, each day counts as one thread.
        """
        if actor.thread_ts is not None:
            return actor.location
        if actor.location.is_direct:
            return actor.in_thread(self._clock.now().date().isoformat()).location
        return None

    async def _add_reaction(self, actor: Actor, ts: str) -> bool:
        """React to the message; nothing depends on it."""
        return await self._react(self._clients(actor.team_id).reactions_add, actor, ts)

    async def _remove_reaction(self, actor: Actor, ts: str) -> None:
        await self._react(self._clients(actor.team_id).reactions_remove, actor, ts)

    async def _react(
        self,
        method: Callable[..., Awaitable[AsyncSlackResponse]],
        actor: Actor,
        ts: str,
    ) -> bool:
        try:
            await call(method(channel=actor.channel_id, timestamp=ts, name=REACTION))
        except SlackFault as fault:
            log.info("slack.reaction_failed", code=fault.code)
            return False
        return True


_IGNORED = frozenset(
    {Reaction.NOT_MENTIONED, Reaction.OWN, Reaction.APP_IN_THREAD, Reaction.OTHER}
)


def reaction_to(event: Event) -> Reaction:
    """Return what a message calls for."""
    said = event.fields
    if event.kind == "message" and said.get("channel_type") != "im":
        return Reaction.OTHER
    if said.get("subtype") == "message_changed":
        return _reaction_to_change(event)
    if said.get("subtype") not in _NEW_WORDS or said.get("hidden"):
        return Reaction.OTHER
    if event.is_about_the_bot:
        return Reaction.OWN
    return _reaction_to_words(event)


def _reaction_to_words(event: Event) -> Reaction:
    """Return what a new message of somebody else calls for."""
    said, is_mention = event.fields, event.kind == "app_mention"
    if is_mention and not _names(said, event.bot_user_id):
        return Reaction.NOT_MENTIONED
    if not _is_app(said):
        return Reaction.NEW_IN_EDIT if said.get("edited") else Reaction.ANSWER
    if not is_mention:
        return Reaction.OTHER
    is_reply = said.get("thread_ts") not in {None, said.get("ts")}
    return Reaction.APP_IN_THREAD if is_reply else Reaction.ANSWER


def _reaction_to_change(event: Event) -> Reaction:
    """Return what a change of a direct message calls for.

    Slack also reports its own changes, such as link previews.
    """
    now, before = _written(event), fields(event.fields.get("previous_message"))
    is_persons = bool(now.get("user")) and not _is_app(now)
    if not is_persons or now.get("user") == event.bot_user_id:
        return Reaction.OTHER
    if not now.get("edited") or now.get("text") == before.get("text"):
        return Reaction.OTHER
    return Reaction.EXPLAIN_EDIT


def _written(event: Event) -> Mapping[str, Any]:
    """Return the message that an event is about."""
    if event.fields.get("subtype") == "message_changed":
        return fields(event.fields.get("message"))
    return event.fields


def _is_app(said: Mapping[str, Any]) -> bool:
    """Tell whether a workflow, a reminder or another app wrote it."""
    return bool(said.get("bot_id")) or said.get("user") in {None, "", SLACKBOT}


def _names(said: Mapping[str, Any], bot_user_id: str | None) -> bool:
    """Tell whether a message names the bot.

    Slack is known to send mention events for thread replies that mention nobody.
    """
    if bot_user_id is None:
        return True
    parts = (said.get("text"), said.get("blocks"), said.get("attachments"))
    return bot_user_id in json.dumps(parts)
