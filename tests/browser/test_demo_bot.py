"""The demo as a newcomer uses it: the real bot behind the page, nothing scripted."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import expect
from screen import Screen

from zenmux_bot.demo.main import running_demo

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session", params=["http", "socket"])
async def demo(request):
    socket_mode = request.param == "socket"
    async with running_demo(now=MONDAY, socket_mode=socket_mode) as demo:
        yield demo


@pytest_asyncio.fixture(loop_scope="session")
async def screen(context, demo):
    """The demo's page; nothing may be written to its console."""
    page = await context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda entry: (
            complaints.append(entry.text)
            if entry.type in ("error", "warning")
            else None
        ),
    )
    screen = Screen(page, demo.slack.page_url)
    await screen.visit("#U0MAYA00001/C0LLMCOSTS1")
    yield screen
    await page.close()
    assert complaints == []


async def test_a_leaderboard_is_asked_seen_and_shared(screen, demo):
    await screen.say("/zenmux leaderboard cost 7d")

    answer = screen.last
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer.get_by_role("table")).to_contain_text("Claude Opus 4.8")
    await expect(answer).to_contain_text("/zenmux leaderboard cost 7d")

    await answer.get_by_role("button", name="Share to channel").click()

    await expect(screen.last).to_contain_text("Shared by")
    await expect(screen.last).not_to_contain_text("Only visible to you")
    await expect(screen.page.get_by_text("Only visible to you")).to_have_count(0)


async def test_a_long_table_is_sorted_by_its_reader(screen):
    await screen.say("/zenmux leaderboard cost 7d top 20")
    table = screen.last.get_by_role("table")
    first = table.locator("tbody tr").first
    await expect(first).to_contain_text("Claude Opus 4.8")

    await screen.last.get_by_role("button", name="Share", exact=True).click()

    await expect(first).not_to_contain_text("Claude Opus 4.8")


async def test_market_share_has_its_chart(screen):
    await screen.say("/zenmux share cost 8w")

    chart = screen.last.get_by_role("img").filter(has_not_text="avatar").last
    await expect(
        screen.last.locator("svg[role=img], [role=img] svg").first
    ).to_be_visible()
    await expect(chart).to_be_visible()
    await expect(screen.last.get_by_role("table")).to_contain_text("Anthropic")


@pytest.mark.parametrize(
    "typed", ["leaderboard tokns", "", "nonsense ☃", "share 2030", "help trend!"]
)
async def test_whatever_is_typed_gives_help_never_a_blank(screen, typed):
    await screen.say(f"/zenmux {typed}")

    await expect(screen.last).to_contain_text("/zenmux")
    await expect(screen.last).to_contain_text("Only visible to you")


async def test_a_correction_is_one_click_away(screen):
    await screen.say("/zenmux leaderboard tokns")

    await screen.last.get_by_role("button", name="leaderboard tokens 7d").click()

    await expect(screen.last).to_contain_text("models by tokens")


async def test_bad_weather_is_told_in_a_sentence(screen, demo):
    demo.weather.down = True

    await screen.say("/zenmux leaderboard cost 2026-W20")

    await expect(screen.last).to_contain_text("Fetching", timeout=6_000)
    await expect(screen.last).to_contain_text("ZenMux has a fault", timeout=20_000)


async def test_the_page_is_ready_soon(context, demo):
    page = await context.new_page()

    began = time.perf_counter()
    await page.goto(demo.slack.page_url)
    await expect(page.locator("#place .composer-input")).to_be_visible()

    assert time.perf_counter() - began < 3
    await page.close()
