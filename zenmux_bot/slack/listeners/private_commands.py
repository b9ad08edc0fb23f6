"""What digest and alert listeners share: private answers to text, buttons and forms.

A submitted form is turned into the equivalent command.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from slack_bolt.async_app import AsyncAck

from zenmux_bot.answers.service import AnswerService, Response
from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.parser import command_words
from zenmux_bot.commands.queries import Query
from zenmux_bot.conversations.preferences import Usual
from zenmux_bot.core.actors import Actor
from zenmux_bot.render.errors import report_cut_off
from zenmux_bot.render.message import Block
from zenmux_bot.render.slack import message as build_message
from zenmux_bot.slack.listeners.menus import Menus
from zenmux_bot.slack.payloads import actor_of, response_urls_of, team_of
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks, outcome_of


class PrivateCommands:
    """Answers the actor alone.

    Args:
        service: Answers commands.
        posts: Sends answers after the acknowledgement.
        tasks: Runs work after the acknowledgement.
        usual: Returns the defaults of a channel.
        menus: Fills the forms' menus.
    """

    def __init__(
        self,
        *,
        service: AnswerService,
        posts: Posts,
        tasks: Tasks,
        usual: Usual,
        menus: Menus,
    ) -> None:
        self.service = service
        self.posts = posts
        self.tasks = tasks
        self.menus = menus
        self._usual = usual

    async def answer(self, text: str, actor: Actor) -> Response:
        """Return the answer to a text."""
        usual = await self._usual(actor.team_id, actor.channel_id)
        return await self.service.answer(text, usual=usual, actor=actor)

    async def press(self, body: Mapping[str, Any], command: str) -> Response:
        """Return the answer to a button; tell the asker if it was cut off."""
        return await self.finish(self.answer(command, actor_of(body)), body, command)

    async def finish(
        self, work: Awaitable[Response], body: Mapping[str, Any], text: str, **more: Any
    ) -> Response:
        """Return an answer; tell the asker if it was cut off."""
        say = partial(self.posts.reply, body, **more)
        return await outcome_of(work, say, build_message(report_cut_off(text)))

    async def open(self, body: Mapping[str, Any], view: Block) -> bool:
        """Open a form, and return whether Slack opened it; it may be too late."""
        self.menus.prepare(team_of(body))
        return await self.posts.open_form(body, view)

    async def submit(
        self,
        ack: AsyncAck,
        body: Mapping[str, Any],
        text: str,
        actor: Actor,
        *,
        opened_at: str,
        errors_of: Callable[[Response], dict[str, str]],
    ) -> None:
        """Run the command of a submitted form, or show its errors in the form.

        Args:
            ack: Acknowledges it.
            body: The submission.
            text: The command.
            actor: Who submitted it, for which channel.
            opened_at: The response URL of the request that opened the form.
            errors_of: Returns the errors of a failed answer by block.
        """
        task = self.tasks.start(self.answer(text, actor))
        location = actor_of(body).location
        answer = partial(
            self.posts.answer, [opened_at, *response_urls_of(body)], location
        )

        async def tell(task: asyncio.Task[Response]) -> None:
            response = await outcome_of(
                task, answer, build_message(report_cut_off(text))
            )
            await answer(response.message())

        await self.tasks.acknowledge_form(
            ack, task, lambda done: {} if done.ok else errors_of(done), tell
        )


def is_about(text: str, query: type[Query]) -> bool:
    """Tell whether a text asks for a kind of query."""
    return _query_of(text) is query


@lru_cache(maxsize=1024)
def _query_of(text: str) -> type[Query] | None:
    words = command_words(text)
    kind = BY_WORD.get(words[0]) if words else None
    return None if kind is None else kind.query
