"""Digests in Slack: the command, the form and the buttons."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse

from zenmux_bot.answers.service import Response
from zenmux_bot.commands.queries import DigestQuery, canonical
from zenmux_bot.core import zones
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
from zenmux_bot.render.forms import MAX_ERROR, FormErrors
from zenmux_bot.render.limits import cut
from zenmux_bot.slack.listeners.private_commands import PrivateCommands, is_about
from zenmux_bot.slack.payloads import (
    actor_of,
    command_of,
    command_text,
    fields,
    form_metadata,
    form_values,
    is_private,
    response_url_of,
    text_in,
)
from zenmux_bot.slack.replies import PRIVATE, Acknowledgement, announcement

_BUTTON = re.compile(r"^digest:")
_ASK = re.compile(r"^ask:")
_PREVIEW = "digest preview "
"""Its answer is a new message; other answers replace the clicked one."""


class DigestListeners:
    """Answers people about digests.

    Register this before the listeners of other questions, which handle every button
    with a command.

    Args:
        commands: Answers the actor alone.
    """

    def __init__(self, commands: PrivateCommands) -> None:
        self._commands = commands
        self._tasks = commands.tasks

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons and the form."""
        app.action(_ASK, matchers=[_is_pressed])(self.on_button)
        app.action(_BUTTON)(self.on_button)
        app.view(CALLBACK)(self.on_submit)
        app.options(ZONE_ACTION)(self.on_zone)

    async def on_command(
        self, ack: AsyncAck, body: dict[str, Any]
    ) -> BoltResponse | None:
        """Answer ``digest …``."""
        text = command_text(body)
        task = self._tasks.start(self._commands.answer(text, actor_of(body)))
        if not await self._tasks.is_quick(task):
            await ack(
                response_type=PRIVATE,
                **announcement(body, "Working on").payload(),
            )
            self._tasks.start(self._follow_up(task, body, text))
            return None
        response = task.result()
        if response.form is None:
            return Acknowledgement(response.message(), public=False)
        self._tasks.start(self._open(response, body))
        return BoltResponse(status=200, body="")

    async def on_button(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Run the command of a button."""
        await ack()
        self._tasks.start(self._press(body, command_of(action)))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Run the command of a submitted form, or show its errors."""
        state = FormState.load(form_metadata(body))
        try:
            spec = read_form(form_values(body))
        except FormErrors as error:
            await ack(response_action="errors", errors=dict(error.errors))
            return
        text = canonical(DigestQuery(command=state.draft.submitted(spec)))
        actor = actor_of(body)
        asker = replace(actor, channel_id=spec.channel or actor.channel_id)
        url = state.response_url
        await self._commands.submit(
            ack, body, text, asker, opened_at=url, errors_of=_errors
        )

    async def on_zone(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer time zones while somebody types a city."""
        state = FormState.load(form_metadata(body))
        found = zones.search(
            text_in(body.get("value")),
            state.draft.spec.zone or zones.UTC_NAME,
            limit=limits.SELECT_OPTIONS,
        )
        await ack(options=zone_options(found))

    async def _press(self, body: dict[str, Any], command: str) -> None:
        response = await self._commands.press(body, command)
        replaces = is_private(body) and not command.startswith(_PREVIEW) and response.ok
        await self._show(response, body, replace_original=replaces)

    async def _follow_up(
        self, task: asyncio.Task[Response], body: dict[str, Any], text: str
    ) -> None:
        """Replace the "Working on" line with the answer, or open the form."""
        response = await self._commands.finish(task, body, text, replace_original=True)
        await self._show(response, body, replace_original=True)

    async def _show(
        self, response: Response, body: dict[str, Any], *, replace_original: bool
    ) -> None:
        """Open the form of an answer if it has one, or else send the answer."""
        if response.form is not None:
            await self._open(response, body)
            return
        await self._commands.posts.reply(
            body, response.message(), replace_original=replace_original
        )

    async def _open(self, response: Response, body: dict[str, Any]) -> None:
        """Open the form, or send a button for it if the click is too old."""
        assert response.form is not None  # noqa: S101 - checked by the callers
        view = build_form(response.form, response_url=response_url_of(body))
        if not await self._commands.open(body, view):
            await self._commands.posts.reply(body, response.message())


async def _is_pressed(body: dict[str, Any]) -> bool:
    """Tell whether a button's command is about digests."""
    actions = body.get("actions")
    first = fields(actions[0]) if isinstance(actions, list) and actions else {}
    return is_about(command_of(first), DigestQuery)


def _errors(response: Response) -> dict[str, str]:
    """Return the errors of a form by block."""
    field = response.error.field if isinstance(response.error, BadField) else "channel"
    return {block_of(field): cut(response.sentences, MAX_ERROR)}
