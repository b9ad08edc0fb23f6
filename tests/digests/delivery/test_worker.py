"""What is sent, when, and what is waited for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from examples import DAILY, FRIDAY, MONDAY
from sqlalchemy.exc import OperationalError
from worlds import KEY, QUARTERS

from zenmux_bot.digests.delivery.context import Skip, Wait
from zenmux_bot.errors import (
    Unreachable,
)
from zenmux_bot.store.ledger import Ledger

pytestmark = pytest.mark.usefixtures("logs")


async def test_a_digest_is_posted_once_with_its_marker_and_its_reply(world):
    await world.subscribe()
    worker = world.worker()

    await world.run(worker, minutes=[0, 1, 60])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    main, reply = world.slack.posts
    assert (main.message.text, main.thread_ts) == ("digest of 2026-11-16", None)
    assert (reply.message.text, reply.thread_ts) == ("leaderboard", main.ts)
    (entry,) = await world.entries()
    assert (entry.state, entry.channel_id, entry.ts) == ("sent", "C1", main.ts)
    assert entry.data_through == date(2026, 11, 22)
    assert entry.figures == {"anthropic": Decimal("41.2")}
    assert [call["late"] for call in world.composer.calls] == [False]
    assert world.slack.told == []


async def test_nothing_is_sent_before_its_hour(world):
    await world.subscribe()
    world.clock.instant = MONDAY - timedelta(seconds=1)

    await world.run(world.worker())

    assert world.slack.posts == []


async def test_a_digest_without_a_reply_has_none(world):
    await world.subscribe()
    world.composer.reply = None

    await world.run(world.worker(), minutes=[0, 10])

    assert world.slack.keys() == [KEY]


async def test_of_several_missed_ones_the_newest_is_sent_late(world):
    await world.subscribe(schedule=DAILY)
    world.clock.instant = FRIDAY + timedelta(days=4)

    await world.run(world.worker(), minutes=[0, 1])

    assert world.slack.keys()[0] == "d-2222:2026-11-24T09:00[Europe/Berlin]"
    states = [state for state, _ in await world.ends()]
    assert states == ["skipped", "skipped", "skipped", "sent"]
    assert world.composer.calls[0]["late"] is True
    (text,) = world.slack.told_to("U1")
    assert "missed 3 sends" in text


@pytest.mark.parametrize(("minutes", "late"), [(5, False), (11, True), (9000, True)])
async def test_a_start_after_the_hour_sends_and_says_when_it_is_late(
    world, minutes, late
):
    await world.subscribe()

    await world.run(world.worker(), minutes=[minutes, 1])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert world.composer.calls[0]["late"] is late


async def test_a_restart_over_the_hour_sends_once(world):
    await world.subscribe()
    world.clock.instant = MONDAY - timedelta(minutes=1)
    await world.run(world.worker("before"))

    await world.run(world.worker("after"), minutes=[2])
    await world.run(world.worker("later"), minutes=[2])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]


async def test_a_clock_that_goes_back_over_the_hour_sends_once(world):
    await world.subscribe()
    worker = world.worker()

    await world.run(worker, minutes=[1, -120, 60, 60, 30, 24 * 60])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]


async def test_delivery__database_unavailable_after_post(world):
    """What Slack accepted is in the ledger once the database is back."""
    await world.subscribe()

    class Unavailable:
        def __init__(self, ledger):
            self._ledger = ledger
            self.failures = 4

        def __getattr__(self, name):
            return getattr(self._ledger, name)

        async def apply(self, post, step):
            if self.failures:
                self.failures -= 1
                raise OperationalError("UPDATE", {}, ConnectionError())
            return await self._ledger.apply(post, step)

    worker = world.worker(
        wrap=lambda port: Unavailable(port) if isinstance(port, Ledger) else port
    )
    await world.run(worker)

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert await world.ends() == [("sent", "")]
    assert world.slack.looks == 0


async def test_delivery__marker_found_after_long_database_outage(world):
    await world.subscribe()
    world.composer.reply = None

    class Gone:
        def __init__(self, ledger):
            self._ledger = ledger

        def __getattr__(self, name):
            return getattr(self._ledger, name)

        async def apply(self, post, step):
            raise OperationalError("UPDATE", {}, ConnectionError())

    worker = world.worker(
        wrap=lambda port: Gone(port) if isinstance(port, Ledger) else port
    )
    await world.run(worker)
    assert await world.ends() == [("claimed", "")]
    await world.run(world.worker("another"), minutes=[3])

    assert world.slack.keys() == [KEY]
    assert await world.ends() == [("sent", "")]


async def test_late_data_are_waited_for_and_the_wait_is_bounded(world):
    await world.subscribe()
    compose = world.composer.compose

    async def wait_for_data(subscription, occurrence, *, late, final):
        composed = await compose(subscription, occurrence, late=late, final=final)
        until = world.clock.now() + timedelta(hours=2)
        return composed if final else Wait(until, "22 November is not in yet")

    world.composer.compose = wait_for_data
    worker = world.worker()

    await world.run(worker, minutes=[0])
    assert await world.ends() == [("due", "22 November is not in yet")]
    await world.run(worker, minutes=QUARTERS)

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert [call["final"] for call in world.composer.calls] == [False] * 6 + [True]
    assert [call["late"] for call in world.composer.calls] == [False] * 7
    assert world.slack.told == []


async def test_delivery__missing_data_skips_and_notifies(world):
    await world.subscribe()
    world.composer.outcomes = [Wait(MONDAY, "no data")] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    assert await world.ends() == [("skipped", "no data")]
    assert len(world.composer.calls) <= len(QUARTERS)
    (text,) = world.slack.told_to("U1")
    assert "no data" in text
    assert "/zenmux digest send d-2222" in text


async def test_a_skip_that_the_subscription_asks_for_is_quiet(world):
    await world.subscribe()
    world.composer.outcomes = [Skip("nothing moved by more than 1 pp")]

    await world.run(world.worker(), minutes=[0, 60])

    assert await world.ends() == [("skipped", "nothing moved by more than 1 pp")]
    assert (world.slack.posts, world.slack.told) == ([], [])


async def test_delivery__api_down_retried_and_reported_once(world):
    await world.subscribe()
    await world.operations_channel("COPS")
    world.composer.outcomes = [Unreachable("no answer")] * 6

    await world.run(world.worker(), minutes=QUARTERS)

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert [to for to, _ in world.slack.told] == ["U1", "COPS"]
    assert "no answer" in world.slack.told[0][1]


async def test_delivery__api_down_too_long_fails_and_notifies(world):
    await world.subscribe()
    world.composer.outcomes = [Unreachable("no answer")] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    assert await world.ends() == [("failed", "gave up: no answer")]
    assert len(world.slack.told_to("U1")) == 2


async def test_a_bug_in_composing_costs_an_attempt_and_no_other_digest(world):
    await world.subscribe()
    await world.subscribe(channel_id="C2")
    world.composer.outcomes = [LookupError("oops")]

    await world.run(world.worker(), minutes=[0, 1])

    assert len(world.slack.posts) == 4
