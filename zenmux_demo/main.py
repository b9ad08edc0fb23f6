"""The demo: sandbox, workspace page and the real bot, over loopback in one process."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import SecretStr

from zenmux_bot.config import Settings
from zenmux_bot.core.clock import ShiftedClock, SystemClock
from zenmux_bot.server import Running, running
from zenmux_demo.sandbox.api import SANDBOX_KEY, Weather
from zenmux_demo.sandbox.catalog import DEMO_MODELS
from zenmux_demo.sandbox.inference import INFERENCE_KEY, MODEL
from zenmux_demo.sandbox.server import running_sandbox
from zenmux_demo.sandbox.world import World
from zenmux_demo.workspace.controls import Suggestion, Switch
from zenmux_demo.workspace.seed import COSTS, TOMAS
from zenmux_demo.workspace.server import SlackStandIn

SUGGESTIONS = (
    Suggestion("Top models by cost", "/zenmux leaderboard cost 7d"),
    Suggestion("What we spend ourselves", "/zenmux spend"),
    Suggestion("Get a weekly digest", "/zenmux digest"),
)
DIGEST_TIME = time(9)
ZONE = ZoneInfo("Europe/Berlin")
DIGEST = "/zenmux digest create weekly mon 09:00 Europe/Berlin cost"

MANIFEST = Path(__file__).parents[1] / "manifest.yml"
HOST = "127.0.0.1"


def read_manifest() -> dict[str, Any]:
    """Return the app's manifest."""
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo.

    Attributes:
        slack: The workspace; its page is where the bot lives.
        weather: What is wrong with the API.
        clock: The time that all of it believes in.
        bot: The real bot.
    """

    slack: SlackStandIn
    weather: Weather
    clock: ShiftedClock
    bot: Running


@asynccontextmanager
async def running_demo(
    *,
    port: int = 0,
    socket_mode: bool = False,
    model: bool = False,
    now: datetime | None = None,
) -> AsyncIterator[Demo]:
    """Run everything for as long as the block lasts.

    Args:
        port: Where the page is; 0 lets the system choose.
        socket_mode: Connect the bot by Socket Mode instead of HTTP.
        model: Let a scripted model read the questions that are not understood.
        now: Where the clock starts; the real time if None.
    """
    clock = ShiftedClock(SystemClock())
    if now is not None:
        clock.set(now)
    weather = Weather()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zenmux-demo-"))
        sandbox = await stack.enter_async_context(
            running_sandbox(clock, weather=weather, requests_per_minute=600)
        )
        sandbox.world = World(DEMO_MODELS)
        started: list[Running] = []

        async def set_clock(instant: datetime) -> None:
            clock.set(instant)
            await asyncio.gather(*(bot.run_jobs() for bot in started))

        stand_in = SlackStandIn(
            clock=clock,
            manifest=read_manifest(),
            port=port,
            on_clock=set_clock,
            outages=_switches(weather),
            suggestions=SUGGESTIONS,
        )
        slack = await stack.enter_async_context(stand_in.running())
        settings = Settings(
            zenmux_base_url=sandbox.base_url,
            zenmux_management_api_key=SecretStr(SANDBOX_KEY),
            slack_api_url=slack.api_url,
            slack_bot_token=SecretStr(slack.bot_token),
            slack_app_token=SecretStr(slack.app_token) if socket_mode else None,
            slack_signing_secret=SecretStr(slack.signing_secret),
            database_url=f"sqlite+aiosqlite:///{folder}/demo.db",
            zenmux_inference_api_key=SecretStr(INFERENCE_KEY) if model else None,
            zenmux_inference_model=MODEL if model else None,
            zenmux_rate_limit_wait=5,
            scheduler_tick_seconds=1,
            host=HOST,
            port=0,
        )
        bot = await stack.enter_async_context(running(settings, clock))
        started.append(bot)
        if not socket_mode:
            slack.connect_http(f"http://{HOST}:{bot.port}/slack/events")
        yield Demo(slack=slack, weather=weather, clock=clock, bot=bot)


async def send_first_digest(demo: Demo, now: datetime) -> None:
    """Let the last digest before ``now`` arrive, so that a visitor finds one."""
    due = last_digest_time(now)
    demo.clock.set(due - timedelta(minutes=1))
    reply = await demo.slack.command(DIGEST, user=TOMAS)
    demo.clock.set(due + timedelta(seconds=1))
    await demo.bot.run_jobs()
    await demo.slack.wait_for(
        lambda: any(m.is_bot and not m.is_ephemeral for m in demo.slack.messages(COSTS))
    )
    for message in reply.messages:
        demo.slack.state.remove(message)
    demo.clock.set(now)


def last_digest_time(now: datetime) -> datetime:
    """Return the last Monday at nine where the digest is sent."""
    local = now.astimezone(ZONE)
    monday = local.date() - timedelta(days=local.weekday())
    due = datetime.combine(monday, DIGEST_TIME, ZONE)
    return (due if due <= local else due - timedelta(weeks=1)).astimezone(UTC)


def _switches(weather: Weather) -> dict[str, Switch]:
    """Return the faults that the page switches, by name."""

    def turn(name: str) -> Callable[[bool], Awaitable[None]]:
        async def do(on: bool) -> None:  # noqa: FBT001 - the page's switch
            setattr(weather, name, on)

        return do

    return {
        "down": Switch("ZenMux is down", turn("down")),
        "rate_limited": Switch("ZenMux limits the rate", turn("rate_limited")),
        "late": Switch("Yesterday's data are late", turn("late")),
    }


async def demo(
    *, port: int, socket_mode: bool, model: bool, say: Callable[[str], None]
) -> None:
    """Run the demo until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    now = SystemClock().now()
    opened = running_demo(
        port=port,
        socket_mode=socket_mode,
        model=model,
        # Messages are dated in order, so the first one is not sent from the future.
        now=last_digest_time(now) - timedelta(minutes=1),
    )
    async with opened as running_one:
        await send_first_digest(running_one, now)
        say(f"ZenMux bot demo: {running_one.slack.page_url}")
        say("Open it and type /zenmux leaderboard cost 7d. Press Ctrl-C to stop.")
        await stop.wait()
