"""Shortcuts: a question about a message, and one from anywhere.

https://docs.slack.dev/interactivity/implementing-shortcuts
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.answers.service import AnswerService
from zenmux_bot.core.actors import Actor
from zenmux_bot.errors import BadInput, SlackFault
from zenmux_bot.render import limits
from zenmux_bot.render.ask_form import (
    CALLBACK,
    QUESTION,
    AskState,
    build_ask_form,
    read_question,
)
from zenmux_bot.render.limits import cut
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.listeners.menus import Menus
from zenmux_bot.slack.payloads import (
    actor_of,
    fields,
    form_metadata,
    form_values,
    response_url_of,
    team_of,
    text_in,
)
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks

REPLY = "reply_with_statistics"
ASK = "ask_zenmux"
_NOTHING = "Type a question, or choose what it is about."

log = structlog.get_logger(__name__)


class Shortcuts:
    """Answers questions from forms.

    Args:
        service: Parses questions.
        conversation: Answers them.
        posts: Opens forms and direct messages.
        menus: Fills the form's menus.
        tasks: Runs work after the acknowledgement.
    """

    def __init__(
        self,
        *,
        service: AnswerService,
        conversation: Conversation,
        posts: Posts,
        menus: Menus,
        tasks: Tasks,
    ) -> None:
        self._service = service
        self._conversation = conversation
        self._posts = posts
        self._menus = menus
        self._tasks = tasks

    def register(self, app: AsyncApp) -> None:
        """Listen to the shortcuts and to their form."""
        app.shortcut(REPLY)(self.on_reply)
        app.shortcut(ASK)(self.on_ask)
        app.view(CALLBACK)(self.on_submit)

    async def on_reply(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form for an answer in a message's thread."""
        await ack()
        message = fields(body.get("message"))
        thread_ts = text_in(message.get("thread_ts")) or text_in(message.get("ts"))
        state = AskState(
            channel_id=actor_of(body).channel_id,
            thread_ts=thread_ts,
            response_url=response_url_of(body),
        )
        self._tasks.start(self._open(state, body))

    async def on_ask(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form for an answer to the asker alone."""
        await ack()
        self._tasks.start(self._open(None, body))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer the question, or show in the form what is wrong with it."""
        text = read_question(form_values(body))
        if not text:
            await ack(response_action="errors", errors={QUESTION: _NOTHING})
            return
        try:
            self._service.read(text)
        except BadInput as error:
            await ack(response_action="errors", errors={QUESTION: _words(error)})
            return
        await ack()
        state = AskState.load(form_metadata(body))
        self._tasks.start(self._answer(text, state, actor_of(body)))

    async def _open(self, state: AskState | None, body: dict[str, Any]) -> None:
        self._menus.prepare(team_of(body))
        await self._posts.open_form_or_tell(body, build_ask_form(state))

    async def _answer(self, text: str, state: AskState | None, actor: Actor) -> None:
        if state is not None:
            there = replace(
                actor, channel_id=state.channel_id, thread_ts=state.thread_ts or None
            )
            await self._conversation.answer(
                text, there, is_named=True, url=state.response_url
            )
            return
        try:
            direct = await self._posts.direct(actor.location)
        except SlackFault as fault:
            log.warning("slack.tell_failed", code=fault.code)
            return
        here = replace(actor, channel_id=direct.channel_id, thread_ts=None)
        await self._conversation.answer(text, here)


def _words(error: BadInput) -> str:
    """Return what is wrong, the suggestions, and what is allowed."""
    meant = f"Perhaps: {' · '.join(error.suggestions)}." if error.suggestions else ""
    said = " ".join(part for part in (error.problem, meant, error.allowed) if part)
    return cut(said, limits.SECTION_TEXT)
