"""A bot that keeps digests, between the Slack stand-in and an SQLite file."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from clocks import ManualClock
from migrated import write_migrated
from pydantic import SecretStr

from zenmux_bot.answers.service import Answers, AnswerService, digest_handler
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.answers.suggestions import Suggestions
from zenmux_bot.commands import names
from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.commands.queries import DigestQuery
from zenmux_bot.config import Settings
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.digests.channel_sync import ChannelSync
from zenmux_bot.digests.delivery.context import Composed, DeliverySettings
from zenmux_bot.digests.delivery.pacing import Limits, Pace
from zenmux_bot.digests.delivery.worker import Delivery, build_delivery
from zenmux_bot.digests.service import DigestService
from zenmux_bot.errors import ServerFault
from zenmux_bot.permissions import Permissions
from zenmux_bot.render.message import Message
from zenmux_bot.slack.app import catch_rest, make_app, make_client
from zenmux_bot.slack.directory import SlackDirectory
from zenmux_bot.slack.http import add_events
from zenmux_bot.slack.listeners.channels import DigestEvents
from zenmux_bot.slack.listeners.digests import DigestListeners
from zenmux_bot.slack.listeners.events import Events
from zenmux_bot.slack.listeners.menus import Menus
from zenmux_bot.slack.outbox import SlackOutbox
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.socket import Socket
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.slack.teams import OneTeam, TeamsAuthorize
from zenmux_bot.store.alerts import Alerts
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.conversations import OperationsChannel, SeenEvents
from zenmux_bot.store.conversations import Settings as StoredSettings
from zenmux_bot.store.database import open_database
from zenmux_bot.store.history import History
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.zenmux.api import OneApi
from zenmux_demo.main import read_manifest
from zenmux_demo.workspace.model import Message as Seen
from zenmux_demo.workspace.seed import COSTS, MAYA
from zenmux_demo.workspace.server import SlackStandIn

MANIFEST = read_manifest()
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
IDS = "bcdfghjkmnpqrstvwxz23456789"


@dataclass
class Composer:
    """Composes a line, or gives what it is told to."""

    answer: object = None
    asked: list[tuple] = field(default_factory=list)

    async def compose(self, subscription, occurrence, *, late, final):
        self.asked.append((subscription, occurrence, late, final))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        days = occurrence.days
        return Composed(message=Message(f"Share {days.first} to {days.last}"))


@dataclass
class Providers:
    """Three providers, or none that can be asked."""

    is_down: bool = False

    async def slug_of(self, team_id, name, metric):
        del metric
        if self.is_down:
            raise ServerFault("no answer", status=502)
        labels = {"anthropic": "Anthropic", "x-ai": "xAI", "z-ai": "Z.AI"}
        return names.find(name, labels, what="provider")


class NoApi:
    """An API that gives no answer."""

    def of(self, _team_id):
        return self

    async def fetch(self, request, **_):
        raise ServerFault(f"no answer to {request}", status=502)


def counting_pick():
    """Pick characters so that ids come in order: d-bbbb, d-bbbc, ..."""
    picked = iter(f"bbb{last}" for last in IDS)
    letters = iter(())

    def pick(_alphabet):
        nonlocal letters
        letter = next(letters, None)
        if letter is None:
            letters = iter(next(picked))
            letter = next(letters)
        return letter

    return pick


@dataclass
class Stage:
    """Everything that a test of digests touches."""

    slack: SlackStandIn
    clock: ManualClock
    composer: Composer
    providers: Providers
    subscriptions: Subscriptions
    history: History
    audit: Audit
    delivery: Delivery
    tasks: Tasks
    preferences: Preferences

    async def type(self, text: str, *, user: str = MAYA, channel: str = COSTS) -> Seen:
        """Type a command and return the answer, late ones too."""
        reply = await self.slack.command(f"/zenmux {text}", user=user, channel=channel)
        assert reply.status == 200, reply
        assert not reply.notice, reply
        await self.settle()
        return self.last(user=user, channel=channel)

    async def press(self, place, label: str, *, user: str = MAYA) -> None:
        reply = await self.slack.press(place, label, user=user)
        assert reply.status == 200, reply
        await self.settle()

    def last(self, *, user: str = MAYA, channel: str = COSTS) -> Seen:
        return self.slack.messages(channel, user=user)[-1]

    async def settle(self) -> None:
        """Wait for what runs on after acknowledgements and events."""
        await self.slack.settled()
        await self.tasks.finish(60)

    async def run_due(self) -> None:
        await self.delivery.run_due()


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    socket_mode: bool,
    admins: frozenset[str] = frozenset(),
    patience: float = 100.0,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Stage]:
    """Run it; ``sleep`` is how delivery waits between two attempts to record."""
    clock, composer, providers = ManualClock(FRIDAY), Composer(), Providers()
    stand_in = SlackStandIn(clock=clock, manifest=MANIFEST, acknowledge_seconds=300)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(stand_in.running())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        database = await stack.enter_async_context(
            open_database(write_migrated(folder / "digests.db"))
        )
        settings = Settings(
            slack_api_url=slack.api_url,
            slack_bot_token=SecretStr(slack.bot_token),
            slack_signing_secret=SecretStr(slack.signing_secret),
        )
        client = make_client(settings, session)
        teams = OneTeam(settings, session, session)
        tasks = Tasks(patience=patience)
        directory = SlackDirectory(lambda _: client, teams.bot_id)
        subscriptions = Subscriptions(database, counting_pick())
        preferences = Preferences(StoredSettings(database), clock)
        history, planner = History(database), Planner(database)
        digests = DigestService(
            subscriptions=subscriptions,
            history=history,
            audit=Audit(database),
            planner=planner,
            notifications=Notifications(database),
            composer=composer,
            directory=directory,
            providers=providers,
            permissions=Permissions(directory, admins, preferences),
            clock=clock,
        )
        channels = ChannelSync(
            subscriptions=subscriptions,
            alerts=Alerts(database),
            directory=directory,
            notifications=Notifications(database),
            clock=clock,
        )
        delivery = build_delivery(
            planner=planner,
            ledger=Ledger(database),
            notifications=Notifications(database),
            composer=composer,
            outbox=SlackOutbox(lambda _: client, teams.bot_id),
            operations=OperationsChannel(StoredSettings(database)),
            pace=Pace(Limits(channel=timedelta(0), team=timedelta(0))),
            clock=clock,
            settings=DeliverySettings(holder="test", lease=timedelta(minutes=2)),
            shuffle=random.Random(0),
            administrators=lambda team_id: directory.admins(team_id, 3),
            sleep=sleep,
        )
        app = make_app(settings, client, TeamsAuthorize(teams))
        events = Events()
        DigestEvents(channels, SeenEvents(database), tasks, clock).follow(events)
        events.register(app)
        listeners = DigestListeners(
            service=AnswerService(
                Answers(NoApi(), clock, Health(NoApi(), clock, ())),
                clock,
                {DigestQuery: digest_handler(digests)},
            ),
            posts=Posts(lambda _: client),
            tasks=tasks,
            session=session,
            usual=preferences.defaults,
            menus=Menus(Suggestions(OneApi(NoApi()), clock), tasks),
        )
        app.command(COMMAND)(listeners.on_command)
        listeners.register(app)
        catch_rest(app)
        stack.push_async_callback(tasks.finish, 5)
        if socket_mode:
            socket = Socket(app, slack.app_token, session)
            await socket.open()
            stack.push_async_callback(socket.close)
        else:
            await _serve(stack, slack, app)
        yield Stage(
            slack,
            clock,
            composer,
            providers,
            subscriptions,
            history,
            Audit(database),
            delivery,
            tasks,
            preferences,
        )


async def _serve(stack: AsyncExitStack, slack: SlackStandIn, app) -> None:
    web_app = web.Application()
    add_events(web_app, app)
    runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.connect_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")


def texts(message: Seen) -> str:
    """Return every text of a message's blocks, and its own."""
    found = [message.text]

    def walk(node):
        if isinstance(node, dict):
            found.extend(
                v for k, v in node.items() if k == "text" and isinstance(v, str)
            )
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(message.blocks)
    return "\n".join(found)


def buttons(message: Seen) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]
