from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from examples import DAILY, FRIDAY, MONDAY, counting_pick, draft
from sqlalchemy import update

from zenmux_bot.digests.delivery.entries import (
    Claim,
    Composed,
    DigestPost,
    Notification,
    Part,
    Pause,
    Posted,
    State,
    Transition,
)
from zenmux_bot.digests.schedule import Days
from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_bot.render.message import Message
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.store.tables import subscriptions as subscriptions_table

MINUTE = timedelta(minutes=1)
WEEK_47 = Days(first=date(2026, 11, 16), last=date(2026, 11, 22))


@pytest.fixture
def ledger(database):
    return Ledger(database)


@pytest.fixture
def notifications(database):
    return Notifications(database)


@pytest.fixture
async def subscription(database):
    return await Subscriptions(database, counting_pick()).create(draft())


@pytest.fixture
async def post(database, ledger, subscription):
    await Planner(database).plan(MONDAY)
    (post,) = await ledger.ready(MONDAY, limit=9)
    return post


def claim_of(holder="w1", *, at=MONDAY, **fields):
    fields = {"channel_id": "C1"} | fields
    return Claim(holder=holder, at=at, until=at + 2 * MINUTE, **fields)


def waiting(retry_at, state=State.DUE, *, failures=0):
    return Transition(
        state=state, at=MONDAY, reason="x", retry_at=retry_at, failures=failures
    )


def sent(ts="1.0"):
    return Transition(state=State.SENT, at=MONDAY, posted=Posted("C1", ts))


async def ready_at(ledger, now, **options):
    return [post.entry.id for post in await ledger.ready(now, limit=9, **options)]


async def test_claim__once(ledger, post):
    claims = await asyncio.gather(
        *(ledger.claim(post, claim_of(f"w{n}")) for n in range(8))
    )

    (given,) = [claim for claim in claims if claim is not None]
    assert (given.entry.state, given.entry.lease_until) == (
        State.CLAIMED,
        MONDAY + 2 * MINUTE,
    )


async def test_claim__stores_content(ledger, post):
    claimed = await ledger.claim(
        post,
        claim_of(
            composed=Composed(
                message=Message("digest"),
                reply=Message("leaderboard"),
                data_through=date(2026, 11, 22),
                figures={"openai": Decimal("31.40")},
            )
        ),
    )

    assert claimed.entry.figures == {"openai": Decimal("31.40")}
    assert (claimed.entry.data_through, claimed.entry.reply_wanted) == (
        date(2026, 11, 22),
        True,
    )
    assert claimed.entry.claimed_at == MONDAY


async def test_ready__fresh_and_stale_claims(ledger, post):
    claimed = await ledger.claim(post, claim_of())

    assert await ready_at(ledger, MONDAY + MINUTE) == []
    assert await ledger.take_over(claimed, claim_of("w2", at=MONDAY + MINUTE)) is None
    later = MONDAY + 2 * MINUTE
    assert await ready_at(ledger, later) == [post.entry.id]
    taken = await ledger.take_over(claimed, claim_of("w2", at=later))
    assert (taken.entry.holder, taken.entry.claimed_at) == ("w2", MONDAY)


async def test_ready__lease_too_far_ahead(ledger, post):
    claimed = await ledger.claim(post, claim_of(at=MONDAY + timedelta(days=9)))

    assert await ready_at(ledger, MONDAY) == [post.entry.id]
    assert await ledger.take_over(claimed, claim_of("w2")) is not None


async def test_apply__claim_lost(ledger, post):
    claimed = await ledger.claim(post, claim_of())
    later = MONDAY + 2 * MINUTE
    await ledger.take_over(claimed, claim_of("w2", at=later))
    failed = Transition(state=State.FAILED, at=later, reason="x")

    assert await ledger.apply(claimed, failed) is None
    assert await ledger.apply(claimed, waiting(later, State.CLAIMED)) is None
    assert await ledger.apply(claimed, waiting(later)) is None


async def test_apply__sent_after_losing_the_claim(ledger, post, database):
    claimed = await ledger.claim(post, claim_of())
    taken = await ledger.take_over(claimed, claim_of("w2", at=MONDAY + 2 * MINUTE))
    unknown = Transition(state=State.UNKNOWN, at=MONDAY, reason="x")
    await ledger.apply(taken, unknown)

    assert await ledger.apply(claimed, sent()) is not None

    (found,) = await History(database).of(post.entry.subscription_id, limit=9)
    assert (found.state, found.ts, found.reason) == (State.SENT, "1.0", "")


