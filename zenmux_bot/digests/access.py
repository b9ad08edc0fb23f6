"""Who may do what with digests, and where the bot can post them."""

from __future__ import annotations

from collections.abc import Collection

from zenmux_bot.digests.drafts import WrongField
from zenmux_bot.digests.ports import Asker, ChannelInfo, Directory
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.errors import NotAllowed

BOT = "@ZenMux"
_TRY_AGAIN = "then try again."


class Access:
    """Decides by owner, administrators and membership.

    Args:
        directory: Knows channels and people.
        admins: Ids of people who may manage every digest.
    """

    def __init__(self, directory: Directory, admins: Collection[str]) -> None:
        self._directory = directory
        self._admins = frozenset(admins)

    async def may_change(self, asker: Asker, subscription: Subscription) -> bool:
        """Tell whether somebody may change a digest of their workspace."""
        if asker.user_id == subscription.owner_id:
            return True
        return await self.is_admin(asker.team_id, asker.user_id)

    async def is_admin(self, team_id: str, user_id: str) -> bool:
        """Tell whether somebody administers the workspace, or the bot."""
        if user_id in self._admins:
            return True
        person = await self._directory.person(team_id, user_id)
        return person.is_admin

    async def may_see(self, asker: Asker, subscription: Subscription) -> bool:
        """Tell whether somebody may know of a digest of their workspace.

        What goes to a private channel is the business of those in it.
        """
        if await self.may_change(asker, subscription):
            return True
        room = await self._directory.room(asker.team_id, subscription.channel_id)
        return room is not None and await self._can_see(asker, room)

    async def check_admin(self, asker: Asker) -> None:
        """Refuse to those who administer neither the workspace nor the bot.

        Raises:
            NotAllowed: They do not.
        """
        if not await self.is_admin(asker.team_id, asker.user_id):
            raise NotAllowed(
                "Who did what is for the workspace's admins and owners, and for those "
                "who administer me; the history of one digest is for all who see it."
            )

    async def check_change(self, asker: Asker, subscription: Subscription) -> None:
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
        self, asker: Asker, channel_id: str, *, again: str
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

    async def _can_see(self, asker: Asker, room: ChannelInfo) -> bool:
        if not room.is_private:
            return True
        return await self._directory.is_in(asker.team_id, room.id, asker.user_id)


def _wrong(again: str, problem: str, mend: str) -> WrongField:
    return WrongField("channel", problem, allowed=mend, suggestions=(again,))
