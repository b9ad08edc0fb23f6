"""Digests in Slack: the words after ``digest``, the form, and the buttons.

Every way ends at the desk: a submitted form becomes the command that it stands for.
"""

from __future__ import annotations

import asyncio
import html
import re
from functools import lru_cache
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.answers.service import AnswerService, Response
from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.parser import command_words
from zenmux_bot.commands.queries import DigestQuery, canonical
from zenmux_bot.conversations.preferences import Usual
from zenmux_bot.core import zones
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.digests.drafts import WrongField
from zenmux_bot.digests.form import (
    CALLBACK,
    ZONE_ACTION,
    FormErrors,
    FormState,
    block_of,
    build_form,
    read_form,
    zone_options,
)
from zenmux_bot.render import limits
from zenmux_bot.render.cut import cut
from zenmux_bot.render.message import Message
from zenmux_bot.slack.forms import is_opened
from zenmux_bot.slack.menus import Menus
from zenmux_bot.slack.posts import Posts, spot_of, team_of
from zenmux_bot.slack.replies import ResponseUrl, response_type
from zenmux_bot.slack.tasks import Tasks

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
        desk: Takes words and serves answers.
        posts: Reaches people where a response URL does not.
        tasks: Keeps what runs on after an acknowledgement.
        session: Sends what comes after one.
        usual: Tells what holds in a channel where nothing is said.
        menus: Fill the form's menus.
    """

    def __init__(
        self,
        *,
        desk: AnswerService,
        posts: Posts,
        tasks: Tasks,
        session: aiohttp.ClientSession,
        usual: Usual,
        menus: Menus,
    ) -> None:
        self._desk = desk
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
    ) -> None:
        """Answer ``/zenmux digest …``."""
        task = self._tasks.start(self._serve(_typed(body), _asker(body)))
        if not await self._tasks.is_quick(task, QUICK_SECONDS):
            await ack(response_type=response_type(public=False), **_WORKING.payload())
            self._tasks.start(self._follow_up(task, body))
            return
        served = task.result()
        if served.form is None:
            payload = served.message().payload()
            await ack(response_type=response_type(public=False), **payload)
            return
        await ack()
        self._tasks.start(self._open(served, body, client))

    async def on_button(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        client: AsyncWebClient,
    ) -> None:
        """Run the command that a button carries."""
        await ack()
        self._tasks.start(self._press(body, action.get("value") or "", client))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Do what a filled form says, or show in it what is wrong.

        Where that takes longer than Slack waits, the form closes and what became of it
        is told like the answer to a command.
        """
        view = body["view"]
        state = FormState.load(view["private_metadata"])
        try:
            wish = read_form(view["state"]["values"])
        except FormErrors as error:
            await ack(response_action="errors", errors=dict(error.errors))
            return
        command = state.draft.submitted(wish)
        text = canonical(DigestQuery(command=command))
        asker = _asker(body, channel_id=wish.channel)
        task = self._tasks.start(self._serve(text, asker))
        is_quick = await self._tasks.is_quick(task, QUICK_SECONDS)
        if is_quick and not task.result().ok:
            await ack(response_action="errors", errors=_errors(task.result()))
            return
        await ack()
        urls = [state.response_url]
        urls += [each["response_url"] for each in body.get("response_urls") or ()]
        self._tasks.start(self._tell(task, spot_of(body), urls))

    async def on_zone(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer time zones while somebody types a city."""
        state = FormState.load(body["view"]["private_metadata"])
        found = zones.search(
            body.get("value") or "",
            state.draft.wish.zone or zones.UTC_NAME,
            limit=limits.SELECT_OPTIONS,
        )
        await ack(options=zone_options(found))

    async def _serve(self, text: str, asker: Actor) -> Response:
        usual = await self._usual(asker.team_id, asker.channel_id)
        return await self._desk.answer(text, usual=usual, actor=asker)

    async def _press(
        self, body: dict[str, Any], command: str, client: AsyncWebClient
    ) -> None:
        served = await self._serve(command, _asker(body))
        if served.form is not None:
            await self._open(served, body, client)
            return
        is_private = bool((body.get("container") or {}).get("is_ephemeral"))
        replaces = is_private and not command.startswith(_PREVIEW) and served.ok
        await self._reply(body, served.message(), replace_original=replaces)

    async def _open(
        self, served: Response, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form, or offer it again if the click is too old for that."""
        assert served.form is not None  # noqa: S101 - looked at by the caller
        self._menus.prepare()
        view = build_form(served.form, response_url=body.get("response_url") or "")
        if not await is_opened(client, body, view):
            await self._reply(body, served.message())

    async def _follow_up(
        self, task: asyncio.Task[Response], body: dict[str, Any]
    ) -> None:
        """Put the answer in place of the line that asked for patience."""
        served = await task
        await self._reply(body, served.message(), replace_original=True)

    async def _reply(
        self, body: dict[str, Any], message: Message, *, replace_original: bool = False
    ) -> None:
        """Send through the response URL, or directly once that has expired."""
        url = ResponseUrl(body.get("response_url") or "", self._session)
        if await url.send(message, public=False, replace_original=replace_original):
            return
        asker = _asker(body)
        spot = Location(
            team_id=asker.team_id,
            channel_id=asker.channel_id,
            user_id=asker.user_id,
        )
        await self._posts.tell(spot, message)

    async def _tell(
        self, task: asyncio.Task[Response], spot: Location, urls: list[str]
    ) -> None:
        """Answer where the form was opened, or in its channel, or directly."""
        message = (await task).message()
        for url in filter(None, urls):
            if await ResponseUrl(url, self._session).send(message, public=False):
                return
        await self._posts.tell(spot, message)


def is_typed(body: dict[str, Any]) -> bool:
    """Tell whether a command is about digests."""
    return _is_about_digests(_typed(body))


async def _is_pressed(body: dict[str, Any]) -> bool:
    """Tell whether a button's command is about digests."""
    return _is_about_digests(body["actions"][0].get("value") or "")


@lru_cache(maxsize=1024)
def _is_about_digests(text: str) -> bool:
    words = command_words(text)
    kind = BY_WORD.get(words[0]) if words else None
    return kind is not None and kind.query is DigestQuery


def _typed(body: dict[str, Any]) -> str:
    # with should_escape Slack writes the three control characters as entities
    return html.unescape(body.get("text") or "")


def _asker(body: dict[str, Any], channel_id: str | None = None) -> Actor:
    """Return who commands or clicks, and where; a form is nowhere by itself."""
    user = body.get("user") or {}
    channel = body.get("channel") or {}
    return Actor(
        team_id=team_of(body),
        user_id=body.get("user_id") or user["id"],
        channel_id=channel_id or body.get("channel_id") or channel.get("id") or "",
    )


def _errors(served: Response) -> dict[str, str]:
    """Return what is wrong with a form, beside the field that it is about."""
    field = served.error.field if isinstance(served.error, WrongField) else "channel"
    return {block_of(field): cut(served.report.finding, limits.SECTION_TEXT)}
