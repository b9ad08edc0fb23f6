"""Alerts in Slack: the form, and the buttons and menus of their messages.

Typed alert commands are handled like all other questions.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.alerts.form import (
    CALLBACK,
    NAMES_ACTION,
    FormError,
    build_form,
    opened_at,
    read_form,
)
from zenmux_bot.answers.service import Response
from zenmux_bot.commands.alert_commands import AlertForm
from zenmux_bot.commands.queries import AlertQuery
from zenmux_bot.errors import BadInput
from zenmux_bot.render.forms import MAX_ERROR
from zenmux_bot.render.limits import cut
from zenmux_bot.slack.listeners.private_commands import PrivateCommands, is_about
from zenmux_bot.slack.payloads import (
    actor_of,
    command_of,
    command_text,
    fields,
    form_values,
    is_private,
    response_url_of,
)

_CONTROL = re.compile(r"^alert:")


class AlertListeners:
    """Answers people about alerts.

    Args:
        commands: Answers the actor alone.
    """

    def __init__(self, commands: PrivateCommands) -> None:
        self._commands = commands
        self._tasks = commands.tasks

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons, the menus and the form."""
        app.action(_CONTROL)(self.on_control)
        app.view(CALLBACK)(self.on_submit)
        app.options(NAMES_ACTION)(self._commands.menus.on_watched)

    def form_of(self, text: str) -> AlertForm | None:
        """Return the form that a text asks for, if it does."""
        if not is_about(text, AlertQuery):
            return None
        try:
            query = self._commands.service.read(text).query
        except BadInput:
            return None
        if isinstance(query, AlertQuery) and isinstance(query.command, AlertForm):
            return query.command
        return None

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> bool:
        """Open the form if the command asks for it, and return whether it does."""
        form = self.form_of(command_text(body))
        if form is None:
            return False
        await ack()
        self._tasks.start(self._open(form, body))
        return True

    async def on_control(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Run the command of a button or a menu option."""
        await ack()
        command = command_of(action)
        form = self.form_of(command)
        if form is not None:
            self._tasks.start(self._open(form, body))
        else:
            self._tasks.start(self._press(body, command))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Run the command of a submitted form, or show its errors."""
        try:
            text, channel_id = read_form(form_values(body))
        except FormError as error:
            errors = {error.block: cut(error.problem, MAX_ERROR)}
            await ack(response_action="errors", errors=errors)
            return
        actor = replace(actor_of(body), channel_id=channel_id)
        url = opened_at(fields(body.get("view")))
        await self._commands.submit(
            ack, body, text, actor, opened_at=url, errors_of=_errors
        )

    async def _press(self, body: dict[str, Any], command: str) -> None:
        response = await self._commands.press(body, command)
        replaces = is_private(body) and response.ok
        await self._commands.posts.reply(
            body, response.message(), replace_original=replaces
        )

    async def _open(self, form: AlertForm, body: dict[str, Any]) -> None:
        """Open the form, or send a button for it if the click is too old."""
        view = build_form(form, response_url=response_url_of(body))
        if not await self._commands.open(body, view):
            text = f"alert {form}".strip()
            offered = await self._commands.answer(text, actor_of(body))
            await self._commands.posts.reply(body, offered.message())


def _errors(response: Response) -> dict[str, str]:
    """Return the errors of a form by block."""
    field = getattr(response.error, "field", "names")
    block = "channel" if field == "channel" else "names"
    return {block: cut(response.sentences, MAX_ERROR)}
