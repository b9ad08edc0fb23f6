"""Many workspaces: each with the token of its own installation, kept fresh.

https://docs.slack.dev/authentication/using-token-rotation
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from cachetools import LRUCache, TTLCache
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential,
)

from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.channel_sync import UNINSTALLED
from zenmux_bot.errors import ConfigError, Refused, SlackFault, Throttled
from zenmux_bot.slack.calls import RateLimitRetry
from zenmux_bot.slack.teams import code_of
from zenmux_bot.store.installations import EncryptedInstallations

KNOWN_FOR_SECONDS = 60.0
"""Another process may use a revoked or rotated token for this long."""

MAX_TEAMS = 10_000

ROTATE_MINUTES = 120
"""How long before its end (twelve hours) a token is rotated."""

_RECONNECT = timedelta(seconds=15)
_SAVE_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 5.0
_NOT_REACHED = (aiohttp.ClientError, TimeoutError)
_GONE = "token_revoked"
_STALE = frozenset(
    {"account_inactive", "invalid_auth", "token_expired", "token_revoked"}
)

log = structlog.get_logger(__name__)


class InstalledTeams:
    """The workspaces that installed the app.

    Args:
        installations: The installations in the database.
        rotator: Exchanges old tokens for new ones.
        lock: Lets one process at a time rotate a token.
        unavailable: The errors of an unavailable database.
        clock: Dates changes.
        base_url: The address of the Web API.
        session: HTTP session for conversations.
        posting_session: HTTP session for digests.
        monotonic: Seconds that clock changes don't affect.
        sleep: Waits a number of seconds.
    """

    is_known = True

    def __init__(
        self,
        *,
        installations: EncryptedInstallations,
        rotator: AsyncTokenRotator,
        lock: Callable[[str], AbstractAsyncContextManager[None]],
        unavailable: tuple[type[Exception], ...],
        clock: Clock,
        base_url: str,
        session: aiohttp.ClientSession,
        posting_session: aiohttp.ClientSession,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._installations = installations
        self._rotator = rotator
        self._lock = lock
        self._unavailable = unavailable
        self._clock = clock
        self._base_url = base_url
        self._session = session
        self._posting_session = posting_session
        self._sleep = sleep
        # Used at any age while the database is unavailable.
        self._known: LRUCache[str, Bot | None] = LRUCache(MAX_TEAMS)
        self._fresh: TTLCache[str, bool] = TTLCache(
            MAX_TEAMS, KNOWN_FOR_SECONDS, timer=monotonic
        )

    async def authorize(
        self,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool,
    ) -> AuthorizeResult | None:
        """Return the bot's identity and token for the workspace of a request.

        No ``auth.test`` is needed: the installation holds the bot's identity.
        """
        installer_id = team_id or enterprise_id
        if installer_id is None:
            return None
        if is_enterprise_install and team_id and enterprise_id:
            await self._note_org_team(team_id, enterprise_id)
        try:
            bot = await self._bot(installer_id)
        except SlackFault as fault:
            log.warning("slack.not_authorized", team=installer_id, code=fault.code)
            return None
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token=bot.bot_token,
            bot_scopes=bot.bot_scopes,
        )

    async def bot_id(self, team_id: str) -> str:
        """Return the bot's user id in a workspace.

        Raises:
            Refused: The app is not installed there.
        """
        return str((await self._require_bot(team_id)).bot_user_id)

    async def token(self, team_id: str) -> str:
        """Return the bot token of a workspace, rotated if it is about to expire.

        Raises:
            Refused: The app is not installed there, or Slack no longer rotates its
                token.
            Throttled: The token can't be read or rotated right now.
        """
        return str((await self._require_bot(team_id)).bot_token)

    def client(self, team_id: str) -> AsyncWebClient:
        """Return a client for conversations in a workspace."""
        return self._client(team_id, self._session, [RateLimitRetry()])

    def posting_client(self, team_id: str) -> AsyncWebClient:
        """Return a client for digests in a workspace."""
        return self._client(team_id, self._posting_session, [])

    async def forget(
        self, *, team_id: str | None, enterprise_id: str | None, at: float
    ) -> bool:
        """Delete an installation with its settings and conversations.

        Slack may report an uninstall late; a newer installation stays.

        Args:
            team_id: The workspace; None for an organization's installation.
            enterprise_id: The organization, if there is one.
            at: When the app was removed, in whole seconds of Unix time.

        Returns:
            Whether it was deleted.
        """
        self.invalidate()
        installer_id = team_id or enterprise_id
        bot = None if installer_id is None else await self._find(installer_id)
        if bot is not None and int(bot.installed_at) > at:
            return False
        await self._installations.forget(
            team_id=team_id,
            enterprise_id=enterprise_id,
            reason=UNINSTALLED,
            now=self._clock.now(),
        )
        self.invalidate()
        return True

    def invalidate(self) -> None:
        """Drop all tokens from memory."""
        self._fresh.clear()
        self._known.clear()

    def _client(
        self, team_id: str, session: aiohttp.ClientSession, handlers: list[Any]
    ) -> AsyncWebClient:
        return TeamClient(
            self, team_id, base_url=self._base_url, session=session, handlers=handlers
        )

    async def _require_bot(self, team_id: str) -> Bot:
        bot = await self._bot(team_id)
        if bot is None:
            raise Refused(_GONE, "the app is not installed there")
        return bot

    async def _bot(self, installer_id: str) -> Bot | None:
        """Return the installation of a workspace or an organization, by its id."""
        if installer_id in self._fresh and installer_id in self._known:
            return self._known[installer_id]
        try:
            bot = await self._find(installer_id)
            if bot is not None and _is_ending(bot):
                bot = await self._rotate(installer_id)
        except self._unavailable as error:
            if installer_id in self._known:
                return self._known[installer_id]
            raise Throttled(_RECONNECT) from error
        except ConfigError as error:
            log.error("token.not_readable", team=installer_id, why=str(error))  # noqa: TRY400 - it says all
            raise Throttled(_RECONNECT) from error
        self._known[installer_id] = bot
        self._fresh[installer_id] = True
        return bot

    async def _find(self, installer_id: str) -> Bot | None:
        if installer_id.startswith("E"):
            return await self._installations.async_find_bot(
                enterprise_id=installer_id, team_id=None, is_enterprise_install=True
            )
        return await self._installations.bot_of_team(installer_id)

    async def _rotate(self, installer_id: str) -> Bot | None:
        """Rotate a token, unless another process did it first."""
        async with self._lock(f"rotate {installer_id}"):
            bot = await self._find(installer_id)
            if bot is None or not _is_ending(bot):
                return bot
            try:
                renewed = await self._rotator.perform_bot_token_rotation(
                    bot=bot, minutes_before_expiration=ROTATE_MINUTES
                )
            except _NOT_REACHED as error:
                if not _has_ended(bot):
                    return bot
                raise Throttled(_RECONNECT) from error
            except SlackTokenRotationError as error:
                code = code_of(error.api_error)
                log.warning("token.not_renewed", team=installer_id, code=code)
                raise Refused(_GONE, f"its token is not renewed ({code})") from error
            if renewed is None:
                return bot
            await self._save(renewed)
            log.info("token.renewed", team=installer_id)
            return renewed

    async def _save(self, bot: Bot) -> None:
        """Store new tokens, retrying if the database fails: Slack sends them once."""
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=retry_if_exception_type(self._unavailable),
            wait=wait_exponential(max=_LONGEST_WAIT_SECONDS),
            stop=stop_after_delay(_SAVE_SECONDS),
            reraise=True,
        )
        await retrying(self._installations.async_save_bot, bot)

    async def _note_org_team(self, team_id: str, enterprise_id: str) -> None:
        if team_id in self._known:
            return
        try:
            await self._installations.note_org_team(
                team_id, enterprise_id, self._clock.now()
            )
        except self._unavailable as error:
            log.warning("database.skipped", kind=type(error).__name__)


def _is_ending(bot: Bot) -> bool:
    ends_at = bot.bot_token_expires_at
    # The rotator uses the machine's own time, too.
    return ends_at is not None and ends_at <= time.time() + ROTATE_MINUTES * 60


def _has_ended(bot: Bot) -> bool:
    ends_at = bot.bot_token_expires_at
    return ends_at is not None and ends_at <= time.time()


class TeamClient(AsyncWebClient):
    """A client that looks up its workspace's token with each call.

    Args:
        tokens: Returns the token.
        team_id: The workspace.
        base_url: The address of the Web API.
        session: Sends the requests.
        handlers: Retry handlers.
    """

    def __init__(
        self,
        tokens: InstalledTeams,
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
        """Call with the current token, and once more if there is a newer one.

        A call with a refused token did nothing, so repeating it is safe.
        """
        self.token = await self._tokens.token(self._team_id)
        try:
            return await super().api_call(api_method, **request)
        except SlackApiError as error:
            if code_of(error) not in _STALE:
                raise
            used = self.token
            self._tokens.invalidate()
            self.token = await self._tokens.token(self._team_id)
            if self.token == used:
                raise
        return await super().api_call(api_method, **request)
