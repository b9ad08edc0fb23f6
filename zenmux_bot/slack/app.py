"""The Bolt app: its client, its authorization and the dispatch of all requests."""

from __future__ import annotations

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.config import Settings
from zenmux_bot.observability import begin_reference
from zenmux_bot.slack.apologies import MALFORMED, apology, begin_request
from zenmux_bot.slack.calls import RateLimitRetry
from zenmux_bot.slack.payloads import team_of, text_in
from zenmux_bot.slack.replies import Acknowledgement

SECONDS = 10.0
"""For Slack to answer. The SDK's own timeout has no effect on a given session."""

_NOT_FOUND = 404
_SERVER_ERROR = 500
_LIMITED = "app_rate_limited"
"""Slack drops events, and says so once a minute; Bolt has no listener for it.

https://docs.slack.dev/reference/events/app_rate_limited
"""

_NOT_INSTALLED = (
    "Slack doesn't accept the bot's token right now. Try again in a minute. If it "
    "stays, an admin can install the app again."
)

log = structlog.get_logger(__name__)


def make_session(
    settings: Settings, *, seconds: float | None = None
) -> aiohttp.ClientSession:
    """Return the session for conversations; the caller closes it.

    Its timeout applies to the Web API, response URLs, uploads and installations alike.
    """
    url = settings.slack_api_url
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=seconds or SECONDS, connect=5),
        connector=aiohttp.TCPConnector(ssl=settings.tls_for(url) or True),
        proxy=settings.proxies.of(url),
    )


def make_client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Return a Web API client that never sends a post twice by itself.

    The SDK retries lost connections by default, which may post a message twice. This
    client only retries after a short HTTP 429, which means nothing was posted.
    """
    token = settings.slack_bot_token
    return AsyncWebClient(
        token=None if token is None else token.get_secret_value(),
        base_url=settings.slack_api_url,
        session=session,
        # Socket Mode takes its TLS settings from here as well.
        ssl=settings.tls_for(settings.slack_api_url),
        retry_handlers=[RateLimitRetry()],
    )


def make_app(
    settings: Settings,
    client: AsyncWebClient,
    authorize: AsyncAuthorize,
    oauth_flow: AsyncOAuthFlow | None = None,
) -> AsyncApp:
    """Return the app without its listeners.

    Listeners are quick by design, so they run before the response is sent
    (``process_before_response``). Otherwise Bolt polls for it every 10 ms.

    Args:
        settings: The signing secret is taken from here.
        client: Bolt gives each request a copy of it.
        authorize: Returns the bot's identity in the workspace of a request.
        oauth_flow: How workspaces install the app; without one Bolt would make its
            own from the environment.
    """
    secret = settings.slack_signing_secret
    return AsyncApp(
        # Without a name Bolt inspects its callers' source. Bolt sets the level of the
        # logger with this name, so it must not be one of the bot's.
        name="ZenMux",
        client=client,
        authorize=authorize,  # type: ignore[arg-type]  # it takes this kind, too
        oauth_flow=oauth_flow,
        oauth_settings=None if oauth_flow is None else oauth_flow.settings,
        signing_secret=None if secret is None else secret.get_secret_value(),
        process_before_response=True,
        raise_error_for_unhandled_request=False,
        # The app has neither workflow steps nor assistant threads.
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        user_facing_authorize_error_message=_NOT_INSTALLED,
    )


async def dispatch(app: AsyncApp, request: AsyncBoltRequest) -> BoltResponse:
    """Handle a request from HTTP or Socket Mode; this never raises.

    Everything it causes is logged under one reference, and belongs to the workspace
    whose installation the request was sent to.

    Returns:
        The response; 400, never 500, if the request cannot be handled.
    """
    begin_reference()
    begin_request(request.body)
    team_id = team_of(request.body)
    if team_id:
        request.context["team_id"] = team_id
    try:
        response = await app.async_dispatch(request)
    except MALFORMED as error:
        # Bolt fails on requests that don't have the shape of Slack's.
        log.warning("slack.request_unreadable", kind=type(error).__name__)
        response = BoltResponse(status=500, body="")
    except Exception:
        log.exception("slack.request_failed")
        response = BoltResponse(status=500, body="")
    if response.status == _NOT_FOUND and request.body.get("type") == _LIMITED:
        log.warning("slack.events_limited", team=team_id)
        return BoltResponse(status=200, body="")
    if response.status < _SERVER_ERROR:
        return response
    if text_in(request.body.get("command")):
        return Acknowledgement(apology(), public=False)
    return BoltResponse(status=400, body="")
