"""The process: connects to Slack, listens for HTTP, runs until a signal, shuts down."""

from __future__ import annotations

import asyncio
import errno
import gc
import hmac
import ipaddress
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from socket import gaierror
from typing import TYPE_CHECKING

import aiohttp
import structlog
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from zenmux_bot.bootstrap import (
    Bot,
    make_delivery,
    make_jobs,
    make_listeners,
    make_socket,
    make_vault,
    open_bot,
    require_slack,
)
from zenmux_bot.config import KEY_FOR_MODELS, Settings
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.slack_errors import TEAM_WIDE_CODES
from zenmux_bot.errors import ConfigError
from zenmux_bot.observability import Metrics
from zenmux_bot.slack.http import add_events
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.slack.teams import Teams, code_of
from zenmux_bot.store.database import Database, best_effort, migrated
from zenmux_bot.store.vault import no_key_fits

if TYPE_CHECKING:
    from zenmux_bot.digests.delivery.worker import Delivery
    from zenmux_bot.jobs import JobRunner
    from zenmux_bot.slack.socket import Socket

SHUTDOWN_SECONDS = 8.0
"""For the whole shutdown after SIGTERM; what still hangs then is cancelled."""

GRACE_SECONDS = 5.0
"""For running work to finish after SIGTERM."""

SLACK_SECONDS = 2.0
"""For Slack to identify the bot during a readiness check."""

DATABASE_SECONDS = 2.0
"""For the database to answer during a readiness check."""

CLOSE_SECONDS = 3.0
"""For open HTTP requests, which take two seconds at most."""

MAX_BODY_BYTES = 1024 * 1024
"""Slack's largest payload is a view of 250 kB."""

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

# A request through a reverse proxy may come from anywhere.
_FORWARDED = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"}

_CANCELS = 10
_CANCEL_SECONDS = 0.1

_Stop = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A running bot.

    Attributes:
        port: Where it listens for HTTP; None if it does not.
        delivery: Posts digests; None if another process does.
        jobs: The periodic jobs; None if another process runs them.
    """

    port: int | None
    delivery: Delivery | None
    jobs: JobRunner | None

    async def run_jobs(self) -> None:
        """Run the jobs now, not at the next interval."""
        if self.jobs is not None:
            await self.jobs.run_once()


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock,
    metrics: Metrics | None = None,
    tasks: Tasks | None = None,
    *,
    web: bool = True,
    worker: bool = True,
) -> AsyncIterator[Running]:
    """Run a bot for as long as the block lasts.

    Args:
        settings: What the operator set.
        clock: Tells the time.
        metrics: Count log events; a log processor if the caller passes one.
        tasks: Tracks work that continues after an acknowledgement.
        web: Answer people.
        worker: Post digests, and run the other jobs.

    Raises:
        ConfigError: A setting is missing, or Slack refuses the token.
    """
    require_slack(settings, web=web)
    if settings.zenmux_management_api_key is None:
        log.warning("zenmux.key_missing", variable="ZENMUX_MANAGEMENT_API_KEY")
    if settings.has_inference_key:
        variable = "ZENMUX_MANAGEMENT_API_KEY"
        log.warning("zenmux.key_unfit", variable=variable, why=KEY_FOR_MODELS)
    tasks = Tasks() if tasks is None else tasks
    metrics = metrics or Metrics()
    metrics.watch(lambda: len(tasks))
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(open_bot(settings, clock, tasks))
        await _introduce(bot.workspaces.teams)
        has_tables = await stack.enter_async_context(migrated(bot.database))
        await _expect_keys_fit(settings, bot.database)
        stops: list[_Stop] = [partial(tasks.finish, GRACE_SECONDS)]
        stack.push_async_callback(_finish, stops)
        delivery = jobs = app = socket = None
        if web:
            app = make_listeners(bot)
            socket = make_socket(bot, app)
            if socket is not None:
                stack.push_async_callback(socket.close)
        port = None
        if web or "port" in settings.model_fields_set:
            port = await _listen(stack, bot, app, socket, metrics, needed=web)
        if worker:
            # Last, when everything else has started.
            delivery = make_delivery(bot)
            jobs = make_jobs(bot, delivery)
            stops += [
                partial(delivery.stop, timedelta(seconds=GRACE_SECONDS)),
                partial(jobs.stop, GRACE_SECONDS),
            ]
            jobs.start(after=has_tables)
        if socket is not None:
            # After the HTTP listener, which until then reports that it is not ready.
            await socket.open()
        log.info("bot.started", port=port, socket_mode=socket is not None)
        yield Running(port=port, delivery=delivery, jobs=jobs)
        log.info("bot.stopping", running=len(tasks))


async def _listen(
    stack: AsyncExitStack,
    bot: Bot,
    app: AsyncApp | None,
    socket: Socket | None,
    metrics: Metrics,
    *,
    needed: bool,
) -> int | None:
    """Listen for HTTP, and return the port.

    A worker runs without it if the port is taken by a web process on its machine.
    """
    web_app = web.Application(client_max_size=MAX_BODY_BYTES)
    _add_health(web_app, bot, socket)
    _add_metrics(web_app, metrics, bot.settings.metrics_token)
    if app is not None and socket is None:
        add_events(web_app, app)
    if app is not None and bot.workspaces.installing is not None:
        bot.workspaces.installing.add_routes(web_app)
    runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    settings = bot.settings
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        why = _reason(error)
        if not needed:
            log.warning("http.not_listening", port=settings.port, why=why)
            return None
        is_host = isinstance(error, gaierror) or error.errno == errno.EADDRNOTAVAIL
        raise ConfigError(
            f"{'HOST' if is_host else 'PORT'}: port {settings.port} of {settings.host} "
            f"cannot be listened on ({why}); choose another"
        ) from None
    port: int = runner.addresses[0][1]
    return port


def _reason(error: OSError) -> str:
    """Return the reason of a failed listen, without the addresses that were tried."""
    if isinstance(error, gaierror) or error.errno is None:
        return error.strerror or str(error)
    return os.strerror(error.errno)


def _add_health(web_app: web.Application, bot: Bot, socket: Socket | None) -> None:
    """Add the health checks of load balancers."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readiness(_: web.Request) -> web.Response:
        parts = {
            "slack": await _is_introduced(bot.workspaces.teams),
            "database": await _is_open(bot.database),
        }
        if socket is not None:
            parts["socket"] = await socket.is_connected()
        is_ready = all(parts.values())
        return web.json_response(
            {"ready": is_ready, **parts}, status=200 if is_ready else 503
        )

    web_app.router.add_get("/healthz", health)
    web_app.router.add_get("/readyz", readiness)


