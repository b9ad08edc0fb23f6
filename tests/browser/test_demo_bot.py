"""The demo as a newcomer uses it: the real bot behind the page, nothing scripted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect
from screen import shown

from zenmux_demo.main import running_demo, send_first_digest
from zenmux_demo.workspace.seed import TOMAS

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def socket_mode():
    """By HTTP, unless a test says otherwise."""
    return False


@pytest_asyncio.fixture(loop_scope="session")
async def demo(socket_mode):
    async with running_demo(now=MONDAY, socket_mode=socket_mode) as demo:
        yield demo


@pytest_asyncio.fixture(loop_scope="session")
async def screen(page, demo):
    async with shown(page, demo.slack) as screen:
        yield screen


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
async def test_a_leaderboard_is_asked_seen_and_shared(screen):
    answer = await screen.answer("/zenmux leaderboard cost 7d")

    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer.get_by_role("table")).to_contain_text("Claude Opus 4.8")
    await expect(answer).to_contain_text("/zenmux leaderboard cost 7d")

    await answer.get_by_role("button", name="Share to channel").click()

    await expect(screen.last).to_contain_text("Shared by")
    await expect(screen.last).not_to_contain_text("Only visible to you")
    await expect(screen.page.get_by_text("Only visible to you")).to_have_count(0)


async def test_demo__first_screen_has_a_digest_and_things_to_try(screen, demo):
    await send_first_digest(demo, MONDAY)
    await screen.visit()

    await expect(screen.bar).to_contain_text("llm-costs")
    await expect(screen.last.get_by_role("button", name="1 reply")).to_be_visible()
    tries = screen.page.get_by_role("group", name="Things to try")
    await tries.get_by_role("button", name="What we spend").click()
    spent = screen.last
    await expect(spent).to_contain_text("/zenmux spend")
    await expect(spent.get_by_role("table")).to_be_in_viewport(ratio=0.1)

    await screen.page.set_viewport_size({"width": 390, "height": 844})
    result = await Axe().run(screen.page)
    assert result.response["violations"] == []

    await screen.visit(f"#{TOMAS}")
    await tries.get_by_role("button", name="What we spend").click()

    await expect(screen.messages).to_have_count(2)
    await expect(screen.last).to_contain_text("admin")
    await expect(screen.last.get_by_role("table")).to_have_count(0)


async def test_a_digest_is_subscribed_with_the_form_and_arrives_on_monday(screen, demo):
    await screen.say("/zenmux digest")
    await expect(screen.dialog).to_contain_text("New digest")
    await screen.dialog.get_by_role("button", name="Create").click()
    await expect(screen.last).to_contain_text("is set up")
    await expect(screen.last).to_contain_text("Mon 30 Nov 2026, 09:00")

    demo.clock.set(datetime(2026, 11, 30, 8, 0, 1, tzinfo=UTC))
    await demo.bot.run_jobs()

    digest = screen.page.locator("#place .message").filter(has_text="week 48")
    await expect(digest).to_contain_text("leads with")
    await digest.get_by_role("button", name="1 reply").click()
    await expect(screen.thread).to_contain_text("Top 10 models")


async def test_a_thread_remembers_what_it_is_about(screen):
    await screen.say("@ZenMux share cost 2026-W46")
    answer = screen.messages.nth(0)
    await answer.get_by_role("button", name="1 reply").click()
    composer = screen.thread.locator(".composer-input")

    for words, said in (
        ("leaderboard", "/zenmux leaderboard cost 2026-W46"),
        ("top 3", "/zenmux leaderboard cost 2026-W46 top 3"),
        ("tokens", "/zenmux leaderboard tokens 2026-W46 top 3"),
        ("vs 2026-W40", "vs 2026-W40"),
        ("why anthropic", "Anthropic"),
    ):
        await composer.fill(f"@ZenMux {words}")
        await composer.press("Enter")
        await expect(screen.thread.locator(".message").last).to_contain_text(said)


async def test_every_button_of_an_answer_answers(screen, demo):
    question = "/zenmux leaderboard cost 7d"
    answer = await screen.answer(question)
    labels = await answer.locator(".block-actions button.button").all_inner_texts()
    assert labels

    for label in filter(None, labels):
        answer = await screen.answer(question)
        calls = len(demo.slack.calls)

        await answer.get_by_role("button", name=label, exact=True).click()

        # whatever it does, the bot says or shows something in return
        await demo.slack.wait_for(lambda seen=calls: len(demo.slack.calls) > seen)
        await demo.slack.settled()
        if await screen.dialog.count():
            await screen.page.keyboard.press("Escape")
            await expect(screen.dialog).to_have_count(0)
