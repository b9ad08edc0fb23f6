"""Shortcuts: a question about a message, and one from anywhere.

https://docs.slack.dev/interactivity/implementing-shortcuts
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.answers.service import AnswerService
from zenmux_bot.core.actors import Location
from zenmux_bot.errors import BadInput, SlackFault
from zenmux_bot.render import limits
from zenmux_bot.render.ask_form import (
    CALLBACK,
    QUESTION,
    build_ask_form,
    read_question,
    read_target,
)
from zenmux_bot.render.cut import cut
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.forms import NOT_OPENED, is_opened
from zenmux_bot.slack.menus import Menus
from zenmux_bot.slack.posts import Posts, spot_of
from zenmux_bot.slack.tasks import Tasks

REPLY = "reply_with_statistics"
ASK = "ask_zenmux"
_NOTHING = "Type a question, or choose what it is about."

log = structlog.get_logger(__name__)


class Shortcuts:
    """Answers questions from forms.

    Args:
        desk: Reads what was typed.
        conversation: Answers it.
        posts: Finds the way to the asker.
        menus: Fill the form's menus.
        tasks: Keeps what runs on after an acknowledgement.
    """

    def __init__(
        self,
        *,
        desk: AnswerService,
        conversation: Conversation,
        posts: Posts,
        menus: Menus,
        tasks: Tasks,
    ) -> None:
        self._desk = desk
        self._conversation = conversation
        self._posts = posts
        self._menus = menus
        self._tasks = tasks

    def register(self, app: AsyncApp) -> None:
        """Listen to the shortcuts and to their form."""
        app.shortcut(REPLY)(self.on_reply)
        app.shortcut(ASK)(self.on_ask)
        app.view(CALLBACK)(self.on_submit)

    async def on_reply(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form for an answer in a message's thread."""
        await ack()
        message = body["message"]
        target = replace(
            spot_of(body), thread_ts=message.get("thread_ts") or message["ts"]
        )
        self._tasks.start(self._open(target, body, client))

    async def on_ask(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form for an answer to the asker alone."""
        await ack()
        self._tasks.start(self._open(None, body, client))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer what was typed, or say in the form what is wrong with it."""
        view = body["view"]
        text = read_question(view["state"]["values"])
        if not text:
            await ack(response_action="errors", errors={QUESTION: _NOTHING})
            return
        try:
            self._desk.read(text)
        except BadInput as error:
            await ack(response_action="errors", errors={QUESTION: _words(error)})
            return
        await ack()
        target = read_target(view["private_metadata"])
        self._tasks.start(self._answer(text, target, body))

    async def _open(
        self, target: Location | None, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        self._menus.prepare()
        view = build_ask_form(target)
        if not await is_opened(client, body, view):
            await self._posts.tell(spot_of(body), NOT_OPENED)

    async def _answer(
        self, text: str, target: Location | None, body: dict[str, Any]
    ) -> None:
        spot = spot_of(body)
        if target is not None:
            spot = replace(target, user_id=spot.user_id)
            await self._conversation.answer(text, spot, is_named=True)
            return
        try:
            spot = await self._posts.direct(spot)
        except SlackFault as fault:
            log.warning("slack.tell_failed", code=fault.code)
            return
        await self._conversation.answer(text, spot)


def _words(error: BadInput) -> str:
    """Return what is wrong, what may have been meant, and what is allowed."""
    meant = f"Perhaps: {' · '.join(error.suggestions)}." if error.suggestions else ""
    said = " ".join(part for part in (error.problem, meant, error.allowed) if part)
    return cut(said, limits.SECTION_TEXT)
