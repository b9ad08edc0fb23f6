"""The welcome: once for each channel, and only for the bot itself."""

from __future__ import annotations

from zenmux_demo.workspace.faults import Fail
from zenmux_demo.workspace.payloads import joined
from zenmux_demo.workspace.seed import COSTS, MAYA, WITHOUT_BOT


def said(stage, channel=WITHOUT_BOT):
    return [m for m in stage.slack.messages(channel) if m.is_bot]


async def test_a_channel_is_welcomed_with_two_buttons(stage):
    await stage.slack.invite_bot(WITHOUT_BOT)

    [welcome] = await stage.slack.wait_for(lambda: said(stage))
    [row] = [block for block in welcome.blocks if block["type"] == "actions"]
    assert [button["action_id"] for button in row["elements"]] == [
        "ask:share",
        "digest:form",
    ]
    assert "/zenmux help" in welcome.text


async def test_its_button_answers_in_its_thread(stage):
    await stage.slack.invite_bot(WITHOUT_BOT)
    [welcome] = await stage.slack.wait_for(lambda: said(stage))

    await stage.slack.press(welcome, "ask:share")

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert found[-1].thread_ts == welcome.ts
    assert found[-1].text.startswith("Market share by cost")


async def test_never_again_in_that_channel(http_stage):
    stage = http_stage
    first = await stage.slack.invite_bot(WITHOUT_BOT)
    await stage.slack.wait_for(lambda: said(stage))

    await stage.slack.redeliver(first.event_id)
    await stage.slack.remove_bot(WITHOUT_BOT)
    await stage.slack.invite_bot(WITHOUT_BOT)
    await stage.slack.mention("help", channel=WITHOUT_BOT)

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert "ZenMux statistics in Slack" in found[-1].text


async def test_people_who_join_are_left_alone(http_stage):
    stage = http_stage
    channel = stage.slack.state.channels[COSTS]

    await stage.slack.event(joined(channel, MAYA, "1700000000.000100"))
    await stage.slack.mention("help")

    [answer] = await stage.slack.wait_for(lambda: said(stage, COSTS))
    assert "ZenMux statistics in Slack" in answer.text


async def test_a_channel_that_takes_no_posts_is_left_alone(http_stage):
    stage = http_stage
    stage.slack.faults.script("chat.postMessage", Fail("restricted_action"))

    await stage.slack.invite_bot(WITHOUT_BOT)
    await stage.slack.dm("help")

    await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages("D0MAYA00001") if m.is_bot]
    )
    assert said(stage) == []
