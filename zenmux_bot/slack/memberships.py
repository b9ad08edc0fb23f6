"""Which channels with the bot a person is in.

https://docs.slack.dev/reference/methods/users.conversations
"""

from __future__ import annotations

from zenmux_bot.slack.calls import call
from zenmux_bot.slack.outbox import Clients

_PAGE = 200
_MAX_PAGES = 25
"""Whoever is in more channels than they hold sees the digests of the first ones."""


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
        cursor = None
        for _ in range(_MAX_PAGES):
            reply = await call(
                client.users_conversations(
                    user=user_id,
                    types="public_channel,private_channel",
                    exclude_archived=True,
                    limit=_PAGE,
                    cursor=cursor,
                )
            )
            found.update(str(each["id"]) for each in reply["channels"] or ())
            cursor = (reply["response_metadata"] or {}).get("next_cursor")
            if not cursor:
                break
        return frozenset(found)
