"""The slash command, dispatched by its first words.

Its name is the workspace's choice, since two of its apps cannot share a name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from zenmux_bot.commands.queries import DigestQuery
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.slack.listeners.alerts import AlertListeners
from zenmux_bot.slack.listeners.digests import DigestListeners
from zenmux_bot.slack.listeners.private_commands import is_about
from zenmux_bot.slack.listeners.questions import Questions
from zenmux_bot.slack.payloads import command_text, team_of, text_in
from zenmux_bot.slack.tasks import Tasks


class SlashCommand(AsyncMiddleware):
    """Answers slash commands before they reach Bolt's listeners.

    Bolt builds all possible arguments for each listener that it tries, which takes as
    long as a cached answer.
    https://docs.slack.dev/tools/bolt-python/concepts/global-middleware

    Args:
        digests: Answers digest commands.
        alerts: Opens the form of an alert.
        questions: Answers everything else.
        preferences: Remembers the command's name.
        tasks: Saves it in the background.
    """

    def __init__(
        self,
        *,
        digests: DigestListeners,
        alerts: AlertListeners,
        questions: Questions,
        preferences: Preferences,
        tasks: Tasks,
    ) -> None:
        self._digests = digests
        self._alerts = alerts
        self._questions = questions
        self._preferences = preferences
        self._tasks = tasks

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's own name
    ) -> BoltResponse | None:
        """Answer a command, and pass everything else on."""
        del resp
        body = req.body
        if "command" not in body:
            return await next()
        ack = req.context.ack
        response = await self._on_command(ack, body)
        return response or ack.response or BoltResponse(status=200)

    async def _on_command(
        self, ack: AsyncAck, body: dict[str, Any]
    ) -> BoltResponse | None:
        team_id, name = team_of(body), text_in(body.get("command"))
        if name and self._preferences.note_command(team_id, name):
            self._tasks.start(self._preferences.keep_command(team_id), is_asked=False)
        if is_about(command_text(body), DigestQuery):
            return await self._digests.on_command(ack, body)
        if await self._alerts.on_command(ack, body):
            return None
        return await self._questions.on_command(ack, body)
