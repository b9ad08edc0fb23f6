"""Writing, reading and answering in channels and threads."""

from __future__ import annotations

import json
import re

import samples
from playwright.async_api import BrowserContext, expect
from screen import Screen

from zenmux_demo.workspace.model import File, Message
from zenmux_demo.workspace.seed import (
    BOT_USER_ID,
    COSTS,
    GENERAL,
    PRIVATE,
    TOMAS,
)
from zenmux_demo.workspace.server import SlackStandIn


def said(slack: SlackStandIn, text: str, **extra) -> Message:
    message = Message(
        channel=extra.pop("channel", COSTS),
        ts=slack.state.next_ts(),
        user=extra.pop("user", BOT_USER_ID),
        text=text,
        is_bot=True,
        **extra,
    )
    return slack.state.add(message)


async def test_command_is_completed_by_keyboard(screen):
    await screen.composer.press_sequentially("/zen")
    options = screen.page.get_by_role("option")
    await expect(options).to_have_count(2)
    await expect(options.first).to_contain_text("share | leaderboard | help")
    await screen.composer.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await screen.composer.press("ArrowUp")

    await screen.composer.press("Tab")

    await expect(screen.composer).to_have_value("/zenmux ")
    await expect(options).to_have_count(0)
    await expect(screen.page.get_by_text("/zenmux share | leader")).to_be_visible()
    await screen.composer.press_sequentially("hello")
    await screen.composer.press("Enter")
    await expect(screen.last).to_contain_text("You said: hello")


async def test_people_and_channels_are_completed(screen, slack):
    await screen.composer.press_sequentially("hi @tom")
    await screen.composer.press("Enter")
    await screen.composer.press_sequentially("see #fin")
    await screen.composer.press("Enter")
    await expect(screen.composer).to_have_value("hi @tomas see #finance ")
    await screen.composer.press("Enter")

    await expect(screen.last).to_contain_text("hi @Tomás see #finance")
    assert f"<@{TOMAS}>" in slack.messages()[-1].text


async def test_unknown_command_is_explained_and_kept(screen):
    await screen.say("/foo bar")

    await expect(screen.page.get_by_role("alert")).to_contain_text(
        "/foo is not a valid command"
    )
    await expect(screen.composer).to_have_value("/foo bar")
    await screen.composer.fill("something else")
    await expect(screen.page.get_by_role("alert")).to_have_text("")


async def test_private_answer_is_marked_and_public_one_is_not(screen):
    private = await screen.ask("text")
    await expect(private).to_contain_text("Only visible to you")
    await expect(private.get_by_text("APP", exact=True)).to_be_visible()

    await screen.say("/zenmux public data")
    await expect(screen.messages).to_have_count(3)

    await expect(screen.last).not_to_contain_text("Only visible to you")
    await expect(screen.messages.nth(1)).to_contain_text("/zenmux public data")


async def test_mention_in_a_thread_is_answered_there(screen):
    await screen.say("@ZenMux share")
    question = screen.last
    await question.get_by_role("button", name="1 reply").click()
    await expect(screen.thread.locator(".message")).to_have_count(2)

    reply = screen.thread.get_by_role("textbox")
    await reply.fill("@ZenMux and by week?")
    await reply.press("Enter")

    await expect(screen.thread.locator(".message")).to_have_count(4)
    await expect(screen.thread.locator(".data-table")).to_have_count(2)
    await expect(question.get_by_role("button", name="3 replies")).to_be_visible()
    await expect(screen.messages).to_have_count(1)


async def test_command_in_a_thread_is_refused_as_in_slack(screen, slack):
    said(slack, "Parent")
    await screen.last.hover()
    await screen.last.get_by_label("Reply in thread").click()
    reply = screen.thread.get_by_role("textbox")

    await reply.fill("/zenmux share")
    await reply.press("Enter")

    await expect(screen.thread.get_by_role("alert")).to_contain_text(
        "/zenmux is not supported in threads"
    )


async def test_escape_closes_the_thread_and_gives_focus_back(screen, slack):
    parent = said(slack, "Parent")
    said(slack, "Reply", thread_ts=parent.ts)
    opener = screen.last.get_by_role("button", name="1 reply")
    await opener.press("Enter")
    await expect(screen.thread.get_by_role("textbox")).to_be_focused()

    await screen.page.keyboard.press("Escape")

    await expect(screen.thread).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_edit_keeps_focus_place_and_what_was_entered(screen, slack):
    await screen.say("/zenmux public actions")
    await expect(screen.messages).to_have_count(2)
    message = slack.messages()[-1]
    said(slack, "Later")
    changed = screen.messages.nth(1)
    await changed.get_by_label("Table").check()
    button = changed.get_by_role("button", name="Plain")
    await button.focus()

    blocks = [*samples.ACTION_BLOCKS, {"type": "divider"}]
    slack.state.edit(message, text="edited", blocks=blocks)

    await expect(changed).to_contain_text("(edited)")
    await expect(changed.get_by_role("separator")).to_be_visible()
    await expect(button).to_be_focused()
    await expect(changed.get_by_label("Table")).to_be_checked()
    await expect(screen.last).to_contain_text("Later")


