"""Questions by command and button, through a workspace, over both ways in."""

from __future__ import annotations

import asyncio
import secrets
import time

import pytest

from zenmux_bot.store.database import open_database
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_demo.sandbox.faults import Hold
from zenmux_demo.sandbox.replies import access_denied, cut_json, gateway_page
from zenmux_demo.workspace.seed import COSTS, MAYA, TEAM_ID

LEADERBOARD = "/statistics/leaderboard"
TOMAS = "U0TOMAS0001"


def block(message, kind):
    return next(each for each in message.blocks if each["type"] == kind)


async def test_an_answer_rides_on_the_acknowledgement(stage):
    reply = await stage.slack.command("/zenmux leaderboard cost 7d")

    [answer] = reply.messages
    assert answer.reader == MAYA
    assert answer.text.startswith("Top 10 models by cost, 16–22 Nov 2026.")
    assert len(block(answer, "table")["rows"]) == 1 + 10 + 2
    assert not reply.notice


async def test_public_is_seen_by_all_and_private_by_the_asker_alone(stage):
    await stage.slack.command("/zenmux share cost 8w public")
    await stage.slack.command("/zenmux leaderboard cost 7d private")

    seen = [message.text for message in stage.slack.messages(user=TOMAS)]
    assert any(text.startswith("Market share by cost") for text in seen)
    assert not any(text.startswith("Top 10 models") for text in seen)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "ZenMux statistics in Slack"),
        ("help share", "Help: share"),
        ("status", "Everything works"),
        ("leaderboard tokns", "Unknown word “tokns”"),
        ("share 2026-11-15..2026-11-01", "after the end date"),
        ("leaderboard <!channel> *x*", "is called “&lt;!channel&gt;”"),
        ("\u0000 😀 ```", "Unknown command"),
    ],
)
async def test_whatever_is_typed_there_is_one_private_reply(stage, typed, said):
    reply = await stage.slack.command(f"/zenmux {typed}")

    [answer] = reply.messages
    assert said in answer.text
    assert answer.reader == MAYA
    assert "<!channel>" not in answer.text


async def test_a_suggestion_runs_the_corrected_command(stage):
    reply = await stage.slack.command("/zenmux leaderboard tokns")
    [wrong] = reply.messages

    await stage.slack.press(wrong, "ask:0")

    answer = await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages() if "models by tokens" in m.text]
    )
    assert [m.ts for m in answer] == [m.ts for m in stage.slack.messages()]


async def test_share__posts_and_deletes_the_private_copy(stage):
    reply = await stage.slack.command("/zenmux leaderboard cost 7d")
    [private] = reply.messages

    await stage.slack.press(private, "publish")

    public = await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages(user=TOMAS) if m.is_bot]
    )
    assert f"Shared by <@{MAYA}>" in str(block(public[0], "context"))
    assert "publish" not in str(public[0].blocks)
    await stage.slack.wait_for(
        lambda: not [m for m in stage.slack.messages() if m.reader]
    )


async def test_a_button_on_a_public_answer_answers_in_its_thread(stage):
    await stage.slack.command("/zenmux leaderboard cost 7d public")
    [public] = [m for m in stage.slack.messages() if m.is_bot]

    await stage.slack.select(public, "ask:more", "By tokens", user=TOMAS)

    answers = await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages() if "models by tokens" in m.text]
    )
    assert [m.thread_ts for m in answers] == [public.ts]
    assert "models by cost" in public.text


@pytest.mark.parametrize("patience", [0])
async def test_on_command__a_slow_answer_follows_its_announcement(stage):
    hold = Hold()
    stage.sandbox.weather.expect(LEADERBOARD, hold)

    reply = await stage.slack.command("/zenmux leaderboard cost 7d")
    [announced] = reply.messages
    assert announced.text.startswith("Fetching `/zenmux leaderboard cost 7d`")
    hold.released.set()

    answers = await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages() if "Top 10 models" in m.text]
    )
    assert [m.reader for m in answers] == [MAYA]


