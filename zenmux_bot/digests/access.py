"""Who may do what with digests, and where the bot can post them."""

from __future__ import annotations

from zenmux_bot.commands.digest_commands import About, Verb
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.directory import ChannelInfo, Directory, Person
from zenmux_bot.digests.specs import BadField
from zenmux_bot.digests.subscriptions import DigestSubject, Subscription
from zenmux_bot.errors import NotAllowed, SlackFault
from zenmux_bot.permissions import Permissions

BOT = "@ZenMux"
_TRY_AGAIN = "then try again."


class Access:
    """Decides by owner, administrators and membership.

    Args:
        directory: Knows channels and people.
        permissions: Knows administrators, who may manage every digest.
    """

    def __init__(self, directory: Directory, permissions: Permissions) -> None:
        self._directory = directory
        self.permissions = permissions

    async def may_change(self, actor: Actor, subscription: Subscription) -> bool:
        """Tell whether somebody may change a digest of their workspace."""
        if actor.user_id == subscription.owner_id:
            return True
        return await self.permissions.is_admin(actor)

    async def may_see(self, actor: Actor, subscription: Subscription) -> bool:
        """Tell whether somebody may know of a digest of their workspace.

        What goes to a private channel is the business of those in it.
        """
        if await self.may_change(actor, subscription):
            return True
        channel = await self._directory.channel(actor.team_id, subscription.channel_id)
        return channel is not None and await self._can_see(actor, channel)

    async def check_change(self, actor: Actor, subscription: Subscription) -> None:
        """Refuse a change to those who may not, and name those who may.

        Raises:
            NotAllowed: It is somebody else's.
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
            f"administrators can change it."
        )

    async def check_takeover(self, actor: Actor, subscription: Subscription) -> None:
        """Refuse to take a digest over while its owner is there.

        Administrators may always; everybody who can see it may once its owner left.

        Raises:
            NotAllowed: The owner is there.
        """
        if await self.may_change(actor, subscription):
            return
        owner = await self.owner_of(subscription)
        if not owner.is_deactivated:
            raise NotAllowed(
                f"Digest {subscription.id} belongs to {owner.name}, who is still here. "
                "Only administrators can take it over."
            )

    async def owner_of(self, subscription: Subscription) -> Person:
        """Return the owner; whom Slack does not tell of goes by the id."""
        user_id = subscription.owner_id
        try:
            return await self._directory.person(subscription.team_id, user_id)
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
            again: The command to try once it is fixed.
            subject: What is to be posted; own spend goes to open channels alone.

        Raises:
            BadField: It cannot; says why and how to fix it.
        """
        channel = await self._directory.channel(actor.team_id, channel_id)
        if channel is None or not await self._can_see(actor, channel):
            raise _wrong(
                again,
                "I can't see that channel.",
                f"If it is a private one that you are in, type /invite {BOT} there, "
                f"{_TRY_AGAIN}",
            )
        if channel.is_archived:
            raise _wrong(
                again,
                f"#{channel.name} is archived.",
                f"Unarchive it or choose another channel, {_TRY_AGAIN}",
            )
        if not channel.is_member:
            raise _wrong(
                again,
                f"I'm not in #{channel.name}.",
                f"Type /invite {BOT} there, {_TRY_AGAIN}",
            )
        if channel.is_restricted:
            raise _wrong(
                again,
                f"The posting rules of #{channel.name} don't let me post there.",
                f"Allow {BOT} to post in the channel's settings or choose another "
                f"channel, {_TRY_AGAIN}",
            )
        if subject is DigestSubject.SPEND and not await self.permissions.is_open(
            Location(actor.team_id, channel_id)
        ):
            raise _wrong(
                again,
                f"Own spend isn't shown in #{channel.name}.",
                "An administrator can open the channel with /zenmux spend allow "
                f"#{channel.name}, {_TRY_AGAIN}",
            )
        return channel

    async def _can_see(self, actor: Actor, channel: ChannelInfo) -> bool:
        if not channel.is_private:
            return True
        return await self._directory.is_in(actor.team_id, channel.id, actor.user_id)


def _wrong(again: str, problem: str, fix: str) -> BadField:
    return BadField("channel", problem, allowed=fix, suggestions=(again,))
