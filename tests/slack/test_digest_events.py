"""What happens to channels and to the app, and what the digests make of it."""

from __future__ import annotations

import pytest
import structlog
from digest_stage import staged, texts

from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_demo.workspace.faults import Fail
from zenmux_demo.workspace.seed import (
    COSTS,
    GENERAL,
    MAYA,
    PRIVATE,
    TEAM_ID,
    TOMAS,
    YUKI,
    direct_channel,
)

ACTIVE, PAUSED = SubscriptionState.ACTIVE, SubscriptionState.PAUSED
FIRST = "d-bbbb"


@pytest.fixture(params=["http", "socket"])
async def both(request, tmp_path):
    async with staged(tmp_path, socket_mode=request.param == "socket") as stage:
        await stage.type("digest create in #llm-costs", user=TOMAS)
        yield stage


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, socket_mode=False) as stage:
        await stage.type("digest create in #llm-costs", user=TOMAS)
        yield stage


async def stored(stage, id_=FIRST):
    return await stage.subscriptions.get(TEAM_ID, id_)


async def heard(stage, user=TOMAS):
    """Return what somebody was told directly, after a round of delivery."""
    await stage.run_due()
    return [
        texts(message)
        for message in stage.slack.messages(direct_channel(user), user=user)
    ]


async def test_an_archived_channel_pauses_its_digests_until_it_is_back(both):
    await both.type("digest create in #general", user=TOMAS)

    await both.slack.archive(COSTS)
    await both.settle()
    paused, other = await stored(both), await stored(both, "d-bbbc")
    assert (paused.state, paused.paused_reason) == (PAUSED, "is_archived")
    assert other.state is ACTIVE
    shown = await both.type(f"digest show {FIRST}", channel=GENERAL)
    assert f"Digest {FIRST}: paused: the channel is archived" in shown.text

    await both.slack.unarchive(COSTS)
    await both.settle()
    assert (await stored(both)).state is ACTIVE
    told = await heard(both)
    assert "the channel is archived (`is_archived`)" in told[0]
    assert "is active again. The newest send that came due in the meantime" in told[1]
    assert "The next one goes out on Mon 23 Nov" in told[1]
    assert len(told) == 2


async def test_a_removed_bot_says_how_to_have_it_back(both):
    await both.slack.remove_bot(COSTS)
    await both.settle()

    assert (await stored(both)).paused_reason == "not_in_channel"
    assert "Type `/invite @ZenMux` in" in (await heard(both))[0]

    await both.slack.invite_bot(COSTS)
    await both.settle()
    assert (await stored(both)).state is ACTIVE


async def test_a_bot_removed_from_a_private_channel_is_noticed(stage):
    await stage.type(f"digest create in <#{PRIVATE}>", user=TOMAS)

    await stage.slack.remove_bot(PRIVATE)
    await stage.settle()
    assert (await stored(stage, "d-bbbc")).state is PAUSED

    await stage.slack.invite_bot(PRIVATE)
    await stage.settle()
    assert (await stored(stage, "d-bbbc")).state is ACTIVE


@pytest.mark.parametrize("person", [MAYA, YUKI])
async def test_channel_events__other_members_are_ignored(stage, person):
    before = len(stage.slack.calls)

    await stage.slack.event(
        {
            "type": "member_left_channel",
            "user": person,
            "channel": COSTS,
            "channel_type": "C",
            "team": TEAM_ID,
        }
    )
    await stage.settle()

    assert (await stored(stage)).state is ACTIVE
    assert len(stage.slack.calls) == before


async def test_what_a_person_paused_stays_paused(stage):
    await stage.type(f"digest pause {FIRST}", user=TOMAS)

    await stage.slack.archive(COSTS)
    await stage.slack.unarchive(COSTS)
    await stage.settle()

    assert (await stored(stage)).paused_reason == TOMAS
    assert await heard(stage) == []


