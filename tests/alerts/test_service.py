"""Commands about alerts that change how they stand, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from zenmux_bot.alerts.alert import Alert, Record, RecordKind
from zenmux_bot.alerts.engine import State
from zenmux_bot.alerts.service import AlertService
from zenmux_bot.commands.alert_commands import (
    AboutAlert,
    AlertVerb,
    ExpectDay,
    SnoozeAlert,
    Unusual,
)
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import FixedClock
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.history.archive import Dimension, Series
from zenmux_bot.store.alerts import Alerts, Evaluated
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.daily_history import DailyLists
from zenmux_bot.store.tables import outbound_messages

TOKENS = Series(Dimension.PROVIDER, Metric.TOKENS)
PEAK = FLOOR + DAY * 60
THROUGH = PEAK + DAY * 3
NOW = datetime(2025, 12, 3, tzinfo=UTC)
MAYA = Actor(team_id="T1", user_id="U1", channel_id="C1")


class Directory:
    async def person(self, team_id, user_id):
        return SimpleNamespace(name=f"{team_id} {user_id}")


@pytest.fixture
async def alerts(quick_database):
    lists = DailyLists(quick_database, "test")
    for number in range((THROUGH - FLOOR).days + 1):
        day = FLOOR + DAY * number
        volume = 1000 if day == PEAK else 100 + number % 3
        await lists.put(
            TOKENS,
            {day: {"a": Decimal(volume), "b": Decimal(100)}},
            {"a": "A"},
            seen_at=NOW - timedelta(days=100 - number),
        )
    return Alerts(quick_database)


def serving(database, alerts, lists) -> AlertService:
    return AlertService(
        alerts=alerts,
        lists=lists,
        refresher=None,
        permissions=None,
        directory=Directory(),
        audit=Audit(database),
        clock=FixedClock(NOW),
    )


@pytest.fixture
def service(quick_database, alerts):
    return serving(quick_database, alerts, DailyLists(quick_database, "test"))


async def firing(alerts) -> Alert:
    """Make an alert that told of the peak, and still fires."""
    draft = Alert(
        team_id="T1",
        channel_id="C1",
        channel_name="costs",
        owner_id="U1",
        rule=Unusual("a"),
        dimension=Dimension.PROVIDER,
        evaluated_through=THROUGH,
        status=State(firing={"": PEAK}),
        created_at=NOW,
        updated_at=NOW,
    )
    made = await alerts.create(draft)
    told = Record(
        alert_id=made.id,
        day=PEAK,
        kind=RecordKind.FIRED,
        said="A had unusually high tokens.",
        message_key="alert:T1:C1:peak",
        at=NOW,
    )
    await alerts.settle([], [told], [], now=NOW)
    return made


async def test_expected__alert_stands_as_rehearsed(quick_database, alerts, service):
    """Its end is told in the thread of the message that told of it."""
    made = await firing(alerts)

    report = await service.answer(ExpectDay(made.id), MAYA)

    changed = await alerts.get("T1", made.id)
    assert changed.expected == (PEAK,)
    assert changed.evaluated_through == THROUGH
    assert not changed.status.firing
    assert report.title == f"Alert {made.id}: ok"
    async with quick_database.reading() as connection:
        [reply] = (await connection.execute(select(outbound_messages))).all()
    assert reply.thread_key == "alert:T1:C1:peak"
    assert "back to what is usual after 1 day" in reply.message["text"]


async def test_answer__evaluated_meanwhile(quick_database, alerts):
    """A change does not undo what an evaluation stored since the alert was read."""
    made = await firing(alerts)

    class Lists(DailyLists):
        async def archive(self, series, span=None, *, current=False):
            stored = await alerts.get("T1", made.id)
            if stored.evaluated_through == THROUGH:
                later = Evaluated(
                    alert=stored,
                    through=THROUGH + DAY,
                    status=stored.status,
                    snoozed_until=None,
                )
                assert await alerts.settle([later], [], [], now=NOW)
            return await super().archive(series, span, current=current)

    service = serving(quick_database, alerts, Lists(quick_database, "test"))

    await service.answer(ExpectDay(made.id), MAYA)

    changed = await alerts.get("T1", made.id)
    assert changed.evaluated_through == THROUGH + DAY
    assert changed.expected == (PEAK,)


async def test_resume__ends_a_snooze(alerts, service):
    """What it has evaluated, and that it fires, stays as it is."""
    made = await firing(alerts)
    snoozed = await service.answer(SnoozeAlert(made.id, 7), MAYA)
    assert "Resume" in [button.label for button in snoozed.buttons]

    report = await service.answer(AboutAlert(AlertVerb.RESUME, made.id), MAYA)

    changed = await alerts.get("T1", made.id)
    assert changed.snoozed_until is None
    assert (changed.evaluated_through, changed.status) == (THROUGH, made.status)
    assert report.finding.startswith("It is no longer snoozed.")
