"""Conversations that the bot is not in, outsiders, apps and large answers."""

from __future__ import annotations

import asyncio
import copy

import pytest
from stage import MANIFEST, staged

from zenmux_bot.render.ask_form import QUESTION
from zenmux_bot.slack.listeners.shortcuts import REPLY
from zenmux_demo.workspace.faults import Drop
from zenmux_demo.workspace.manifest import Installation
from zenmux_demo.workspace.seed import (
    BETWEEN_PEOPLE,
    BOT_USER_ID,
    COSTS,
    GROUP_DIRECT,
    MAYA,
    OUTSIDER,
    SHARED,
    SLACKBOT,
    TEAM_ID,
    TO_ONESELF,
    TOMAS,
    WITHOUT_BOT,
    WORKFLOW_BOT_ID,
    direct_channel,
)

DIRECT = direct_channel(MAYA)
ELSEWHERE = [WITHOUT_BOT, BETWEEN_PEOPLE, TO_ONESELF, GROUP_DIRECT]


def said(stage, channel=COSTS, *, user=MAYA):
    return [m for m in stage.slack.messages(channel, user=user) if m.is_bot]


def files(stage):
    return [m for m in said(stage, DIRECT) if m.files]


@pytest.mark.parametrize("channel", ELSEWHERE)
async def test_command__where_the_bot_is_not(http_stage, channel):
    stage = http_stage
    await stage.slack.command("/zenmux share cost 8w csv", channel=channel)
    await stage.slack.wait_for(lambda: files(stage))
    await stage.slack.command("/zenmux share cost 4w public", channel=channel)
    await stage.slack.command("/zenmux share kost", channel=channel)

    private, public, error = said(stage, channel)

    assert [m.reader for m in (private, public, error)] == [MAYA, None, MAYA]
    assert "kost" in error.text


@pytest.mark.parametrize("channel", ELSEWHERE)
async def test_share__where_the_bot_is_not(http_stage, channel):
    stage = http_stage
    reply = await stage.slack.command("/zenmux share cost 8w", channel=channel)

    await stage.slack.press(reply.messages[-1], "publish")

    # the private one goes once the public one is there
    await stage.slack.wait_for(
        lambda: [m.reader for m in said(stage, channel)] == [None]
    )
    [shared] = said(stage, channel)
    assert "Market share" in shared.text


@pytest.mark.parametrize("channel", ELSEWHERE)
async def test_shortcut__where_the_bot_is_not(http_stage, channel):
    stage = http_stage
    head = (await stage.slack.say("Who leads?", channel=channel)).message
    await stage.slack.shortcut(REPLY, message=head)
    view = await stage.slack.wait_for(stage.slack.modal)

    await stage.slack.submit(view, {QUESTION: "share cost 8w"})

    [answer] = await stage.slack.wait_for(lambda: said(stage, channel))
    assert (answer.reader, answer.thread_ts) == (None, head.ts)


def seen(stage):
    """Return what stands in the channel and in direct messages just now."""
    return [(m.ts, m.reader, m.text) for m in (*said(stage), *said(stage, DIRECT))]


async def test_archived__each_way_answers_or_says_why(http_stage):
    stage = http_stage
    slack = stage.slack
    reply = (await slack.command("/zenmux share cost 8w")).messages[-1]
    await slack.archive(COSTS)
    ways = {
        "command": lambda: slack.command("/zenmux share cost 4w"),
        "menu": lambda: slack.select(reply, "ask:more", "By tokens"),
        "csv": lambda: slack.select(reply, "ask:more", "Download as CSV"),
        "share": lambda: slack.press(reply, "publish"),
    }
    for name, way in ways.items():
        before = seen(stage)
        await way()
        await slack.wait_for(lambda earlier=before: seen(stage) != earlier)
        await stage.tasks.finish(60)
        assert slack.violations == [], name

    assert files(stage)


@pytest.mark.parametrize(
    "words",
    ["trend cost 28d", "leaderboard tokens 90d top 50", "share cost 52w top 20"],
)
async def test_socket__a_large_answer_arrives_once(clock, tmp_path, words):
    async with staged(clock, tmp_path, socket_mode=True) as stage:
        await stage.slack.command(f"/zenmux {words}")

        [answer] = await stage.slack.wait_for(lambda: said(stage))
        await stage.slack.settled()
        assert said(stage) == [answer]
        assert answer.reader == MAYA
        assert stage.slack.violations == []


async def test_response_url__a_lost_connection_is_not_sent_again(http_stage):
    stage = http_stage
    reply = await stage.slack.command("/zenmux share cost 8w", channel=WITHOUT_BOT)
    stage.slack.faults.script("response_url", Drop(after_accepting=True))

    await stage.slack.press(reply.messages[-1], "publish")

    [told] = await stage.slack.wait_for(lambda: said(stage, DIRECT))
    await stage.slack.settled()
    assert "did not confirm" in told.text
    assert len([m for m in said(stage, WITHOUT_BOT) if m.reader is None]) == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [("share cost 8w", "Market share"), ("digest list", "people of this workspace")],
)
async def test_outsider__asks_statistics_alone(http_stage, words, expected):
    stage = http_stage
    await stage.slack.mention(words, user=OUTSIDER, channel=SHARED)

    [answer] = await stage.slack.wait_for(
        lambda: [m for m in said(stage, SHARED, user=OUTSIDER) if m.is_bot]
    )
    assert expected in answer.text


