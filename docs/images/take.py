"""Take the pictures of README and gallery from the demo: ``make images``."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

from zenmux_bot.observability import configure_logs
from zenmux_demo.main import Demo, running_demo
from zenmux_demo.workspace.seed import COSTS, GENERAL, MAYA, PRIVATE

HERE = Path(__file__).parent
THURSDAY = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
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
COMMANDS = (
    "digest create weekly mon 09:00 Europe/Berlin cost",
    f"digest create daily 08:00 tokens in <#{GENERAL}|general>",
    f"digest create monthly 1 10:00 cost top 5 in <#{GENERAL}|general>",
    f"spend allow <#{PRIVATE}|>",
    'spend name key_7f2 "CI pipeline"',
    f"budget set 2000 in <#{PRIVATE}|>",
    f"digest create weekly mon 09:00 Europe/Berlin spend in <#{PRIVATE}|>",
)
ANSWERS = {
    "share": "/zenmux share cost 8w",
    "why": "/zenmux why openai cost last week",
    "trend": "/zenmux trend cost 12w by week top 5",
    "model": "/zenmux model claude opus 4.8 cost 14d",
    "spend": "/zenmux spend by key",
}
"""What stands alone, by the name of its picture."""


async def say(page: Page, words: str) -> Locator:
    """Ask, and return the answer."""
    answers = page.locator("#place .message").filter(has=page.get_by_role("button"))
    answers = answers.filter(has_not_text="The answer follows here.")
    count = await answers.count()
    composer = page.locator("#place .composer-input")
    await composer.fill(words)
    await composer.press("Enter")
    await answers.nth(count).wait_for()
    await page.wait_for_timeout(600)
    return answers.last


async def visit(page: Page, demo: Demo, place: str) -> None:
    """Load a place anew."""
    await page.goto("about:blank")
    await page.goto(f"{demo.slack.page_url}#{MAYA}/{place}")
    await page.wait_for_timeout(1200)


async def take_alone(page: Page, demo: Demo) -> None:
    """Take each answer without what is around it."""
    await visit(page, demo, GENERAL)
    for picture, words in ANSWERS.items():
        answer = await say(page, words)
        await answer.screenshot(path=HERE / f"{picture}.png")


async def take_places(page: Page, demo: Demo) -> None:
    """Take the digests, a thread, and Home."""
    await visit(page, demo, PRIVATE)
    await page.set_viewport_size({"width": 1280, "height": 1250})
    await page.screenshot(path=HERE / "finance.png")
    await visit(page, demo, COSTS)
    await page.get_by_role("button", name="Hide things to try").click()
    digest = page.locator("#place .message").filter(has_text="week 47").first
    await page.set_viewport_size({"width": 1280, "height": 1340})
    await digest.evaluate("message => message.scrollIntoView()")
    await page.wait_for_timeout(300)
    await page.screenshot(path=HERE / "digest.png")
    await page.set_viewport_size({"width": 1440, "height": 1000})
    await digest.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("region", name="Thread")
    composer = thread.locator(".composer-input")
    for words in ("why openai?", "and in october?"):
        replies = await thread.locator(".message").count()
        await composer.fill(f"@ZenMux {words}")
        await composer.press("Enter")
        await thread.locator(".message").nth(replies + 1).wait_for()
        await page.wait_for_timeout(600)
    await page.screenshot(path=HERE / "thread.png")
    await page.set_viewport_size({"width": 1280, "height": 1000})
    await visit(page, demo, "home")
    await page.locator(".home .block").first.wait_for()
    await page.screenshot(path=HERE / "home.png")


async def take_alerts(browser: Browser) -> None:
    """Take an alert being made, its message with the thread, and its form."""
    async with running_demo(now=THURSDAY) as demo:
        page = await _page(browser, 1280, 760)
        await visit(page, demo, COSTS)
        await say(page, "/zenmux alert tokens anthropic below 15B")
        created = page.locator("#place .message").filter(has_text="created")
        await created.wait_for()
        await created.screenshot(path=HERE / "alert.png")
        for days in range(1, 6):
            for minutes in range(1, 6):
                demo.clock.set(THURSDAY + timedelta(days=days, minutes=minutes))
                await demo.bot.run_jobs()
        await visit(page, demo, COSTS)
        await page.get_by_role("button", name="1 reply").click()
        await page.wait_for_timeout(600)
        await page.screenshot(path=HERE / "alert-thread.png")
        await visit(page, demo, COSTS)
        composer = page.locator("#place .composer-input")
        await composer.fill("/zenmux alert")
        await composer.press("Enter")
        dialog = page.get_by_role("dialog")
        await dialog.wait_for()
        await dialog.screenshot(path=HERE / "alert-form.png")


async def take_leaderboard(page: Page, demo: Demo, picture: str) -> None:
    """Take the commonest answer in its channel."""
    await visit(page, demo, GENERAL)
    answer = await say(page, "/zenmux leaderboard cost 7d")
    await answer.evaluate("message => message.scrollIntoView()")
    await page.wait_for_timeout(300)
    await page.screenshot(path=HERE / f"{picture}.png")


async def _page(
    browser: Browser, width: int, height: int, *, dark: bool = False
) -> Page:
    return await browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
    )


async def main() -> None:
    """Run the demo, let a digest arrive, and take the pictures."""
    configure_logs(level="error")
    async with running_demo(now=FRIDAY) as demo, async_playwright() as playwright:
        for words in COMMANDS:
            await demo.slack.command(f"/zenmux {words}")
        await demo.slack.wait_for(lambda: demo.slack.messages(PRIVATE))
        demo.clock.set(MONDAY)
        await demo.bot.run_jobs()
        await demo.slack.settled()
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        for picture, width, height, dark in (
            ("leaderboard", 1280, 900, False),
            ("dark", 1280, 900, True),
            ("phone", 390, 844, False),
        ):
            page = await _page(browser, width, height, dark=dark)
            await take_leaderboard(page, demo, picture)
        page = await _page(browser, 1280, 1600)
        await take_alone(page, demo)
        await take_places(page, demo)
        await take_alerts(browser)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
