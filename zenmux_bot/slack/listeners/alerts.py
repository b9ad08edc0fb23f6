"""Alerts in Slack: the form, and the buttons and menus of their messages.

Words go the way of all questions; a submitted form becomes the words it stands for.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.alerts.form import (
    CALLBACK,
    NAMES_ACTION,
    FormError,
    build_form,
    opened_at,
    read_form,
)
from zenmux_bot.answers.service import AnswerService, Response
from zenmux_bot.commands.alert_commands import AlertForm
from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.parser import command_words
from zenmux_bot.commands.queries import AlertQuery
from zenmux_bot.conversations.preferences import Usual
from zenmux_bot.core.actors import Actor
from zenmux_bot.errors import BadInput
from zenmux_bot.render.errors import report_cut_off
from zenmux_bot.render.forms import MAX_ERROR
from zenmux_bot.render.limits import cut
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import message as drawn
from zenmux_bot.slack.calls import is_opened
from zenmux_bot.slack.listeners.menus import Menus
from zenmux_bot.slack.payloads import (
    actor_of,
    command_of,
    command_text,
    fields,
    form_values,
    is_private,
    response_url_of,
    response_urls_of,
    team_of,
)
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.replies import ResponseUrl
from zenmux_bot.slack.tasks import Tasks, outcome_of

QUICK_SECONDS = 2.0
"""Slack waits three seconds for an acknowledgement, and as long for a form.

https://docs.slack.dev/surfaces/modals
"""

_CONTROL = re.compile(r"^alert:")


class AlertListeners:
    """Answers people about alerts; each answer is for the actor alone.

    Args:
        service: Takes words and returns answers.
        posts: Reaches people where a response URL does not.
        tasks: Keeps what runs on after an acknowledgement.
        session: Sends what comes after one.
        usual: Tells what holds in a channel where nothing is said.
        menus: Fill the form's menus.
    """

    def __init__(
        self,
        *,
        service: AnswerService,
        posts: Posts,
        tasks: Tasks,
        session: aiohttp.ClientSession,
        usual: Usual,
        menus: Menus,
    ) -> None:
        self._service = service
        self._posts = posts
        self._tasks = tasks
        self._session = session
        self._usual = usual
        self._menus = menus

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons, the menus and the form."""
        app.action(_CONTROL)(self.on_control)
        app.view(CALLBACK)(self.on_submit)
        app.options(NAMES_ACTION)(self._menus.on_watched)

    def form_of(self, text: str) -> AlertForm | None:
        """Return the form that words ask for, if they ask for one."""
        if not _is_about_alerts(text):
            return None
        try:
            query = self._service.read(text).query
        except BadInput:
            return None
        if isinstance(query, AlertQuery) and isinstance(query.command, AlertForm):
            return query.command
        return None

    async def on_command(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> bool:
        """Open the form if ``/zenmux alert`` asks for it, and tell whether it does."""
        form = self.form_of(command_text(body))
        if form is None:
            return False
        await ack()
        self._tasks.start(self._open(form, body, client))
        return True

    async def on_control(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        client: AsyncWebClient,
    ) -> None:
        """Run the command that a button or a choice carries."""
        await ack()
        command = command_of(action)
        form = self.form_of(command)
        if form is not None:
            self._tasks.start(self._open(form, body, client))
        else:
            self._tasks.start(self._press(body, command))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Do what a filled form says, or show in it what is wrong.

        Where that takes longer than Slack waits, the form closes and what became of it
        is told like the answer to a command.
        """
        try:
            text, channel_id = read_form(form_values(body))
        except FormError as error:
            errors = {error.block: cut(error.problem, MAX_ERROR)}
            await ack(response_action="errors", errors=errors)
            return
        task = self._tasks.start(
            self._answer(text, replace(actor_of(body), channel_id=channel_id))
        )
        is_quick = await self._tasks.is_quick(task, QUICK_SECONDS)
        if is_quick and not task.result().ok:
            finding = cut(task.result().sentences, MAX_ERROR)
            await ack(response_action="errors", errors={_block(task.result()): finding})
            return
        await ack()
        urls = [opened_at(fields(body.get("view"))), *response_urls_of(body)]
        self._tasks.start(self._tell(task, text, actor_of(body), urls))

    async def _answer(self, text: str, actor: Actor) -> Response:
        usual = await self._usual(actor.team_id, actor.channel_id)
        return await self._service.answer(text, usual=usual, actor=actor)

    async def _press(self, body: dict[str, Any], command: str) -> None:
        response = await outcome_of(
            self._answer(command, actor_of(body)),
            partial(self._reply, body),
            drawn(report_cut_off(command)),
        )
        replaces = is_private(body) and response.ok
        await self._reply(body, response.message(), replace_original=replaces)

    async def _open(
        self, form: AlertForm, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form, or offer it again if the click is too old for that."""
        self._menus.prepare(team_of(body))
        view = build_form(form, response_url=response_url_of(body))
        view = await self._posts.named(team_of(body), view)
        if await is_opened(client, body, view):
            return
        offered = await self._answer(f"alert {form}".strip(), actor_of(body))
        await self._reply(body, offered.message())

    async def _reply(
        self, body: dict[str, Any], message: Message, *, replace_original: bool = False
    ) -> None:
        url = ResponseUrl(response_url_of(body), self._session)
        await self._posts.answer(
            [url], actor_of(body).location, message, replace_original=replace_original
        )

    async def _tell(
        self, task: asyncio.Task[Response], command: str, actor: Actor, urls: list[str]
    ) -> None:
        """Answer where the form was opened, or in its channel, or directly."""
        ways = [ResponseUrl(url, self._session) for url in urls]
        answer = partial(self._posts.answer, ways, actor.location)
        response = await outcome_of(task, answer, drawn(report_cut_off(command)))
        await answer(response.message())


def _block(response: Response) -> str:
    """Return the block that an error is about."""
    field = getattr(response.error, "field", "names")
    return "channel" if field == "channel" else "names"


@lru_cache(maxsize=1024)
def _is_about_alerts(text: str) -> bool:
    words = command_words(text)
    kind = BY_WORD.get(words[0]) if words else None
    return kind is not None and kind.query is AlertQuery
