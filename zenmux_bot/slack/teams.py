"""The workspaces that the bot serves, and their tokens."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import aiohttp
import structlog
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.config import Settings, require
from zenmux_bot.slack.app import make_client
from zenmux_bot.slack.outbox import make_posting_client

log = structlog.get_logger(__name__)


class Teams(Protocol):
    """The workspaces that the bot serves."""

    @property
    def is_known(self) -> bool:
        """Tell whether the bot knows its own identity."""
        ...

    async def authorize(
        self,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool,
    ) -> AuthorizeResult | None:
        """Return the bot's identity and token for the workspace of a request."""
        ...

    async def bot_id(self, team_id: str) -> str:
        """Return the bot's user id in a workspace."""
        ...

    def client(self, team_id: str) -> AsyncWebClient:
        """Return a client for conversations, which retries after HTTP 429."""
        ...

    def posting_client(self, team_id: str) -> AsyncWebClient:
        """Return a client for digests, which never retries."""
        ...


class OneTeam:
    """The one workspace that the bot token is for.

    Args:
        settings: Holds the token.
        session: HTTP session for conversations.
        posting_session: HTTP session for digests.
    """

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        posting_session: aiohttp.ClientSession,
    ) -> None:
        require(settings, "slack_bot_token")
        assert settings.slack_bot_token is not None  # noqa: S101 - just required
        self._client = make_client(settings, session)
        self._posting = make_posting_client(
            settings.slack_bot_token.get_secret_value(),
            base_url=settings.slack_api_url,
            session=posting_session,
        )
        self._lock = asyncio.Lock()
        self._known: AuthorizeResult | None = None

    @property
    def is_known(self) -> bool:
        """Tell whether ``auth.test`` has returned the bot's identity."""
        return self._known is not None

    async def authorize(
        self,
        *,
        team_id: str | None = None,
        enterprise_id: str | None = None,
        is_enterprise_install: bool = False,
    ) -> AuthorizeResult:
        """Return the bot's identity and token.

        ``auth.test`` is called once, not with each request.

        Raises:
            SlackApiError: Slack refused the token.
        """
        del team_id, enterprise_id, is_enterprise_install
        async with self._lock:
            if self._known is None:
                reply = await self._client.auth_test()
                self._known = AuthorizeResult.from_auth_test_response(
                    bot_token=self._client.token, auth_test_response=reply
                )
        return self._known

    async def bot_id(self, _team_id: str) -> str:
        """Return the bot's user id."""
        return (await self.authorize()).bot_user_id or ""

    def client(self, _team_id: str) -> AsyncWebClient:
        """Return the client for conversations."""
        return self._client

    def posting_client(self, _team_id: str) -> AsyncWebClient:
        """Return the client for digests."""
        return self._posting


class TeamsAuthorize(AsyncAuthorize):
    """Gives Bolt the token of a request's workspace.

    Args:
        teams: The tokens.
    """

    def __init__(self, teams: Teams) -> None:
        self._teams = teams

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        **_others: Any,
    ) -> AuthorizeResult | None:
        """Return the bot's identity and token, None where the app is not installed."""
        try:
            return await self._teams.authorize(
                team_id=team_id,
                enterprise_id=enterprise_id,
                is_enterprise_install=bool(context.is_enterprise_install),
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            code = code_of(error) if isinstance(error, SlackApiError) else ""
            log.warning("slack.not_authorized", code=code or type(error).__name__)
            return None


def code_of(error: SlackApiError) -> str:
    """Return Slack's error code; an unreadable response has none."""
    data = getattr(error.response, "data", None)
    return str(data.get("error")) if isinstance(data, dict) else ""
