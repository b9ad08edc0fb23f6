"""Who may see what is about the account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from zenmux_bot.digests.ports import Asker, Directory
from zenmux_bot.errors import NotAllowed

WHO_MAY = (
    "The account is for the workspace's admins and owners, and for those whom the "
    "setting ZENMUX_BOT_ADMINS names."
)


class Rights(Protocol):
    """Lets through who may see the account; asked only where that is the question."""

    async def check(self, asker: Asker | None) -> None:
        """Return if the asker may.

        Raises:
            NotAllowed: They may not; says who may.
            SlackFault: Slack does not tell who they are.
        """
        ...


class Admins:
    """Lets administrators through.

    Args:
        directory: Knows people.
        admins: Ids of people who may, whatever they are in the workspace.
    """

    def __init__(self, directory: Directory, admins: Collection[str]) -> None:
        self._directory = directory
        self._admins = frozenset(admins)

    async def check(self, asker: Asker | None) -> None:
        """Return if the asker is an administrator."""
        if asker is None:
            raise NotAllowed(WHO_MAY)
        if asker.user_id in self._admins:
            return
        person = await self._directory.person(asker.team_id, asker.user_id)
        if not person.is_admin:
            raise NotAllowed(WHO_MAY, of_admins=True)


class _Operator:
    """Lets everybody through: whoever holds the key sees it all anyway."""

    async def check(self, asker: Asker | None) -> None:
        """Return."""


class _Nobody:
    """Lets nobody through."""

    async def check(self, asker: Asker | None) -> None:
        """Refuse."""
        del asker  # whoever it is
        raise NotAllowed(WHO_MAY)


OPERATOR: Rights = _Operator()
NOBODY: Rights = _Nobody()
