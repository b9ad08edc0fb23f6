"""Digests in Slack: the words after ``digest``, the form, and the buttons.

A submitted form becomes the command that it stands for.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.answers.service import AnswerService, Response
from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.parser import command_words
from zenmux_bot.commands.queries import DigestQuery, canonical
from zenmux_bot.conversations.preferences import Usual
from zenmux_bot.core import zones
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.digests.forms import (
    CALLBACK,
    ZONE_ACTION,
    FormState,
    block_of,
    build_form,
    read_form,
    zone_options,
)
from zenmux_bot.digests.specs import BadField
from zenmux_bot.render import limits
from zenmux_bot.render.errors import report_cut_off
from zenmux_bot.render.forms import MAX_ERROR, FormErrors
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
    form_metadata,
    form_values,
    is_private,
    response_url_of,
    response_urls_of,
    team_of,
    text_in,
)
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.replies import Acknowledgement, ResponseUrl, response_type
from zenmux_bot.slack.tasks import Tasks, outcome_of

QUICK_SECONDS = 2.0
"""Slack waits three seconds for an acknowledgement, and as long for a form.

https://docs.slack.dev/surfaces/modals
"""

_WORKING = Message("A moment, please …")
_BUTTON = re.compile(r"^digest:")
_ASK = re.compile(r"^ask:")
_PREVIEW = "digest preview "
"""Its answer stands beside the message that was acted on; others replace it."""

log = structlog.get_logger(__name__)


class DigestListeners:
    """Answers people about digests; each answer is for the asker alone.

    To be registered before the listeners of other questions, which take every button
    that carries a command.

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
        """Listen to the buttons and the form."""
        app.action(_ASK, matchers=[_is_pressed])(self.on_button)
        app.action(_BUTTON)(self.on_button)
        app.view(CALLBACK)(self.on_submit)
        app.options(ZONE_ACTION)(self.on_zone)

    async def on_command(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> BoltResponse | None:
        """Answer ``digest …``."""
        task = self._tasks.start(self._answer(command_text(body), actor_of(body)))
        if not await self._tasks.is_quick(task, QUICK_SECONDS):
            await ack(response_type=response_type(public=False), **_WORKING.payload())
            self._tasks.start(self._follow_up(task, body, client))
            return None
        response = task.result()
        if response.form is None:
            return Acknowledgement(response.message(), public=False)
        self._tasks.start(self._open(response, body, client))
        return BoltResponse(status=200, body="")

    async def on_button(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        client: AsyncWebClient,
    ) -> None:
        """Run the command that a button carries."""
        await ack()
        self._tasks.start(self._press(body, command_of(action), client))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Do what a filled form says, or show in it what is wrong.

        Where that takes longer than Slack waits, the form closes and what became of it
        is told like the answer to a command.
        """
        state = FormState.load(form_metadata(body))
        try:
            spec = read_form(form_values(body))
        except FormErrors as error:
            await ack(response_action="errors", errors=dict(error.errors))
            return
        command = state.draft.submitted(spec)
        text = canonical(DigestQuery(command=command))
        actor = actor_of(body)
        asker = replace(actor, channel_id=spec.channel or actor.channel_id)
        task = self._tasks.start(self._answer(text, asker))
        is_quick = await self._tasks.is_quick(task, QUICK_SECONDS)
        if is_quick and not task.result().ok:
            await ack(response_action="errors", errors=_errors(task.result()))
            return
        await ack()
        urls = [state.response_url, *response_urls_of(body)]
        self._tasks.start(self._tell(task, text, actor.location, urls))

    async def on_zone(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer time zones while somebody types a city."""
        state = FormState.load(form_metadata(body))
        found = zones.search(
            text_in(body.get("value")),
            state.draft.spec.zone or zones.UTC_NAME,
            limit=limits.SELECT_OPTIONS,
        )
        await ack(options=zone_options(found))

    async def _answer(self, text: str, asker: Actor) -> Response:
        usual = await self._usual(asker.team_id, asker.channel_id)
        return await self._service.answer(text, usual=usual, actor=asker)

    async def _press(
        self, body: dict[str, Any], command: str, client: AsyncWebClient
    ) -> None:
        response = await outcome_of(
            self._answer(command, actor_of(body)),
            partial(self._reply, body),
            drawn(report_cut_off(command)),
        )
        if response.form is not None:
            await self._open(response, body, client)
            return
        replaces = is_private(body) and not command.startswith(_PREVIEW) and response.ok
        await self._reply(body, response.message(), replace_original=replaces)

    async def _open(
        self, response: Response, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form, or offer it again if the click is too old for that."""
        assert response.form is not None  # noqa: S101 - looked at by the caller
        self._menus.prepare(team_of(body))
        view = build_form(response.form, response_url=response_url_of(body))
        view = await self._posts.named(team_of(body), view)
        if not await is_opened(client, body, view):
            await self._reply(body, response.message())

    async def _follow_up(
        self, task: asyncio.Task[Response], body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Let the answer, or the form, follow the line that asked for patience."""
        response = await outcome_of(
            task,
            partial(self._reply, body, replace_original=True),
            drawn(report_cut_off(command_text(body))),
        )
        if response.form is not None:
            await self._open(response, body, client)
            return
        await self._reply(body, response.message(), replace_original=True)

    async def _reply(
        self, body: dict[str, Any], message: Message, *, replace_original: bool = False
    ) -> None:
        """Send through the response URL, or directly once that has expired."""
        url = ResponseUrl(response_url_of(body), self._session)
        await self._posts.answer(
            [url], actor_of(body).location, message, replace_original=replace_original
        )

    async def _tell(
        self,
        task: asyncio.Task[Response],
        command: str,
        location: Location,
        urls: list[str],
    ) -> None:
        """Answer where the form was opened, or in its channel, or directly."""
        ways = [ResponseUrl(url, self._session) for url in urls]
        answer = partial(self._posts.answer, ways, location)
        response = await outcome_of(task, answer, drawn(report_cut_off(command)))
        await answer(response.message())


def is_typed(body: dict[str, Any]) -> bool:
    """Tell whether a command is about digests."""
    return _is_about_digests(command_text(body))


async def _is_pressed(body: dict[str, Any]) -> bool:
    """Tell whether a button's command is about digests."""
    actions = body.get("actions")
    first = fields(actions[0]) if isinstance(actions, list) and actions else {}
    return _is_about_digests(command_of(first))


@lru_cache(maxsize=1024)
def _is_about_digests(text: str) -> bool:
    words = command_words(text)
    kind = BY_WORD.get(words[0]) if words else None
    return kind is not None and kind.query is DigestQuery


def _errors(response: Response) -> dict[str, str]:
    """Return what is wrong with a form, beside the field that it is about."""
    field = response.error.field if isinstance(response.error, BadField) else "channel"
    return {block_of(field): cut(response.sentences, MAX_ERROR)}