async def test_apply__settled_stays_settled(ledger, post):
    claimed = await ledger.claim(post, claim_of())
    assert await ledger.apply(claimed, sent()) is not None

    assert await ledger.apply(claimed, sent("2.0")) is None
    assert await ready_at(ledger, MONDAY + timedelta(days=1)) == []


async def test_apply__handed_back(ledger, post):
    claimed = await ledger.claim(post, claim_of())
    back = (await ledger.apply(claimed, waiting(MONDAY + MINUTE, failures=2))).entry

    assert (back.state, back.failures, back.holder) == (State.DUE, 2, None)
    assert await ready_at(ledger, MONDAY) == []
    assert await ready_at(ledger, MONDAY + MINUTE) == [post.entry.id]


async def test_ready__retry_too_far_ahead(ledger, post):
    await ledger.apply(post, waiting(MONDAY + timedelta(days=9)))

    assert await ready_at(ledger, MONDAY) == [post.entry.id]


async def test_apply__in_doubt(ledger, post):
    claimed = await ledger.claim(post, claim_of())

    step = waiting(MONDAY + MINUTE, State.CLAIMED, failures=1)
    doubt = (await ledger.apply(claimed, step)).entry

    assert (doubt.state, doubt.holder) == (State.CLAIMED, None)
    assert await ready_at(ledger, MONDAY + MINUTE) == [post.entry.id]


async def test_apply__sent_enters_the_reply(ledger, post):
    claimed = await ledger.claim(
        post,
        claim_of(composed=Composed(message=Message("digest"), reply=Message("reply"))),
    )

    settled = await ledger.apply(claimed, sent("7.0"))

    reply = settled.reply
    assert (reply.part, reply.thread_ts) == (Part.REPLY, "7.0")
    assert reply.key == f"{post.entry.key}:reply"
    assert await ready_at(ledger, MONDAY) == [reply.id]


async def test_apply__no_reply_wanted(ledger, post):
    settled = await ledger.apply(await ledger.claim(post, claim_of()), sent())

    assert settled.reply is None


async def test_ready__resting_workspace(ledger, post):
    assert await ready_at(ledger, MONDAY, resting={"T1"}) == []
    assert await ready_at(ledger, MONDAY, resting={"T2"}) == [post.entry.id]


async def test_ready__workspaces_take_turns(database):
    subscriptions = Subscriptions(database, counting_pick())
    for team_id, channel_id in (("T1", "C1"), ("T1", "C2"), ("T1", "C3"), ("T2", "C4")):
        await subscriptions.create(draft(team_id=team_id, channel_id=channel_id))
    await Planner(database).plan(MONDAY)

    posts = await Ledger(database).ready(MONDAY, limit=3)

    assert [post.channel_id for post in posts] == ["C1", "C2", "C4"]


async def test_claim__paused_subscription(ledger, post, subscription):
    database = ledger._database
    await Subscriptions(database, counting_pick()).pause(
        subscription, reason="x", by="U1", now=MONDAY
    )

    assert await ledger.claim(post, claim_of()) is None


async def test_apply__notifies_and_pauses(ledger, post, notifications, database):
    subscriptions = Subscriptions(database, counting_pick())
    await subscriptions.create(draft(owner_id="U2", channel_id="C2"))
    pause = Pause(reason="token_revoked", text="stopped", whole_team=True)

    await ledger.apply(
        post,
        Transition(
            state=State.FAILED,
            at=MONDAY,
            reason="gone",
            notifications=(Notification(recipient="COPS", text="stopped"),),
            pause=pause,
        ),
    )

    states = [s.state for s in await subscriptions.of_team("T1")]
    assert states == [SubscriptionState.PAUSED] * 2
    told = await notifications.take(MONDAY, until=MONDAY + MINUTE, limit=9)
    assert [notice.recipient for notice in told] == ["COPS", "U1", "U2"]


async def test_take__one_worker_until_the_lease_ends(ledger, post, notifications):
    told = tuple(Notification(recipient="U1", text=str(n)) for n in range(6))
    failed = Transition(state=State.FAILED, at=MONDAY, reason="x", notifications=told)
    await ledger.apply(post, failed)
    until = MONDAY + MINUTE

    taken = await asyncio.gather(
        *(notifications.take(MONDAY, until=until, limit=2) for _ in range(4))
    )

    texts = sorted(notice.text for batch in taken for notice in batch)
    assert texts == sorted(set(texts))
    rest = await notifications.take(MONDAY, until=until, limit=9)
    assert sorted(texts + [n.text for n in rest]) == list("012345")
    assert await notifications.take(MONDAY, until=until, limit=9) == []
    again = await notifications.take(until, until=until + MINUTE, limit=9)
    assert [notice.attempts for notice in again] == [2] * 6


