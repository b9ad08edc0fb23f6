"""Workspaces that remove the app: their tokens, keys and settings are removed too.

Their digests are paused by whoever follows digests, and stay.
https://docs.slack.dev/reference/events/app_uninstalled
https://docs.slack.dev/reference/events/tokens_revoked
"""

from __future__ import annotations

import math
from typing import Protocol

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from zenmux_bot.slack.middleware import Watch
from zenmux_bot.slack.tasks import Tasks

log = structlog.get_logger(__name__)


class Forgetful(Protocol):
    """Forgets installations; doing it twice does no harm."""

    async def forget(
        self, *, team_id: str | None, enterprise_id: str | None, at: float
    ) -> bool:
        """Remove an installation of before ``at``, and what its people set and said."""
        ...


class Uninstall:
    """Watches for the end of installations.

    Args:
        installed: Forgets them.
        tasks: Keeps what runs on.
    """

    def __init__(self, installed: Forgetful, tasks: Tasks) -> None:
        self._installed = installed
        self._tasks = tasks

    def register(self, app: AsyncApp) -> None:
        """Watch the events that pass by."""
        app.middleware(Watch(self.look))

    def look(self, request: AsyncBoltRequest) -> None:
        """Forget whose end an event tells of."""
        body, context = request.body, request.context
        event = body.get("event") or {}
        # Only the bot's tokens are kept; a person's may be revoked without harm.
        revoked = event.get("type") == "tokens_revoked" and event["tokens"].get("bot")
        if revoked or event.get("type") == "app_uninstalled":
            org_wide = bool(context.is_enterprise_install)
            team_id = None if org_wide else body.get("team_id")
            enterprise_id = body.get("enterprise_id") or context.enterprise_id
            at = float(body.get("event_time") or math.inf)
            self._tasks.start(self._forget(team_id, enterprise_id, at))

    async def _forget(
        self, team_id: str | None, enterprise_id: str | None, at: float
    ) -> None:
        gone = await self._installed.forget(
            team_id=team_id, enterprise_id=enterprise_id, at=at
        )
        what = "app.forgotten" if gone else "app.installed_again"
        log.info(what, team=team_id, enterprise=enterprise_id)
