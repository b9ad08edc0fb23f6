"""Modals: filled by keyboard, refused with reasons, kept across updates."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import expect


@pytest_asyncio.fixture(loop_scope="session")
async def screen(shared):
    yield shared.screen
    while await shared.screen.dialog.count():
        await shared.screen.page.keyboard.press("Escape")


@pytest.fixture
def bot(shared):
    shared.bot.forget()
    return shared.bot


async def test_form_is_filled_by_keyboard_and_submitted(screen, bot):
    dialog = await screen.open_form()
    await expect(dialog.get_by_role("heading", name="New digest")).to_be_visible()
    await expect(dialog.get_by_role("textbox", name="Name")).to_be_focused()

    await screen.page.keyboard.type("Weekly share")
    await dialog.get_by_role("button", name="Providers").focus()
    await screen.page.keyboard.press("Enter")
    await screen.page.keyboard.type("goo")
    await screen.page.keyboard.press("Enter")
    await screen.page.keyboard.press("Escape")
    await dialog.get_by_label("Rows").fill("20")
    await dialog.get_by_role("radio", name="Daily").check()
    await dialog.get_by_label("Time").fill("17:45")
    await dialog.get_by_role("textbox", name="Name").press("Enter")

    await expect(dialog).to_have_count(0)
    values = {
        block: next(iter(actions.values()))
        for block, actions in bot.submissions[0].items()
    }
    assert values["name"]["value"] == "Weekly share"
    assert values["channel"]["selected_conversation"] == "C0LLMCOSTS1"
    assert values["metric"]["selected_option"]["value"] == "cost"
    chosen = values["marked"]["selected_options"]
    assert [option["value"] for option in chosen] == ["google"]
    assert values["time"]["selected_time"] == "17:45"
    assert values["time"]["timezone"] == "Europe/Berlin"
    assert values["top"]["value"] == "20"
    assert values["when"]["selected_option"]["value"] == "d"
    assert values["model"]["selected_option"] is None
    assert values["notes"]["value"] is None


async def test_what_is_missing_is_said_at_its_block(screen, bot):
    dialog = await screen.open_form()

    await dialog.get_by_role("button", name="Create").click()

    name = dialog.get_by_role("textbox", name="Name")
    await expect(name).to_have_accessible_description(
        "Please complete this required field. Shown in the list"
    )
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_be_focused()
    assert bot.submissions == []


async def test_number_out_of_range_is_refused(screen, bot):
    dialog = await screen.open_form()
    await dialog.get_by_role("textbox", name="Name").fill("x")

    for typed, words in [
        ("51", "Must be at most 50."),
        ("0", "Must be at least 1."),
        ("2.5", "Please write a whole number."),
        ("ten", "Please write a number."),
    ]:
        await dialog.get_by_label("Rows").fill(typed)
        await dialog.get_by_role("button", name="Create").click()
        await expect(dialog.get_by_text(words)).to_be_visible()

    assert bot.submissions == []


async def test_refusal_of_the_bot_stands_at_its_block_until_fixed(screen, bot):
    dialog = await screen.open_form()
    name = dialog.get_by_role("textbox", name="Name")
    await name.fill("taken")
    await dialog.get_by_role("button", name="Create").click()
    await expect(dialog.get_by_text("That name is taken.")).to_be_visible()

    await name.fill("free")
    await dialog.get_by_role("button", name="Create").click()

    await expect(dialog).to_have_count(0)
    assert [v["name"]["name"]["value"] for v in bot.submissions] == ["taken", "free"]


async def test_update_keeps_what_was_typed_and_the_focus(screen, bot):
    dialog = await screen.open_form()
    await dialog.get_by_role("textbox", name="Name").fill("Typed before")
    metric = dialog.get_by_role("button", name="Metric")
    await metric.click()

    await screen.page.get_by_role("option", name="Tokens").click()

    await expect(dialog.get_by_role("heading", name="Changed")).to_be_visible()
    await expect(dialog.get_by_role("textbox", name="Name")).to_have_value(
        "Typed before"
    )
    await expect(metric).to_contain_text("Tokens")
    await expect(metric).to_be_focused()
    assert bot.actions[0]["action_id"] == "metric"


async def test_multi_select_shows_and_takes_back_its_choices(screen):
    dialog = await screen.open_form()
    providers = dialog.get_by_role("button", name="Providers")
    await providers.click()
    option = screen.page.get_by_role("option", name="openai")

    await option.click()
    await expect(option).to_have_attribute("aria-selected", "true")
    await expect(providers).to_contain_text("openai")
    await option.click()

    await expect(option).to_have_attribute("aria-selected", "false")
    await expect(providers).to_contain_text("All of them")


async def test_focus_stays_inside_the_form(screen):
    dialog = await screen.open_form()
    for _ in range(20):
        await screen.page.keyboard.press("Tab")
        # The browser's own buttons may have the focus for a moment; the page never.
        outside = await screen.page.evaluate(
            "() => { const at = document.activeElement;"
            " return at !== document.body && !at.closest('dialog'); }"
        )
        assert not outside

    await expect(dialog).to_be_visible()