@pytest.mark.parametrize("patience", [0])
async def test_on_command__a_slow_public_answer_is_posted_once(stage):
    hold = Hold()
    stage.sandbox.weather.expect(LEADERBOARD, hold)

    await stage.slack.command("/zenmux leaderboard cost 7d public")
    hold.released.set()

    await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages(user=TOMAS) if "Top 10" in m.text]
    )
    await stage.slack.settled()
    found = [m for m in stage.slack.messages(user=TOMAS) if "Top 10" in m.text]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (access_denied(), "ZenMux refuses the bot's key"),
        (cut_json(), "There is an answer"),
        (gateway_page(502), "There is an answer"),
    ],
)
async def test_a_fault_of_the_api_is_a_sentence_or_heals(http_stage, fault, said):
    stage = http_stage
    stage.sandbox.weather.expect(LEADERBOARD, fault, fault)

    reply = await stage.slack.command("/zenmux leaderboard cost 2026-W46")

    if said == "There is an answer":
        await stage.slack.wait_for(
            lambda: [m for m in stage.slack.messages() if "Top 10" in m.text]
        )
    else:
        assert said in reply.messages[0].text


async def test_an_old_answer_serves_when_the_api_is_down(http_stage):
    stage = http_stage
    await stage.slack.command("/zenmux leaderboard cost 2026-W46")
    stage.clock.advance(days=2)
    stage.sandbox.weather.rate_limited = True

    await stage.slack.command("/zenmux leaderboard cost 2026-W46")

    stale = [m for m in stage.slack.messages() if "Stale copy" in m.text]
    assert len(stale) == 1
    assert "stale copy, as of <!date^" in str(block(stale[0], "context"))


async def test_two_hundred_equal_commands_make_one_call_per_request(http_stage):
    stage = http_stage

    replies = await asyncio.gather(
        *(stage.slack.command("/zenmux leaderboard cost 7d") for _ in range(200))
    )

    assert all(
        reply.messages[0].text == replies[0].messages[0].text for reply in replies
    )
    asked = [
        (each.path, tuple(sorted(each.query.items())))
        for each in stage.sandbox.requests
    ]
    # what runs in the background asks for other things
    asked = [each for each in asked if each[0].startswith("/statistics")]
    assert len(asked) == len(set(asked)) == 3


async def test_a_cached_answer_takes_less_than_fifty_milliseconds(http_stage):
    stage = http_stage
    await stage.slack.command("/zenmux leaderboard cost 7d")

    begun = time.process_time()
    for _ in range(9):
        await stage.slack.command("/zenmux leaderboard cost 7d")

    # the processor's time: a busy machine is no reason to fail
    assert (time.process_time() - begun) / 9 < 0.05


async def test_blocks_that_slack_refuses_go_again_without_the_chart(http_stage):
    stage = http_stage
    reply = await stage.slack.command("/zenmux share cost 8w")
    [private] = reply.messages
    stage.slack.faults.forbidden_blocks.add("data_visualization")

    await stage.slack.select(private, "ask:more", "By tokens")

    [again] = await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages() if "share by tokens" in m.text]
    )
    kinds = {each["type"] for each in again.blocks}
    assert "table" in kinds
    assert "data_visualization" not in kinds


async def test_what_nobody_listens_to_is_acknowledged(stage):
    reply = await stage.slack.event(
        {"type": "channel_rename", "channel": {"id": COSTS}}
    )

    assert reply.failure == ""


async def test_two_quick_presses_share_once(stage):
    reply = await stage.slack.command("/zenmux leaderboard cost 7d")
    [private] = reply.messages

    await asyncio.gather(
        *(stage.slack.press(private, "publish") for _ in range(2)),
        return_exceptions=True,
    )

    await stage.slack.wait_for(
        lambda: not [m for m in stage.slack.messages() if m.reader]
    )
    assert len([m for m in stage.slack.messages(user=TOMAS) if m.is_bot]) == 1


async def test_small_words_may_lead_to_the_form_of_a_digest(http_stage):
    slack = http_stage.slack

    await slack.command("/zenmux hi, show me a digest")

    await slack.wait_for(lambda: slack.modal() is not None)


async def test_status_counts_the_digests_that_wait_for_an_administrator(http_stage):
    stage = http_stage
    fine = await stage.slack.command("/zenmux status")
    await stage.slack.command("/zenmux digest create daily 09:00")
    url = stage.settings.database_url
    async with open_database(url, exclusive=False) as database:
        await Subscriptions(database, secrets.choice).pause_all(
            TEAM_ID,
            reason="missing_scope",
            by="zenmux",
            now=stage.clock.now(),
        )

    reply = await stage.slack.command("/zenmux status")

    assert "Everything works" in fine.messages[0].text
    assert "1 digest is paused: missing_scope" in reply.messages[0].text
