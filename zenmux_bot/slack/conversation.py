"""One exchange in a channel, a thread or a direct message: words in, an answer out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from weakref import WeakValueDictionary

from zenmux_bot.answers.service import AnswerService, Response
from zenmux_bot.commands.queries import Audience, DigestQuery, Request, canonical
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.conversations.threads import Contexts
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.errors import BadInput, TooMuch
from zenmux_bot.render.errors import report_cut_off
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import message as drawn
from zenmux_bot.slack.files import Files
from zenmux_bot.slack.posts import Posts


class Conversation:
    """Answers where it was asked, and keeps in mind what the talk is about.

    Args:
        desk: Takes words and serves answers.
        posts: Posts them.
        files: Sends the figures as files.
        contexts: Knows what threads are about.
        preferences: Knows what a channel wants.
    """

    def __init__(
        self,
        *,
        desk: AnswerService,
        posts: Posts,
        files: Files,
        contexts: Contexts,
        preferences: Preferences,
    ) -> None:
        self._desk = desk
        self._posts = posts
        self._files = files
        self._contexts = contexts
        self._preferences = preferences
        self._turns: WeakValueDictionary[Location, asyncio.Lock] = WeakValueDictionary()

    async def ask(self, text: str, spot: Location) -> Response:
        """Return the answer to ``text``, with what is usual in the channel."""
        usual = await self._preferences.defaults(spot.team_id, spot.channel_id)
        return await self._desk.answer(text, usual=usual, actor=asker_of(spot))

    async def press(
        self, command: str, spot: Location, audience: Audience | None = None
    ) -> Response:
        """Return the answer to a button's command.

        It says everything by itself but what the channel watches, and ten rows.

        Args:
            command: What the button carries.
            spot: Where it was pressed.
            audience: Who sees the answer, whatever the command says.
        """
        usual = await self._preferences.defaults(spot.team_id, spot.channel_id)
        return await self._desk.answer(
            command,
            usual=usual.beside_buttons(),
            audience=audience,
            actor=asker_of(spot),
        )

    async def answer(
        self,
        text: str,
        spot: Location,
        *,
        follows: Location | None = None,
        is_named: bool = False,
    ) -> Response:
        """Answer ``text`` in ``spot``: for all to see, unless it says ``private``.

        Args:
            text: Words as typed.
            spot: Where they were typed.
            follows: The thread whose subject holds where the words say nothing.
            is_named: The answer says who asked, where nobody saw the question.
        """
        talk = thread_of(spot) or follows
        if talk is None:
            return await self._answer(text, spot, None, is_named=is_named)
        # One after the other, since each follows from the answer before it.
        async with self._turns.setdefault(talk, asyncio.Lock()):
            return await self._answer(text, spot, follows, is_named=is_named)

    async def _answer(
        self, text: str, spot: Location, follows: Location | None, *, is_named: bool
    ) -> Response:
        base = None if follows is None else await self._contexts.base(follows)
        usual = await self._preferences.defaults(spot.team_id, spot.channel_id)
        # Who asks where all can read wants all to read the answer.
        usual = replace(usual, audience=Audience.PUBLIC)
        try:
            served = await self._desk.answer(
                text, base=base, usual=usual, actor=asker_of(spot)
            )
        except asyncio.CancelledError:
            await self._posts.whisper(spot, await self.cut_off(text, spot, base))
            raise
        message = served.message(shared_by=spot.user_id if is_named else None)
        request = served.request
        # Nobody saw what failed, or everybody has seen too much of it.
        hushed = (is_named and not served.ok) or isinstance(served.error, TooMuch)
        if hushed or (request is not None and _is_private(request)):
            await self._posts.whisper(spot, message)
        else:
            # Before it is posted, for whoever answers at once.
            await self.about(thread_of(spot), served)
            await self.about(follows, served)
            ts = await self._posts.say(spot, message)
            await self.began(spot, ts, served)
        await self.attach(served, spot)
        return served

    async def cut_off(
        self, text: str, spot: Location, base: Request | None = None
    ) -> Message:
        """Return what is said of an answer that a restart cut off.

        Its button carries what the words meant there, since buttons know no context.
        """
        usual = await self._preferences.defaults(spot.team_id, spot.channel_id)
        try:
            again = canonical(self._desk.read(text, base=base, usual=usual))
        except BadInput:
            again = text
        return drawn(report_cut_off(again))

    async def began(self, spot: Location, ts: str | None, served: Response) -> None:
        """Let the thread that begins with an answer be about it."""
        if spot.thread_ts is None and ts is not None:
            await self.about(thread_of(replace(spot, thread_ts=ts)), served)

    async def about(self, thread: Location | None, served: Response) -> None:
        """Let a thread be about what was answered, if it was."""
        if thread is not None and served.ok and served.request is not None:
            await self._contexts.remember(thread, served.request)

    async def attach(self, served: Response, spot: Location) -> bool:
        """Send an answer's files, if they were asked for, and return whether it did."""
        return await self._files.send(served, spot)


def thread_of(spot: Location) -> Location | None:
    """Return the thread of a spot, if it is in one."""
    if spot.thread_ts is None:
        return None
    return Location(spot.team_id, spot.channel_id, spot.thread_ts)


def asker_of(spot: Location) -> Actor:
    """Return who asks there."""
    return Actor(team_id=spot.team_id, user_id=spot.user_id, channel_id=spot.channel_id)


def _is_private(request: Request) -> bool:
    """Tell whether an answer, or what went wrong with it, is for the asker alone."""
    return request.audience is Audience.PRIVATE or isinstance(
        request.query, DigestQuery
    )
