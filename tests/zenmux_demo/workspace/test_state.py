"""The memory of the workspace, without HTTP."""

from __future__ import annotations

import asyncio

import pytest

from zenmux_demo.workspace.mentions import resolve
from zenmux_demo.workspace.model import Message, Refusal
from zenmux_demo.workspace.rate_limits import Pacer
from zenmux_demo.workspace.seed import (
    COSTS,
    MAYA,
    PRIVATE,
    YUKI,
    build_channels,
    build_users,
)
from zenmux_demo.workspace.state import Workspace
from zenmux_demo.workspace.tickets import ResponseTickets, Triggers


@pytest.fixture
def state(clock):
    return Workspace(
        clock=clock, users=build_users("ZenMux"), channels=build_channels()
    )


def said(state, text="x", **more):
    message = Message(channel=COSTS, ts=state.next_ts(), user=MAYA, text=text, **more)
    return state.add(message)


def test_timestamps_are_unique_and_increase_even_when_the_clock_goes_back(state, clock):
    first, second = state.next_ts(), state.next_ts()
    clock.advance(seconds=-60)
    third = state.next_ts()
    clock.advance(seconds=120)

    assert first == "1795420800.000000"
    assert first < second < third < state.next_ts()


def test_an_ephemeral_message_has_one_reader(state):
    message = said(state, reader=YUKI)

    assert state.messages(COSTS, reader=YUKI) == [message]
    assert state.messages(COSTS, reader=MAYA) == []
    assert state.messages(COSTS) == []


def test_replies_stand_in_the_thread_alone_unless_broadcast(state):
    head = said(state)
    quiet = said(state, thread_ts=head.ts)
    loud = said(state, thread_ts=head.ts, subtype="thread_broadcast")

    assert state.timeline(COSTS) == [head, loud]
    assert state.thread(COSTS, head.ts) == [head, quiet, loud]
    assert state.replies(head) == [quiet, loud]


def test_a_private_channel_does_not_exist_from_outside(state):
    assert state.visible_channel(PRIVATE, MAYA).name == "finance"
    with pytest.raises(Refusal, match="channel_not_found"):
        state.visible_channel(PRIVATE, YUKI)


def test_there_are_people_in_several_zones_and_one_admin(state):
    assert len({person.tz for person in state.people}) >= 3
    assert [person.id for person in state.people if person.is_admin] == [MAYA]


def test_a_moved_channel_takes_its_messages_along(state):
    message = said(state)

    state.move_channel(COSTS, "C0NEW")

    assert state.messages("C0NEW") == [message]
    assert message.channel == "C0NEW"
    with pytest.raises(Refusal, match="channel_not_found"):
        state.channel(COSTS)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("share cost 8w", "share cost 8w"),
        ("in #llm-costs now", "in <#C0LLMCOSTS1|llm-costs> now"),
        ("in #finance", "in <#C0FINANCE01|>"),
        ("#llm-costs-eu", "#llm-costs-eu"),
        ("@maya and @YUKI", "<@U0MAYA00001> and <@U0YUKI00001>"),
        ("@ZenMux help", "<@U0ZENMUX001> help"),
        ("@Tomás", "<@U0TOMAS0001>"),
        ("mail@maya", "mail@maya"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0MAYA00001> hi", "<@U0MAYA00001> hi"),
        ("see https://a.b/c?d=1&e=2", "see <https://a.b/c?d=1&amp;e=2>"),
        ("provider x.ai", "provider <http://x.ai|x.ai>"),
        ("model z-ai/glm-4.5-air", "model z-ai/glm-4.5-air"),
        ("2026-11-01..2026-11-15", "2026-11-01..2026-11-15"),
        ("", ""),
    ],
)
def test_typed_text_becomes_slacks_markup(state, typed, sent):
    assert resolve(typed, state) == sent


def test_a_trigger_works_once(clock):
    triggers = Triggers(clock)
    trigger_id = triggers.issue(MAYA)

    assert triggers.redeem(trigger_id).user == MAYA
    with pytest.raises(Refusal, match="exchanged_trigger_id"):
        triggers.redeem(trigger_id)


def test_a_trigger_lives_three_seconds(clock):
    triggers = Triggers(clock)
    fresh, stale = triggers.issue(MAYA), triggers.issue(MAYA)
    clock.advance(seconds=3)
    triggers.redeem(fresh)
    clock.advance(seconds=0.1)

    with pytest.raises(Refusal, match="expired_trigger_id"):
        triggers.redeem(stale)


def test_an_invented_trigger_is_refused(clock):
    with pytest.raises(Refusal, match="invalid_trigger_id"):
        Triggers(clock).redeem("1.2.3")


def test_a_response_url_takes_five_posts(clock):
    tickets = ResponseTickets(clock)
    ticket = tickets.issue(channel=COSTS, user=MAYA)
    for _ in range(5):
        tickets.use(ticket.id)

    with pytest.raises(Refusal, match="used_url"):
        tickets.use(ticket.id)


def test_a_response_url_lives_thirty_minutes(clock):
    tickets = ResponseTickets(clock)
    ticket = tickets.issue(channel=COSTS, user=MAYA)
    clock.advance(minutes=30)
    tickets.use(ticket.id)
    clock.advance(seconds=1)

    with pytest.raises(Refusal, match="expired_url"):
        tickets.use(ticket.id)


async def test_a_response_does_not_overtake_the_acknowledgement(clock):
    tickets = ResponseTickets(clock)
    ticket = tickets.issue(channel=COSTS, user=MAYA)
    waiting = asyncio.create_task(tickets.wait_acknowledged(ticket.id))
    await asyncio.sleep(0)

    assert not waiting.done()
    ticket.acknowledged.set()
    await waiting


async def test_a_response_before_the_acknowledgement_is_held_for_a_moment_only(clock):
    tickets = ResponseTickets(clock)
    ticket = tickets.issue(channel=COSTS, user=MAYA)

    await tickets.wait_acknowledged(ticket.id)
    await tickets.wait_acknowledged("unknown")
    assert not ticket.acknowledged.is_set()


def test_posting_is_paced_by_channel_with_a_short_burst(clock):
    pacer = Pacer(clock)

    assert [pacer.seconds_to_wait("C1") for _ in range(5)] == [0, 0, 0, 0, 1]
    assert pacer.seconds_to_wait("C2") == 0
    clock.advance(seconds=1)
    assert pacer.seconds_to_wait("C1") == 0
    assert pacer.seconds_to_wait("C1") == 1
