"""Accessible, in both themes, at desktop and phone width."""

from __future__ import annotations

import samples
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect
from screen import Screen

PHONE = {"width": 390, "height": 844}


async def violations(screen: Screen) -> list[str]:
    result = await Axe().run(screen.page)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in result.response["violations"]
        for node in violation["nodes"]
    ]


async def show_everything(screen: Screen) -> None:
    for name in samples.MESSAGES:
        await screen.ask(name)


async def test_axe_finds_nothing_in_channel_thread_form_and_home(screen):
    await show_everything(screen)
    found = {"channel": await violations(screen)}
    await screen.page.emulate_media(color_scheme="dark")
    found["dark channel"] = await violations(screen)

    # elsewhere, for everything has been looked at and takes seconds each time
    await screen.page.get_by_role("button", name="general").click()
    await expect(screen.messages).to_have_count(0)
    await screen.say("@ZenMux share")
    await screen.last.get_by_role("button", name="1 reply").click()
    await expect(screen.thread.locator(".message")).to_have_count(2)
    found["thread"] = await violations(screen)
    await screen.composer.press_sequentially("/z")
    found["completions"] = await violations(screen)
    await screen.open_form()
    await screen.dialog.get_by_role("button", name="Create").click()
    await expect(screen.dialog.locator(".invalid")).to_be_visible()
    found["form"] = await violations(screen)
    await screen.dialog.get_by_role("button", name="Metric").click()
    await expect(screen.page.get_by_role("listbox")).to_be_visible()
    found["list"] = await violations(screen)
    await screen.page.keyboard.press("Escape")
    await screen.page.keyboard.press("Escape")
    await screen.page.get_by_role("button", name="ZenMux Home").click()
    await expect(screen.page.get_by_label("Home tab")).to_contain_text("What you can")
    found["home"] = await violations(screen)

    assert found == {place: [] for place in found}


async def test_axe_finds_nothing_on_a_dark_phone(screen):
    await screen.page.emulate_media(color_scheme="dark")
    await screen.page.set_viewport_size(PHONE)
    await screen.ask("data")
    found = {"channel": await violations(screen)}

    opener = screen.page.get_by_label("Open channel list")
    await opener.click()
    await expect(screen.page.get_by_role("navigation")).to_be_visible()
    found["drawer"] = await violations(screen)

    assert found == {place: [] for place in found}
    await screen.page.keyboard.press("Escape")
    await expect(opener).to_be_focused()


async def test_no_sideways_scrolling_on_a_phone(screen):
    await screen.page.set_viewport_size(PHONE)
    await show_everything(screen)

    widths = await screen.page.evaluate(
        "() => ['html', '.log', '#place'].map(name => {"
        " const node = document.querySelector(name);"
        " return [node.scrollWidth, node.clientWidth]; })"
    )

    assert all(inner <= outer for inner, outer in widths)
    await expect(screen.composer).to_be_in_viewport()


async def test_thread_covers_the_channel_on_a_phone(screen):
    await screen.page.set_viewport_size(PHONE)
    await screen.say("@ZenMux share")
    await screen.last.get_by_role("button", name="1 reply").click()

    await expect(screen.thread).to_be_visible()
    await expect(screen.composer).to_be_hidden()
    await screen.page.get_by_label("Close thread").click()
    await expect(screen.composer).to_be_visible()


async def test_theme_follows_the_system_until_one_chooses(screen):
    root = screen.page.locator("html")
    await screen.page.emulate_media(color_scheme="dark")
    await expect(root).to_have_attribute("data-theme", "dark")

    await screen.page.get_by_label("Use the light theme").click()
    await expect(root).to_have_attribute("data-theme", "light")
    await screen.page.reload()

    await expect(root).to_have_attribute("data-theme", "light")


async def test_keyboard_alone_goes_from_the_start_to_an_answer(screen):
    keyboard = screen.page.keyboard
    await screen.page.locator("body").focus()
    await keyboard.press("Tab")
    await expect(screen.page.get_by_text("Skip to the conversation")).to_be_focused()
    await keyboard.press("Enter")
    for _ in range(6):
        if await screen.composer.evaluate("node => node === document.activeElement"):
            break
        await keyboard.press("Tab")
    await expect(screen.composer).to_be_focused()

    await keyboard.type("/zenmux data")
    await keyboard.press("Enter")

    await expect(screen.last).to_contain_text("Share of cost by provider")
