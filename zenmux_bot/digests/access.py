"""Who may do what with digests, and where the bot can post them."""

from __future__ import annotations

from zenmux_bot.core.actors import Actor
from zenmux_bot.digests.drafts import WrongField
from zenmux_bot.digests.ports import ChannelInfo, Directory
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.errors import NotAllowed
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

    async def may_change(self, asker: Actor, subscription: Subscription) -> bool:
        """Tell whether somebody may change a digest of their workspace."""
        if asker.user_id == subscription.owner_id:
            return True
        return await self.permissions.is_admin(asker)

    async def may_see(self, asker: Actor, subscription: Subscription) -> bool:
        """Tell whether somebody may know of a digest of their workspace.

        What goes to a private channel is the business of those in it.
        """
        if await self.may_change(asker, subscription):
            return True
        room = await self._directory.room(asker.team_id, subscription.channel_id)
        return room is not None and await self._can_see(asker, room)

    async def check_change(self, asker: Actor, subscription: Subscription) -> None:
        """Refuse a change to those who may not, and name those who may.

        Raises:
            NotAllowed: It is somebody else's.
        """
        if await self.may_change(asker, subscription):
            return
        owner = await self._directory.person(asker.team_id, subscription.owner_id)
        raise NotAllowed(
            f"Digest {subscription.id} belongs to {owner.name}. It can be changed by "
            f"{owner.name}, by the workspace's administrators, and by those who "
            f"administer me; please ask one of them."
        )

    async def open_room(
        self, asker: Actor, channel_id: str, *, again: str
    ) -> ChannelInfo:
        """Return the channel if the bot can post there, for this person.

        Args:
            asker: Who wants it.
            channel_id: Where.
            again: The command to try once it is mended.

        Raises:
            WrongField: It cannot; says why and how to mend it.
        """
        room = await self._directory.room(asker.team_id, channel_id)
        if room is None or not await self._can_see(asker, room):
            raise _wrong(
                again,
                "I can't see that channel.",
                f"If it is a private one that you are in, type /invite {BOT} there, "
                f"{_TRY_AGAIN}",
            )
        if room.is_archived:
            raise _wrong(
                again,
                f"#{room.name} is archived.",
                f"Unarchive it or choose another channel, {_TRY_AGAIN}",
            )
        if not room.is_member:
            raise _wrong(
                again,
                f"I am not in #{room.name}.",
                f"Type /invite {BOT} there, {_TRY_AGAIN}",
            )
        if room.is_restricted:
            raise _wrong(
                again,
                f"The posting rules of #{room.name} do not let me write there.",
                f"Allow {BOT} to post in the channel's settings or choose another "
                f"channel, {_TRY_AGAIN}",
            )
        return room

    async def _can_see(self, asker: Actor, room: ChannelInfo) -> bool:
        if not room.is_private:
            return True
        return await self._directory.is_in(asker.team_id, room.id, asker.user_id)


def _wrong(again: str, problem: str, mend: str) -> WrongField:
    return WrongField("channel", problem, allowed=mend, suggestions=(again,))
