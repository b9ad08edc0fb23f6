"""A Web API client whose token is looked up with each call."""

from __future__ import annotations

from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

_STALE = frozenset(
    {"account_inactive", "invalid_auth", "token_expired", "token_revoked"}
)


class Tokens(Protocol):
    """Knows the tokens of workspaces."""

    async def token(self, team_id: str) -> str:
        """Return the bot token of a workspace.

        Raises:
            SlackFault: There is none, or nobody knows now.
        """
        ...

    def look_again(self) -> None:
        """Trust no token that is in memory."""
        ...


class TeamClient(AsyncWebClient):
    """A client that looks for its workspace's token with each call.

    Args:
        tokens: Knows the token.
        team_id: The workspace.
        base_url: Where the Web API is.
        session: Sends the requests.
        handlers: What is sent again, and when.
    """

    def __init__(
        self,
        tokens: Tokens,
        team_id: str,
        *,
        base_url: str,
        session: aiohttp.ClientSession,
        handlers: list[Any],
    ) -> None:
        super().__init__(base_url=base_url, session=session, retry_handlers=handlers)
        self._tokens = tokens
        self._team_id = team_id

    async def api_call(self, api_method: str, **request: Any) -> AsyncSlackResponse:
        """Call with the token that is good now, and once more with a newer one.

        A refused token means that nothing was done, so a second call does it once.
        """
        self.token = await self._tokens.token(self._team_id)
        try:
            return await super().api_call(api_method, **request)
        except SlackApiError as error:
            if code_of(error) not in _STALE:
                raise
            used = self.token
            self._tokens.look_again()
            self.token = await self._tokens.token(self._team_id)
            if self.token == used:
                raise
        return await super().api_call(api_method, **request)


def code_of(error: SlackApiError) -> str:
    """Return Slack's error code; what cannot be read has none."""
    data = getattr(error.response, "data", None)
    return str(data.get("error")) if isinstance(data, dict) else ""
