"""Channels and people of workspaces, from the Web API.

https://docs.slack.dev/reference/objects/conversation-object
https://docs.slack.dev/reference/objects/user-object
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from zenmux_bot.core import zones
from zenmux_bot.core.directory import ChannelInfo, Person
from zenmux_bot.errors import Refused
from zenmux_bot.slack.calls import call, pages
from zenmux_bot.slack.outbox import Clients

_NO_SCOPE = "missing_scope"
_UNSEEN = frozenset({"channel_not_found", _NO_SCOPE, "method_not_supported"})
_PAGE = 1000
"""The most that a page of members or of people may hold."""

_CHANNELS_PAGE = 999
"""The most that a page of a person's channels may hold."""


class SlackDirectory:
    """Asks Slack each time, since permissions and channels change.

    Args:
        clients: Returns the client of a workspace.
        bot_id: Returns the bot's user id in a workspace.
    """

    def __init__(
        self, clients: Clients, bot_id: Callable[[str], Awaitable[str]]
    ) -> None:
        self._clients = clients
        self._bot_id = bot_id

    async def channel(self, team_id: str, channel_id: str) -> ChannelInfo | None:
        """Return a channel, or None if the bot can't see it.

        Raises:
            SlackFault: Slack gave no answer.
        """
        client = self._clients(team_id)
        try:
            reply = await call(client.conversations_info(channel=channel_id))
        except Refused as refusal:
            if refusal.code in _UNSEEN:
                return None
            raise
        return read_channel(reply["channel"] or {}, await self._bot_id(team_id))

    async def person(self, team_id: str, user_id: str) -> Person:
        """Return a person; without the scope for it, only the id is known.

        Raises:
            SlackFault: Slack gave no answer.
        """
        try:
            reply = await call(self._clients(team_id).users_info(user=user_id))
        except Refused as refusal:
            if refusal.code != _NO_SCOPE:
                raise
            return read_person({}, user_id, team_id)
        return read_person(reply["user"] or {}, user_id, team_id)

    async def admins(self, team_id: str, most: int) -> list[str]:
        """Return the ids of some of a workspace's administrators and owners.

        Slack allows twenty pages a minute, so reading stops once ``most`` are found.
        https://docs.slack.dev/reference/methods/users.list

        Raises:
            SlackFault: Slack gave no answer.
        """
        client = self._clients(team_id)
        found: list[str] = []
        async for reply in pages(client.users_list, team_id=team_id, limit=_PAGE):
            found += [
                str(user["id"])
                for user in reply["members"] or ()
                if not (user.get("deleted") or user.get("is_bot"))
                and read_person(user, user["id"], team_id).is_admin
            ]
            if len(found) >= most:
                break
        return found[:most]

    async def is_in(self, team_id: str, channel_id: str, user_id: str) -> bool:
        """Tell whether a person is in a channel that the bot can see.

        Raises:
            SlackFault: Slack gave no answer.
        """
        client = self._clients(team_id)
        members = pages(client.conversations_members, channel=channel_id, limit=_PAGE)
        async for reply in members:
            if user_id in (reply["members"] or ()):
                return True
        return False

    async def channels_of(self, team_id: str, user_id: str) -> frozenset[str]:
        """Return the channels with the bot that a person is in.

        Raises:
            SlackFault: Slack gave no answer.
        """
        client = self._clients(team_id)
        found: set[str] = set()
        channels = pages(
            client.users_conversations,
            team_id=team_id,
            user=user_id,
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=_CHANNELS_PAGE,
        )
        async for reply in channels:
            found.update(str(each["id"]) for each in reply["channels"] or ())
        return frozenset(found)


def read_channel(channel: Mapping[str, Any], bot_id: str) -> ChannelInfo:
    """Return a channel from a conversation object.

    The bot can only see private channels that it is in, whatever the object says.
    """
    is_direct = bool(channel.get("is_im"))
    is_private = is_direct or bool(channel.get("is_private"))
    rules = (channel.get("properties") or {}).get("posting_restricted_to") or {}
    allowed = rules.get("user") or ()
    is_closed = bool(
        channel.get("is_read_only")
        or channel.get("is_thread_only")
        or any(rules.values())
    )
    return ChannelInfo(
        id=str(channel.get("id") or ""),
        name=str(channel.get("name") or ""),
        is_private=is_private,
        is_archived=bool(channel.get("is_archived")),
        is_member=is_direct or bool(channel.get("is_member", is_private)),
        is_restricted=is_closed and bot_id not in allowed,
    )


def read_person(user: Mapping[str, Any], user_id: str, team_id: str) -> Person:
    """Return a person from a user object; without a time zone they get UTC.

    People of another company, and people who have left, are not administrators.
    """
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("name"))
    zone = str(user.get("tz") or "")
    is_external = _is_external(user, team_id)
    is_absent = is_external or bool(user.get("deleted"))
    return Person(
        id=user_id,
        name=next((str(name) for name in names if name), user_id),
        zone=zone if zones.is_known(zone) else zones.UTC_NAME,
        is_admin=not is_absent
        and any(user.get(m) for m in ("is_admin", "is_owner", "is_primary_owner")),
        is_external=is_external,
        is_deactivated=bool(user.get("deleted")),
    )


def _is_external(user: Mapping[str, Any], team_id: str) -> bool:
    """Tell whether a person belongs to another company.

    https://docs.slack.dev/apis/slack-connect
    """
    if user.get("is_stranger"):
        return True
    home = str(user.get("team_id") or "")
    of_organization = (user.get("enterprise_user") or {}).get("teams") or ()
    # In an organization, the home is the organization or one of its workspaces.
    is_elsewhere = home.startswith("T") and team_id.startswith("T") and home != team_id
    return is_elsewhere and team_id not in of_organization
