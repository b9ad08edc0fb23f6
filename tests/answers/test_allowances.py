"""Allowances: what a person and a channel may ask, and what costs nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from asked import service_before

from zenmux_bot.answers import allowances as module
from zenmux_bot.answers.allowances import PERSON, Allowance, Allowances
from zenmux_bot.answers.service import AnswerService
from zenmux_bot.core.actors import Actor
from zenmux_bot.errors import TooMuch
from zenmux_demo.workspace.seed import COSTS, GENERAL, MAYA, TOMAS

MAYA_HERE = Actor(team_id="T1", user_id="U1", channel_id="C1")


@dataclass
class Seconds:
    now: float = 0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


def few(seconds, *, person=2, channel=3):
    return Allowances(
        Allowance(at_once=person, per_minute=6),
        Allowance(at_once=channel, per_minute=60),
        monotonic=seconds,
    )


def test_allowances__person_waits_after_too_many_and_not_for_long(seconds):
    allowances = few(seconds)
    allowances.take(MAYA_HERE)
    allowances.take(MAYA_HERE)

    with pytest.raises(TooMuch) as too_much:
        allowances.take(MAYA_HERE)
    assert too_much.value.retry_after == timedelta(seconds=10)
    seconds.now += 10
    allowances.take(MAYA_HERE)


def test_allowances__people_have_a_channel_together_and_lose_nothing_while_it_is_full(
    seconds,
):
    allowances = few(seconds)
    for number in range(3):
        allowances.take(replace(MAYA_HERE, user_id=f"U{number}"))

    with pytest.raises(TooMuch, match="this channel"):
        allowances.take(replace(MAYA_HERE, user_id="U9"))
    elsewhere = replace(MAYA_HERE, user_id="U9", channel_id="C2")
    allowances.take(elsewhere)
    allowances.take(elsewhere)


def test_allowances__workspaces_are_counted_apart(seconds):
    allowances = few(seconds, person=1)
    allowances.take(MAYA_HERE)

    allowances.take(replace(MAYA_HERE, team_id="T2"))


def test_allowances__no_more_is_saved_up_than_a_bucket_holds(seconds):
    allowances = few(seconds)
    allowances.take(MAYA_HERE)
    seconds.now += 3600

    allowances.take(MAYA_HERE)
    allowances.take(MAYA_HERE)
    with pytest.raises(TooMuch):
        allowances.take(MAYA_HERE)


def test_allowances__buckets_do_not_pile_up(monkeypatch, seconds):
    monkeypatch.setattr(module, "MAX_BUCKETS", 10)
    allowances = few(seconds)

    for number in range(100):
        allowances.take(Actor(team_id="T1", user_id=f"U{number}", channel_id=""))

    assert len(allowances) == 10


async def test_allowances__what_is_ready_is_given_all_the_same(clock, sandbox, seconds):
    async with service_before(sandbox, clock) as whole:
        allowances = few(seconds, person=1)
        service = AnswerService(whole._answers, clock, allowances=allowances)
        first = await service.answer("leaderboard cost 7d", actor=MAYA_HERE)
        again = await service.answer("leaderboard cost 7d", actor=MAYA_HERE)
        another = await service.answer("share cost 8w", actor=MAYA_HERE)

    assert first.ok
    assert again.ok
    assert isinstance(another.error, TooMuch)
    assert "Try again in 10 seconds" in another.report.finding
    assert [button.command for button in another.report.buttons] == ["share cost 8w"]


@pytest.fixture
def held_time(monkeypatch):
    """Nothing is regained, however long a test takes."""
    monkeypatch.setitem(Allowances.__init__.__kwdefaults__, "monotonic", lambda: 0.0)


async def test_allowances__it_is_one_allowance_for_commands_mentions_and_buttons(
    held_time, http_stage
):
    stage = http_stage
    reply = await stage.slack.command("/zenmux leaderboard cost 7d")
    [answer] = reply.messages
    await asyncio.gather(
        *(stage.slack.command("/zenmux help") for _ in range(PERSON.at_once - 1))
    )

    def sorry(user=MAYA, channel=COSTS):
        seen = stage.slack.messages(channel, user=user)
        return [m for m in seen if "Too many questions at once" in m.text]

    await stage.slack.command("/zenmux help")
    await stage.slack.wait_for(lambda: len(sorry()) == 1)
    await stage.slack.select(answer, "ask:more", "By tokens")
    await stage.slack.wait_for(lambda: len(sorry()) == 2)
    await stage.slack.mention("help", channel=COSTS)
    await stage.slack.wait_for(lambda: len(sorry()) == 3)
    await stage.slack.command("/zenmux digest list", channel=GENERAL)
    await stage.slack.wait_for(lambda: len(sorry(channel=GENERAL)) == 1)

    other = await stage.slack.command("/zenmux help", user=TOMAS)
    assert not sorry(user=TOMAS)
    assert "ZenMux statistics in Slack" in other.messages[0].text
