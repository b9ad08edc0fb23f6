"""Shortcuts: forms whose answers land where they belong."""

from __future__ import annotations

import pytest

from zenmux_bot.render.ask_form import QUESTION
from zenmux_bot.slack.listeners.shortcuts import ASK, REPLY
from zenmux_bot.slack.posts import NOT_OPENED
from zenmux_demo.sandbox.replies import access_denied
from zenmux_demo.workspace.faults import Fail
from zenmux_demo.workspace.seed import COSTS, MAYA, TOMAS, direct_channel

MARKET_SHARE = "/statistics/market_share"


def said(stage, channel=COSTS, *, user=MAYA):
    return [m for m in stage.slack.messages(channel, user=user) if m.is_bot]


async def form(stage, shortcut, message=None, *, user=MAYA):
    await stage.slack.shortcut(shortcut, user=user, message=message)
    return await stage.slack.wait_for(lambda: stage.slack.modal(user))


async def test_an_answer_lands_in_the_thread_of_the_message(stage):
    head = (await stage.slack.say("Who leads this week?")).message
    view = await form(stage, REPLY, head, user=TOMAS)

    reply = await stage.slack.submit(view, {QUESTION: "share cost 8w"}, user=TOMAS)

    assert reply.errors == {}
    assert reply.view is None
    [answer] = await stage.slack.wait_for(lambda: said(stage))
    assert answer.thread_ts == head.ts
    assert f"Shared by <@{TOMAS}>" in str(answer.blocks)


async def test_a_reply_is_answered_in_the_thread_it_is_in(http_stage):
    stage = http_stage
    head = (await stage.slack.say("Who leads this week?")).message
    below = (await stage.slack.say("I wonder, too.", thread_ts=head.ts)).message
    view = await form(stage, REPLY, below)

    await stage.slack.submit(view, {QUESTION: "share cost 8w"})

    [answer] = await stage.slack.wait_for(lambda: said(stage))
    assert answer.thread_ts == head.ts


async def test_follow_ups_inherit_from_it(http_stage):
    stage = http_stage
    head = (await stage.slack.say("Who leads this week?")).message
    view = await form(stage, REPLY, head)
    await stage.slack.submit(view, {QUESTION: "share cost 2026-W46"})
    await stage.slack.wait_for(lambda: said(stage))

    await stage.slack.mention("top 3", thread_ts=head.ts)

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert found[-1].text.endswith("/zenmux share cost 2026-W46 top 3")


async def test_from_anywhere_the_answer_comes_directly(stage):
    view = await form(stage, ASK)

    await stage.slack.submit(view, {QUESTION: "leaderboard cost 7d"})

    [answer] = await stage.slack.wait_for(lambda: said(stage, direct_channel(MAYA)))
    assert answer.text.startswith("Top 10 models by cost")
    assert "Shared by" not in str(answer.blocks)
    assert said(stage) == []


async def test_from_anywhere_a_digest_can_be_made(http_stage):
    view = await form(http_stage, ASK)

    button = next(b["accessory"] for b in view.blocks if b["type"] == "section")

    assert (button["action_id"], button["value"]) == ("digest:form", "digest")


@pytest.mark.parametrize("shortcut", [ASK, REPLY])
async def test_what_is_wrong_is_said_in_the_form(http_stage, shortcut):
    stage = http_stage
    message = (await stage.slack.say("Who leads?")).message
    view = await form(stage, shortcut, message if shortcut == REPLY else None)

    reply = await stage.slack.submit(view, {QUESTION: "share kost 8w"})

    assert "Unknown word “kost”." in reply.errors[QUESTION]
    assert "Perhaps: share cost 8w" in reply.errors[QUESTION]
    assert reply.view is not None


async def test_a_failure_is_for_the_asker_alone(http_stage):
    stage = http_stage
    head = (await stage.slack.say("Who leads this week?")).message
    view = await form(stage, REPLY, head)
    stage.sandbox.weather.expect(MARKET_SHARE, access_denied(), access_denied())

    await stage.slack.submit(view, {QUESTION: "share cost 2026-W46"})

    [answer] = await stage.slack.wait_for(lambda: said(stage))
    assert answer.reader == MAYA


async def test_who_cannot_be_reached_breaks_nothing(http_stage):
    stage = http_stage
    stage.slack.faults.always("conversations.open", Fail("user_disabled"))
    view = await form(stage, ASK)

    reply = await stage.slack.submit(view, {QUESTION: "help"})

    await stage.slack.wait_for(
        lambda: [c for c in stage.slack.calls if c.method == "conversations.open"]
    )
    assert reply.failure == ""


async def test_a_form_that_cannot_be_opened_is_said_to_be_shut(http_stage):
    stage = http_stage
    stage.slack.faults.always("views.open", Fail("expired_trigger_id"))

    await stage.slack.shortcut(ASK)

    [told] = await stage.slack.wait_for(
        lambda: stage.slack.messages(direct_channel(MAYA))
    )
    assert told.text == NOT_OPENED.text
