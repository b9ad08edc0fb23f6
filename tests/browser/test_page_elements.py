"""Buttons, menus and pickers: what one presses reaches the bot."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect
from screen import Screen


@pytest.fixture
def screen(shared):
    return shared.screen


@pytest.fixture
def bot(shared):
    shared.bot.forget()
    return shared.bot


@pytest_asyncio.fixture(loop_scope="session")
async def message(screen: Screen) -> Locator:
    return await screen.ask("actions")


async def press(screen: Screen, target: Locator) -> None:
    async with screen.page.expect_response("**/ui/action"):
        await target.click()


async def test_button_reports_its_value(screen, bot, message):
    await press(screen, message.get_by_role("button", name="Share to channel"))

    assert [(a["action_id"], a["value"]) for a in bot.actions] == [("share", "s")]


async def test_confirmation_can_be_refused_and_given(screen, bot, message):
    button = message.get_by_role("button", name="Delete")

    await button.click()
    await expect(screen.dialog).to_contain_text("It goes for good.")
    await screen.dialog.get_by_role("button", name="Keep").click()
    await expect(screen.dialog).to_have_count(0)
    assert bot.actions == []
    await button.click()
    await press(screen, screen.dialog.get_by_role("button", name="Delete"))

    assert bot.actions[0]["action_id"] == "delete"


async def test_overflow_offers_its_options(screen, bot, message):
    await message.get_by_label("More actions", exact=True).click()

    await press(screen, screen.page.get_by_role("menuitem", name="As JSON"))

    assert bot.actions[0]["selected_option"]["value"] == "json"


async def test_select_is_steered_by_the_keyboard(screen, bot, message):
    button = message.get_by_role("button", name="Metric")
    await button.focus()
    await screen.page.keyboard.press("ArrowDown")
    await expect(screen.page.get_by_role("option", name="Tokens")).to_be_visible()

    await screen.page.keyboard.type("cos")
    await expect(screen.page.get_by_role("option")).to_have_count(1)
    async with screen.page.expect_response("**/ui/action"):
        await screen.page.keyboard.press("Enter")

    assert bot.actions[0]["selected_option"]["value"] == "cost"
    await expect(message.get_by_role("button", name="Cost")).to_be_focused()


async def test_external_select_asks_the_bot(screen, bot, message):
    await message.get_by_role("button", name="Model").click()
    await screen.page.get_by_role("combobox").fill("claude")
    await expect(screen.page.get_by_role("option")).to_have_text(
        ["claude-opus", "claude-haiku"]
    )

    await press(screen, screen.page.get_by_role("option", name="claude-haiku"))

    assert bot.suggestions[-1]["value"] == "claude"
    assert bot.actions[0]["selected_option"]["value"] == "claude-haiku"


async def test_menu_stays_on_the_screen_when_its_options_arrive(screen, message):
    button = message.get_by_role("button", name="Model")
    edge = await button.evaluate("button => button.getBoundingClientRect().bottom")
    popup = screen.page.locator(".popup")
    await screen.page.evaluate(
        "height => Object.defineProperty(window, 'innerHeight', {value: height})",
        round(edge) + 100,
    )
    await button.click()

    await screen.page.get_by_role("combobox").fill("claude")

    await expect(popup.get_by_role("option")).to_have_count(2)
    await screen.page.wait_for_function(
        "edge => document.querySelector('.popup').getBoundingClientRect().bottom"
        " <= edge",
        arg=edge,
        timeout=5000,
    )


@pytest.mark.parametrize(
    ("button", "option", "report"),
    [
        ("Channel", "finance", {"selected_conversation": "C0FINANCE01"}),
        ("Person", "Tomás", {"selected_user": "U0TOMAS0001"}),
    ],
)
async def test_workspace_selects_report_ids(message, bot, button, option, report):
    await message.get_by_role("button", name=button, exact=True).click()

    page = message.page
    async with page.expect_response("**/ui/action"):
        await page.get_by_role("option", name=option).click()

    assert report.items() <= bot.actions[0].items()


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("time", "17:30"), ("date", "2026-12-01")],
)
async def test_pickers_report_the_finished_value_once(
    screen, bot, message, kind, typed
):
    picker = message.locator(f"input[type={kind}]")
    await picker.fill(typed)

    async with screen.page.expect_response("**/ui/action"):
        await picker.press("Enter")
    await picker.blur()

    assert [action[f"selected_{kind}"] for action in bot.actions] == [typed]


async def test_radio_and_checkboxes_report_what_is_ticked(screen, bot, message):
    async with screen.page.expect_response("**/ui/action"):
        await message.get_by_label("Daily").check()
    async with screen.page.expect_response("**/ui/action"):
        await message.get_by_label("Table").check()

    assert bot.actions[0]["selected_option"]["value"] == "d"
    assert [o["value"] for o in bot.actions[1]["selected_options"]] == ["table"]
