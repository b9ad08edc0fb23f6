"""What owners and operators are told, and when that fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from examples import MONDAY

from zenmux_bot.errors import (
    Ambiguous,
    PayloadRefused,
    Refused,
    Throttled,
)

pytestmark = pytest.mark.usefixtures("logs")


async def test_notifier__failed_notification_is_retried(world):
    await world.subscribe()
    world.slack.faults = [PayloadRefused("invalid_blocks")] * 3
    world.slack.tell_faults = [
        Ambiguous("timeout"),
        Throttled(timedelta(seconds=10)),
    ]

    await world.run(world.worker(), minutes=[0, 3, 3, 3])

    assert len(world.slack.told_to("U1")) == 1


async def test_a_telling_that_is_refused_is_not_repeated(world):
    await world.subscribe()
    world.slack.faults = [PayloadRefused("invalid_blocks")] * 3
    world.slack.tell_faults = [Refused("user_disabled")]

    await world.run(world.worker(), minutes=[0, 3, 3])

    assert world.slack.told_to("U1") == []


@pytest.mark.parametrize("channel", ["", "COPS"])
async def test_notify__administrators_hear_for_an_owner_who_has_left(world, channel):
    await world.subscribe()
    world.clock.advance(weeks=3)
    world.administered_by = [channel] if channel else ["UADMIN", "U1"]
    world.slack.tell_faults = [Refused("user_disabled")]

    await world.run(world.worker(), minutes=[0, 3, 3])

    ((to, text),) = world.slack.told
    assert to == (channel or "UADMIN")
    assert text.startswith("Passed on because Slack didn't deliver it to <@U1>: I was")


async def test_notify__what_is_passed_on_is_not_passed_on_again(world):
    await world.subscribe()
    world.clock.advance(weeks=3)
    world.slack.tell_faults = [Refused("user_disabled")] * 2

    await world.run(world.worker(), minutes=[0, 3, 3])

    assert world.slack.told == []
    assert world.slack.tell_faults == []


@pytest.mark.parametrize(
    "fault", [Ambiguous("timeout"), Refused("token_revoked"), Refused("invalid_auth")]
)
async def test_a_telling_is_kept_for_days_with_growing_pauses(world, fault):
    await world.subscribe()
    world.slack.faults = [PayloadRefused("invalid_blocks")]
    world.slack.tell_faults = [fault] * 100

    await world.run(world.worker(), minutes=[15] * 4 * 24)

    assert world.slack.told == []
    tried = 100 - len(world.slack.tell_faults)
    assert 40 < tried < 60
    world.slack.tell_faults = []
    await world.run(world.worker(), minutes=[31])
    assert len(world.slack.told_to("U1")) == 1


async def test_a_telling_that_fails_for_a_week_is_given_up(world):
    await world.subscribe()
    world.slack.faults = [PayloadRefused("invalid_blocks")]
    world.slack.tell_faults = [Ambiguous("timeout")] * 2
    worker = world.worker()

    await world.run(worker, minutes=[0, 7 * 24 * 60, 60, 60])

    assert world.slack.told == []
    assert world.slack.tell_faults == []


async def test_a_telling_that_hangs_holds_up_no_digest_and_no_other_telling(world):
    await world.subscribe()
    await world.subscribe(owner_id="U2", channel_id="C2")
    world.composer.reply = None
    world.slack.faults = [Refused("not_in_channel")] * 2
    tell, never = world.slack.notify, asyncio.Event()

    async def hang(team_id, recipient, message):
        if recipient == "U1":
            await never.wait()
        await tell(team_id, recipient, message)

    world.slack.notify = hang
    worker = world.worker()
    await world.run(worker)
    await world.subscribe(channel_id="C3")
    await world.run(worker, minutes=[7 * 24 * 60])

    assert [post.channel_id for post in world.slack.posts] == ["C3"]
    assert len(world.slack.told_to("U2")) == 1
    await worker.stop(timedelta(0))


async def test_a_throttled_telling_does_not_rest_the_digests(world):
    await world.subscribe()
    world.slack.faults = [PayloadRefused("invalid_blocks")]
    world.slack.tell_faults = [Throttled(timedelta(hours=1))]
    worker = world.worker()
    await world.run(worker)

    await world.subscribe(channel_id="C3", created_at=MONDAY - timedelta(days=1))
    await world.run(worker, minutes=[1])

    assert {post.channel_id for post in world.slack.posts} == {"C3"}
