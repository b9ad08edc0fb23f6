"""Posts of which nobody knows whether they arrived."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from worlds import KEY, QUARTERS, LostReply

from zenmux_bot.digests.delivery.context import DeliverySettings
from zenmux_bot.errors import (
    Ambiguous,
    Throttled,
)
from zenmux_bot.store.ledger import Ledger

pytestmark = pytest.mark.usefixtures("logs")


async def test_resolve__lost_reply_is_searched_not_reposted(world):
    await world.subscribe()
    world.slack.faults = [LostReply()]

    await world.run(world.worker(), minutes=[0, 5])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert await world.ends() == [("sent", "")]


async def test_resolve__lost_thread_reply_is_searched_in_thread(world):
    await world.subscribe()
    world.slack.faults = [None, LostReply()]

    await world.run(world.worker(), minutes=[0, 5])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    (reply,) = await world.entries("reply")
    assert reply.state == "sent"


async def move(world, subscription, channel_id):
    await world.subscriptions.edit(
        replace(subscription, channel_id=channel_id), by="U1", now=world.clock.now()
    )


async def test_recover__moved_digest_searched_in_old_channel(world):
    subscription = await world.subscribe()
    world.composer.reply = None
    world.slack.faults = [LostReply()]
    world.slack.look_faults = [Ambiguous("timeout")]
    worker = world.worker()

    await world.run(worker)
    await move(world, subscription, "C2")
    await world.run(worker, minutes=[1, 5])

    assert [post.channel_id for post in world.slack.posts] == ["C1"]
    assert await world.ends() == [("sent", "")]


async def test_deliver__edited_while_it_is_composed_goes_out_as_it_is_now(world):
    subscription = await world.subscribe()
    compose = world.composer.compose
    composed = []

    async def edit_meanwhile(current, occurrence, **options):
        composed.append(current.channel_id)
        if len(composed) == 1:
            await move(world, subscription, "C2")
        return await compose(current, occurrence, **options)

    world.composer.compose = edit_meanwhile

    await world.run(world.worker())

    assert composed == ["C1", "C2"]
    assert [post.channel_id for post in world.slack.posts] == ["C2", "C2"]
    assert await world.ends() == [("sent", "")]


async def test_a_lost_digest_that_was_moved_goes_to_its_new_channel(world):
    subscription = await world.subscribe()
    world.slack.faults = [Ambiguous("timeout")]
    worker = world.worker()

    await world.run(worker)
    await move(world, subscription, "C2")
    await world.run(worker, minutes=[1, 5])

    assert [post.channel_id for post in world.slack.posts] == ["C2", "C2"]


async def test_a_reply_follows_its_digest_though_that_was_moved(world):
    subscription = await world.subscribe()
    world.slack.faults = [None, Throttled(timedelta(seconds=5))]
    worker = world.worker()

    await world.run(worker)
    await move(world, subscription, "C2")
    await world.run(worker, minutes=[1])

    assert [post.channel_id for post in world.slack.posts] == ["C1", "C1"]


async def test_a_claim_in_doubt_follows_a_channel_to_its_new_id(world):
    await world.subscribe()
    world.composer.reply = None
    world.slack.faults = [LostReply()]
    world.slack.look_faults = [Ambiguous("timeout")]
    worker = world.worker()

    await world.run(worker)
    await world.subscriptions.follow_channel("T1", "C1", new_id="G1", new_name="g")
    world.slack.posts[0].channel_id = "G1"
    await world.run(worker, minutes=[1, 5])

    assert await world.ends() == [("sent", "")]
    assert len(world.slack.posts) == 1


async def test_recover__lost_request_repeated_after_second_search(world):
    await world.subscribe()
    world.slack.faults = [Ambiguous("timeout")]
    worker = world.worker()

    await world.run(worker, minutes=[0])
    assert (world.slack.posts, world.slack.looks) == ([], 1)
    await world.run(worker, minutes=[0.25])
    assert (world.slack.posts, world.slack.looks) == ([], 1)
    await world.run(worker, minutes=[0.25])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert world.slack.looks == 2


async def test_recover__late_request_found_by_second_search(world):
    await world.subscribe()
    world.composer.reply = None
    world.slack.faults = [LostReply()]
    world.slack.look_faults = [Ambiguous("timeout")]

    await world.run(world.worker(), minutes=[0, 1])

    assert world.slack.keys() == [KEY]
    assert await world.ends() == [("sent", "")]


async def test_recover__unreadable_channel_is_unknown_and_reported(world):
    await world.subscribe()
    world.slack.may_read = False
    world.slack.faults = [LostReply()]

    await world.run(world.worker(), minutes=[0, 5, 60])

    assert world.slack.keys() == [KEY]
    ((state, _),) = await world.ends()
    assert state == "unknown"
    (text,) = world.slack.told_to("U1")
    assert "may or may not have been sent" in text


async def test_recover__search_failing_for_hours_is_unknown(world):
    await world.subscribe()
    world.slack.faults = [Ambiguous("timeout")]
    world.slack.look_faults = [Ambiguous("timeout")] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    ((state, _),) = await world.ends()
    assert state == "unknown"
    assert world.slack.posts == []
    assert len(world.slack.told_to("U1")) == 1


async def test_recover__search_waits_for_retry_after(world):
    await world.subscribe()
    world.composer.reply = None
    world.slack.faults = [LostReply()]
    world.slack.look_faults = [Throttled(timedelta(minutes=10))] * 4
    worker = world.worker()

    await world.run(worker)
    await world.run(worker, minutes=[1] * 9)
    assert world.slack.looks == 1
    await world.run(worker, minutes=[1] * 45)

    assert world.slack.looks == 5
    assert await world.ends() == [("sent", "")]


async def test_recover__search_throttled_for_hours_is_unknown(world):
    await world.subscribe()
    world.slack.faults = [Ambiguous("timeout")]
    world.slack.look_faults = [Throttled(timedelta(minutes=10))] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    ((state, _),) = await world.ends()
    assert state == "unknown"
    assert len(world.slack.told_to("U1")) == 1


async def test_delivery__throttled_for_hours_fails_and_notifies(world):
    await world.subscribe()
    world.slack.faults = [Throttled(timedelta(seconds=30))] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    assert await world.ends() == [("failed", "gave up: Slack asked to wait")]
    assert len(world.slack.told_to("U1")) == 1


@pytest.mark.parametrize(("lease", "doubt"), [(10, 20), (80, 20), (120, 30)])
def test_doubt__has_a_minimum_for_short_leases(lease, doubt):
    terms = DeliverySettings(holder="w1", lease=timedelta(seconds=lease))

    assert terms.doubt == timedelta(seconds=doubt)


class SuspendedAfterClaim(Ledger):
    """A ledger on a machine that is suspended right after its first claim."""

    def __init__(self, world):
        super().__init__(world.database)
        self._world = world
        self._is_suspended = False

    async def claim(self, post, claim):
        claimed = await super().claim(post, claim)
        if not self._is_suspended:
            self._is_suspended = True
            self._world.clock.advance(minutes=2)
            await self._world.run(self._world.worker("w2"))
        return claimed


async def test_deliver__suspended_between_claim_and_post_posts_once(world):
    await world.subscribe()
    world.composer.reply = None
    ledger = SuspendedAfterClaim(world)
    worker = world.worker(wrap=lambda port: ledger if type(port) is Ledger else port)

    await world.run(worker, minutes=[0, 5])

    assert world.slack.keys() == [KEY]
    assert await world.ends() == [("sent", "")]


async def test_an_unforeseen_error_of_the_outbox_counts_as_ambiguous(world):
    await world.subscribe()
    world.slack.faults = [KeyError("ts")]

    await world.run(world.worker(), minutes=[0, 1])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert world.slack.looks == 2


async def test_a_post_that_hangs_is_ambiguous_before_the_lease_is_over(world):
    await world.subscribe()
    world.composer.reply = None
    never = asyncio.Event()
    post = world.slack.post

    async def hang_once(*args, **kwargs):
        world.slack.post = post
        await never.wait()

    world.slack.post = hang_once
    worker = world.worker(lease=timedelta(milliseconds=40))

    await world.run(worker)
    assert (world.slack.posts, world.slack.looks) == ([], 1)
    await world.run(worker, minutes=[1])

    assert world.slack.keys() == [KEY]
