"""The HTTP side: Slack's requests, and what a load balancer asks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

MAX_BODY_BYTES = 1024 * 1024
"""Slack's largest payload is a view of 250 kB."""

BODY_SECONDS = 5.0
"""Slack waits three for an answer; a body that trickles in longer is none of its."""

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

# Bolt reads a body before it checks who sent it, and trips over one of other shape.
_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)
_STAMP = re.compile(r"[0-9]{1,12}")

Ready = Callable[[], Awaitable[dict[str, bool]]]

log = structlog.get_logger(__name__)


def make_web_app(
    app: AsyncApp | None, ready: Ready, metrics: Callable[[], bytes]
) -> web.Application:
    """Return the routes.

    Args:
        app: Takes Slack's requests; None in Socket Mode, where none come here.
        ready: Tells what is ready and what is not.
        metrics: Gives the metrics in Prometheus's text format.
    """

    async def take(request: web.Request) -> web.Response:
        assert app is not None  # noqa: S101 - routed only then
        if not _can_be_signed(request):
            return web.Response(status=401)
        try:
            bolt_request = await read_request(request)
        except _UNREADABLE:
            return web.Response(status=400, text="unreadable")
        try:
            return await to_aiohttp_response(await app.async_dispatch(bolt_request))
        except Exception:
            log.exception("http.request_failed")
            return web.Response(status=500)

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readiness(_: web.Request) -> web.Response:
        parts = await ready()
        return web.json_response(
            {"ready": all(parts.values()), **parts},
            status=200 if all(parts.values()) else 503,
        )

    async def measure(_: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={"Content-Type": PROMETHEUS})

    web_app = web.Application(client_max_size=MAX_BODY_BYTES)
    web_app.router.add_get("/healthz", health)
    web_app.router.add_get("/readyz", readiness)
    web_app.router.add_get("/metrics", measure)
    if app is not None:
        web_app.router.add_post("/slack/events", take)
    return web_app


async def read_request(request: web.Request) -> AsyncBoltRequest:
    """Return a request as Bolt has it, its body included.

    Raises:
        HTTPRequestTimeout: The body trickles in.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await to_bolt_request(request)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


def _can_be_signed(request: web.Request) -> bool:
    """Tell whether Bolt can check the signature, which it trips over otherwise.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    stamp = request.headers.get("X-Slack-Request-Timestamp", "0")
    signature = request.headers.get("X-Slack-Signature", "")
    return _STAMP.fullmatch(stamp) is not None and signature.isascii()
