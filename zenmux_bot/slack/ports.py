"""What the Slack side needs of the store."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from slack_sdk.oauth.installation_store import Bot


class Installations(Protocol):
    """Where the app is installed: see ``zenmux_bot.store.installations``."""

    async def bot_of_team(self, team_id: str) -> Bot | None:
        """Return the newest installation that covers a workspace."""
        ...

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """Return the newest installation of a workspace or an organization."""
        ...

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot's new tokens."""
        ...

    async def note_org_team(
        self, team_id: str, enterprise_id: str, now: datetime
    ) -> None:
        """Remember that an organization's installation covers a workspace."""
        ...

    async def forget(
        self,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        reason: str,
        now: datetime,
    ) -> None:
        """Remove an installation, and what its people set and said.

        An organization's digests are paused for the reason.
        """
        ...


class SeenEvents(Protocol):
    """Remembers events for all processes: ``zenmux_bot.store.conversations``."""

    async def first_time(self, event_id: str, now: datetime) -> bool:
        """Return whether nobody has seen the event before, and remember it."""
        ...
