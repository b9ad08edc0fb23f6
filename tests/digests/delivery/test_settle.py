"""What Slack refuses or throttles, and digests that are paused, moved or changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from examples import DAILY, MONDAY
from worlds import KEY, QUARTERS

from zenmux_bot.digests.delivery.entries import Composed
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_bot.errors import (
    PayloadRefused,
    Refused,
    Throttled,
    Unreachable,
)
from zenmux_bot.render.message import Message

pytestmark = pytest.mark.usefixtures("logs")


async def test_throttling_rests_one_workspace_only(world):
    await world.subscribe()
    await world.subscribe(team_id="T2")
    world.composer.reply = None
    world.slack.faults = [Throttled(timedelta(seconds=30))]
    worker = world.worker()

    await world.run(worker)
    states = [state for state, _ in await world.ends()]
    assert sorted(states) == ["due", "sent"]
    await world.run(worker, minutes=[1])

    assert len(world.slack.posts) == 2
    assert world.slack.looks == 0
    assert [state for state, _ in await world.ends()] == ["sent", "sent"]


async def test_throttling_without_a_time_rests_all_the_same(world):
    await world.subscribe()
    world.slack.faults = [Throttled(timedelta(0))] * 3

    await world.run(world.worker())

    assert len(world.slack.faults) == 2


async def test_refused_blocks_go_again_in_simpler_forms(world):
    await world.subscribe()
    chart = {"type": "data_visualization"}
    table = {"type": "table", "rows": []}
    message = Message("digest", (table, chart))
    world.composer.outcomes = [Composed(message=message)]
    world.slack.faults = [PayloadRefused("invalid_blocks")] * 3

    await world.run(world.worker(), minutes=[0, 5])

    assert [post.message for post in world.slack.posts] == [Message("digest")]


async def test_transition__refused_text_fails_and_notifies(world):
    await world.subscribe()
    world.slack.faults = [PayloadRefused("invalid_blocks")] * 3

    await world.run(world.worker(), minutes=[0, 5])

    ((state, reason),) = await world.ends()
    assert (state, reason) == ("failed", "invalid_blocks (a bug)")
    assert len(world.slack.told_to("U1")) == 1


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("not_in_channel", "/invite @ZenMux"),
        ("is_archived", "/zenmux digest edit d-2222"),
        ("restricted_action_read_only_channel", "/zenmux digest resume d-2222"),
    ],
)
async def test_a_lasting_refusal_pauses_the_subscription_and_says_what_fixes_it(
    world, code, command
):
    subscription = await world.subscribe()
    other = await world.subscribe(channel_id="C2")
    world.slack.faults = [Refused(code)]
    world.composer.reply = None

    await world.run(world.worker(), minutes=[0, 5])

    paused = [
        s
        for s in await world.subscriptions.of_team("T1")
        if s.state is SubscriptionState.PAUSED
    ]
    (hit,) = paused
    assert hit.paused_reason == code
    assert len(world.slack.posts) == 1
    (text,) = world.slack.told_to("U1")
    assert command.replace("d-2222", hit.id) in text
    assert {subscription.id, other.id} > {hit.id}


async def test_what_came_due_in_a_pause_of_the_bots_own_goes_out_late(world):
    subscription = await world.subscribe(schedule=DAILY)
    world.composer.reply = None
    world.slack.faults = [Refused("not_in_channel")]
    worker = world.worker()
    await world.run(worker)
    (text,) = [t for t in world.slack.told_to("U1") if "is paused" in t]
    assert "The one for 22 Nov 2026 did not go out" in text
    assert f"`/zenmux digest send {subscription.id}` sends it" in text

    await world.run(worker, minutes=[3 * 24 * 60 + 15])
    (paused,) = await world.subscriptions.of_team("T1")
    await world.subscriptions.resume(paused, by="U1", now=world.clock.now())
    await world.run(worker, minutes=[1, 5])

    assert world.slack.keys() == ["d-2222:2026-11-26T09:00[Europe/Berlin]"]
    assert world.composer.calls[-1]["late"] is True
    states = [state for state, _ in await world.ends()]
    assert states[-4:] == ["failed", "skipped", "skipped", "sent"]


async def test_what_came_due_while_a_channel_was_archived_goes_out_late(world):
    await world.subscribe()
    worker = world.worker()
    common = {"reason": "is_archived", "by": "zenmux"}
    world.clock.advance(hours=-1)
    await world.subscriptions.pause_all("T1", now=world.clock.now(), **common)
    await world.run(worker, minutes=[120])
    assert await world.entries() == []

    await world.subscriptions.resume_channel(
        "T1", "C1", now=world.clock.now(), **common
    )
    await world.run(worker)

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert world.composer.calls[-1]["late"] is True


async def test_what_came_due_in_a_persons_pause_is_not_sent(world):
    subscription = await world.subscribe()
    world.clock.advance(hours=-1)
    paused = await world.subscriptions.pause(
        subscription, reason="U1", by="U1", now=world.clock.now()
    )
    world.clock.advance(hours=2)
    await world.subscriptions.resume(paused, by="U1", now=world.clock.now())

    await world.run(world.worker(), minutes=[0, 5])

    assert world.slack.posts == []


async def test_a_channel_that_cannot_be_seen_is_paused_at_the_third_time(world):
    subscription = await world.subscribe()
    worker = world.worker()
    world.slack.faults = [Refused("channel_not_found")] * 3

    await world.run(worker, minutes=[0, 1])
    found = await world.subscriptions.get("T1", subscription.id)
    assert found.state is SubscriptionState.ACTIVE
    await world.run(worker, minutes=[1])

    found = await world.subscriptions.get("T1", subscription.id)
    assert found.paused_reason == "channel_not_found"
    assert len(world.slack.told_to("U1")) == 1


async def test_a_channel_that_is_seen_again_loses_nothing(world):
    await world.subscribe()
    world.slack.faults = [Refused("channel_not_found")] * 2

    await world.run(world.worker(), minutes=[0, 1, 1])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert world.slack.told == []


async def test_a_revoked_token_pauses_the_whole_workspace_and_no_other(world):
    for owner, channel in (("U1", "C1"), ("U2", "C2"), ("U2", "C3")):
        await world.subscribe(owner_id=owner, channel_id=channel)
    await world.subscribe(team_id="T2")
    world.composer.reply = None
    post = world.slack.post

    async def refuse_team(place, *args, **kwargs):
        if place.team_id == "T1":
            raise Refused("missing_scope")
        return await post(place, *args, **kwargs)

    world.slack.post = refuse_team

    await world.run(world.worker(), minutes=[0, 5])

    states = {s.state for s in await world.subscriptions.of_team("T1")}
    assert states == {SubscriptionState.PAUSED}
    assert len(world.slack.posts) == 1
    assert {to for to, _ in world.slack.told} == {"U1", "U2"}
    assert "due" not in [state for state, _ in await world.ends()]


async def test_transition__unknown_code_retried_then_reported(world):
    await world.subscribe()
    world.slack.faults = [Refused("brand_new_error")] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    assert await world.ends() == [
        ("failed", "gave up: Slack refused it (brand_new_error)")
    ]
    assert len(world.slack.told_to("U1")) == 2


async def test_a_reply_to_a_deleted_digest_is_left_out_quietly(world):
    await world.subscribe()
    world.slack.faults = [None, Refused("thread_not_found")]

    await world.run(world.worker(), minutes=[0, 5])

    (reply,) = await world.entries("reply")
    assert reply.state == "skipped"
    assert (world.slack.keys(), world.slack.told) == ([KEY], [])


async def test_a_refused_reply_pauses_nothing(world):
    subscription = await world.subscribe()
    world.slack.faults = [None, Refused("restricted_action_thread_locked")]

    await world.run(world.worker(), minutes=[0, 5])

    found = await world.subscriptions.get("T1", subscription.id)
    assert found.state is SubscriptionState.ACTIVE
    (reply,) = await world.entries("reply")
    assert reply.state == "failed"
    assert world.slack.told == []


async def test_a_throttled_reply_follows_later(world):
    await world.subscribe()
    world.slack.faults = [None, Throttled(timedelta(seconds=30))]

    await world.run(world.worker())
    await world.run(world.worker("another"), minutes=[1])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]


async def test_a_pause_right_before_the_post_wins(world):
    subscription = await world.subscribe()
    compose = world.composer.compose

    async def pause_meanwhile(*args, **kwargs):
        await world.subscriptions.pause(
            subscription, reason="U1", by="U1", now=world.clock.now()
        )
        return await compose(*args, **kwargs)

    world.composer.compose = pause_meanwhile

    await world.run(world.worker(), minutes=[0, 5])

    assert world.slack.posts == []
    assert await world.ends() == [("skipped", "paused: U1")]


async def test_a_digest_handed_back_to_a_paused_subscription_is_skipped(world):
    subscription = await world.subscribe()
    post = world.slack.post

    async def pause_meanwhile(*args, **kwargs):
        world.slack.post = post
        await world.subscriptions.pause(
            subscription, reason="U1", by="U1", now=world.clock.now()
        )
        raise Throttled(timedelta(seconds=1))

    world.slack.post = pause_meanwhile

    await world.run(world.worker())
    await world.run(world.worker("another"), minutes=[1])

    assert world.slack.posts == []
    assert await world.ends() == [("skipped", "paused")]


async def test_a_newer_one_supersedes_what_still_waits(world):
    hourless = Schedule(cadence=Cadence.DAILY, hour=9, zone="Europe/Berlin")
    await world.subscribe(schedule=hourless)
    worker = world.worker()
    world.clock.instant = MONDAY
    world.composer.outcomes = [Unreachable("down")]

    await world.run(worker, minutes=[0])
    await world.run(world.worker("another"), minutes=[24 * 60])

    states = [state for state, _ in await world.ends()]
    assert states == ["skipped", "skipped", "skipped", "sent"]
    assert any("only the newest" in text for text in world.slack.told_to("U1"))


async def test_a_changed_schedule_does_not_send_the_same_week_twice(world):
    subscription = await world.subscribe()
    worker = world.worker()
    await world.run(worker)
    later = Schedule(cadence=Cadence.WEEKLY, weekday=0, hour=10, zone="Europe/Berlin")

    await world.subscriptions.edit(
        replace(subscription, schedule=later), by="U1", now=world.clock.now()
    )
    await world.run(worker, minutes=[60])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert [state for state, _ in await world.ends()] == ["sent", "skipped"]
    (text,) = world.slack.told_to("U1")
    assert "16–22 Nov 2026 went out before" in text


async def test_a_digest_asked_for_by_hand_goes_out_though_paused(world):
    subscription = await world.subscribe()
    subscription = await world.subscriptions.pause(
        subscription, reason="U1", by="U1", now=world.clock.now()
    )

    for _ in range(2):
        await world.planner.by_hand(subscription, by="U2", now=world.clock.now())
    await world.run(world.worker(), minutes=[0, 5])

    key = "d-2222:2026-11-23T08:00Z[by hand]"
    assert world.slack.keys() == [key, f"{key}:reply"]
