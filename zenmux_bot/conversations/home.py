"""What a person finds on the Home tab: digests, defaults, and the bot's health."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Iterable
from typing import Protocol

from zenmux_bot.answers.status.view import StatusView
from zenmux_bot.conversations.home_view import HomeView
from zenmux_bot.conversations.key_info import KeyState
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.replies import DigestLine
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.permissions import Permissions


class TeamSubscriptions(Protocol):
    """The subscriptions of a workspace."""

    async def of_team(self, team_id: str) -> list[Subscription]:
        """Return them without deleted ones."""
        ...


class Memberships(Protocol):
    """Knows who is where; may raise SlackFault."""

    async def channels_of(self, team_id: str, user_id: str) -> Collection[str]:
        """Return the channels with the bot that a person is in."""
        ...


class Described(Protocol):
    """Says how digests stand."""

    async def describe(self, found: Iterable[Subscription]) -> list[DigestLine]:
        """Return a line for each."""
        ...


class Looking(Protocol):
    """Looks after the bot."""

    def look(self, team_id: str | None) -> Awaitable[StatusView]:
        """Return how everything is."""
        ...


class KeyStates(Protocol):
    """Knows with which keys workspaces ask."""

    async def state(self, team_id: str) -> KeyState:
        """Return what may be known of a workspace's key."""
        ...


class Homes:
    """Puts Home tabs together.

    Args:
        subscriptions: The digests there are.
        described: Says how they stand.
        memberships: Knows which channels a person is in.
        permissions: Knows who sees everything.
        preferences: What the workspace has set.
        health: Knows how the bot is.
        clock: Tells the time.
        keys: Knows with which keys workspaces ask; None where they bring none.
    """

    def __init__(
        self,
        *,
        subscriptions: TeamSubscriptions,
        described: Described,
        memberships: Memberships,
        permissions: Permissions,
        preferences: Preferences,
        health: Looking,
        clock: Clock,
        keys: KeyStates | None = None,
    ) -> None:
        self._subscriptions = subscriptions
        self._described = described
        self._memberships = memberships
        self._permissions = permissions
        self._preferences = preferences
        self._health = health
        self._clock = clock
        self._keys = keys

    async def view(self, team_id: str, user_id: str) -> HomeView:
        """Return a person's Home tab.

        Raises:
            SlackFault: Nobody knows who they are, or where.
        """
        is_admin, channels, every, defaults = await asyncio.gather(
            self._permissions.is_admin(Actor(team_id, user_id)),
            self._memberships.channels_of(team_id, user_id),
            self._subscriptions.of_team(team_id),
            self._preferences.of(Location(team_id)),
        )
        own = [each for each in every if each.owner_id == user_id]
        rest = [each for each in every if each.owner_id != user_id]
        near = [each for each in rest if each.channel_id in channels]
        others = [each for each in rest if each.channel_id not in channels]
        return HomeView(
            user_id=user_id,
            is_admin=is_admin,
            own=tuple(await self._described.describe(own)),
            near=tuple(await self._described.describe(near)),
            others=tuple(await self._described.describe(others)) if is_admin else (),
            defaults=defaults,
            health=await self._health.look(team_id) if is_admin else None,
            as_of=self._clock.now(),
            key=await self._keys.state(team_id) if is_admin and self._keys else None,
        )
