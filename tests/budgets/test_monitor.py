"""The monitor with a moving clock and a real database: each message is sent once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from databases import open_quick
from own_api import OwnApi
from sqlalchemy import select

from zenmux_bot.budgets.evaluate import Budget
from zenmux_bot.budgets.monitor import BudgetMonitor
from zenmux_bot.errors import KeyRefused, Unreachable
from zenmux_bot.store.conversations import Settings
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.own_account import Budgets, KeyNames
from zenmux_bot.store.tables import outbound_messages
from zenmux_demo.sandbox.own import own

START = datetime(2026, 11, 1, 0, 5, tzinfo=UTC)
RICH = "999999"


@pytest.fixture
async def database(sqlite_url):
    async with open_quick(sqlite_url) as opened:
        yield opened


def make_monitor(database, api, *, is_open=True, **changes) -> BudgetMonitor:
    async def teams():
        return ["T1"]

    async def admins(_team):
        return ["U1", "U2"]

    async def opened(_channel):
        return is_open

    parts = {
        "api_of": lambda _team: api,
        "teams": teams,
        "budgets": Budgets(database, Random(1).choice),
        "key_names": KeyNames(database),
        "is_open": opened,
        "administrators": admins,
        "states": Settings(database),
        "ledger": Ledger(database),
    }
    return BudgetMonitor(**parts | changes)


ANYBODY = {
    "team_id": "T1",
    "channel_id": "C1",
    "owner_id": "U1",
    "created_at": START,
}


async def add(database, amount, **fields) -> Budget:
    budget = Budget(**ANYBODY, amount=Decimal(amount), **fields)
    return await Budgets(database, Random(2).choice).add(budget, audit_detail="")


async def entered(database) -> list:
    query = select(outbound_messages).order_by(outbound_messages.c.id)
    async with database.reading() as connection:
        return list(await connection.execute(query))


def naive(budget: Budget, now: datetime) -> Decimal:
    """Add up what is billed in the month, request by request."""
    query = {
        "type": "cost",
        "query_dimension": "BIZ_MTH",
        "query_time": f"{now:%Y%m}",
        "bill_types": "metered,fallbackMetered",
    }
    analysis = own("/cost", query, now)["analysis"]
    rows = analysis["costByApiKey" if budget.key_id else "costByModel"]
    wanted = budget.key_id or budget.model
    return sum(
        (
            Decimal(row["billAmount"])
            for row in rows
            if wanted in (None, row["apiKeyId"], row["modelSlug"])
        ),
        Decimal(),
    )


async def test_run__each_mark_once_a_month(database):
    api = OwnApi(START, balance=RICH, plan={"quota_5_hour": None, "quota_7_day": None})
    budgets = [
        await add(database, 1000),
        await add(database, 300, key_id="key_7f2"),
        await add(database, 900, model="anthropic/claude-opus-4.8"),
    ]
    monitor = make_monitor(database, api)
    expected, told = [], {budget.id: 0 for budget in budgets}

    now = START
    while now < datetime(2026, 12, 1, 6, tzinfo=UTC):
        api.instant = now
        await monitor.run(now)
        await monitor.run(now)
        # bills of the last evening come in when the month is over
        at = min(now, datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
        for budget in budgets:
            percent = naive(budget, at) * 100 / budget.amount
            mark = max((m for m in (50, 80, 100) if percent >= m), default=0)
            if mark > told[budget.id]:
                told[budget.id] = mark
                expected.append(f"budget:{budget.id}:2026-11:{mark}")
        now += timedelta(hours=19)

    keys = [row.key for row in await entered(database)]
    marks = [key for key in keys if not key.endswith("forecast")]
    assert [key for key in marks if ":2026-11:" in key] == expected
    assert max(Counter(keys).values()) == 1
    # the key that ran away jumped over a mark in one night
    assert f"budget:{budgets[1].id}:2026-11:100" in keys
    assert set(told.values()) >= {100}


async def test_run__two_workers_after_a_crash(database):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    api = OwnApi(now, balance=RICH)
    await add(database, 1000)

    class Lost(Budgets):
        async def note_told(self, budget):
            raise ConnectionError("killed here")

    with pytest.raises(ConnectionError):
        await make_monitor(database, api, budgets=Lost(database, Random(1).choice)).run(
            now
        )
    await asyncio.gather(*(make_monitor(database, api).run(now) for _ in range(2)))

    keys = [row.key for row in await entered(database)]
    assert [key for key in keys if key.startswith("budget:")] == [
        key for key in keys if key.endswith(":100")
    ]
    assert max(Counter(keys).values()) == 1


async def test_run__late_bills(database):
    """They come in when the month is over, and count for it."""
    evening = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
    api = OwnApi(evening, balance=RICH)
    amount = naive(Budget(**ANYBODY, amount=Decimal(1)), evening + timedelta(minutes=9))
    budget = await add(database, amount)

    for now in (evening, evening + timedelta(minutes=15), evening + timedelta(days=1)):
        api.instant = now
        await make_monitor(database, api).run(now)

    keys = [r.key for r in await entered(database) if not r.key.endswith("forecast")]
    assert keys[:2] == [f"budget:{budget.id}:2026-11:{mark}" for mark in (80, 100)]
    [row] = [r for r in await entered(database) if r.key.endswith("11:100")]
    assert "in November (100%)" in json.dumps(row.message)
    assert "The month is over" in json.dumps(row.message)


@pytest.mark.parametrize(("is_open", "channel"), [(True, "C1"), (False, "U1")])
async def test_run__closed_channel(database, is_open, channel):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    await add(database, 1000)

    await make_monitor(database, OwnApi(now, balance=RICH), is_open=is_open).run(now)

    [row] = [r for r in await entered(database) if r.key.startswith("budget:")]
    assert (row.recipient_id, row.owner_id) == (channel, "U1")
    assert "$1,000" in json.dumps(row.message)


async def test_run__credits_and_plan(database):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    full = {"usage_percentage": 0.96, "resets_at": "2026-11-23T15:00:00Z"}
    api = OwnApi(now, balance="90", plan={"quota_5_hour": full, "quota_7_day": None})
    monitor = make_monitor(database, api)

    for _ in range(3):
        await monitor.run(now)

    keys = [row.key for row in await entered(database)]
    assert sorted(keys) == [
        *(f"runway:T1:credits:0:3:U{n}" for n in (1, 2)),
        *(f"runway:T1:quota_5_hour:0:95:U{n}" for n in (1, 2)),
    ]


@pytest.mark.parametrize("error", [KeyRefused("no"), Unreachable("down")])
async def test_run__one_account_fails(database, error):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    good = OwnApi(now, balance=RICH)

    class Bad:
        async def fetch(self, request, *, patience=None):
            raise error

    async def teams():
        return ["T0", "T1"]

    await add(database, 1000)
    monitor = make_monitor(
        database, good, teams=teams, api_of=lambda team: good if team == "T1" else Bad()
    )

    await monitor.run(now)

    assert [row.team_id for row in await entered(database)][:1] == ["T1"]


async def test_run__plan_without_spend(database):
    """A key that ZenMux refuses own figures may still see its plan."""
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    full = {"usage_percentage": 0.96, "resets_at": "2026-11-23T15:00:00Z"}

    class Refused(OwnApi):
        async def fetch(self, request, *, patience=None):
            if request.path == "/cost":
                raise KeyRefused("personal accounts only")
            return await super().fetch(request, patience=patience)

    api = Refused(now, balance="1", plan={"quota_5_hour": full, "quota_7_day": None})

    await make_monitor(database, api).run(now)

    keys = [row.key for row in await entered(database)]
    assert keys == [f"runway:T1:quota_5_hour:0:95:U{n}" for n in (1, 2)]


async def test_run__background_requests(database):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    api = OwnApi(now, balance=RICH)

    await make_monitor(database, api).run(now)

    own_requests = [r for r in api.asked if r.path == "/cost"]
    assert {request.background for request in own_requests} == {True}
    assert {request.time for request in own_requests} == {"202610", "202611"}


async def test_run__outage_is_one_line(database, logs):
    class Down:
        async def fetch(self, request, **_options):
            raise Unreachable("No connection to zenmux.ai")

    await make_monitor(database, Down()).run(START)

    told = [(line["event"], line["kind"]) for line in logs]
    assert told == [("budgets.not_seen", "Unreachable")]
