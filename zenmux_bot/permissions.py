"""Who may do what: the one place that knows who is an administrator.

Administrators are the workspace's admins and owners, and the people whom
``ZENMUX_BOT_ADMINS`` names. People of another organization, who share a channel through
Slack Connect, are never administrators of this workspace, whatever their profile says.

Own spend (``spend``, ``usage``, ``budget``) is for administrators, privately,
everywhere; in a channel that an administrator opened with ``spend allow`` it is for
everybody there.
"""

from __future__ import annotations

from collections.abc import Collection

from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.directory import Directory
from zenmux_bot.errors import NotAllowed

WHO_MAY = (
    "Account data is for the workspace's admins and owners, and for those whom the "
    "setting ZENMUX_BOT_ADMINS names."
)
WHO_MAY_SEE_OWN_SPEND = (
    "Own spend is for administrators, and for everybody in a channel that one opened "
    "with “spend allow #channel”."
)
_WHO_MAY_OPEN = "Only administrators decide in which channels own spend is shown."


class Permissions:
    """Decides who may do what.

    Args:
        directory: Knows people.
        admins: Ids of the people whom the operator named.
        preferences: Know where own spend is open to all; None: nowhere.
    """

    def __init__(
        self,
        directory: Directory,
        admins: Collection[str],
        preferences: Preferences | None = None,
    ) -> None:
        self._directory = directory
        self._admins = frozenset(admins)
        self._preferences = preferences

    async def is_admin(self, actor: Actor) -> bool:
        """Tell whether somebody administers the workspace, or the bot.

        Raises:
            SlackFault: Slack does not tell who they are.
        """
        if actor.is_external:
            return False
        if actor.user_id in self._admins:
            return True
        person = await self._directory.person(actor.team_id, actor.user_id)
        return person.is_admin

    async def check_admin(self, actor: Actor | None, who_may: str = WHO_MAY) -> None:
        """Return if somebody is an administrator.

        Raises:
            NotAllowed: They are not; ``who_may`` says who may.
            SlackFault: Slack does not tell who they are.
        """
        if actor is None:
            raise NotAllowed(who_may)
        if not await self.is_admin(actor):
            raise NotAllowed(who_may, of_admins=True)

    async def is_open(self, channel: Location) -> bool:
        """Tell whether everybody in a channel may see the workspace's own spend."""
        if self._preferences is None or not channel.channel_id:
            return False
        return await self._preferences.shows_own_spend(channel)

    async def may_see_own_account(self, actor: Actor) -> bool:
        """Tell whether somebody may see the workspace's own spend where they are.

        What they see in a channel that is not open (:meth:`is_open`) is for them alone.

        Raises:
            SlackFault: Slack does not tell who they are.
        """
        if await self.is_open(actor.location):
            return await self.is_insider(actor)
        return await self.is_admin(actor)

    async def check_insider(self, actor: Actor, who_may: str) -> None:
        """Return if somebody is of this workspace, as far as can be told.

        Slack is asked only about people in channels shared with another company.

        Raises:
            NotAllowed: They are not; ``who_may`` says who may.
            SlackFault: Slack does not tell who they are.
        """
        if actor.is_external or (
            actor.may_be_external and not await self.is_insider(actor)
        ):
            raise NotAllowed(who_may)

    async def is_insider(self, actor: Actor) -> bool:
        """Tell whether somebody is of this workspace, not of another company.

        Raises:
            SlackFault: Slack does not tell who they are.
        """
        if actor.is_external:
            return False
        person = await self._directory.person(actor.team_id, actor.user_id)
        return not person.is_external

    async def open_channel(
        self, actor: Actor, channel_id: str, *, is_open: bool
    ) -> None:
        """Open a channel for own spend, or close it.

        Raises:
            NotAllowed: The actor is no administrator.
            SlackFault: Slack does not tell who they are.
        """
        await self.check_admin(actor, _WHO_MAY_OPEN)
        assert self._preferences is not None  # noqa: S101 - only the terminal has none
        channel = Location(team_id=actor.team_id, channel_id=channel_id)
        await self._preferences.show_own_spend(channel, shown=is_open, by=actor.user_id)


class _Operator(Permissions):
    """Lets everybody through: on the terminal, whoever holds the key sees it all."""

    def __init__(self) -> None:
        """Know nobody."""

    async def is_admin(self, actor: Actor) -> bool:
        """Say yes."""
        del actor
        return True

    async def check_admin(self, actor: Actor | None, who_may: str = WHO_MAY) -> None:
        """Return."""

    async def is_open(self, channel: Location) -> bool:
        """Say no: nobody else is there."""
        del channel
        return False


class _Nobody(_Operator):
    """Lets nobody through."""

    async def is_admin(self, actor: Actor) -> bool:
        """Say no."""
        del actor
        return False

    async def check_admin(self, actor: Actor | None, who_may: str = WHO_MAY) -> None:
        """Refuse."""
        del actor
        raise NotAllowed(who_may)


OPERATOR: Permissions = _Operator()
NOBODY: Permissions = _Nobody()
