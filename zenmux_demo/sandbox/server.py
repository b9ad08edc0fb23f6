"""The sandbox as an HTTP server on the loopback interface.

https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from zenmux_bot.core.clock import Clock
from zenmux_demo.sandbox import inference
from zenmux_demo.sandbox.api import (
    BASE_PATH,
    SANDBOX_KEY,
    Sandbox,
    Weather,
    endpoint_of,
)
from zenmux_demo.sandbox.inference import ScriptedModel
from zenmux_demo.sandbox.replies import Reply, gateway_page

SANDBOX: web.AppKey[Sandbox] = web.AppKey("sandbox", Sandbox)
MODEL: web.AppKey[ScriptedModel] = web.AppKey("model", ScriptedModel)
_NUMBER: web.RequestKey[int] = web.RequestKey("number", int)


def make_sandbox(
    clock: Clock,
    *,
    key: str = SANDBOX_KEY,
    requests_per_minute: int = 60,
    weather: Weather | None = None,
    fixed_bodies: Mapping[str, Reply] | None = None,
) -> web.Application:
    """Return the server; ``app[SANDBOX]`` is its handle.

    Args:
        clock: Tells its days and its minutes.
        key: The management key that it accepts.
        requests_per_minute: How many requests an endpoint takes in a minute.
        weather: The switchboard; fair unless given.
        fixed_bodies: Answers by path, see :class:`Sandbox`. All else is 404 then,
            and neither keys nor counters are looked at.
    """
    app = web.Application()
    app[SANDBOX] = Sandbox(
        clock=clock,
        key=key,
        requests_per_minute=requests_per_minute,
        weather=weather or Weather(),
        fixed_bodies=fixed_bodies,
    )
    app[MODEL] = ScriptedModel()
    app.router.add_post(inference.PATH, _infer)
    app.router.add_route("*", "/{path:.*}", _handle)
    app.on_response_prepare.append(_sign)
    return app


@asynccontextmanager
async def running_sandbox(
    clock: Clock,
    *,
    key: str = SANDBOX_KEY,
    requests_per_minute: int = 60,
    weather: Weather | None = None,
    fixed_bodies: Mapping[str, Reply] | None = None,
) -> AsyncIterator[Sandbox]:
    """Run the server on a free port of the loopback interface.

    The arguments are those of :func:`make_sandbox`.
    """
    app = make_sandbox(
        clock,
        key=key,
        requests_per_minute=requests_per_minute,
        weather=weather,
        fixed_bodies=fixed_bodies,
    )
    sandbox = app[SANDBOX]
    # a held answer ends when its client leaves, and does not hold up the end;
    # aiohttp takes a time-out of 0 for none at all
    runner = web.AppRunner(
        app, access_log=None, handler_cancellation=True, shutdown_timeout=0.05
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        sandbox.base_url = f"http://{host}:{port}{BASE_PATH}"
        yield sandbox
    finally:
        await runner.cleanup()


async def _infer(request: web.Request) -> web.StreamResponse:
    authorization = request.headers.get("Authorization", "")
    return _response(request.app[MODEL].answer(authorization, await request.read()))


async def _handle(request: web.Request) -> web.StreamResponse:
    sandbox = request.app[SANDBOX]
    request[_NUMBER] = sandbox.record(request)
    if sandbox.weather.down:
        return _response(gateway_page(502))
    fault = sandbox.weather.next_fault(endpoint_of(request.path))
    if fault is None:
        return _response(sandbox.answer(request))
    answer = await fault(request, lambda: sandbox.answer(request))
    return _response(answer) if isinstance(answer, Reply) else answer


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, body=reply.body, headers=reply.headers)


async def _sign(request: web.Request, response: web.StreamResponse) -> None:
    if request.path == inference.PATH:
        return
    sandbox = request.app[SANDBOX]
    response.headers.update(sandbox.signature(request[_NUMBER], response.content_type))
