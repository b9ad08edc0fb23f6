"""Digests of own spend: figures, budgets left, and only where they may be seen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from examples import DAILY, WEEKLY, draft
from own_api import OwnApi

from zenmux_bot.answers.service import Answers
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.budgets.evaluate import Budget
from zenmux_bot.digests.delivery.context import Skip
from zenmux_bot.digests.delivery.entries import Composed
from zenmux_bot.digests.schedule import due
from zenmux_bot.digests.spend import CLOSED, SpendComposer
from zenmux_bot.digests.subscriptions import DigestSubject
from zenmux_bot.zenmux.api import OneApi

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Kept:
    """What an account has kept: rows of one kind by workspace."""

    def __init__(self, found):
        self.found = found

    async def of_team(self, _team_id):
        return self.found


def budget(channel_id="C1", amount="100000"):
    return Budget(
        id="b-1",
        team_id="T1",
        channel_id=channel_id,
        owner_id="U1",
        amount=Decimal(amount),
        created_at=MONDAY,
    )


async def compose(*, is_open=True, budgets=(), late=False, change=None, **changes):
    api = OwnApi(MONDAY, change=change)

    async def shown(_channel):
        return is_open

    composer = SpendComposer(
        Answers(OneApi(api), api, Health(OneApi(api), api, ())),
        is_open=shown,
        api_of=lambda _: api,
        budgets=Kept(list(budgets)),
        key_names=Kept({}),
        clock=api,
    )
    subscription = draft(id="d-7kq3", subject=DigestSubject.SPEND, **changes)
    occurrence = due(subscription.schedule, MONDAY - timedelta(days=8), MONDAY)[-1]
    composed = await composer.compose(subscription, occurrence, late=late)
    return composed, api


@pytest.mark.parametrize(
    ("schedule", "title"),
    [
        (WEEKLY, "Own spend, week 47 (16–22 Nov 2026)"),
        (DAILY, "Own spend, Sunday, 22 Nov 2026"),
    ],
)
async def test_compose__names_the_period(schedule, title):
    composed, _ = await compose(schedule=schedule)

    assert isinstance(composed, Composed)
    assert composed.message.blocks[0]["text"]["text"] == title
    assert "billed" in composed.message.text
    assert composed.data_through == date(2026, 11, 22)
    assert composed.figures == {}


async def test_compose__by_key():
    composed, _ = await compose(by_key=True)

    assert "key_" in composed.message.text
    assert "By API key:" not in composed.message.text


async def test_compose__names_the_keys_that_spent_most_without_asking_for_more():
    composed, api = await compose()
    _, api_by_key = await compose(by_key=True)

    text = composed.message.text
    said = text[text.index("By API key: ") :].split(" more.")[0]
    assert said.count("key_") == 3
    assert said.count("$") == 3
    assert {*api.asked} == {*api_by_key.asked}


async def test_compose__says_what_is_left_of_the_channels_budgets():
    composed, _ = await compose(
        budgets=[budget(), budget("C2", "7"), budget(amount="1")]
    )

    assert "of the budget of $100,000.00 for the account is left" in (
        composed.message.text
    )
    assert "The budget of $1.00 for the account is exceeded" in composed.message.text
    assert "$7.00" not in composed.message.text


async def test_compose__a_channel_that_was_closed_gets_nothing():
    composed, api = await compose(is_open=False)

    assert composed == Skip(CLOSED, notify=True)
    assert api.asked == []
