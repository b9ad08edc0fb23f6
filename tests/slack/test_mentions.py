"""Mentions and direct messages, over both ways in."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
import structlog
from pydantic import SecretStr

from zenmux_bot.config import Settings
from zenmux_bot.slack.app import make_client
from zenmux_bot.slack.listeners.events import Event
from zenmux_bot.slack.listeners.mentions import Mentions
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks
from zenmux_demo.main import read_manifest
from zenmux_demo.sandbox.faults import Hold
from zenmux_demo.workspace.faults import Drop, Fail, Limit, Page
from zenmux_demo.workspace.seed import BOT_USER_ID, COSTS, MAYA, TOMAS, direct_channel
from zenmux_demo.workspace.server import SlackStandIn

MARKET_SHARE = "/statistics/market_share"
DIRECT = direct_channel(MAYA)


def answers(stage, channel=COSTS, *, user=MAYA):
    """Return what the bot has said, oldest first."""
    return [m for m in stage.slack.messages(channel, user=user) if m.is_bot]


async def heard(stage, count, channel=COSTS, *, user=MAYA):
    """Wait until the bot has said so many things."""
    return await stage.slack.wait_for(
        lambda: (
            found if len(found := answers(stage, channel, user=user)) >= count else None
        )
    )


def calls(stage, method):
    return [call for call in stage.slack.calls if call.method == method]


async def quiet(stage):
    """Wait until nothing more can come of what was sent."""
    await stage.slack.settled()
    metrics = f"http://127.0.0.1:{stage.bot.port}/metrics"
    async with aiohttp.ClientSession() as session:
        idle = False
        while not idle:
            async with session.get(metrics) as reply:
                idle = "zenmux_bot_running_tasks 0.0" in await reply.text()


async def test_a_mention_is_answered_in_a_thread_of_its_own(stage):
    reply = await stage.slack.mention("share cost 2026-W46")

    [answer] = await heard(stage, 1)
    assert reply.status == 200
    assert answer.thread_ts == reply.message.ts
    assert answer.text.startswith("Market share by cost, 9–15 Nov 2026.")
    assert "publish" not in str(answer.blocks)


async def test_a_mention_in_a_thread_is_answered_there(stage):
    head = (await stage.slack.say("What do models cost us?")).message

    await stage.slack.mention("leaderboard cost 7d", thread_ts=head.ts, user=TOMAS)

    [answer] = await heard(stage, 1)
    assert answer.thread_ts == head.ts


async def test_a_direct_message_is_answered_in_place(stage):
    await stage.slack.dm("share cost 8w")

    [answer] = await heard(stage, 1, DIRECT)
    assert answer.thread_ts is None
    assert answer.text.startswith("Market share by cost")


async def test_follow_ups_inherit_what_they_leave_unsaid(stage):
    head = (await stage.slack.mention("share cost 2026-W46")).message
    await heard(stage, 1)
    understood = []

    for number, words in enumerate(
        ("leaderboard", "vs 2026-W40", "top 20", "by day", "tokens", "share"), start=2
    ):
        await stage.slack.mention(words, thread_ts=head.ts)
        said = await heard(stage, number)
        understood.append(said[-1].text.rpartition("/zenmux ")[2])

    assert understood == [
        "leaderboard cost 2026-W46",
        "leaderboard cost 2026-W46 vs 2026-W40",
        "leaderboard cost 2026-W46 top 20 vs 2026-W40",
        "trend cost 2026-W46 by day top 20",
        "trend tokens 2026-W46 by day top 20",
        "share tokens 2026-W46",
    ]


async def test_the_thread_of_a_public_answer_to_a_command_is_about_it(stage):
    await stage.slack.command("/zenmux share cost 2026-W46 public")
    await stage.slack.settled()
    [answer] = answers(stage)
    stage.clock.advance(days=40)
    other = (await stage.slack.say("And what of this?")).message
    stage.clock.advance(hours=1)

    await stage.slack.mention("top 3", thread_ts=answer.ts)
    [*_, below] = await heard(stage, 2)
    await stage.slack.mention("leaderboard", thread_ts=answer.ts)
    [*_, further] = await heard(stage, 3)
    await stage.slack.mention("leaderboard", thread_ts=other.ts)
    [*_, beside] = await heard(stage, 4)

    assert below.thread_ts == answer.ts
    assert below.text.endswith("/zenmux share cost 2026-W46 top 3")
    assert further.text.endswith("/zenmux leaderboard cost 2026-W46")
    assert beside.text.endswith("/zenmux leaderboard tokens 7d")


@pytest.mark.parametrize("patience", [0])
async def test_so_is_that_of_an_answer_that_came_late(http_stage):
    stage = http_stage
    hold = Hold()
    stage.sandbox.weather.expect(MARKET_SHARE, hold)
    await stage.slack.command("/zenmux share cost 2026-W46 public")
    stage.clock.advance(seconds=20)
    hold.released.set()
    [answer] = await stage.slack.wait_for(
        lambda: [m for m in answers(stage) if m.reader is None]
    )
    await quiet(stage)
    stage.clock.advance(minutes=5)

    await stage.slack.mention("leaderboard", thread_ts=answer.ts)

    [*_, below] = await heard(stage, 3)
    assert below.text.endswith("/zenmux leaderboard cost 2026-W46")


async def test_follow_ups_are_answered_in_turn(http_stage):
    stage = http_stage
    hold = Hold()
    stage.sandbox.weather.expect(MARKET_SHARE, hold)
    head = (await stage.slack.mention("share cost 2026-W46")).message
    await stage.slack.mention("leaderboard", thread_ts=head.ts)
    await stage.slack.mention("top 3", thread_ts=head.ts)
    hold.released.set()

    said = await heard(stage, 3)
    assert [answer.text.rpartition("/zenmux ")[2] for answer in said] == [
        "share cost 2026-W46",
        "leaderboard cost 2026-W46",
        "leaderboard cost 2026-W46 top 3",
    ]


async def test_a_thread_does_not_inherit_from_another(http_stage):
    stage = http_stage
    await stage.slack.mention("share cost 2026-W46")
    await heard(stage, 1)

    await stage.slack.mention("leaderboard")

    said = await heard(stage, 2)
    assert said[-1].text.endswith("/zenmux leaderboard tokens 7d")


async def test_a_direct_message_inherits_from_those_of_the_day(http_stage):
    stage = http_stage
    await stage.slack.dm("share cost 8w")
    await heard(stage, 1, DIRECT)
    await stage.slack.dm("top 3")
    said = await heard(stage, 2, DIRECT)
    assert said[-1].text.endswith("/zenmux share cost 8w top 3")

    stage.clock.advance(days=1)
    await stage.slack.dm("leaderboard")

    said = await heard(stage, 3, DIRECT)
    assert said[-1].text.endswith("/zenmux leaderboard tokens 7d")


async def test_an_answer_in_a_direct_message_begins_a_thread_too(http_stage):
    stage = http_stage
    await stage.slack.dm("share cost 8w")
    [answer] = await heard(stage, 1, DIRECT)
    stage.clock.advance(days=3)

    await stage.slack.dm("by day", thread_ts=answer.ts)

    said = await heard(stage, 2, DIRECT)
    assert said[-1].thread_ts == answer.ts
    assert said[-1].text.endswith("/zenmux share cost 8w by day")


@pytest.mark.parametrize("text", ["", "   ", f"<@{TOMAS}>"])
async def test_an_empty_mention_gets_a_short_help_with_buttons(http_stage, text):
    stage = http_stage
    await stage.slack.mention(text)
    [greeting] = await heard(stage, 1)
    assert greeting.text.startswith("Ask me about ZenMux.")

    await stage.slack.press(greeting, "ask:1")

    said = await heard(stage, 2)
    assert said[-1].thread_ts == greeting.thread_ts
    assert said[-1].text.startswith("Market share by cost")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("share cost provider z.ai", "/zenmux share cost 8w provider z.ai"),
        ("share cost at&t 7d", "is called “at&amp;t”"),
        ("shar cost", "Unknown command “shar”"),
        ("x" * 600, "600 characters long"),
    ],
)
async def test_what_was_typed_is_understood_as_typed(http_stage, typed, said):
    stage = http_stage
    await stage.slack.mention(typed)

    [answer] = await heard(stage, 1)
    assert said in answer.text


async def test_an_event_is_answered_once_however_often_it_comes(stage):
    reply = await stage.slack.mention("share cost 8w")
    await heard(stage, 1)

    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            await stage.slack.redeliver(reply.event_id)
        await quiet(stage)

    assert len(answers(stage)) == 1
    assert [line["event"] for line in lines].count("event.repeated") == 3


async def test_an_event_that_comes_twice_at_once_is_answered_once(http_stage):
    stage = http_stage
    hold = Hold()
    stage.sandbox.weather.expect(MARKET_SHARE, hold)
    reply = await stage.slack.mention("share cost 8w")

    await asyncio.gather(*(stage.slack.redeliver(reply.event_id) for _ in range(3)))
    hold.released.set()

    await heard(stage, 1)
    await quiet(stage)
    assert len(answers(stage)) == 1


def message(**more):
    return {
        "type": "message",
        "channel": DIRECT,
        "channel_type": "im",
        "user": MAYA,
        "text": "share cost 8w",
        "ts": "1700000000.000100",
        "event_ts": "1700000000.000100",
    } | more


@pytest.mark.parametrize(
    "event",
    [
        message(subtype="message_changed", hidden=True),
        message(subtype="message_deleted"),
        message(subtype="channel_join"),
        message(subtype="bot_message", bot_id="B0OTHER"),
        message(bot_id="B0OTHER"),
        message(user=BOT_USER_ID),
        message(user="USLACKBOT"),
        message(user=None),
        message(channel=COSTS, channel_type="channel"),
        message(type="app_mention", channel=COSTS, bot_id="B0OTHER"),
        message(type="app_mention", channel=COSTS, edited={"user": MAYA, "ts": "1"}),
    ],
)
async def test_edits_joins_bots_and_itself_are_left_alone(http_stage, event):
    stage = http_stage
    reply = await stage.slack.event(event)

    await quiet(stage)
    assert reply.failure == ""
    assert calls(stage, "chat.postMessage") == []


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
async def test_words_with_a_file_or_sent_to_the_channel_too_are_words(
    http_stage, subtype
):
    stage = http_stage
    await stage.slack.event(message(subtype=subtype))

    [answer] = await heard(stage, 1, DIRECT)
    assert answer.text.startswith("Market share by cost")


async def test_mention__private_answer_is_ephemeral_in_thread(stage):
    reply = await stage.slack.mention("leaderboard cost 7d private")

    [answer] = await heard(stage, 1)
    assert answer.reader == MAYA
    assert answer.thread_ts == reply.message.ts
    assert answers(stage, user=TOMAS) == []


async def test_digests_are_nobody_elses_business(http_stage):
    stage = http_stage
    await stage.slack.mention("digest list")

    [answer] = await heard(stage, 1)
    assert answer.reader == MAYA


@pytest.mark.parametrize("patience", [0])
async def test_a_slow_answer_is_shown_to_be_under_way(stage):
    hold = Hold()
    stage.sandbox.weather.expect(MARKET_SHARE, hold)
    reply = await stage.slack.mention("share cost 8w")

    await stage.slack.wait_for(
        lambda: reply.message.reactions == {"eyes": [BOT_USER_ID]}
    )
    assert answers(stage) == []
    hold.released.set()

    await heard(stage, 1)
    await stage.slack.wait_for(lambda: not reply.message.reactions)


async def test_a_quick_answer_needs_no_sign(http_stage):
    stage = http_stage
    await stage.slack.mention("help")

    await heard(stage, 1)
    await quiet(stage)
    assert calls(stage, "reactions.add") == []


@pytest.mark.parametrize("patience", [0])
async def test_a_sign_that_slack_refuses_delays_nothing(http_stage):
    stage = http_stage
    stage.slack.faults.always("reactions.add", Fail("missing_scope"))
    hold = Hold()
    stage.sandbox.weather.expect(MARKET_SHARE, hold)
    await stage.slack.mention("share cost 8w")
    await stage.slack.wait_for(lambda: calls(stage, "reactions.add"))
    hold.released.set()

    await heard(stage, 1)
    await quiet(stage)
    assert calls(stage, "reactions.remove") == []


async def test_blocks_that_slack_refuses_go_again_in_simpler_form(http_stage):
    stage = http_stage
    stage.slack.faults.forbidden_blocks |= {"data_visualization", "table"}

    await stage.slack.mention("share cost 8w")

    [answer] = await heard(stage, 1)
    kinds = {block["type"] for block in answer.blocks}
    assert not kinds & {"data_visualization", "table"}
    assert "actions" in kinds
    assert "Anthropic" in answer.text


async def test_where_slack_has_no_room_for_all_the_asker_gets_the_answer(http_stage):
    stage = http_stage
    stage.slack.faults.always("chat.postMessage", Limit(retry_after_seconds=0))

    await stage.slack.mention("share cost 8w")

    [answer] = await heard(stage, 1)
    assert answer.reader == MAYA
    assert answer.text.startswith("Market share by cost")


async def test_an_answer_refused_in_every_form_is_said_to_be_refused(http_stage):
    stage = http_stage
    stage.slack.faults.always("chat.postMessage", Fail("invalid_blocks"))

    await stage.slack.mention("share cost 8w")

    [answer] = await heard(stage, 1)
    assert answer.reader == MAYA
    assert answer.text.startswith("Slack refused the answer in every form")


class Unseen:
    """Has seen no event before."""

    async def first_time(self, event_id, now):
        return True


class Endless:
    """Never comes to an answer."""

    async def answer(self, words, spot, *, follows):
        await asyncio.Event().wait()


async def test_the_sign_goes_when_the_bot_ends(clock):
    async with (
        SlackStandIn(clock=clock, manifest=read_manifest()).running() as slack,
        aiohttp.ClientSession() as session,
    ):
        settings = Settings(
            slack_api_url=slack.api_url, slack_bot_token=SecretStr(slack.bot_token)
        )
        client = make_client(settings, session)
        asked = (await slack.say("What do models cost us?")).message
        tasks = Tasks(patience=0)
        mentions = Mentions(
            conversation=Endless(),
            posts=Posts(lambda _: client, session),
            clients=lambda _: client,
            seen=Unseen(),
            tasks=tasks,
            clock=clock,
        )
        event = message(type="app_mention", channel=COSTS, ts=asked.ts)
        body = {"event_id": "Ev1", "team_id": "T1", "event": event}
        mentions.on_event(Event(body=body, fields=event, bot_user_id=None))
        await slack.wait_for(lambda: asked.reactions)

        await tasks.finish(0)

        assert not asked.reactions


@pytest.mark.parametrize("code", ["not_in_channel", "is_archived", "restricted_action"])
async def test_where_it_may_not_write_it_answers_the_asker(http_stage, code):
    stage = http_stage
    stage.slack.faults.script("chat.postMessage", Fail(code))

    await stage.slack.mention("share cost 8w")

    [answer] = await heard(stage, 1, DIRECT)
    assert f"I can't post in <#{COSTS}> ({code})" in answer.text
    assert "Market share by cost" in answer.text
    assert answers(stage) == []


async def test_a_thread_that_is_gone_is_answered_beside_it(http_stage):
    stage = http_stage
    stage.slack.faults.script("chat.postMessage", Fail("cannot_reply_to_message"))

    await stage.slack.mention("share cost 8w")

    [answer] = await heard(stage, 1)
    assert answer.thread_ts is None


@pytest.mark.parametrize(
    "fault",
    [Drop(after_accepting=True), Fail("fatal_error", after_accepting=True), Page(503)],
)
async def test_what_may_have_been_posted_never_goes_twice(http_stage, fault):
    stage = http_stage
    stage.slack.faults.script("chat.postMessage", fault)

    await stage.slack.mention("share cost 8w")

    await stage.slack.wait_for(lambda: calls(stage, "chat.postMessage"))
    await quiet(stage)
    assert len(calls(stage, "chat.postMessage")) == 1


async def test_mention__refused_ephemeral_sent_directly(http_stage):
    stage = http_stage
    stage.slack.faults.script("chat.postEphemeral", Fail("user_not_in_channel"))

    await stage.slack.mention("leaderboard cost 7d private")

    [answer] = await heard(stage, 1, DIRECT)
    assert "Top 10 models" in answer.text
    assert answers(stage, user=TOMAS) == []


async def test_nothing_happens_when_nobody_can_be_reached(http_stage):
    stage = http_stage
    stage.slack.faults.always("chat.postMessage", Fail("account_inactive"))

    reply = await stage.slack.mention("share cost 8w")

    await quiet(stage)
    assert reply.status == 200
    assert len(calls(stage, "chat.postMessage")) == 2
