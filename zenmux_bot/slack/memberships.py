"""Which channels with the bot a person is in.

https://docs.slack.dev/reference/methods/users.conversations
"""

from __future__ import annotations

from zenmux_bot.slack.calls import pages
from zenmux_bot.slack.outbox import Clients

_PAGE = 999
"""The most that a page may hold."""


class SlackMemberships:
    """Asks Slack each time, since people come and go.

    Args:
        clients: Gives the client of a workspace.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

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
            limit=_PAGE,
        )
        async for reply in channels:
            found.update(str(each["id"]) for each in reply["channels"] or ())
        return frozenset(found)
