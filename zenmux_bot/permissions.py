"""Who may do what: the only place that decides who is an administrator.

Administrators are the workspace's admins and owners, and the people whom
``ZENMUX_BOT_ADMINS`` names. People of another organization, who share a channel through
Slack Connect, are never administrators of this workspace, whatever their profile says.

Own spend (``spend``, ``usage``, ``budget``) is visible to administrators everywhere,
privately, and to everybody in a channel that an administrator opened with ``spend
allow``. A digest can be changed by its owner and by administrators, and seen by people
who can see its channel.
"""

from __future__ import annotations

from collections.abc import Collection

from zenmux_bot.commands.account_commands import OpenChannel
from zenmux_bot.commands.digest_commands import About, Verb
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.directory import ChannelInfo, Directory, Person
from zenmux_bot.digests.specs import BadField
from zenmux_bot.digests.subscriptions import DigestSubject, Subscription
from zenmux_bot.errors import NotAllowed, SlackFault

WHO_MAY = (
    "Only admins can see the account. They are the workspace's admins and owners, and "
    "the people named in ZENMUX_BOT_ADMINS."
)
WHO_MAY_SEE_OWN_SPEND = (
    "Only admins can see own spend here. An admin can open a channel for it with "
    "/zenmux spend allow #channel."
)
BOT = "@ZenMux"
_TRY_AGAIN = "then try again."
_WHO_MAY_OPEN = "Only admins can open channels for own spend."


