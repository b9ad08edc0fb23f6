"""Questions and answers in channels, threads and direct messages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from weakref import WeakValueDictionary

import structlog

from zenmux_bot.answers.service import AnswerService, Response
from zenmux_bot.commands.queries import Audience, DigestQuery, Request, canonical
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.conversations.threads import Contexts
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.errors import (
    BadInput,
    NotAllowed,
    Refused,
    SlackFault,
    Throttled,
    TooMuch,
)
from zenmux_bot.render.errors import report_cut_off
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import message as build_message
from zenmux_bot.slack.files import Attached, Files
from zenmux_bot.slack.posts import Posts, unsure

_PEOPLE_ONLY = Message("I answer that to people only; please ask me yourself.")

log = structlog.get_logger(__name__)


class Conversation:
    """Answers questions where they were asked, and remembers what a thread is about.

    Args:
        service: Answers questions.
        posts: Posts the answers.
        files: Uploads the figures as files.
        contexts: What threads are about.
        preferences: The defaults of channels.
    """

    def __init__(
        self,
        *,
        service: AnswerService,
        posts: Posts,
        files: Files,
        contexts: Contexts,
        preferences: Preferences,
    ) -> None:
        self._service = service
        self._posts = posts
        self._files = files
        self._contexts = contexts
        self._preferences = preferences
        self._locks: WeakValueDictionary[Location, asyncio.Lock] = WeakValueDictionary()

    async def ask(self, text: str, actor: Actor) -> Response:
        """Return the answer to ``text``, with the defaults of the channel."""
        usual = await self._preferences.defaults(actor.team_id, actor.channel_id)
        return await self._service.answer(text, usual=usual, actor=actor)

    async def press(
        self, command: str, actor: Actor, audience: Audience | None = None
    ) -> Response:
        """Return the answer to a button's command.

        The command is complete, so of the channel's defaults only the watch list and
        the number of rows apply.

        Args:
            command: What the button carries.
            actor: Who pressed it, and where.
            audience: Who sees the answer, whatever the command says.
        """
        usual = await self._preferences.defaults(actor.team_id, actor.channel_id)
        return await self._service.answer(
            command,
            usual=usual.for_buttons(),
            audience=audience,
            actor=actor,
        )

    async def answer(
        self,
        text: str,
        actor: Actor,
        *,
        follows: Location | None = None,
        is_named: bool = False,
        url: str = "",
    ) -> Response:
        """Answer where the actor is: publicly, unless the text says ``private``.

        Args:
            text: The question as typed.
            actor: Who typed it, and where.
            follows: The thread whose subject fills in what the text leaves unsaid.
            is_named: The answer names the asker, since nobody saw the question.
            url: A response URL, for conversations that the bot is not in.
        """
        thread = thread_of(actor) or follows
        if thread is None:
            return await self._answer(text, actor, None, is_named=is_named, url=url)
        # One at a time, since each may build on the answer before it.
        async with self._locks.setdefault(thread, asyncio.Lock()):
            return await self._answer(text, actor, follows, is_named=is_named, url=url)

    async def _answer(
        self,
        text: str,
        actor: Actor,
        follows: Location | None,
        *,
        is_named: bool,
        url: str,
    ) -> Response:
        base = None if follows is None else await self._contexts.base(follows)
        usual = await self._preferences.defaults(actor.team_id, actor.channel_id)
        # A question that everybody can read gets an answer that everybody can read.
        usual = replace(usual, audience=Audience.PUBLIC)
        location = actor.location
        try:
            response = await self._service.answer(
                text, base=base, usual=usual, actor=actor
            )
        except asyncio.CancelledError:
            apology = await self.cut_off(text, actor, base)
            await self._posts.whisper(location, apology, url=url)
            raise
        message = response.message(shared_by=actor.user_id if is_named else None)
        request = response.request
        if actor.is_app:
            return await self._answer_app(actor, response, follows)
        # Spare the channel errors about a question it did not see, and refusals.
        is_for_asker = (is_named and not response.ok) or isinstance(
            response.error, TooMuch | NotAllowed
        )
        if is_for_asker or (request is not None and _is_private(request)):
            await self._posts.whisper(location, message, url=url)
        else:
            # Before it is posted, in case somebody follows up at once.
            await self.remember_topic(thread_of(actor), response)
            await self.remember_topic(follows, response)
            ts = await self._posts.say(location, message, url=url)
            await self.remember_thread(actor, ts, response)
        await self.attach(response, actor)
        return response

    async def _answer_app(
        self, actor: Actor, response: Response, follows: Location | None
    ) -> Response:
        """Answer a workflow or a reminder, publicly, since no person is behind it.

        Past the rate limit there is no answer, which ends a loop between two apps.
        """
        if isinstance(response.error, TooMuch):
            log.warning("app.asks_too_much", app=actor.user_id)
            return response
        request = response.request
        is_private = request is not None and _is_private(request)
        message = _PEOPLE_ONLY if is_private else response.message()
        await self.remember_topic(thread_of(actor), response)
        await self.remember_topic(follows, response)
        await self._posts.say(actor.location, message)
        if not is_private:
            await self.attach(response, actor)
        return response

    async def publish(
        self, response: Response, actor: Actor, *, shared_by: str | None = None
    ) -> bool:
        """Post an answer to the channel, and remember that its thread is about it.

        Args:
            response: The answer.
            actor: Who asked, and where.
            shared_by: Who shared it with the channel.

        Returns:
            Whether it was posted; False if the bot cannot post there or is limited.

        Raises:
            SlackFault: It may or may not have been posted.
        """
        message = response.message(shared_by=shared_by)
        try:
            ts = await self._posts.post(actor.location, message)
        except (Refused, Throttled) as fault:
            log.info("slack.post_refused", code=fault.code)
            return False
        await self.remember_thread(actor, ts, response)
        return True

    async def cut_off(
        self, text: str, actor: Actor, base: Request | None = None
    ) -> Message:
        """Return the message for an answer that a restart cut off.

        Its button carries the full command, since buttons have no context.
        """
        usual = await self._preferences.defaults(actor.team_id, actor.channel_id)
        try:
            again = canonical(self._service.read(text, base=base, usual=usual))
        except BadInput:
            again = text
        return build_message(report_cut_off(again))

    async def remember_thread(
        self, actor: Actor, ts: str | None, response: Response
    ) -> None:
        """Remember that the thread below a new answer is about it."""
        if actor.thread_ts is None and ts is not None:
            await self.remember_topic(thread_of(actor.in_thread(ts)), response)

    async def remember_topic(self, thread: Location | None, response: Response) -> None:
        """Remember that a thread is about an answered question."""
        if thread is not None and response.ok and response.request is not None:
            await self._contexts.remember(thread, response.request)

    async def attach(self, response: Response, actor: Actor) -> Attached:
        """Send an answer's files, if they were asked for."""
        return await self._files.send(response, actor.location)

    async def tell_unsure(self, actor: Actor, fault: SlackFault) -> None:
        """Tell the asker that the answer may or may not have been posted."""
        log.warning("slack.post_failed", code=fault.code)
        await self._posts.tell(actor.location, unsure(fault))


def thread_of(actor: Actor) -> Location | None:
    """Return the thread that somebody is in, if any."""
    return None if actor.thread_ts is None else actor.location


def _is_private(request: Request) -> bool:
    """Tell whether an answer, or its error, is for the asker alone."""
    return request.audience is Audience.PRIVATE or isinstance(
        request.query, DigestQuery
    )
