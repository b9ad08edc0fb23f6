"""One exchange in a channel, a thread or a direct message: words in, an answer out."""

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
from zenmux_bot.render.slack import message as drawn
from zenmux_bot.slack.files import Attached, Files
from zenmux_bot.slack.posts import Posts, unsure

_PEOPLE_ONLY = Message("I answer that to people only; please ask me yourself.")

log = structlog.get_logger(__name__)


class Conversation:
    """Answers where it was asked, and remembers what a thread is about.

    Args:
        service: Takes words and gives answers.
        posts: Posts them.
        files: Sends the figures as files.
        contexts: Knows what threads are about.
        preferences: Knows the defaults of a channel.
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

        It says everything by itself but what the channel watches, and ten rows.

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
        """Answer where the actor is: for all to see, unless it says ``private``.

        Args:
            text: Words as typed.
            actor: Who typed them, and where.
            follows: The thread whose subject holds where the words say nothing.
            is_named: The answer says who asked, where nobody saw the question.
            url: Where the bot may answer although it is in no such conversation.
        """
        thread = thread_of(actor) or follows
        if thread is None:
            return await self._answer(text, actor, None, is_named=is_named, url=url)
        # One after the other, since each follows from the answer before it.
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
        # Who asks where all can read wants all to read the answer.
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
        # Nobody saw what failed, or everybody has seen too much of it.
        if actor.is_app:
            return await self._answer_app(actor, response, follows)
        is_hushed = (is_named and not response.ok) or isinstance(
            response.error, TooMuch | NotAllowed
        )
        if is_hushed or (request is not None and _is_private(request)):
            await self._posts.whisper(location, message, url=url)
        else:
            # Before it is posted, for whoever answers at once.
            await self.about(thread_of(actor), response)
            await self.about(follows, response)
            ts = await self._posts.say(location, message, url=url)
            await self.began(actor, ts, response)
        await self.attach(response, actor)
        return response

    async def _answer_app(
        self, actor: Actor, response: Response, follows: Location | None
    ) -> Response:
        """Answer a workflow or a reminder, for all to see: nobody is behind it.

        Too many questions get no answer, so that two apps do not go on for ever.
        """
        if isinstance(response.error, TooMuch):
            log.warning("app.asks_too_much", app=actor.user_id)
            return response
        request = response.request
        is_private = request is not None and _is_private(request)
        message = _PEOPLE_ONLY if is_private else response.message()
        await self.about(thread_of(actor), response)
        await self.about(follows, response)
        await self._posts.say(actor.location, message)
        if not is_private:
            await self.attach(response, actor)
        return response

    async def publish(
        self, response: Response, actor: Actor, *, shared_by: str | None = None
    ) -> bool:
        """Post an answer to the channel, and let its thread be about it.

        Args:
            response: The answer.
            actor: Who asked, and where.
            shared_by: Who showed it to the channel.

        Returns:
            Whether it is there; False where the bot cannot post, or is limited.

        Raises:
            SlackFault: Nobody knows whether it is there.
        """
        message = response.message(shared_by=shared_by)
        try:
            ts = await self._posts.post(actor.location, message)
        except (Refused, Throttled) as fault:
            log.info("slack.post_refused", code=fault.code)
            return False
        await self.began(actor, ts, response)
        return True

    async def cut_off(
        self, text: str, actor: Actor, base: Request | None = None
    ) -> Message:
        """Return what is said of an answer that a restart cut off.

        Its button carries what the words meant there, since buttons know no context.
        """
        usual = await self._preferences.defaults(actor.team_id, actor.channel_id)
        try:
            again = canonical(self._service.read(text, base=base, usual=usual))
        except BadInput:
            again = text
        return drawn(report_cut_off(again))

    async def began(self, actor: Actor, ts: str | None, response: Response) -> None:
        """Let the thread that begins with an answer be about it."""
        if actor.thread_ts is None and ts is not None:
            await self.about(thread_of(actor.in_thread(ts)), response)

    async def about(self, thread: Location | None, response: Response) -> None:
        """Let a thread be about what was answered, if it was."""
        if thread is not None and response.ok and response.request is not None:
            await self._contexts.remember(thread, response.request)

    async def attach(self, response: Response, actor: Actor) -> Attached:
        """Send an answer's files, if they were asked for."""
        return await self._files.send(response, actor.location)

    async def tell_unsure(self, actor: Actor, fault: SlackFault) -> None:
        """Tell whoever asked that nobody knows whether their answer was posted."""
        log.warning("slack.post_failed", code=fault.code)
        await self._posts.tell(actor.location, unsure(fault))


def thread_of(actor: Actor) -> Location | None:
    """Return the thread in which somebody is, if they are in one."""
    return None if actor.thread_ts is None else actor.location


def _is_private(request: Request) -> bool:
    """Tell whether an answer, or what went wrong with it, is for the asker alone."""
    return request.audience is Audience.PRIVATE or isinstance(
        request.query, DigestQuery
    )
