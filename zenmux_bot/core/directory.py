"""The channels and people of workspaces, as Slack describes them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelInfo:
    """A channel as the bot sees it.

    Attributes:
        id: Its id.
        name: Its name, without the hash; empty for a direct message.
        is_private: Only its members can see it.
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
        name: Their display name.
        zone: Their time zone, an IANA name.
        is_admin: An administrator or owner of the workspace.
        is_external: Of another company, in a channel shared with it.
        is_deactivated: Their account is closed; they have left.
    """

    id: str
    name: str
    zone: str
    is_admin: bool = False
    is_external: bool = False
    is_deactivated: bool = False


class Directory(Protocol):
    """Looks up the channels and people of workspaces.

    Each method may raise SlackFault.
    """

    async def channel(self, team_id: str, channel_id: str) -> ChannelInfo | None:
        """Return a channel, or None if there is none that the bot can see."""
        ...

    async def person(self, team_id: str, user_id: str) -> Person:
        """Return a person."""
        ...

    async def is_in(self, team_id: str, channel_id: str, user_id: str) -> bool:
        """Tell whether a person is in a channel that the bot can see."""
        ...

    async def channels_of(self, team_id: str, user_id: str) -> Collection[str]:
        """Return the channels with the bot that a person is in."""
        ...
