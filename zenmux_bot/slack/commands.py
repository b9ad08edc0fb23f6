"""The slash command: one listener, since Bolt asks each whose a command is.

Its name is the workspace's choice: two apps of one workspace cannot share one.
"""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.slack.alerts import AlertListeners
from zenmux_bot.slack.digests import DigestListeners, is_typed
from zenmux_bot.slack.payloads import team_of, text_in
from zenmux_bot.slack.questions import Questions
from zenmux_bot.slack.tasks import Tasks

_ANY = re.compile(r"")


def listen_to_command(
    app: AsyncApp,
    *,
    digests: DigestListeners,
    alerts: AlertListeners,
    questions: Questions,
    preferences: Preferences,
    tasks: Tasks,
) -> None:
    """Give the command to those whom its first words concern.

    To be registered first: each listener that is asked before takes a tenth of the
    time of a cached answer.
    """

    async def on_command(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> BoltResponse | None:
        name = text_in(body.get("command"))
        if name and preferences.note_command(team_of(body), name):
            tasks.start(preferences.keep_command(team_of(body)))
        if is_typed(body):
            return await digests.on_command(ack, body, client)
        if await alerts.on_command(ack, body, client):
            return None
        return await questions.on_command(ack, body)

    app.command(_ANY)(on_command)
