from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from examples import DAILY, FRIDAY, MONDAY
from sqlalchemy.exc import OperationalError
from worlds import LEASE, LostReply, World

from zenmux_bot.domain.schedule import Cadence, Schedule
from zenmux_bot.domain.subscriptions import SubscriptionState
from zenmux_bot.errors import (
    Ambiguous,
    PayloadRefused,
    Refused,
    Throttled,
    Unreachable,
)
from zenmux_bot.render.message import Message
from zenmux_bot.service.ports_delivery import Composed, Skip, Wait
from zenmux_bot.service.terms import Terms
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.planner import Planner

pytestmark = pytest.mark.usefixtures("logs")

QUARTERS = [15] * 30
KEY = "d-2222:2026-11-23T09:00[Europe/Berlin]"


@pytest.fixture
def world(quick_database):
    return World(quick_database)


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


async def test_a_database_that_goes_away_after_the_post_costs_nothing(world):
    """What Slack accepted is in the ledger once the database is back."""
    await world.subscribe()

    class Away:
        def __init__(self, ledger):
            self._ledger = ledger
            self.failures = 4

        def __getattr__(self, name):
            return getattr(self._ledger, name)

        async def settle(self, entry, settlement):
            if self.failures:
                self.failures -= 1
                raise OperationalError("UPDATE", {}, ConnectionError())
            return await self._ledger.settle(entry, settlement)

    worker = world.worker(
        wrap=lambda port: Away(port) if isinstance(port, Ledger) else port
    )
    await world.run(worker)

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert await world.ends() == [("sent", "")]
    assert world.slack.looks == 0


async def test_a_database_that_stays_away_is_found_out_by_the_marker(world):
    await world.subscribe()
    world.composer.reply = None

    class Gone:
        def __init__(self, ledger):
            self._ledger = ledger

        def __getattr__(self, name):
            return getattr(self._ledger, name)

        async def settle(self, entry, settlement):
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


async def test_what_never_came_is_left_out_with_a_reason_that_is_told(world):
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


async def test_an_api_that_is_down_is_tried_again_and_told_of_once(world):
    await world.subscribe()
    await world.operations_channel("COPS")
    world.composer.outcomes = [Unreachable("no answer")] * 6

    await world.run(world.worker(), minutes=QUARTERS)

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert [to for to, _ in world.slack.told] == ["U1", "COPS"]
    assert "no answer" in world.slack.told[0][1]


async def test_an_api_that_stays_down_ends_in_a_failure_that_is_told(world):
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


async def test_a_lost_reply_is_looked_up_and_not_posted_again(world):
    await world.subscribe()
    world.slack.faults = [LostReply()]

    await world.run(world.worker(), minutes=[0, 5])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert await world.ends() == [("sent", "")]


async def test_a_lost_reply_in_the_thread_is_looked_up_there(world):
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


async def test_a_digest_moved_while_in_doubt_is_looked_for_where_it_was_posted(world):
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


async def test_a_request_that_got_lost_is_repeated_after_a_second_look(world):
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


async def test_a_request_that_arrives_late_is_found_by_the_second_look(world):
    await world.subscribe()
    world.composer.reply = None
    world.slack.faults = [LostReply()]
    world.slack.look_faults = [Ambiguous("timeout")]

    await world.run(world.worker(), minutes=[0, 1])

    assert world.slack.keys() == [KEY]
    assert await world.ends() == [("sent", "")]


async def test_without_the_right_to_look_an_ambiguous_end_is_unknown_and_told(world):
    await world.subscribe()
    world.slack.may_read = False
    world.slack.faults = [LostReply()]

    await world.run(world.worker(), minutes=[0, 5, 60])

    assert world.slack.keys() == [KEY]
    ((state, _),) = await world.ends()
    assert state == "unknown"
    (text,) = world.slack.told_to("U1")
    assert "cannot tell whether" in text


async def test_looking_that_fails_for_hours_ends_as_unknown(world):
    await world.subscribe()
    world.slack.faults = [Ambiguous("timeout")]
    world.slack.look_faults = [Ambiguous("timeout")] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    ((state, _),) = await world.ends()
    assert state == "unknown"
    assert world.slack.posts == []
    assert len(world.slack.told_to("U1")) == 1


async def test_looking_waits_as_long_as_slack_says(world):
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


async def test_looking_that_is_throttled_for_hours_ends_as_unknown(world):
    await world.subscribe()
    world.slack.faults = [Ambiguous("timeout")]
    world.slack.look_faults = [Throttled(timedelta(minutes=10))] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    ((state, _),) = await world.ends()
    assert state == "unknown"
    assert len(world.slack.told_to("U1")) == 1


