"""Take the pictures of the README from the demo: ``make images``."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

from zenmux_bot.demo.main import Demo, running_demo
from zenmux_bot.logs import configure_logs

HERE = Path(__file__).parent
FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, 0, 1, tzinfo=UTC)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DIGESTS = (
    "digest create weekly mon 09:00 Europe/Berlin cost",
    *(
        f"digest create {when} {metric} in <#C0GENERAL01|general>"
        for when in ("daily 08:00", "weekly tue 09:30", "monthly 1 10:00")
        for metric in ("cost", "tokens", "cost top 5")
    ),
)


async def say(page: Page, words: str) -> Locator:
    """Ask, and return the answer."""
    messages = page.locator("#place .message")
    count = await messages.count()
    composer = page.locator("#place .composer-input")
    await composer.fill(words)
    await composer.press("Enter")
    await messages.nth(count).wait_for()
    await page.wait_for_timeout(600)
    return messages.last


async def visit(page: Page, demo: Demo, place: str) -> None:
    """Load a place anew."""
    await page.goto("about:blank")
    await page.goto(f"{demo.slack.page_url}#U0MAYA00001/{place}")
    await page.wait_for_timeout(1200)


async def take(browser: Browser, demo: Demo, scheme: str, width: int) -> None:
    """Take every picture in one colour scheme at one width."""
    name = f"{scheme}-{width}"
    page = await browser.new_page(
        viewport={"width": width, "height": 1150}, color_scheme=scheme
    )
    channel = "C0GENERAL01"
    await visit(page, demo, channel)
    for picture, words in (
        ("leaderboard", "/zenmux leaderboard cost 7d"),
        ("share", "/zenmux share cost 8w"),
        ("suggestion", "/zenmux leaderboard tokns"),
        ("why", "/zenmux why anthropic cost last week"),
        ("model", "/zenmux model claude-opus-4.8 cost 28d"),
        ("trend", "/zenmux trend cost 28d"),
        ("trending", "/zenmux trending tokens week"),
        ("performance", "/zenmux performance ttft last week"),
        ("account", "/zenmux account"),
    ):
        answer = await say(page, words)
        await answer.scroll_into_view_if_needed()
        await page.screenshot(path=HERE / f"{picture}-{name}.png")
    await visit(page, demo, "C0LLMCOSTS1")
    digest = page.locator("#place .message").filter(has_text="week 47").first
    await digest.evaluate("message => message.scrollIntoView()")
    await page.wait_for_timeout(300)
    await page.screenshot(path=HERE / f"digest-{name}.png")
    await visit(page, demo, "home")
    await page.screenshot(path=HERE / f"home-{name}.png")
    await page.close()


async def main() -> None:
    """Run the demo, let a digest arrive, and take the pictures."""
    configure_logs(level="error")
    async with running_demo(now=FRIDAY) as demo, async_playwright() as playwright:
        for words in DIGESTS:
            await demo.slack.command(f"/zenmux {words}")
        demo.clock.set(MONDAY)
        await demo.bot.ring()
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
            await take(browser, demo, scheme, width)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
