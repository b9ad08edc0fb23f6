"""A real Chromium in front of the local workspace with a scripted bot behind it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from echo_bot import EchoBot
from playwright.async_api import Browser, BrowserContext, async_playwright, expect
from screen import Screen
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.demo.workspace.controls import Switch
from zenmux_bot.demo.workspace.server import SlackStandIn
from zenmux_bot.domain.clock import ShiftedClock, SystemClock

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENT_MS = 60_000
expect.set_options(timeout=PATIENT_MS)

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

MANIFEST = {
    "display_information": {"name": "ZenMux"},
    "features": {
        "bot_user": {"display_name": "ZenMux"},
        "slash_commands": [
            {
                "command": "/zenmux",
                "description": "Statistics of the platform",
                "usage_hint": "share | leaderboard | help",
                "should_escape": True,
            },
            {"command": "/zenith", "description": "Another one"},
        ],
        "shortcuts": [
            {
                "name": "Ask ZenMux",
                "type": "global",
                "callback_id": "ask",
                "description": "Ask a question",
            },
            {
                "name": "Reply with statistics",
                "type": "message",
                "callback_id": "reply",
                "description": "Answer in its thread",
            },
        ],
    },
}

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: install one to run the browser tests"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this directory, and run all on the browser's loop."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.browser)
            item.add_marker(needs_chromium)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_FLAGS
        )
        yield browser
        await browser.close()


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock.starting_at(START, SystemClock())


@pytest.fixture
def weather() -> dict[str, bool]:
    """What the switches of the demo's weather were last set to."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def slack(
    clock: ShiftedClock, weather: dict[str, bool]
) -> AsyncIterator[SlackStandIn]:
    async def set_clock(instant: datetime) -> None:
        clock.set(instant)

    async def turn(is_on: bool) -> None:  # noqa: FBT001 - the shape of a switch
        weather["api_down"] = is_on

    stand_in = SlackStandIn(
        clock=clock,
        manifest=MANIFEST,
        on_clock=set_clock,
        weather={"api_down": Switch(label="ZenMux API down", turn=turn)},
    )
    async with stand_in.running():
        yield stand_in


@pytest_asyncio.fixture(loop_scope="session")
async def bot(slack: SlackStandIn) -> AsyncIterator[EchoBot]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=slack.bot_token, base_url=slack.api_url, session=session
        )
        echo = EchoBot(client)
        app = web.Application()
        app.router.add_post("/", echo.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        slack.connect_http(f"http://{host}:{port}/")
        yield echo
        await slack.settled()
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENT_MS)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def screen(
    context: BrowserContext, slack: SlackStandIn, bot: EchoBot
) -> AsyncIterator[Screen]:
    """The page in #llm-costs; nothing may be written to its console."""
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda entry: (
            complaints.append(entry.text)
            if entry.type in ("error", "warning")
            else None
        ),
    )
    screen = Screen(page, slack.page_url)
    await screen.visit("#U0MAYA00001/C0LLMCOSTS1")
    yield screen
    await page.close()
    assert complaints == []