async def test_a_channel_that_is_throttled_for_hours_is_given_up_and_told(world):
    await world.subscribe()
    world.slack.faults = [Throttled(timedelta(seconds=30))] * 1000

    await world.run(world.worker(), minutes=QUARTERS)

    assert await world.ends() == [("failed", "gave up: Slack asked to wait")]
    assert len(world.slack.told_to("U1")) == 1


@pytest.mark.parametrize(("lease", "doubt"), [(10, 20), (80, 20), (120, 30)])
def test_a_straggling_request_is_waited_for_however_short_the_lease_is(lease, doubt):
    terms = Terms(holder="w1", lease=timedelta(seconds=lease))

    assert terms.doubt == timedelta(seconds=doubt)


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
    message = Message("digest", ({"type": "table"}, chart))
    world.composer.outcomes = [Composed(message=message)]
    world.slack.faults = [PayloadRefused("invalid_blocks")] * 2

    await world.run(world.worker(), minutes=[0, 5])

    assert [post.message for post in world.slack.posts] == [Message("digest")]


async def test_a_text_that_is_refused_is_a_failure_and_told(world):
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
async def test_a_lasting_refusal_pauses_the_subscription_and_says_what_mends_it(
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
    assert "The one for 2026-11-22 did not go out" in text
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


async def test_an_unknown_code_is_tried_again_until_it_is_told(world):
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
    assert "2026-11-16 to 2026-11-22 went out before" in text


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


async def test_a_telling_that_fails_is_told_later(world):
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

    assert world.slack.told == []


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
    tell, never = world.slack.tell, asyncio.Event()

    async def hang(team_id, recipient, message):
        if recipient == "U1":
            await never.wait()
        await tell(team_id, recipient, message)

    world.slack.tell = hang
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


async def test_a_stop_waits_for_no_telling_that_hangs(world):
    await world.subscribe()
    world.slack.faults = [PayloadRefused("invalid_blocks")]
    never = asyncio.Event()
    ended = []

    async def hang(*_args):
        try:
            await never.wait()
        finally:
            ended.append(True)

    world.slack.tell = hang
    worker = world.worker()
    await world.run(worker)
    await worker.stop(timedelta(0))

    assert ended == [True]


async def test_a_stop_cuts_a_round_short_that_waits_for_the_database(world):
    never = asyncio.Event()
    begun = asyncio.Event()

    class Hanging(Planner):
        async def plan(self, _now):
            begun.set()
            await never.wait()

    worker = world.worker(
        wrap=lambda port: Hanging(world.database) if isinstance(port, Planner) else port
    )
    running = asyncio.create_task(worker.run_due())
    await begun.wait()
    await asyncio.wait_for(worker.stop(timedelta(0)), 5)

    with pytest.raises(asyncio.CancelledError):
        await running


async def test_after_a_stop_nothing_new_is_taken_on(world):
    await world.subscribe()
    worker = world.worker()

    await worker.stop(timedelta(seconds=1))
    await worker.run_due()
    assert world.slack.posts == []
    await world.run(world.worker("another"))

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]


async def test_a_stop_lets_a_running_post_finish(world):
    await world.subscribe()
    worker = world.worker()
    post = world.slack.post
    begun, release = asyncio.Event(), asyncio.Event()

    async def slow(*args, **kwargs):
        begun.set()
        await release.wait()
        return await post(*args, **kwargs)

    world.slack.post = slow
    running = asyncio.create_task(worker.run_due())
    await begun.wait()
    stopping = asyncio.create_task(worker.stop(timedelta(seconds=5)))
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(running, stopping)

    ((state, _),) = await world.ends()
    assert state == "sent"
    assert world.slack.keys()[0] == KEY


async def test_a_stop_hands_back_what_does_not_finish(world):
    await world.subscribe()
    worker = world.worker()
    post = world.slack.post
    begun = asyncio.Event()

    async def hang(*args, **kwargs):
        await post(*args, **kwargs)
        begun.set()
        await asyncio.Event().wait()

    world.slack.post = hang
    running = asyncio.create_task(worker.run_due())
    await begun.wait()
    await worker.stop(timedelta(0))
    await running
    world.slack.post = post
    await world.run(world.worker("another"), minutes=[LEASE / timedelta(minutes=4)])

    assert world.slack.keys() == [KEY, f"{KEY}:reply"]
    assert world.slack.looks == 1
