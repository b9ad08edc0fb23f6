"""A running bot: assembled, connected, and brought down in good order."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from zenmux_bot.app import open_apis
from zenmux_bot.config import Settings, require
from zenmux_bot.delivering import delivering
from zenmux_bot.domain.clock import Clock
from zenmux_bot.errors import ConfigError
from zenmux_bot.metrics import Metrics
from zenmux_bot.service.answers import Answers
from zenmux_bot.service.composing import DigestComposer
from zenmux_bot.service.contexts import Contexts
from zenmux_bot.service.delivery import Delivery
from zenmux_bot.service.desk import Desk
from zenmux_bot.service.digest_rooms import Rooms
from zenmux_bot.service.digests import build_digests
from zenmux_bot.service.health import Health
from zenmux_bot.service.preferences import Preferences
from zenmux_bot.service.providers import KnownProviders
from zenmux_bot.slack.app import (
    Workspace,
    catch_rest,
    make_app,
    make_client,
)
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.digest_events import DigestEvents
from zenmux_bot.slack.digests import DigestListeners
from zenmux_bot.slack.directory import SlackDirectory
from zenmux_bot.slack.files import Files
from zenmux_bot.slack.http import make_web_app
from zenmux_bot.slack.mentions import Mentions
from zenmux_bot.slack.outbox import make_posting_client, make_posting_session
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.questions import Questions
from zenmux_bot.slack.shortcuts import Shortcuts
from zenmux_bot.slack.socket import Socket
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.slack.welcome import Welcome
from zenmux_bot.store.database import Database, open_database
from zenmux_bot.store.history import History
from zenmux_bot.store.lenient import (
    LenientDigestThreads,
    LenientSeenEvents,
    LenientSettings,
    LenientThreads,
)
from zenmux_bot.store.memory import SeenEvents, WelcomedChannels
from zenmux_bot.store.notices import Notices
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.starting import migrated
from zenmux_bot.store.subscriptions import Subscriptions

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
    *,
    web: bool = True,
    worker: bool = True,
) -> AsyncIterator[Running]:
    """Run a bot for as long as the block lasts.

    Args:
        settings: What the operator set.
        clock: Tells the time.
        metrics: Count what the logs tell; a part of them if it came along.
        web: Answer people.
        worker: Post digests.

    Raises:
        ConfigError: A setting is missing, or Slack refuses the token.
    """
    require(settings, "slack_bot_token")
    if web and not settings.uses_socket_mode:
        require(settings, "slack_signing_secret")
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        tasks = Tasks()
        metrics = metrics or Metrics()
        metrics.watch(lambda: len(tasks))
        session = await enter(aiohttp.ClientSession())
        client = make_client(settings, session)
        workspace = Workspace(client)
        await _introduce(workspace)
        database = await enter(open_database(settings.database_url))
        await enter(migrated(database))
        apis = await enter(open_apis(settings, clock, database=database))
        api = apis.of(settings.zenmux_management_api_key)
        answers = Answers(api, clock, Health(api, clock))
        composer = DigestComposer(answers, api, History(database), clock)
        delivery = None
        if worker:
            posting = await _posting_client(stack, settings)
            delivery = await enter(
                delivering(
                    settings,
                    clock,
                    database=database,
                    composer=composer,
                    clients=lambda _team_id: posting,
                )
            )
        stack.push_async_callback(_finish, tasks, delivery)
        app = socket = None
        if web:
            app = make_app(settings, client, workspace)
            directory = SlackDirectory(lambda _team_id: client, workspace.bot_id)
            subscriptions = Subscriptions(database, secrets.choice)
            digests = build_digests(
                subscriptions=subscriptions,
                history=History(database),
                planner=Planner(database),
                composer=composer,
                directory=directory,
                providers=KnownProviders(api, clock),
                admins=settings.zenmux_bot_admins,
                clock=clock,
            )
            rooms = Rooms(
                subscriptions=subscriptions,
                directory=directory,
                tellings=Notices(database),
                clock=clock,
            )
            DigestEvents(rooms, SeenEvents(database), tasks, clock).register(app)
            _listen_to_people(
                app,
                desk=Desk(answers, clock, digests),
                client=client,
                database=database,
                tasks=tasks,
                session=session,
                clock=clock,
            )
            catch_rest(app)
        if app is not None and settings.slack_app_token is not None:
            socket = Socket(app, settings.slack_app_token.get_secret_value())
            await socket.open()
            stack.push_async_callback(socket.close)

        async def ready() -> dict[str, bool]:
            parts = {"slack": workspace.is_known, "database": await _is_open(database)}
            if socket is not None:
                parts["socket"] = await socket.is_connected()
            return parts

        port = None
        if web or "port" in settings.model_fields_set:
            web_app = make_web_app(None if socket else app, ready, metrics.text)
            port = await _listen(stack, web_app, settings)
        log.info("bot.started", port=port, socket_mode=socket is not None)
        yield Running(port=port, delivery=delivery)
        log.info("bot.stopping", running=len(tasks))


async def _posting_client(stack: AsyncExitStack, settings: Settings) -> AsyncWebClient:
    """Return the client that posts digests; it re-sends nothing."""
    assert settings.slack_bot_token is not None  # noqa: S101 - required before
    session = await stack.enter_async_context(make_posting_session())
    return make_posting_client(
        settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        session=session,
    )


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


def _listen_to_people(
    app: AsyncApp,
    *,
    desk: Desk,
    client: AsyncWebClient,
    database: Database,
    tasks: Tasks,
    session: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """Register what answers commands, mentions, messages and buttons."""

    def clients(_team_id: str) -> AsyncWebClient:
        return client

    posts = Posts(clients)
    preferences = Preferences(LenientSettings(database), clock)
    conversation = Conversation(
        desk=desk,
        posts=posts,
        files=Files(clients, posts),
        contexts=Contexts(
            LenientThreads(database), LenientDigestThreads(database), clock
        ),
        preferences=preferences,
    )
    # before the questions, which take every command that is left
    DigestListeners(desk, tasks, session, preferences.defaults).register(app)
    Questions(
        desk=desk,
        conversation=conversation,
        posts=posts,
        tasks=tasks,
        session=session,
    ).register(app)
    Mentions(
        conversation=conversation,
        posts=posts,
        clients=clients,
        seen=LenientSeenEvents(database),
        tasks=tasks,
        clock=clock,
    ).register(app)
    Shortcuts(desk, conversation, posts, tasks).register(app)
    Welcome(posts, WelcomedChannels(database), tasks, clock).register(app)


async def serve(
    settings: Settings, clock: Clock, metrics: Metrics, *, web: bool, worker: bool
) -> None:
    """Run a bot, or half of one, until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    async with running(settings, clock, metrics, web=web, worker=worker):
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
    runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=CLOSE_SECONDS)
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