class Permissions:
    """Decides who may do what.

    Args:
        directory: Looks up people and channels.
        admins: Ids of the administrators that the operator named.
        preferences: Which channels are open for own spend; None if there are none.
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
        """Tell whether somebody is an administrator of the workspace or the bot.

        Raises:
            SlackFault: Slack did not say who they are.
        """
        if actor.is_external:
            return False
        if actor.user_id in self._admins:
            return True
        person = await self._directory.person(actor.team_id, actor.user_id)
        return person.is_admin

    async def check_admin(self, actor: Actor | None, who_may: str = WHO_MAY) -> None:
        """Check that somebody is an administrator.

        Raises:
            NotAllowed: They are not; ``who_may`` says who may.
            SlackFault: Slack did not say who they are.
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

        If the channel is not open (:meth:`is_open`), the answer is for them alone.

        Raises:
            SlackFault: Slack did not say who they are.
        """
        if await self.is_open(actor.location):
            return await self.is_insider(actor)
        return await self.is_admin(actor)

    async def check_insider(self, actor: Actor, who_may: str) -> None:
        """Check that somebody belongs to this workspace.

        Slack is asked only about people in channels shared with another company.

        Raises:
            NotAllowed: They are not; ``who_may`` says who may.
            SlackFault: Slack did not say who they are.
        """
        if actor.is_external or (
            actor.may_be_external and not await self.is_insider(actor)
        ):
            raise NotAllowed(who_may)

    async def is_insider(self, actor: Actor) -> bool:
        """Tell whether somebody belongs to this workspace, not to another company.

        Raises:
            SlackFault: Slack did not say who they are.
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
            NotAllowed: The actor is not an administrator.
            SlackFault: Slack did not say who they are.
        """
        await self.check_admin(actor, _WHO_MAY_OPEN)
        assert self._preferences is not None  # noqa: S101 - only the terminal has none
        channel = Location(team_id=actor.team_id, channel_id=channel_id)
        await self._preferences.show_own_spend(channel, shown=is_open, by=actor.user_id)

    async def may_change(self, actor: Actor, subscription: Subscription) -> bool:
        """Tell whether somebody may change a digest of their workspace."""
        if actor.user_id == subscription.owner_id:
            return True
        return await self.is_admin(actor)

    async def may_see(self, actor: Actor, subscription: Subscription) -> bool:
        """Tell whether somebody may see a digest of their workspace.

        Digests in private channels are only visible to their members.
        """
        if await self.may_change(actor, subscription):
            return True
        channel = await self._directory.channel(actor.team_id, subscription.channel_id)
        return channel is not None and await self._can_see(actor, channel)

    async def check_change(self, actor: Actor, subscription: Subscription) -> None:
        """Check that somebody may change a digest.

        Raises:
            NotAllowed: It is somebody else's; says whose.
        """
        if await self.may_change(actor, subscription):
            return
        owner = await self.owner_of(subscription)
        if owner.is_deactivated:
            raise NotAllowed(
                f"{owner.name}, who owned digest {subscription.id}, has left. "
                f"/zenmux digest {About(Verb.TAKEOVER, subscription.id)} makes it "
                "yours."
            )
        raise NotAllowed(
            f"Digest {subscription.id} belongs to {owner.name}. Only {owner.name} and "
            f"admins can change it."
        )

    async def check_takeover(self, actor: Actor, subscription: Subscription) -> None:
        """Check that somebody may take over a digest.

        Administrators always may; others only if its owner has left.

        Raises:
            NotAllowed: The owner is still in the workspace.
        """
        if await self.may_change(actor, subscription):
            return
        owner = await self.owner_of(subscription)
        if not owner.is_deactivated:
            raise NotAllowed(
                f"Only admins can take over digest {subscription.id}. It belongs to "
                f"{owner.name}, who is still here."
            )

    async def owner_of(self, subscription: Subscription) -> Person:
        """Return the owner of a digest."""
        return await self.person(subscription.team_id, subscription.owner_id)

    async def person(self, team_id: str, user_id: str) -> Person:
        """Return a person; if Slack doesn't know them, the id serves as the name."""
        try:
            return await self._directory.person(team_id, user_id)
        except SlackFault as fault:
            is_gone = fault.code == "user_not_found"
            return Person(id=user_id, name=user_id, zone="UTC", is_deactivated=is_gone)

    async def check_channel(
        self,
        actor: Actor,
        channel_id: str,
        *,
        again: str,
        subject: DigestSubject = DigestSubject.SHARE,
    ) -> ChannelInfo:
        """Return the channel if the bot can post a digest there, for this person.

        Args:
            actor: Who wants it.
            channel_id: Where.
            again: The command to repeat once it is fixed.
            subject: What is to be posted; own spend only goes to open channels.

        Raises:
            BadField: The bot can't post it there; says why and how to fix it.
        """
        channel = await self._directory.channel(actor.team_id, channel_id)
        if channel is None or not await self._can_see(actor, channel):
            raise _channel_error(
                again,
                "I can't see that channel.",
                f"If it is a private one that you are in, type /invite {BOT} there, "
                f"{_TRY_AGAIN}",
            )
        if channel.is_archived:
            raise _channel_error(
                again,
                f"#{channel.name} is archived.",
                f"Unarchive it or choose another channel, {_TRY_AGAIN}",
            )
        if not channel.is_member:
            raise _channel_error(
                again,
                f"I'm not in #{channel.name}.",
                f"Type /invite {BOT} there, {_TRY_AGAIN}",
            )
        if channel.is_restricted:
            raise _channel_error(
                again,
                f"The posting rules of #{channel.name} don't let me post there.",
                f"Allow {BOT} to post in the channel's settings or choose another "
                f"channel, {_TRY_AGAIN}",
            )
        if subject is DigestSubject.SPEND and not await self.is_open(
            Location(actor.team_id, channel_id)
        ):
            opening = f"spend {OpenChannel(channel_id, then=again)}"
            raise BadField(
                "channel",
                f"Own spend isn't shown in #{channel.name}.",
                allowed="An admin can open the channel with /zenmux spend allow "
                f"#{channel.name}, {_TRY_AGAIN}",
                suggestions=(opening,) if await self.is_admin(actor) else (again,),
            )
        return channel

    async def _can_see(self, actor: Actor, channel: ChannelInfo) -> bool:
        if not channel.is_private:
            return True
        return await self._directory.is_in(actor.team_id, channel.id, actor.user_id)


class _Operator(Permissions):
    """Allows everything: on the terminal, the key's holder may see everything."""

    def __init__(self) -> None:
        """Do without a directory."""

    async def is_admin(self, actor: Actor) -> bool:
        """Say yes."""
        del actor
        return True

    async def check_admin(self, actor: Actor | None, who_may: str = WHO_MAY) -> None:
        """Return."""

    async def is_open(self, channel: Location) -> bool:
        """Say no, since the terminal has no channels."""
        del channel
        return False


class _Nobody(_Operator):
    """Allows nothing."""

    async def is_admin(self, actor: Actor) -> bool:
        """Say no."""
        del actor
        return False

    async def check_admin(self, actor: Actor | None, who_may: str = WHO_MAY) -> None:
        """Refuse."""
        del actor
        raise NotAllowed(who_may)


def _channel_error(again: str, problem: str, fix: str) -> BadField:
    return BadField("channel", problem, allowed=fix, suggestions=(again,))


OPERATOR: Permissions = _Operator()
NOBODY: Permissions = _Nobody()
