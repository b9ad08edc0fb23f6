"""The Home tab, the channels' menu, the demo's controls, and who one is."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.async_api import expect

from zenmux_demo.workspace.seed import BOT_USER_ID, COSTS


async def test_home_is_opened_and_published(screen, bot):
    await screen.page.get_by_role("button", name="ZenMux Home").click()
    home = screen.page.get_by_label("Home tab")
    await expect(home).to_contain_text("What you can ask")
    assert bot.homes_opened == 1

    async with screen.page.expect_response("**/ui/action"):
        await home.get_by_role("button", name="Refresh").click()

    assert bot.actions[0]["action_id"] == "refresh"


async def test_bot_is_removed_and_added(screen, slack):
    menu = screen.page.get_by_label("Options of #llm-costs")
    await menu.click()
    await screen.page.get_by_role("menuitem", name="Remove ZenMux").click()
    await expect(screen.bar).to_contain_text("ZenMux is not in this channel")
    assert BOT_USER_ID not in slack.state.channels[COSTS].members

    await menu.click()
    await screen.page.get_by_role("menuitem", name="Add ZenMux").click()

    await expect(screen.bar).not_to_contain_text("not in this channel")
    assert BOT_USER_ID in slack.state.channels[COSTS].members


async def test_channel_is_archived_and_unarchived(screen):
    menu = screen.page.get_by_label("Options of #llm-costs")
    await menu.click()
    await screen.page.get_by_role("menuitem", name="Archive channel").click()
    await expect(screen.page.get_by_text("This channel is archived.")).to_be_visible()
    await expect(screen.composer).to_have_count(0)

    await menu.click()
    await screen.page.get_by_role("menuitem", name="Unarchive channel").click()

    await expect(screen.composer).to_be_visible()


async def test_what_is_typed_survives_a_change_of_the_channel_list(screen, slack):
    await screen.composer.fill("half a sentence")

    await slack.remove_bot(COSTS)

    await expect(screen.bar).to_contain_text("not in this channel")
    await expect(screen.composer).to_have_value("half a sentence")
    await expect(screen.composer).to_be_focused()


async def test_clock_is_moved_and_days_are_named_anew(screen, slack, clock):
    await screen.say("before")
    await expect(screen.page.locator(".day")).to_have_text("Today")

    await screen.page.get_by_role("button", name="Next day").click()

    await expect(screen.page.locator(".day")).to_have_text("Yesterday")
    assert clock.now().date() == datetime(2026, 11, 21, tzinfo=UTC).date()
    await screen.page.get_by_role("button", name="Next Monday 09:00").click()
    await expect(screen.page.locator(".demo-clock")).to_contain_text("Mon, Nov 23")


async def test_outages_is_switched(screen, outages):
    switch = screen.page.get_by_role("switch", name="ZenMux API down")

    async with screen.page.expect_response("**/ui/outages"):
        await switch.check()
    await expect(switch).to_be_checked()
    assert outages == {"api_down": True}
    await expect(switch).to_be_focused()
    async with screen.page.expect_response("**/ui/outages"):
        await switch.uncheck()

    assert outages == {"api_down": False}


async def test_one_becomes_somebody_else(screen):
    await screen.page.get_by_role("button", name="You are Maya").click()
    await screen.page.get_by_role("menuitem", name="Yuki").click()

    await expect(screen.page.get_by_role("button", name="You are Yuki")).to_be_visible()
    await expect(screen.page.get_by_role("button", name="finance")).to_have_count(0)
    await expect(screen.bar).to_contain_text("llm-costs")
    await screen.say("hello")
    await expect(screen.last).to_contain_text("Yuki")


async def test_unknown_place_leads_to_the_first_channel(screen, slack):
    await screen.visit("#U0NOBODY/C0NOWHERE")

    await expect(screen.bar).to_contain_text(slack.state.channels[COSTS].name)
    await expect(screen.page.get_by_role("button", name="You are Maya")).to_be_visible()
