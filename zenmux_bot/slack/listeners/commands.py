"""The slash command, given to those whom its first words concern.

Its name is the workspace's choice: two apps of one workspace cannot share one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.slack.listeners.alerts import AlertListeners
from zenmux_bot.slack.listeners.digests import DigestListeners, is_typed
from zenmux_bot.slack.listeners.questions import Questions
from zenmux_bot.slack.payloads import team_of, text_in
from zenmux_bot.slack.tasks import Tasks


class SlashCommand(AsyncMiddleware):
    """Answers slash commands on their way to the listeners.

    For each listener that it asks, and once more for the one that it runs, Bolt
    gathers all arguments that it might want; that takes as long as a cached answer.
    https://docs.slack.dev/tools/bolt-python/concepts/global-middleware

    Args:
        digests: Open the form of a digest.
        alerts: Open the form of an alert.
        questions: Answer all else.
        preferences: Remember what the command is called.
        tasks: Keep that for other processes.
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
        """Answer a command, and let everything else pass."""
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
        if is_typed(body):
            return await self._digests.on_command(ack, body)
        if await self._alerts.on_command(ack, body):
            return None
        return await self._questions.on_command(ack, body)
