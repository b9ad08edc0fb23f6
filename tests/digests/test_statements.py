"""Lists that grow take as many statements for many digests as for few."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from examples import MONDAY, counting_pick, draft
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from zenmux_bot.alerts.alert import Alert
from zenmux_bot.commands.alert_commands import ShareMoves
from zenmux_bot.commands.digest_commands import About, ListAll, ListAudit, Verb
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import FixedClock
from zenmux_bot.core.directory import ChannelInfo, Person
from zenmux_bot.digests.schedule import occurrence_by_hand
from zenmux_bot.digests.service import DigestService
from zenmux_bot.history.archive import Dimension
from zenmux_bot.permissions import Permissions
from zenmux_bot.store.alerts import Alerts
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.rows import new_entry_values
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.store.tables import occurrences

FEW, MANY = 5, 60
NOW = MONDAY + timedelta(minutes=1)


class Directory:
    """Knows everybody and every channel."""

    async def person(self, _team_id, user_id):
        return Person(id=user_id, name=user_id, zone="UTC")

    async def channel(self, _team_id, channel_id):
        return ChannelInfo(id=channel_id, name=channel_id, is_member=True)

    async def is_in(self, *_ids):
        return True


@contextmanager
def counted():
    statements = []

    def count(*arguments):
        statements.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@pytest.fixture
def service(database):
    directory = Directory()
    return DigestService(
        subscriptions=Subscriptions(database, counting_pick()),
        history=History(database),
        audit=Audit(database),
        planner=Planner(database),
        notifications=Notifications(database),
        composer=None,
        directory=directory,
        providers=None,
        permissions=Permissions(directory, {"U1"}),
        clock=FixedClock(NOW),
    )


async def add_digests(service, count):
    return [
        await service._subscriptions.create(draft(channel_id=f"C{number}"))
        for number in range(count)
    ]


async def add_entries(database, made, count):
    days = [timedelta(days=number) for number in range(count)]
    values = [
        new_entry_values(
            made[0].id,
            occurrence_by_hand(made[0].schedule, NOW - day),
            planned_at=NOW,
        )
        for day in days
    ]
    async with database.writing() as connection:
        await connection.execute(insert(occurrences), values)


@pytest.mark.parametrize(
    "command",
    [
        lambda _: ListAll(),
        lambda _: ListAudit(),
        lambda made: About(Verb.HISTORY, made[0].id),
        lambda made: About(Verb.SHOW, made[0].id),
    ],
    ids=["list", "audit", "history", "show"],
)
async def test_answer__as_many_statements_for_many_as_for_few(
    database, service, command
):
    seen = []
    for count in (FEW, MANY):
        made = await add_digests(service, count)
        await add_entries(database, made, count)
        with counted() as statements:
            await service.answer(command(made), Actor("T1", "U1", "C0"))
        seen.append(len(statements))

    assert seen[0] == seen[1]


async def pause_workspace(service):
    common = {"reason": "account_inactive", "by": "zenmux", "now": NOW}
    paused = await service._subscriptions.pause_all("T1", **common)
    return len(paused)


async def resume_channels(service):
    common = {"reason": "is_archived", "by": "zenmux", "now": NOW}
    await service._subscriptions.pause_all("T1", **common)
    common["now"] = NOW + timedelta(days=30)
    with counted() as statements:
        await service._subscriptions.resume_channel("T1", "C1", **common)
    return statements


async def plan_after_downtime(service):
    return await service._planner.plan(NOW + timedelta(days=30))


async def plan_with_the_clock_set_back(service):
    await service._planner.plan(NOW)
    with counted() as statements:
        await service._planner.plan(NOW - timedelta(days=8))
    return statements


async def ready(service):
    await service._planner.plan(NOW)
    with counted() as statements:
        await Ledger(service._planner._database).ready(NOW, limit=200)
    return statements


@pytest.mark.parametrize(
    "work",
    [
        lambda service: service._planner.plan(NOW),
        plan_after_downtime,
        plan_with_the_clock_set_back,
        pause_workspace,
        resume_channels,
        ready,
    ],
    ids=["plan", "after downtime", "clock set back", "uninstall", "resume", "ready"],
)
async def test_work__as_many_statements_for_many_as_for_few(service, work):
    seen = []
    for count in (FEW, MANY):
        await add_digests(service, count)
        with counted() as statements:
            inner = await work(service)
        assert inner == count or isinstance(inner, list)
        seen.append(len(inner if isinstance(inner, list) else statements))

    assert seen[0] == seen[1] > 0


async def test_pause_all__as_many_statements_for_many_alerts_as_for_few(database):
    alerts = Alerts(database)
    seen = []
    for count in (FEW, MANY):
        for _ in range(count):
            await alerts.create(
                Alert(
                    team_id="T1",
                    channel_id="C1",
                    channel_name="c",
                    owner_id="U1",
                    rule=ShareMoves("anthropic", Decimal(3), days=7),
                    dimension=Dimension.PROVIDER,
                    created_at=NOW,
                    updated_at=NOW,
                )
            )
        with counted() as statements:
            paused = await alerts.pause_all("T1", None, reason="x", now=NOW)
            resumed = await alerts.resume_all("T1", "C1", reason="x", now=NOW)
            await alerts.pause_all("T1", None, reason="y", now=NOW)
        assert len(paused) == len(resumed) == count
        seen.append(len(statements))

    assert seen[0] == seen[1]
