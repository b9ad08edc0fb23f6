"""The page as a person uses it: what one types, presses and reads."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect


class Screen:
    """The page and the places on it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    async def visit(self, route: str = "") -> None:
        """Load the page anew at a place and wait until it shows it."""
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

    async def open_form(self) -> Locator:
        """Ask the bot for its form and return the dialog."""
        await self.say("/zenmux form")
        await expect(self.dialog).to_be_visible()
        return self.dialog
