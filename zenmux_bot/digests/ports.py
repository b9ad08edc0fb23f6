"""What keeping digests needs of the world, as protocols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.delivery.entries import Entry, Notification
from zenmux_bot.digests.subscriptions import Check, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelInfo:
    """A channel as the bot sees it.

    Attributes:
        id: Its id.
        name: Its name, without the hash; empty for a direct message.
        is_private: Only its members know of it.
        is_archived: Nobody can post.
        is_member: The bot is in it.
        is_restricted: Its rules keep the bot from posting.
    """

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_member: bool = True
    is_restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of the workspace.

    Attributes:
        id: Their id.
        name: What they are called.
        zone: Their time zone, an IANA name.
        is_admin: An administrator or owner of the workspace.
        is_external: Of another company, in a channel shared with it.
    """

    id: str
    name: str
    zone: str
    is_admin: bool = False
    is_external: bool = False


class Directory(Protocol):
    """Knows the channels and people of workspaces.

    Each method may raise SlackFault: Slack gave no answer.
    """

    async def room(self, team_id: str, channel_id: str) -> ChannelInfo | None:
        """Return a channel, or None if there is none that the bot can see."""
        ...

    async def person(self, team_id: str, user_id: str) -> Person:
        """Return a person."""
        ...

    async def is_in(self, team_id: str, channel_id: str, user_id: str) -> bool:
        """Tell whether a person is in a channel that the bot can see."""
        ...


class Subscriptions(Protocol):
    """The subscriptions of all workspaces: ``zenmux_bot.store.subscriptions``."""

    async def create(
        self,
        draft: Subscription,
        *,
        check: Check | None = None,
    ) -> Subscription:
        """Store a new subscription, if its channel's others pass the check."""
        ...

    async def get(self, team_id: str, subscription_id: str) -> Subscription | None:
        """Return a workspace's subscription, deleted ones too."""
        ...

    async def of_channel(self, team_id: str, channel_id: str) -> list[Subscription]:
        """Return a channel's subscriptions without deleted ones."""
        ...

    async def of_owner(self, team_id: str, owner_id: str) -> list[Subscription]:
        """Return a person's subscriptions without deleted ones."""
        ...

    async def edit(
        self,
        changed: Subscription,
        *,
        by: str,
        now: datetime,
        check: Check | None = None,
    ) -> Subscription:
        """Store a changed subscription, if its channel's others pass the check."""
        ...

    async def pause(
        self, subscription: Subscription, *, reason: str, by: str, now: datetime
    ) -> Subscription:
        """Pause it."""
        ...

    async def resume(
        self, subscription: Subscription, *, by: str, now: datetime
    ) -> Subscription:
        """Put it back to work."""
        ...

    async def delete(
        self, subscription: Subscription, *, by: str, now: datetime
    ) -> Subscription:
        """Mark it deleted."""
        ...

    async def restore(
        self,
        subscription: Subscription,
        *,
        by: str,
        now: datetime,
        check: Check | None = None,
    ) -> Subscription:
        """Undo a deletion, if its channel's others pass the check."""
        ...

    async def pause_all(
        self,
        team_id: str,
        *,
        channel_id: str | None = None,
        reason: str,
        by: str,
        now: datetime,
    ) -> list[Subscription]:
        """Pause what is active in a workspace or a channel and return it."""
        ...

    async def resume_channel(
        self, team_id: str, channel_id: str, *, reason: str, by: str, now: datetime
    ) -> list[Subscription]:
        """Resume what was paused in a channel for one reason and return it."""
        ...

    async def follow_channel(
        self, team_id: str, channel_id: str, *, new_id: str, new_name: str
    ) -> None:
        """Keep up with a channel that got another id or name."""
        ...


class History(Protocol):
    """What became of the digests: ``zenmux_bot.store.history``."""

    async def of(self, subscription_id: str, *, limit: int) -> list[Entry]:
        """Return a subscription's entries, the newest first."""
        ...


class AuditLog(Protocol):
    """Who did what: ``zenmux_bot.store.audit``."""

    async def of_team(
        self, team_id: str, *, limit: int, subject: str | None = None
    ) -> list[AuditEntry]:
        """Return a workspace's deeds, the newest first, to one thing or to all."""
        ...


class ManualRuns(Protocol):
    """Enters what a person asks for: ``zenmux_bot.store.planner``."""

    async def by_hand(
        self, subscription: Subscription, *, by: str, now: datetime
    ) -> Entry:
        """Enter a digest that a person asks for and return its entry."""
        ...


class Providers(Protocol):
    """Knows the providers of the platform by name."""

    async def slug_of(self, name: str, metric: Metric) -> str:
        """Return the slug of the provider that a name means.

        Raises:
            UnknownName: None goes by it; the suggestions are slugs.
            AmbiguousName: Several do; likewise.
            ApiError: Nobody knows now.
        """
        ...


class Tellings(Protocol):
    """Keeps what people have to hear until they were told."""

    async def add(
        self, team_id: str, tellings: Sequence[Notification], now: datetime
    ) -> None:
        """Keep tellings."""
        ...
