"""A bot that keeps digests, between the Slack stand-in and an SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from clocks import ManualClock
from migrated import write_migrated
from pydantic import SecretStr

from zenmux_bot.answers.service import Answers
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.bootstrap import make_delivery, make_listeners, make_posts, open_bot
from zenmux_bot.commands import names
from zenmux_bot.config import Settings
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.digests.delivery.entries import Composed
from zenmux_bot.digests.delivery.pacing import Limits
from zenmux_bot.digests.delivery.worker import Delivery
from zenmux_bot.errors import ServerFault
from zenmux_bot.render.message import Message
from zenmux_bot.slack.http import add_events
from zenmux_bot.slack.socket import Socket
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.subscriptions import Subscriptions
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

    async def select(self, place, action: str, label: str) -> None:
        reply = await self.slack.select(place, action, label)
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
        settings = Settings(
            slack_api_url=slack.api_url,
            slack_bot_token=SecretStr(slack.bot_token),
            slack_signing_secret=SecretStr(slack.signing_secret),
            database_url=write_migrated(folder / "digests.db"),
            zenmux_bot_admins=admins,
        )
        tasks = Tasks(patience=patience)
        bot = replace(
            await stack.enter_async_context(open_bot(settings, clock, tasks)),
            answers=Answers(NoApi(), clock, Health(NoApi(), clock, ())),
            team_apis=NoApi(),
            composer=composer,
            providers=providers,
            pick=counting_pick(),
        )
        no_limits = Limits(channel=timedelta(0), team=timedelta(0))
        delivery = make_delivery(bot, no_limits, sleep=sleep)
        app = make_listeners(bot)
        stack.push_async_callback(tasks.finish, 5)
        if socket_mode:
            socket = Socket(app, slack.app_token, make_posts(bot))
            await socket.open()
            stack.push_async_callback(socket.close)
        else:
            await _serve(stack, slack, app)
        yield Stage(
            slack,
            clock,
            composer,
            providers,
            Subscriptions(bot.database, bot.pick),
            History(bot.database),
            Audit(bot.database),
            delivery,
            tasks,
            bot.preferences,
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