async def test_outsider__is_no_administrator(http_stage):
    stage = http_stage
    await stage.slack.mention("account", user=OUTSIDER, channel=SHARED)

    [answer] = await stage.slack.wait_for(lambda: said(stage, SHARED, user=OUTSIDER))
    assert "$1,912.58" not in answer.text
    assert "admins and owners" in answer.text


def mention(**more):
    return {
        "type": "app_mention",
        "user": MAYA,
        "text": f"<@{BOT_USER_ID}> share cost 8w",
        "ts": "1795426000.000100",
        "channel": COSTS,
    } | more


@pytest.mark.parametrize(
    "event",
    [
        mention(user=None, bot_id=WORKFLOW_BOT_ID, subtype="bot_message"),
        mention(user=SLACKBOT, text=f"Reminder: <@{BOT_USER_ID}> share cost 8w."),
        mention(edited={"user": MAYA, "ts": "1795426001.000000"}),
    ],
    ids=["workflow", "reminder", "edit that adds the mention"],
)
async def test_mention__of_an_app_or_an_edit_is_answered(http_stage, event):
    stage = http_stage
    await stage.slack.event(event)

    [answer] = await stage.slack.wait_for(lambda: said(stage))
    assert answer.text.startswith("Market share")


async def test_mention__an_edit_of_what_was_answered_is_explained(http_stage):
    stage = http_stage
    await stage.slack.event(mention())
    await stage.slack.wait_for(lambda: said(stage))

    edit = {"user": MAYA, "ts": "1795426001.000000"}
    await stage.slack.event(mention(text=f"<@{BOT_USER_ID}> trend", edited=edit))

    [_, told] = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert told.reader == MAYA
    assert "I answer a message once" in told.text


async def test_private_words_of_an_app_are_refused_for_all_to_see(http_stage):
    stage = http_stage
    text = f"<@{BOT_USER_ID}> account"
    await stage.slack.event(mention(text=text, user=None, bot_id=WORKFLOW_BOT_ID))

    [answer] = await stage.slack.wait_for(lambda: said(stage))
    assert "people only" in answer.text


@pytest.mark.parametrize("team", [TEAM_ID])
async def test_bursts_of_presses_share_once(http_stage, team):
    stage = http_stage
    reply = await stage.slack.command("/zenmux share cost 8w")

    await asyncio.gather(
        *(stage.slack.press(reply.messages[-1], "publish") for _ in range(3))
    )

    await stage.slack.wait_for(lambda: [m for m in said(stage) if m.reader is None])
    await stage.slack.settled()
    assert len([m for m in said(stage) if m.reader is None]) == 1


async def test_organization__its_installation_answers_everywhere(clock, tmp_path):
    installation = Installation(for_org=True)
    async with staged(
        clock, tmp_path, socket_mode=False, installation=installation
    ) as stage:
        await stage.slack.mention("share cost 8w")
        [answer] = await stage.slack.wait_for(lambda: said(stage))
        await stage.slack.command("/zenmux digest create weekly mon 09:00 cost")
        await stage.slack.open_home()
        home = await stage.slack.wait_for(stage.slack.home)
        refusal = await stage.slack.command("/zenmux account", user=TOMAS)
        await stage.slack.press(refusal.messages[-1], "admins:ask", user=TOMAS)

        await stage.slack.wait_for(
            lambda: "I asked" in refusal.messages[-1].text  # users.list
        )
        assert answer.text.startswith("Market share")
        assert "Not known right now" not in str(home.blocks)
        assert "Your digests" in str(home.blocks)
        assert stage.slack.violations == []


async def test_command__goes_by_the_name_that_the_workspace_gave_it(clock, tmp_path):
    manifest = copy.deepcopy(dict(MANIFEST))
    manifest["features"]["slash_commands"][0]["command"] = "/zenmux-dev"
    async with staged(clock, tmp_path, socket_mode=False, manifest=manifest) as stage:
        texts = []
        for words in ("share cost 8w", "help", "share kost 8w", "digest list"):
            reply = await stage.slack.command(f"/zenmux-dev {words}")
            texts.append(reply.messages[-1].text + str(reply.messages[-1].blocks))
        await stage.slack.mention("help")
        [*_, mentioned] = await stage.slack.wait_for(
            lambda: [m for m in said(stage) if m.reader is None]
        )
        texts.append(mentioned.text)
        await stage.slack.open_home()
        home = await stage.slack.wait_for(stage.slack.home)
        texts.append(str(home.blocks))

        for text in texts:
            assert "/zenmux-dev" in text
            assert "/zenmux " not in text
