"""Slack's requests over HTTP."""

from __future__ import annotations

import asyncio
import re

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from zenmux_bot.slack.app import dispatch

EVENTS = "/slack/events"

BODY_SECONDS = 5.0
"""Slack waits three for an answer; a body that trickles in longer is none of its."""

# Bolt reads a body before it checks who sent it, and trips over one of other shape.
_UNREADABLE = (
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    web.RequestPayloadError,
)
_STAMP = re.compile(r"[0-9]{1,12}")

log = structlog.get_logger(__name__)


def add_events(web_app: web.Application, app: AsyncApp) -> None:
    """Add the route of Slack's requests.

    A reverse proxy may leave its prefix before it, and people put a slash behind it.
    """

    async def take(request: web.Request) -> web.Response:
        if not _can_be_signed(request):
            return web.Response(status=401)
        bolt_request = await read_request(request)
        return await to_aiohttp_response(await dispatch(app, bolt_request))

    web_app.router.add_post(EVENTS, take)
    web_app.router.add_post(rf"/{{prefix:(?:.*/)?}}{EVENTS[1:]}{{slashes:/*}}", take)


async def read_request(request: web.Request) -> AsyncBoltRequest:
    """Return a request as Bolt has it, its body included.

    Raises:
        HTTPBadRequest: The body cannot be read.
        HTTPRequestTimeout: The body trickles in.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await to_bolt_request(request)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except _UNREADABLE:
        raise web.HTTPBadRequest(text="unreadable") from None


def _can_be_signed(request: web.Request) -> bool:
    """Tell whether Bolt can check the signature, which it trips over otherwise.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    stamp = request.headers.get("X-Slack-Request-Timestamp", "0")
    signature = request.headers.get("X-Slack-Signature", "")
    return _STAMP.fullmatch(stamp) is not None and signature.isascii()
