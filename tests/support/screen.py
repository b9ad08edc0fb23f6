"""The page as a person uses it: what one types, presses and reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import ConsoleMessage, Error, Locator, Page, expect

from zenmux_demo.workspace.server import SlackStandIn

DESKTOP = {"width": 1280, "height": 900}


class Screen:
    """The page and the places on it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    async def visit(self, route: str = "") -> None:
        """Load the page anew at a place and wait until it shows it."""
        if self.page.url != "about:blank":
            await self.page.goto("about:blank")
        await self.page.goto(f"{self._url}{route}")
        await expect(
            self.page.get_by_role("banner").or_(self.bar).first
        ).to_be_visible()

    @property
    def bar(self) -> Locator:
        return self.page.locator("#place .bar")

    @property
    def composer(self) -> Locator:
        return self.page.locator("#place .composer-input")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("region", name="Thread")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def messages(self) -> Locator:
        return self.page.locator("#place .message")

    @property
    def last(self) -> Locator:
        return self.messages.last

    async def say(self, text: str) -> None:
        """Type into the channel's composer and send."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def ask(self, name: str) -> Locator:
        """Ask the bot for a sample and return the message that shows it."""
        before = await self.messages.count()
        await self.say(f"/zenmux {name}")
        await expect(self.messages).to_have_count(before + 1)
        return self.last

    async def answer(self, text: str) -> Locator:
        """Send a question and return the new message that answers it with a table."""
        answers = self.messages.filter(has=self.page.get_by_role("table"))
        before = await answers.count()
        await self.say(text)
        await expect(answers).to_have_count(before + 1)
        return answers.last

    async def open_form(self) -> Locator:
        """Ask the bot for its form and return the dialog."""
        await self.say("/zenmux form")
        await expect(self.dialog).to_be_visible()
        return self.dialog


@asynccontextmanager
async def shown(page: Page, slack: SlackStandIn) -> AsyncIterator[Screen]:
    """Show #llm-costs; nothing may be written to the page's console."""
    complaints: list[str] = []

    def on_error(error: Error) -> None:
        complaints.append(str(error))

    def on_console(entry: ConsoleMessage) -> None:
        if entry.type in ("error", "warning"):
            complaints.append(entry.text)

    listeners = {"pageerror": on_error, "console": on_console}
    for event, listener in listeners.items():
        page.on(event, listener)
    await page.set_viewport_size(DESKTOP)
    await page.emulate_media(color_scheme="light")
    screen = Screen(page, slack.page_url)
    await screen.visit("#U0MAYA00001/C0LLMCOSTS1")
    yield screen
    await page.goto("about:blank")
    await page.context.clear_permissions()
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert complaints == []
