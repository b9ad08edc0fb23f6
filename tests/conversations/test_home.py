"""The Home tab is put together with few statements, however many digests there are."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from zenmux_bot.answers.service import Response
from zenmux_bot.answers.status.view import Check, StatusView
from zenmux_bot.conversations.home import MAX_DIGESTS, Homes
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.service import DigestService
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.render.report import Report
from zenmux_bot.store.conversations import Settings
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.subscriptions import Subscriptions

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DIGESTS = 200
MAX_STATEMENTS = 6


class Everything:
    """An administrator in no channel, a healthy bot, a week that is not known."""

    def now(self):
        return NOW

    async def is_admin(self, actor):
        return True

    async def channels_of(self, team_id, user_id):
        return frozenset()

    async def check(self, team_id):
        return StatusView((), NOW)

    async def answer(self, text, *, actor):
        raise TimeoutError


@pytest.fixture
async def homes(database):
    subscriptions = Subscriptions(database, secrets.choice)
    for number in range(DIGESTS):
        await subscriptions.create(
            Subscription(
                id="",
                team_id="T1",
                channel_id=f"C{number}",
                channel_name="c",
                owner_id="U2",
                metric=Metric.COST,
                schedule=Schedule(
                    cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="Europe/Berlin"
                ),
                created_at=NOW,
                updated_at=NOW,
            )
        )
    every = Everything()
    digests = DigestService.__new__(DigestService)
    digests._history, digests._clock = History(database), every
    return Homes(
        subscriptions=subscriptions,
        digests=digests,
        directory=every,
        permissions=every,
        preferences=Preferences(Settings(database), every),
        service=every,
        health=every,
        clock=every,
    )


async def test_view__of_a_thousand_digests(homes):
    statements = []

    def count(*arguments):
        statements.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        begun = time.process_time()
        view = await homes.view(Actor("T1", "U1"))
        seconds = time.process_time() - begun
    finally:
        event.remove(Engine, "before_cursor_execute", count)

    assert (len(view.others.lines), view.others.hidden) == (
        MAX_DIGESTS,
        DIGESTS - MAX_DIGESTS,
    )
    assert view.missing == ()
    assert len(statements) <= MAX_STATEMENTS
    assert seconds < 1


@pytest.mark.parametrize(
    ("ok", "then_old", "shown"),
    [
        (True, False, "Fine. OpenAI led."),
        (True, True, ""),
        (False, True, "Down. OpenAI led."),
    ],
    ids=["over", "still_an_old_copy", "goes_on"],
)
async def test_view__headline_knows_what_the_check_found(homes, ok, then_old, shown):
    class Service:
        checked = False

        async def check(self, team_id):
            self.checked = True
            return StatusView((Check("ZenMux API", ok=ok, found="…"),), NOW)

        async def answer(self, text, *, actor):
            old = then_old or not self.checked
            headline = "Down." if old else "Fine."
            report = Report(title="", headline=headline, finding="OpenAI led.")
            return Response(report=report, is_old=old)

    homes._service = homes._health = Service()

    assert (await homes.view(Actor("T1", "U1"))).headline == shown