async def test_history__newest_first(ledger, database, subscription):
    planner, history = Planner(database), History(database)
    await planner.plan(MONDAY)
    (first,) = await ledger.ready(MONDAY, limit=9)
    await ledger.apply(first, sent())
    next_week = MONDAY + timedelta(days=7)
    await planner.plan(next_week)

    entries = await history.of(subscription.id, limit=9)

    assert [entry.state for entry in entries] == [State.DUE, State.SENT]
    month = timedelta(days=30)
    (sent_one,) = await history.sent_before(subscription.id, next_week, within=month)
    assert sent_one.id == first.entry.id
    assert await history.sent_before(subscription.id, MONDAY, within=month) == []
    assert await history.newest_of([subscription.id]) == {subscription.id: entries[0]}


async def test_plan__twice(database, subscription):
    planner = Planner(database)

    assert await planner.plan(MONDAY) == 1
    assert await planner.plan(MONDAY) == 0
    assert len(await History(database).of(subscription.id, limit=9)) == 1


async def test_plan__concurrent_workers(database):
    subscriptions = Subscriptions(database, counting_pick())
    created = [await subscriptions.create(draft(schedule=DAILY)) for _ in range(5)]

    await asyncio.gather(*(Planner(database).plan(MONDAY) for _ in range(4)))

    for subscription in created:
        entries = await History(database).of(subscription.id, limit=9)
        states = [entry.state for entry in entries]
        assert states == [State.DUE, State.SKIPPED, State.SKIPPED]


async def test_plan__more_than_a_batch(database):
    subscriptions = Subscriptions(database, counting_pick())
    for _ in range(203):
        await subscriptions.create(draft())
    stale = MONDAY + timedelta(hours=1)
    async with database.writing() as connection:
        await connection.execute(update(subscriptions_table).values(next_at=stale))

    await Planner(database).refresh(MONDAY)

    assert await Planner(database).plan(MONDAY) == 203


async def test_plan__clock_set_back(database, ledger):
    """Once the clock is right again nothing is sent early and nothing is lost."""
    subscription = await Subscriptions(database, counting_pick()).create(
        draft(schedule=DAILY)
    )
    planner, history = Planner(database), History(database)
    await planner.plan(MONDAY + timedelta(days=20))

    await planner.plan(FRIDAY + timedelta(hours=1))
    assert await history.of(subscription.id, limit=99) == []
    assert await ready_at(ledger, FRIDAY + timedelta(hours=1)) == []
    await planner.plan(FRIDAY + timedelta(days=1))

    (entry,) = await history.of(subscription.id, limit=99)
    assert (entry.state, entry.occurrence.at) == (
        State.DUE,
        FRIDAY + timedelta(hours=20),
    )


async def test_refresh__new_time_zone_rules(database, subscription):
    async with database.writing() as connection:
        stale = MONDAY + timedelta(hours=1)
        await connection.execute(update(subscriptions_table).values(next_at=stale))
    planner = Planner(database)
    assert await planner.plan(MONDAY) == 0

    await planner.refresh(MONDAY)

    assert await planner.plan(MONDAY) == 1


async def test_by_hand__twice(database, subscription, ledger):
    planner = Planner(database)

    one = await planner.by_hand(subscription, by="U1", now=MONDAY)
    other = await planner.by_hand(subscription, by="U1", now=MONDAY)

    assert one == other
    assert one.occurrence.days == WEEK_47
    assert one.by_hand is True
    assert replace(one, state=State.DUE) == one
    assert await ready_at(ledger, MONDAY) == [one.id]


async def test_by_hand__again_after_the_end(database, subscription, ledger):
    planner = Planner(database)
    keys = []

    for _ in range(3):
        asked = await planner.by_hand(subscription, by="U1", now=MONDAY)
        twice = await planner.by_hand(subscription, by="U1", now=MONDAY + MINUTE / 2)
        assert (twice.id, twice.state) == (asked.id, State.DUE)
        keys.append(asked.key)
        failed = Transition(state=State.FAILED, at=MONDAY, reason="x")
        await ledger.apply(DigestPost(entry=asked, subscription=subscription), failed)

    assert keys == [
        "d-2222:2026-11-23T08:00Z[by hand]",
        "d-2222:2026-11-23T08:00Z[by hand, 2]",
        "d-2222:2026-11-23T08:00Z[by hand, 3]",
    ]