async def test_an_edit_that_stays_in_the_archived_channel_does_not_resume(stage):
    await stage.slack.archive(COSTS)
    await stage.settle()

    await stage.type(f"digest edit {FIRST} top 3", user=TOMAS, channel=GENERAL)

    edited = await stored(stage)
    assert (edited.top, edited.state) == (3, PAUSED)


async def test_a_deleted_channel_keeps_its_digests_for_another(stage):
    await stage.slack.delete_channel(COSTS)
    await stage.settle()

    assert (await stored(stage)).paused_reason == "channel_not_found"
    assert f"/zenmux digest edit {FIRST}" in (await heard(stage))[0]

    await stage.type(f"digest edit {FIRST} in #general", user=TOMAS, channel=GENERAL)
    moved = await stored(stage)
    assert (moved.state, moved.channel_id) == (ACTIVE, GENERAL)


async def test_a_renamed_channel_is_shown_by_its_new_name(both):
    await both.slack.rename(COSTS, "ai-costs")
    await both.settle()

    assert (await stored(both)).channel_name == "ai-costs"
    assert "#ai-costs" in (await both.type(f"digest show {FIRST}")).text


async def test_a_channel_is_followed_to_its_new_id(both):
    await both.slack.change_channel_id(COSTS, "C0MOVED0001")
    await both.settle()

    moved = await stored(both)
    assert (moved.channel_id, moved.channel_name) == ("C0MOVED0001", "llm-costs")
    await both.type(f"digest send {FIRST}", user=TOMAS, channel="C0MOVED0001")
    await both.run_due()
    assert [m for m in both.slack.messages("C0MOVED0001") if m.metadata]


async def test_a_new_id_of_a_channel_without_digests_changes_nothing(stage):
    await stage.slack.change_channel_id(GENERAL, "C0MOVED0001")
    await stage.settle()

    assert (await stored(stage)).channel_id == COSTS


@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        ("uninstall", {"account_inactive", "token_revoked"}),
        ("revoke_tokens", {"token_revoked"}),
    ],
)
async def test_a_workspace_that_removes_the_bot_keeps_its_digests_paused(
    both, happen, reason
):
    await both.type("digest create in #general", user=MAYA)

    await getattr(both.slack, happen)()
    await both.settle()

    for id_ in (FIRST, "d-bbbc"):
        paused = await stored(both, id_)
        assert paused.state is PAUSED
        assert paused.paused_reason in reason


async def test_revoked_tokens_of_people_do_no_harm(stage):
    await stage.slack.event(
        {"type": "tokens_revoked", "tokens": {"oauth": [MAYA], "bot": []}}
    )
    await stage.settle()

    assert (await stored(stage)).state is ACTIVE


async def test_an_event_that_is_sent_again_is_not_acted_on_again(both):
    reply = await both.slack.rename(COSTS, "ai-costs")
    await both.settle()
    await both.slack.rename(COSTS, "newer-costs")
    await both.settle()

    with structlog.testing.capture_logs() as lines:
        answer = await both.slack.redeliver(reply.event_id)
        await both.settle()

    assert answer.status == 200
    assert "event.repeated" in {line["event"] for line in lines}
    assert (await stored(both)).channel_name == "newer-costs"


async def test_an_old_event_does_not_pause_what_can_be_posted_to(stage):
    """Slack repeats events up to an hour later, when the bot may be back."""
    stage.slack.faults.always("conversations.info", Fail("internal_error"))
    await stage.slack.remove_bot(COSTS)
    await stage.settle()
    assert (await stored(stage)).state is ACTIVE
    stage.slack.faults.clear()
    await stage.slack.invite_bot(COSTS)

    await stage.slack.event(
        {
            "type": "member_left_channel",
            "user": stage.slack.state.bot.id,
            "channel": COSTS,
            "channel_type": "C",
            "team": TEAM_ID,
        }
    )
    await stage.settle()

    assert (await stored(stage)).state is ACTIVE
    assert await heard(stage) == []
