"""Slack's requests over HTTP."""

from __future__ import annotations

import asyncio
import re

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from zenmux_bot.slack.apologies import MALFORMED
from zenmux_bot.slack.app import dispatch

EVENTS = "/slack/events"

BODY_SECONDS = 5.0
"""Slack waits three for an answer, so a body that takes longer isn't from Slack."""

# Bolt parses a body before it verifies the signature, and fails on unexpected shapes.
_UNREADABLE = (*MALFORMED, web.RequestPayloadError)
_STAMP = re.compile(r"[0-9]{1,12}")

log = structlog.get_logger(__name__)


def add_events(web_app: web.Application, app: AsyncApp) -> None:
    """Add the route for Slack's requests.

    A reverse proxy may keep a prefix in the path, and people add trailing slashes.
    """

    async def take(request: web.Request) -> web.Response:
        if not _can_be_signed(request):
            return web.Response(status=401)
        bolt_request = await read_request(request)
        return await to_aiohttp_response(await dispatch(app, bolt_request))

    web_app.router.add_post(EVENTS, take)
    web_app.router.add_post(rf"/{{prefix:(?:.*/)?}}{EVENTS[1:]}{{slashes:/*}}", take)


async def read_request(request: web.Request) -> AsyncBoltRequest:
    """Return a request, with its body, as Bolt's own type.

    Raises:
        HTTPBadRequest: The body cannot be read.
        HTTPRequestTimeout: The body takes too long to arrive.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await to_bolt_request(request)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except _UNREADABLE:
        raise web.HTTPBadRequest(text="unreadable") from None


def _can_be_signed(request: web.Request) -> bool:
    """Tell whether the headers have a shape that Bolt can verify without failing.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    stamp = request.headers.get("X-Slack-Request-Timestamp", "0")
    signature = request.headers.get("X-Slack-Signature", "")
    return _STAMP.fullmatch(stamp) is not None and signature.isascii()
