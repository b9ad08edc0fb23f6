"""Messages of other features: posted once, or the owner hears why not."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from examples import DAILY, MONDAY
from faults import Fate, empty, live
from sqlalchemy import select
from worlds import LostReply

from zenmux_bot.digests.delivery.entries import FINAL, Composed, OutboundMessage, State
from zenmux_bot.errors import Ambiguous, PayloadRefused, Refused, Throttled
from zenmux_bot.render.message import Message
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.rows import outbound_from
from zenmux_bot.store.tables import outbound_messages

pytestmark = pytest.mark.usefixtures("logs")

KEY = "alert:a-7kq3:2026-11-22"
RECOVERY = "alert:a-7kq3:2026-11-24"


@pytest.fixture
def ledger(world):
    return Ledger(world.database)


def message(key=KEY, **changes) -> OutboundMessage:
    fields = {
        "key": key,
        "team_id": "T1",
        "channel_id": "C1",
        "owner_id": "U1",
        "message": Message("OpenAI passed Anthropic.", ({"type": "divider"},)),
        "subject": "The alert `a-7kq3`",
    }
    return OutboundMessage(**fields | changes)


async def entries(world):
    query = select(outbound_messages).order_by(outbound_messages.c.id)
    async with world.database.reading() as connection:
        return [outbound_from(row) for row in await connection.execute(query)]


async def ends(world):
    return [(str(entry.state), entry.reason) for entry in await entries(world)]


async def test_enqueue__is_posted_once(world, ledger):
    assert await ledger.posted(KEY) is None

    assert await ledger.enqueue(message(), now=MONDAY)
    assert not await ledger.enqueue(message(), now=MONDAY)
    await world.run(world.worker(), minutes=[0, 5])
    assert not await ledger.enqueue(message(), now=MONDAY)
    await world.run(world.worker(), minutes=[5])

    (post,) = world.slack.posts
    assert (post.key, post.channel_id, post.thread_ts) == (KEY, "C1", None)
    assert post.message == message().message
    assert await ledger.posted(KEY) == ("C1", post.ts)
    assert world.slack.told == []


async def test_enqueue__keeps_no_text_of_what_was_posted(world, ledger):
    await ledger.enqueue(message(), now=MONDAY)
    await world.run(world.worker())

    (entry,) = await entries(world)
    assert entry.message.message == Message("")


@pytest.mark.parametrize("first", ["outbound", "digest"])
async def test_thread_key__replies_to_an_earlier_message(world, ledger, first):
    if first == "digest":
        world.composer.reply = None
        await world.subscribe()
        await world.run(world.worker())
        thread_key = world.slack.keys()[0]
    else:
        thread_key = KEY
    await ledger.enqueue(message(RECOVERY, thread_key=thread_key), now=MONDAY)
    if first == "outbound":
        await ledger.enqueue(message(channel_id="C2"), now=MONDAY)
    await world.run(world.worker(), minutes=[0, 1])

    main, reply = world.slack.posts
    assert (main.key, reply.key) == (thread_key, RECOVERY)
    assert (reply.channel_id, reply.thread_ts) == (main.channel_id, main.ts)


@pytest.mark.parametrize("fault", [Refused("is_archived"), None])
async def test_thread_key__is_skipped_without_that_message(world, ledger, fault):
    if fault is not None:
        world.slack.faults = [fault]
        await ledger.enqueue(message(), now=MONDAY)
        await world.run(world.worker())
    await ledger.enqueue(message(RECOVERY, thread_key=KEY), now=MONDAY)

    await world.run(world.worker(), minutes=[0, 1])

    state, reason = (await ends(world))[-1]
    assert (state, "was not posted" in reason) == ("skipped", True)
    assert "was not posted" in world.slack.told_to("U1")[-1]


@pytest.mark.parametrize(
    ("faults", "state", "said"),
    [
        ([Refused("is_archived")], "failed", "the channel is archived"),
        ([Refused("channel_not_found")] * 3, "failed", "I can't see the channel"),
        ([Refused("token_revoked")], "failed", "I was removed"),
        ([PayloadRefused("invalid_blocks")] * 2, "failed", "invalid_blocks"),
        ([Throttled(timedelta(minutes=30))] * 99, "failed", "Slack asked to wait"),
        ([Refused("strange_code")] * 99, "failed", "strange_code"),
        ([PayloadRefused("invalid_blocks")], "sent", ""),
        ([LostReply()], "sent", ""),
        ([Ambiguous("timeout")], "sent", ""),
        ([Throttled(timedelta(seconds=5))], "sent", ""),
    ],
)
async def test_outbound__posted_once_or_owner_notified(
    world, ledger, faults, state, said
):
    await ledger.enqueue(message(), now=MONDAY)
    await world.operations_channel("COPS")
    world.slack.faults = list(faults)

    await world.run(world.worker(), minutes=[0, *[15] * 30])

    ((ended, _),) = await ends(world)
    assert ended == state
    assert len(world.slack.posts) == (state == "sent")
    told = world.slack.told_to("U1")
    assert said in (told[-1] if told else "")
    assert len({text for text in told if "was not sent" in text}) == (state != "sent")
    assert world.slack.told_to("COPS") == told


async def test_outbound__unreadable_channel_is_unknown(world, ledger):
    await ledger.enqueue(message(), now=MONDAY)
    world.slack.may_read = False
    world.slack.faults = [LostReply()]

    await world.run(world.worker(), minutes=[0, 5])

    ((state, _),) = await ends(world)
    assert state == "unknown"
    assert "may or may not have been sent" in world.slack.told_to("U1")[0]
    assert await ledger.posted(KEY) is None


async def test_outbound__expires(world, ledger):
    late = MONDAY + timedelta(minutes=10)
    await ledger.enqueue(message(expires_at=late), now=MONDAY)
    world.slack.faults = [Throttled(timedelta(minutes=20))]

    await world.run(world.worker(), minutes=[0, 25])

    assert world.slack.posts == []
    assert await ends(world) == [
        ("failed", "it could not be posted in time: Slack asked to wait")
    ]
    assert len(world.slack.told_to("U1")) == 1


async def test_outbound__team_wide_refusal_pauses_the_digests(world, ledger):
    digest = await world.subscribe(owner_id="U2")
    await ledger.enqueue(message(), now=world.clock.now() - timedelta(days=1))
    world.clock.advance(days=-1)
    world.slack.faults = [Refused("token_revoked")]

    await world.run(world.worker(), minutes=[0, 1])

    stored = await world.subscriptions.get("T1", digest.id)
    assert stored.paused_reason == "token_revoked"
    assert "The alert" in world.slack.told_to("U1")[0]
    assert "Your digests" in world.slack.told_to("U2")[0]


@pytest.mark.parametrize(
    ("posts", "may_read"),
    [
        ([], True),
        ([LostReply()], True),
        ([LostReply()], False),
        ([Ambiguous("timeout")], True),
        ([Refused("is_archived")], True),
        ([Throttled(timedelta(seconds=30))], True),
    ],
)
async def test_outbound__kill_at_each_step(world, posts, may_read):
    """Kill the worker before each of its calls, then start another."""
    for step in itertools.count(1):
        await empty(world)
        world.clock.instant = MONDAY
        world.slack.posts.clear()
        world.slack.told.clear()
        world.slack.may_read = may_read
        world.slack.faults = list(posts)
        ledger = Ledger(world.database)
        await ledger.enqueue(message(), now=MONDAY)
        reply = message(RECOVERY, thread_key=KEY)
        await ledger.enqueue(reply, now=MONDAY)
        fate = Fate(at=step)

        await live(world.worker("first", wrap=fate.wrap))
        if not fate.dead:
            break
        second = world.worker("second")
        await world.run(second, minutes=[0, 3, 10, 10, 30, 3, 3])

        keys = world.slack.keys()
        assert len(keys) == len(set(keys))
        for entry in await entries(world):
            assert entry.state in FINAL
            if entry.state is State.SENT:
                assert entry.key in keys
            else:
                assert world.slack.told_to("U1"), entry
        if may_read and not posts:
            assert keys == [KEY, RECOVERY]
    assert step > 5


async def test_corrections__go_to_the_thread_of_the_digest_before(world):
    digest = await world.subscribe(schedule=DAILY)
    world.composer.reply = None
    await world.run(world.worker())
    first = world.slack.posts[0]
    correction = message(f"correction:{first.key}:record:a", thread_key=first.key)
    composed = Composed(message=Message("next"), corrections=(correction,))
    world.composer.outcomes = [composed]

    await world.run(world.worker(), minutes=[24 * 60, 1])

    posts = [(post.key, post.thread_ts) for post in world.slack.posts]
    assert digest.id in first.key
    assert posts[0] == (first.key, None)
    assert posts[1][1] is None
    assert posts[2:] == [(correction.key, first.ts)]
