"""What becomes of digests when Slack, the database or the clock fails."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from digest_stage import staged, texts

from zenmux_bot.digests.delivery.entries import State
from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_demo.workspace.faults import Drop, Fail, Hang, Page
from zenmux_demo.workspace.seed import (
    COSTS,
    GENERAL,
    MAYA,
    TEAM_ID,
    TOMAS,
    direct_channel,
)

FIRST, SECOND = "d-bbbb", "d-bbbc"
NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
POST = "chat.postMessage"


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, socket_mode=False) as stage:
        await make(stage)
        yield stage


async def make(stage) -> None:
    """Let two people have a digest on Monday at nine in Berlin."""
    for name, user in (("llm-costs", TOMAS), ("general", MAYA)):
        words = f"digest create weekly mon 09:00 Europe/Berlin cost in #{name}"
        await stage.type(words, user=user)


async def run_due(stage, instant: datetime) -> None:
    stage.clock.instant = instant
    await stage.run_due()


def posted(stage, channel: str) -> list:
    return [m for m in stage.slack.messages(channel) if m.metadata]


def told(stage, user: str) -> str:
    direct = stage.slack.messages(direct_channel(user), user=user)
    return "\n".join(map(texts, direct))


@pytest.mark.parametrize(
    "fault",
    [
        Drop(after_accepting=True),
        Drop(),
        Fail("internal_error", after_accepting=True),
        Page(),
    ],
    ids=repr,
)
async def test_a_post_that_fails_or_seems_to_is_in_the_channel_once(stage, fault):
    stage.slack.faults.script(POST, fault)

    await run_due(stage, NINE)
    for minutes in (5, 30, 60):
        await run_due(stage, NINE + timedelta(minutes=minutes))

    for channel, digest in ((COSTS, FIRST), (GENERAL, SECOND)):
        [message] = posted(stage, channel)
        [entry] = await stage.history.of(digest, limit=5)
        assert (entry.state, entry.ts) == (State.SENT, message.ts)


@pytest.mark.parametrize(
    ("code", "fix"),
    [("is_archived", "resumes by itself"), ("not_in_channel", "/invite @ZenMux")],
)
async def test_a_channel_that_takes_no_posts_pauses_its_digest_alone(stage, code, fix):
    await stage.type(f"digest pause {SECOND}")
    stage.slack.faults.script(POST, Fail(code))

    await run_due(stage, NINE)

    digest = await stage.subscriptions.get(TEAM_ID, FIRST)
    assert (digest.state, digest.paused_reason) == (SubscriptionState.PAUSED, code)
    assert posted(stage, COSTS) == []
    assert fix in told(stage, TOMAS)


async def test_a_revoked_token_pauses_all_and_their_owners_hear_of_it(stage):
    stage.slack.faults.always(POST, Fail("token_revoked"))
    await run_due(stage, NINE)

    for digest in (FIRST, SECOND):
        found = await stage.subscriptions.get(TEAM_ID, digest)
        assert found.paused_reason == "token_revoked"
    stage.slack.faults.clear()
    await run_due(stage, NINE + timedelta(minutes=5))
    for user in (TOMAS, MAYA):
        assert "`token_revoked`" in told(stage, user)
    assert posted(stage, COSTS) + posted(stage, GENERAL) == []


async def test_settle__database_unavailable_after_post_is_retried(tmp_path):
    database = sqlite3.connect(tmp_path / "digests.db", isolation_level=None)
    waited = []

    async def come_back(seconds: float) -> None:
        waited.append(seconds)
        database.execute("ALTER TABLE away RENAME TO occurrences")

    async with staged(tmp_path, socket_mode=False, sleep=come_back) as stage:
        await stage.type("digest create weekly mon 09:00 Europe/Berlin cost")
        stage.slack.faults.script(POST, hang := Hang(after_accepting=True))
        stage.clock.instant = NINE
        ringing = asyncio.create_task(stage.run_due())
        await hang.reached.wait()
        database.execute("ALTER TABLE occurrences RENAME TO away")
        hang.release()
        await ringing
        database.close()

        [message] = posted(stage, COSTS)
        [entry] = await stage.history.of(FIRST, limit=5)
        assert (entry.state, entry.ts) == (State.SENT, message.ts)
        assert len(waited) == 1


async def test_a_clock_set_back_over_the_hour_sends_once(stage):
    for minutes in (1, -120, -60, 0, 30):
        await run_due(stage, NINE + timedelta(minutes=minutes))

    assert len(posted(stage, COSTS)) == len(posted(stage, GENERAL)) == 1
