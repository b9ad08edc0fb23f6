"""A running bot: assembled, connected, and brought down in good order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp import web
from slack_sdk.errors import SlackApiError

from zenmux_bot.app import open_desk
from zenmux_bot.config import Settings, require
from zenmux_bot.domain.clock import Clock
from zenmux_bot.errors import ConfigError
from zenmux_bot.metrics import Metrics
from zenmux_bot.slack.app import (
    Workspace,
    catch_rest,
    make_app,
    make_client,
)
from zenmux_bot.slack.http import make_web_app
from zenmux_bot.slack.questions import Questions
from zenmux_bot.slack.socket import Socket
from zenmux_bot.slack.tasks import Tasks

GRACE_SECONDS = 8.0
"""For running answers to be finished after SIGTERM; the whole takes under ten."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A bot that listens.

    Attributes:
        port: Where it listens for HTTP.
    """

    port: int

    async def ring(self) -> None:
        """Look for due digests at once."""


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock, metrics: Metrics | None = None
) -> AsyncIterator[Running]:
    """Run a bot for as long as the block lasts.

    Args:
        settings: What the operator set.
        clock: Tells the time.
        metrics: Count what the logs tell; a part of them if it came along.

    Raises:
        ConfigError: A setting is missing, or Slack refuses the token.
    """
    require(settings, "slack_bot_token")
    if not settings.uses_socket_mode:
        require(settings, "slack_signing_secret")
    async with AsyncExitStack() as stack:
        tasks = Tasks()
        metrics = metrics or Metrics()
        metrics.watch(lambda: len(tasks))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        desk = await stack.enter_async_context(open_desk(settings, clock))
        client = make_client(settings, session)
        workspace = Workspace(client)
        await _introduce(workspace)
        app = make_app(settings, client, workspace)
        Questions(desk, tasks, session).register(app)
        catch_rest(app)
        stack.push_async_callback(tasks.finish, GRACE_SECONDS)
        socket = None
        if settings.slack_app_token is not None:
            socket = Socket(app, settings.slack_app_token.get_secret_value())
            await socket.open()
            stack.push_async_callback(socket.close)

        async def ready() -> dict[str, bool]:
            parts = {"slack": workspace.is_known}
            if socket is not None:
                parts["socket"] = await socket.is_connected()
            return parts

        web_app = make_web_app(None if socket else app, ready, metrics.text)
        port = await _listen(stack, web_app, settings)
        log.info("bot.started", port=port, socket_mode=socket is not None)
        yield Running(port=port)
        log.info("bot.stopping", running=len(tasks))


async def serve(settings: Settings, clock: Clock, metrics: Metrics) -> None:
    """Run a bot until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    async with running(settings, clock, metrics):
        await stop.wait()
    log.info("bot.stopped")


async def _introduce(workspace: Workspace) -> None:
    """Ask Slack who the bot is before the first request does."""
    try:
        await workspace.authorize()
    except SlackApiError as error:
        raise ConfigError(
            f"SLACK_BOT_TOKEN: refused by Slack ({error.response['error']}); "
            "set the token of an installed app"
        ) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("slack.unreachable", kind=type(error).__name__)


async def _listen(
    stack: AsyncExitStack, web_app: web.Application, settings: Settings
) -> int:
    """Listen for HTTP, and return the port."""
    runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise ConfigError(
            f"PORT: {settings.port} on {settings.host} cannot be listened on "
            f"({error.strerror}); choose another"
        ) from None
    port: int = runner.addresses[0][1]
    return port