def _add_metrics(
    web_app: web.Application, metrics: Metrics, token: SecretStr | None
) -> None:
    """Add the metrics, for clients with the token or, without one, private networks."""

    async def measure(request: web.Request) -> web.Response:
        if token is None:
            allowed = _is_near(request)
        else:
            given = request.headers.get("Authorization", "").encode()
            wanted = f"Bearer {token.get_secret_value()}".encode()
            allowed = hmac.compare_digest(given, wanted)
        if not allowed:
            return web.Response(status=403, text="METRICS_TOKEN opens the metrics\n")
        return web.Response(body=metrics.text(), headers={"Content-Type": PROMETHEUS})

    web_app.router.add_get("/metrics", measure)


def _is_near(request: web.Request) -> bool:
    """Tell whether a request comes directly from this machine or a private network."""
    if _FORWARDED & request.headers.keys():
        return False
    try:
        address = ipaddress.ip_address((request.remote or "").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_private or mapped.is_link_local)


async def _is_open(database: Database) -> bool:
    """Tell whether the database answers in time."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS), database.reading() as connection:
            await connection.execute(select(1))
    except (OSError, SQLAlchemyError, TimeoutError):
        return False
    return True


async def _finish(stops: Sequence[_Stop]) -> None:
    """Let running answers, posts and jobs finish, in parallel."""
    await asyncio.gather(*(stop() for stop in stops))


async def _introduce(teams: Teams) -> None:
    """Ask Slack who the bot is, before the first request needs it."""
    try:
        await teams.authorize(
            team_id=None, enterprise_id=None, is_enterprise_install=False
        )
    except SlackApiError as error:
        code = code_of(error)
        if code not in TEAM_WIDE_CODES:
            log.warning("slack.unreachable", kind=code or "no readable answer")
            return
        raise ConfigError(
            f"SLACK_BOT_TOKEN: refused by Slack ({code}); "
            "set the token of an installed app"
        ) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("slack.unreachable", kind=type(error).__name__)


async def _is_introduced(teams: Teams) -> bool:
    """Tell whether Slack has identified the bot, and ask again if it has not.

    Requests from Slack would not do: they only come once the bot is ready.
    """
    if not teams.is_known:
        with suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(SLACK_SECONDS):
                await teams.authorize(
                    team_id=None, enterprise_id=None, is_enterprise_install=False
                )
    return teams.is_known


async def _expect_keys_fit(settings: Settings, database: Database) -> None:
    """Check that the encryption keys fit the stored secrets.

    Raises:
        ConfigError: They decrypt none of them.
    """
    vault = make_vault(settings)
    if vault is None:
        return

    from zenmux_bot.store.installations import can_decrypt_any  # noqa: PLC0415 - few have keys

    async with best_effort("vault.look"):
        if not await can_decrypt_any(database, vault):
            raise no_key_fits()


async def serve(
    settings: Settings, clock: Clock, metrics: Metrics, *, web: bool, worker: bool
) -> None:
    """Run listeners, a worker, or both until SIGTERM or SIGINT."""
    stop, started = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)

    async def run() -> None:
        async with running(settings, clock, metrics, web=web, worker=worker):
            started.set()
            _collect_from_now_on()
            await stop.wait()

    bot = asyncio.create_task(run())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({bot, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not started.is_set():
        # It may be waiting for Slack or the database.
        bot.cancel()
    await finish_within(bot, SHUTDOWN_SECONDS)
    log.info("bot.stopped")


async def finish_within(task: asyncio.Task[None], seconds: float) -> None:
    """Wait for a task, and cancel it if it takes too long.

    Each cancellation ends one step of its shutdown, such as closing a database that
    hangs, so several may be needed.

    Raises:
        Exception: The task raised it.
    """
    await asyncio.wait({task}, timeout=seconds)
    for _ in range(_CANCELS):
        if task.done():
            break
        log.warning("bot.cut_off")
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_SECONDS)
    if task.done() and not task.cancelled():
        task.result()


def _collect_from_now_on() -> None:
    """Exclude the objects of the start from garbage collection, and turn it on.

    Libraries and tables are most of the heap and stay; each collection of them would
    delay an answer by a tenth of a second. The command line has turned collection off
    while they were loaded.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    gc.enable()
