"""A running bot: assembled, connected, and brought down in good order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog
from aiohttp import web
from slack_sdk.errors import SlackApiError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from zenmux_bot.admin.check import look_at_digests
from zenmux_bot.answers.registry import Answers
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.app import open_apis
from zenmux_bot.config import Settings, require
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.clock import Clock
from zenmux_bot.delivering import delivering
from zenmux_bot.digests.composer import DigestComposer
from zenmux_bot.digests.delivery.slack_errors import TEAM_WIDE_CODES
from zenmux_bot.digests.delivery.worker import Delivery
from zenmux_bot.digests.team_composer import TeamComposer
from zenmux_bot.errors import ConfigError
from zenmux_bot.listening import Means, listen
from zenmux_bot.metrics import Metrics
from zenmux_bot.slack.app import catch_rest, make_app, make_client, make_session
from zenmux_bot.slack.http import make_web_app
from zenmux_bot.slack.socket import Socket
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.slack.team_client import code_of
from zenmux_bot.slack.teams import Teams, TeamsAuthorize
from zenmux_bot.store.best_effort import BestEffortSettings
from zenmux_bot.store.database import Database, open_database
from zenmux_bot.store.history import History
from zenmux_bot.store.starting import migrated
from zenmux_bot.workspaces import expect_keys_fit, open_workspaces

GRACE_SECONDS = 5.0
"""For what runs to be finished after SIGTERM; the whole takes under ten."""

DATABASE_SECONDS = 2.0
"""For the database to answer, before the bot counts as not ready."""

CLOSE_SECONDS = 3.0
"""For HTTP requests to be answered, which takes two seconds at most."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A running bot.

    Attributes:
        port: Where it listens for HTTP; None if it does not.
        delivery: What posts digests; None if another process does.
    """

    port: int | None
    delivery: Delivery | None

    async def ring(self) -> None:
        """Look for due digests at once, not at the next tick."""
        if self.delivery is not None:
            await self.delivery.run_due()


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
        metrics: Count what the logs tell; a part of them if it came along.
        tasks: Keeps what runs on after an acknowledgement.
        web: Answer people.
        worker: Post digests.

    Raises:
        ConfigError: A setting is missing, or Slack refuses the token.
    """
    _require_slack(settings, web=web)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        tasks = Tasks() if tasks is None else tasks
        metrics = metrics or Metrics()
        metrics.watch(lambda: len(tasks))
        session = await enter(make_session())
        database = await enter(open_database(settings.database_url))
        workspaces = await enter(
            open_workspaces(settings, clock, database=database, session=session)
        )
        await _introduce(workspaces.teams)
        await enter(migrated(database))
        await expect_keys_fit(settings, database)
        apis = await enter(open_apis(settings, clock, database=database))
        api = workspaces.api(apis, settings)
        health = Health(api, clock, [look_at_digests(History(database))])
        answers = Answers(api, clock, health, whose=api.whose)
        preferences = Preferences(BestEffortSettings(database), clock)
        composer = DigestComposer(
            answers, api, History(database), clock, preferences.defaults
        )
        delivery = None
        if worker:
            delivery = await enter(
                delivering(
                    settings,
                    clock,
                    database=database,
                    composer=TeamComposer(composer),
                    clients=workspaces.teams.posting,
                )
            )
        stack.push_async_callback(_finish, tasks, delivery)
        app = socket = None
        if web:
            app = make_app(
                settings,
                make_client(settings, session),
                TeamsAuthorize(workspaces.teams),
                workspaces.oauth_flow,
            )
            listen(
                app,
                Means(
                    settings=settings,
                    clock=clock,
                    database=database,
                    api=api,
                    health=health,
                    answers=answers,
                    preferences=preferences,
                    composer=composer,
                    workspaces=workspaces,
                    apis=apis,
                    session=session,
                    tasks=tasks,
                ),
            )
            catch_rest(app)
        if app is not None and settings.slack_app_token is not None:
            token = settings.slack_app_token.get_secret_value()
            socket = Socket(app, token, session)
            stack.push_async_callback(socket.close)

        async def ready() -> dict[str, bool]:
            parts = {
                "slack": workspaces.teams.is_known,
                "database": await _is_open(database),
            }
            if socket is not None:
                parts["socket"] = await socket.is_connected()
            return parts

        port = None
        if web or "port" in settings.model_fields_set:
            web_app = make_web_app(None if socket else app, ready, metrics.text)
            if web and workspaces.installing is not None:
                workspaces.installing.add_routes(web_app)
            port = await _listen(stack, web_app, settings, needed=web)
        if socket is not None:
            # Behind the listener, which tells meanwhile that the bot is not ready.
            await socket.open()
        log.info("bot.started", port=port, socket_mode=socket is not None)
        yield Running(port=port, delivery=delivery)
        log.info("bot.stopping", running=len(tasks))


async def _is_open(database: Database) -> bool:
    """Tell whether the database answers at once."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS), database.reading() as connection:
            await connection.execute(select(1))
    except (OSError, SQLAlchemyError, TimeoutError):
        return False
    return True


async def _finish(tasks: Tasks, delivery: Delivery | None) -> None:
    """Let running answers and posts end, side by side."""
    waits = [tasks.finish(GRACE_SECONDS)]
    if delivery is not None:
        waits.append(delivery.stop(timedelta(seconds=GRACE_SECONDS)))
    await asyncio.gather(*waits)


def _require_slack(settings: Settings, *, web: bool) -> None:
    """Complain at once about all that is missing to speak with Slack."""
    if settings.slack_client_id or settings.slack_client_secret:
        needed = ["slack_client_id", "slack_client_secret"]
    else:
        needed = ["slack_bot_token"]
    if web and not settings.uses_socket_mode:
        needed.append("slack_signing_secret")
    require(settings, *needed)


async def _introduce(teams: Teams) -> None:
    """Ask Slack who the bot is before the first request does."""
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


async def _listen(
    stack: AsyncExitStack,
    web_app: web.Application,
    settings: Settings,
    *,
    needed: bool,
) -> int | None:
    """Listen for HTTP, and return the port.

    A worker can do without: a listener on its machine has the same settings.
    """
    runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        if not needed:
            log.warning("http.not_listening", port=settings.port, why=error.strerror)
            return None
        raise ConfigError(
            f"PORT: {settings.port} on {settings.host} cannot be listened on "
            f"({error.strerror}); choose another"
        ) from None
    port: int = runner.addresses[0][1]
    return port
