"""A real Chromium in front of the local workspace with a scripted bot behind it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from echo_bot import EchoBot
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    async_playwright,
    expect,
)
from screen import Screen, shown
from scripted import START, answering, workspace

from zenmux_bot.core.clock import ShiftedClock, SystemClock
from zenmux_demo.workspace.server import SlackStandIn

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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """One for all tests: what is stored is stored by port, and each has its own."""
    context = await browser.new_context()
    context.set_default_timeout(PATIENT_MS)
    yield context
    await context.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def page(context: BrowserContext) -> Page:
    """One for all tests: a new one takes longer than most of them."""
    return await context.new_page()


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock.starting_at(START, SystemClock())


@pytest.fixture
def outages() -> dict[str, bool]:
    """What the switches of the demo's outages were last set to."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def slack(
    clock: ShiftedClock, outages: dict[str, bool]
) -> AsyncIterator[SlackStandIn]:
    async with workspace(clock, outages) as slack:
        yield slack


@pytest_asyncio.fixture(loop_scope="session")
async def bot(slack: SlackStandIn) -> AsyncIterator[EchoBot]:
    async with answering(slack) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="session")
async def screen(
    page: Page, slack: SlackStandIn, bot: EchoBot
) -> AsyncIterator[Screen]:
    async with shown(page, slack) as screen:
        yield screen


@dataclass(frozen=True)
class Shared:
    """A workspace, the scripted bot in it, and the page that shows it."""

    screen: Screen
    slack: SlackStandIn
    bot: EchoBot


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(page: Page) -> AsyncIterator[Shared]:
    """One for a module whose tests each look at their own message, the last.

    To load the page takes longer than most of them.
    """
    clock = ShiftedClock.starting_at(START, SystemClock())
    async with (
        workspace(clock, {}) as slack,
        answering(slack) as bot,
        shown(page, slack) as screen,
    ):
        yield Shared(screen, slack, bot)
