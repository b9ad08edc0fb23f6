"""Workspaces that remove the app: their tokens, keys and settings are removed too.

Their digests are paused by whoever follows digests, and stay.
https://docs.slack.dev/reference/events/app_uninstalled
https://docs.slack.dev/reference/events/tokens_revoked
"""

from __future__ import annotations

import math

import structlog

from zenmux_bot.slack.installed import InstalledTeams
from zenmux_bot.slack.listeners.events import Event, Events
from zenmux_bot.slack.payloads import fields, is_org_wide
from zenmux_bot.slack.tasks import Tasks

log = structlog.get_logger(__name__)


class Uninstall:
    """Watches for the end of installations.

    Args:
        installed: Forgets them.
        tasks: Keeps what runs on.
    """

    def __init__(self, installed: InstalledTeams, tasks: Tasks) -> None:
        self._installed = installed
        self._tasks = tasks

    def follow(self, events: Events) -> None:
        """Follow the end of installations."""
        events.follow(("app_uninstalled", "tokens_revoked"), self.on_event)

    def on_event(self, event: Event) -> None:
        """Forget the installation whose end an event tells of."""
        # Only the bot's tokens are kept; a person's may be revoked without harm.
        revoked = fields(event.fields.get("tokens")).get("bot")
        if event.kind == "app_uninstalled" or revoked:
            team_id = None if is_org_wide(event.body) else event.team_id
            at = event.body.get("event_time")
            when = float(at) if isinstance(at, int | float) else math.inf
            enterprise_id = event.organization_id or None
            self._tasks.start(self._forget(team_id, enterprise_id, when))

    async def _forget(
        self, team_id: str | None, enterprise_id: str | None, at: float
    ) -> None:
        gone = await self._installed.forget(
            team_id=team_id, enterprise_id=enterprise_id, at=at
        )
        what = "app.forgotten" if gone else "app.installed_again"
        log.info(what, team=team_id, enterprise=enterprise_id)
