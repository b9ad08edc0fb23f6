"""The OAuth pages on which a workspace installs the app.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import (
    AsyncInstallationStore,
)
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.config import Settings
from zenmux_bot.slack.http import read_request
from zenmux_bot.slack.scopes import asked_scopes

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"
STATE_SECONDS = 600
"""How long a person may take to read what the app asks for, and to consent."""

log = structlog.get_logger(__name__)


class Installing:
    """Serves the pages of the OAuth flow.

    Args:
        settings: The app's credentials.
        installations: Where installations are stored.
        states: The OAuth states that were issued.
        session: Asks Slack for tokens.
        installed: Called after a new installation.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        installations: AsyncInstallationStore,
        states: AsyncOAuthStateStore,
        session: aiohttp.ClientSession,
        installed: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._installations = installations
        self._states = states
        self._session = session
        self._installed = installed

    def add_routes(self, web_app: web.Application) -> None:
        """Add the pages."""
        web_app.router.add_get(INSTALL, self._install)
        web_app.router.add_get(REDIRECT, self._callback)

    def flow(self, redirect_uri: str) -> AsyncOAuthFlow:
        """Return the flow that sends people back to ``redirect_uri``."""
        settings, secret = self._settings, self._settings.slack_client_secret
        client = AsyncWebClient(base_url=settings.slack_api_url, session=self._session)
        return _Flow(
            self._installed,
            client,
            AsyncOAuthSettings(
                client_id=settings.slack_client_id,
                client_secret=None if secret is None else secret.get_secret_value(),
                scopes=asked_scopes(),
                user_scopes=(),
                redirect_uri=redirect_uri,
                authorization_url=urljoin(
                    settings.slack_api_url, "/oauth/v2/authorize"
                ),
                install_path=INSTALL,
                redirect_uri_path=REDIRECT,
                installation_store=self._installations,
                installation_store_bot_only=True,
                state_store=self._states,
                state_expiration_seconds=STATE_SECONDS,
            ),
        )

    async def _install(self, request: web.Request) -> web.Response:
        flow = self.flow(self._redirect_uri(request))
        answer = await flow.handle_installation(await read_request(request))
        return await to_aiohttp_response(answer)

    async def _callback(self, request: web.Request) -> web.Response:
        flow = self.flow(self._redirect_uri(request))
        answer = await flow.handle_callback(await read_request(request))
        return await to_aiohttp_response(answer)

    def _redirect_uri(self, request: web.Request) -> str:
        """Return the redirect URI, which has to be one that the app's settings list."""
        if self._settings.slack_redirect_uri is not None:
            return self._settings.slack_redirect_uri
        # Behind a load balancer, the header has the scheme that people use.
        scheme = request.headers.get("X-Forwarded-Proto", request.scheme)
        return f"{scheme.split(',')[0].strip()}://{request.host}{REDIRECT}"


class _Flow(AsyncOAuthFlow):
    """Bolt's flow, with a callback after each installation."""

    def __init__(
        self,
        installed: Callable[[], None],
        client: AsyncWebClient,
        settings: AsyncOAuthSettings,
    ) -> None:
        super().__init__(client=client, settings=settings)
        self._on_installed = installed

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        """Store an installation, and use its token from now on."""
        await super().store_installation(request, installation)
        self._on_installed()
        log.info(
            "app.installed",
            team=installation.team_id,
            enterprise=installation.enterprise_id,
            org_wide=installation.is_enterprise_install,
        )