async def test_message__a_click_survives_a_redraw(screen, slack, bot):
    await screen.say("/zenmux public actions")
    await expect(screen.messages).to_have_count(2)
    message = slack.messages()[-1]
    await screen.last.get_by_role("button", name="Plain").hover()

    await screen.page.mouse.down()
    said(slack, "A reply", thread_ts=message.ts)
    await expect(screen.last.get_by_role("button", name="1 reply")).to_be_visible()
    blocks = [*message.blocks, {"type": "divider", "block_id": "new"}]
    slack.state.edit(message, text="edited", blocks=blocks)
    await expect(screen.last).to_contain_text("(edited)")
    async with screen.page.expect_response("**/ui/action"):
        await screen.page.mouse.up()

    assert len(bot.actions) == 1


async def test_sidebar__a_click_survives_a_redraw(screen, slack):
    general = screen.page.get_by_role("button", name=re.compile("^general"))
    await general.hover()

    await screen.page.mouse.down()
    said(slack, "One", channel=GENERAL)
    await expect(general).to_contain_text("1 unread")
    await slack.rename(PRIVATE, "money")
    await expect(screen.page.locator("#sidebar")).to_contain_text("money")
    await screen.page.mouse.up()

    await expect(screen.bar).to_contain_text("general")


async def test_news__are_followed_or_marked(screen, slack):
    for number in range(30):
        said(slack, f"Line {number}")
    await expect(screen.last).to_contain_text("Line 29")
    await screen.messages.first.scroll_into_view_if_needed()

    said(slack, "News")
    await screen.page.get_by_role("button", name="New messages").click()

    await expect(screen.last).to_be_in_viewport()
    await expect(screen.page.get_by_role("separator")).to_have_count(1)
    await screen.messages.first.scroll_into_view_if_needed()
    await screen.say("Mine")
    await expect(screen.last).to_contain_text("Mine")
    await expect(screen.last).to_be_in_viewport()


async def test_nobody_sees_anothers_private_answer(
    screen: Screen, context: BrowserContext, slack: SlackStandIn
):
    other = Screen(await context.new_page(), slack.page_url)
    await other.visit(f"#{TOMAS}/{COSTS}")

    await screen.ask("text")
    said(slack, "For everyone")

    await expect(other.last).to_contain_text("For everyone")
    await expect(other.messages).to_have_count(1)
    await expect(screen.messages).to_have_count(2)
    await other.page.close()


async def test_news_elsewhere_are_counted_until_read(screen, slack):
    said(slack, "One", channel=GENERAL)
    said(slack, "Two", channel=GENERAL)
    general = screen.page.get_by_role("listitem").filter(has_text="general")
    await expect(general).to_contain_text("2 unread")

    await general.get_by_role("button").click()

    await expect(general).not_to_contain_text("unread")
    await expect(screen.messages).to_have_count(2)


async def test_files_are_chips_that_download(screen, slack):
    file = File(
        id="F1",
        name="share.csv",
        title="Share of cost",
        mimetype="text/csv",
        content=b"provider,share\n",
    )
    slack.core.files.finished[file.id] = file
    said(slack, "Here", files=[file])
    chip = screen.last.get_by_role("link", name="Share of cost")
    await expect(chip).to_contain_text("share.csv · 15 B")

    async with screen.page.expect_download() as download:
        await chip.click()

    assert (await download.value).suggested_filename == "share.csv"


async def test_json_of_a_message_can_be_seen_and_its_blocks_copied(screen, context):
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    message = await screen.ask("table")
    await message.hover()
    await message.get_by_label("More message actions").click()
    await screen.page.get_by_role("menuitem", name="View JSON").click()
    await expect(screen.dialog).to_contain_text('"type": "table"')
    await expect(screen.dialog.get_by_role("link")).to_have_count(0)

    await screen.dialog.get_by_role("button", name="Copy for Block Kit Builder").click()

    await expect(screen.dialog.get_by_text("Copied")).to_be_visible()
    copied = json.loads(await screen.page.evaluate("navigator.clipboard.readText()"))
    assert [block["type"] for block in copied["blocks"]] == ["table"]


async def test_shortcuts_reach_the_bot(screen, slack, bot):
    said(slack, "Parent")
    await screen.last.hover()
    await screen.last.get_by_label("More message actions").click()
    await screen.page.get_by_role("menuitem", name="Reply with statistics").click()
    await expect(screen.dialog).to_be_visible()
    await screen.page.keyboard.press("Escape")
    await expect(screen.dialog).to_have_count(0)
    await screen.page.get_by_label("Shortcuts").click()
    await screen.page.get_by_role("menuitem", name="Ask ZenMux").click()
    await expect(screen.dialog).to_be_visible()

    assert [s["callback_id"] for s in bot.shortcuts] == ["reply", "ask"]
    assert bot.shortcuts[0]["message"]["text"] == "Parent"


async def test_what_came_while_the_line_was_down_is_shown(screen, slack):
    parent = said(slack, "Parent")
    said(slack, "Reply", thread_ts=parent.ts)
    await screen.last.get_by_role("button", name="1 reply").click()
    await expect(screen.thread.locator(".message")).to_have_count(2)
    await screen.composer.fill("half a sentence")

    slack._ui.stream.stop()
    await expect(screen.page.locator("body.offline")).to_be_visible()
    said(slack, "Another reply", thread_ts=parent.ts)
    said(slack, "Meanwhile")

    await expect(screen.last).to_contain_text("Meanwhile")
    await expect(screen.thread.locator(".message")).to_have_count(3)
    await expect(screen.composer).to_have_value("half a sentence")
