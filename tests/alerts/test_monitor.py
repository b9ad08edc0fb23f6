"""What channels are told, from figures in the store to messages in the ledger."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from alert_years import seen_on
from sqlalchemy import select

from zenmux_bot.alerts.alert import UNTIL_RECOVERED, Alert, RecordKind
from zenmux_bot.alerts.monitor import AlertMonitor
from zenmux_bot.commands.alert_commands import Direction, Level, Passes, Subject
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.history.archive import Dimension, Series
from zenmux_bot.store import alerts as store
from zenmux_bot.store.alerts import Alerts
from zenmux_bot.store.daily_history import BlockFetch, DailyLists
from zenmux_bot.store.database import open_database
from zenmux_bot.store.tables import outbound_messages

TOKENS = Series(Dimension.PROVIDER, Metric.TOKENS)
COST = Series(Dimension.PROVIDER, Metric.COST)
ABOVE = Level(Subject.SHARE, "a", Direction.ABOVE, Decimal(40))
LOW = {"a": 30, "b": 70}
HIGH = {"a": 60, "b": 40}
FIRST = FLOOR + DAY


@dataclass(frozen=True)
class Told:
    key: str
    channel_id: str
    thread_key: str | None
    text: str


@dataclass
class World:
    """A store with some days of figures, and alerts in one channel."""

    database: object
    now: datetime = field(default_factory=lambda: seen_on(FLOOR))

    def __post_init__(self):
        self.lists = DailyLists(self.database, "test")
        self.alerts = Alerts(self.database)
        self.monitor = AlertMonitor(self.alerts, self.lists)

    async def day(self, day: date, values, *, series=TOKENS, at=None):
        listed = {name: Decimal(value) for name, value in values.items()}
        self.now = at or max(self.now, seen_on(day))
        labels = {name: name.upper() for name in values}
        await self.lists.put(series, {day: listed}, labels, seen_at=self.now)

    async def days(self, *lists, start=FIRST, run=True):
        for index, values in enumerate(lists):
            await self.day(start + DAY * index, values)
            if run:
                await self.monitor.run(self.now)

    async def alert(self, rule=ABOVE, *, channel="C1", **changes) -> Alert:
        draft = Alert(
            team_id="T1",
            channel_id=channel,
            channel_name="costs",
            owner_id="U1",
            rule=rule,
            dimension=Dimension.PROVIDER,
            evaluated_through=FLOOR,
            created_at=self.now,
            updated_at=self.now,
        )
        return await self.alerts.create(replace(draft, **changes))

    async def messages(self):
        query = select(outbound_messages).order_by(outbound_messages.c.id)
        async with self.database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Told(row.key, row.recipient_id, row.thread_key, row.message["text"])
            for row in rows
        ]


@pytest.fixture
async def world(quick_database):
    return World(quick_database)


async def test_monitor__fires_and_recovers(world):
    """One message, and a reply in its thread with how long it lasted."""
    alert = await world.alert()

    await world.days(LOW, HIGH, HIGH, LOW)

    fired, recovered = await world.messages()
    assert fired.key == f"alert:T1:C1:{FIRST + DAY}"
    assert "60.0" in fired.text
    assert recovered.thread_key == fired.key
    assert "after 2 days" in recovered.text
    records = await world.alerts.records(alert.id)
    assert [record.kind for record in records] == [
        RecordKind.RECOVERED,
        RecordKind.FIRED,
    ]


async def test_monitor__run_again(world):
    await world.alert()
    await world.days(HIGH)

    await world.monitor.run(world.now)
    await world.monitor.run(world.now + timedelta(hours=1))

    assert len(await world.messages()) == 1


async def test_monitor__one_message_for_a_channel(world):
    """The most important first; another channel has its own."""
    near = await world.alert(replace(ABOVE, amount=Decimal(59)))
    far = await world.alert(replace(ABOVE, amount=Decimal(10)))
    await world.alert(channel="C2")

    await world.days(HIGH)

    one, two = sorted(await world.messages(), key=lambda row: row.channel_id)
    assert (one.channel_id, two.channel_id) == ("C1", "C2")
    assert one.text.startswith("2 alerts for")
    assert one.text.index("above 10%") < one.text.index("above 59%")
    assert near.id in one.text
    assert far.id in one.text


@pytest.mark.postgres
async def test_monitor__five_workers(postgres_url):
    async with open_database(postgres_url) as database:
        world = World(database)
        await world.alert()
        await world.day(FIRST, HIGH)
        monitors = [AlertMonitor(Alerts(database), world.lists) for _ in range(5)]

        await asyncio.gather(*(each.run(world.now) for each in monitors))

        assert len(await world.messages()) == 1


async def test_monitor__killed_while_storing(world, monkeypatch):
    """What was not stored whole is done again; nothing is told of it before."""
    alert = await world.alert()
    await world.day(FIRST, HIGH)

    async def die(*args, **kwargs):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(store, "enqueue", die)
        with pytest.raises(ConnectionError):
            await world.monitor.run(world.now)
    assert await world.messages() == []
    assert await world.alerts.records(alert.id) == []

    await world.monitor.run(world.now)

    assert len(await world.messages()) == 1


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ((FIRST + DAY).isoformat(), 1),
        (FLOOR.isoformat(), 2),
        (UNTIL_RECOVERED, 2),
    ],
)
async def test_monitor__snoozed(world, until, expected):
    """Days of a snooze are recorded and not told, nor is their end."""
    alert = await world.alert(snoozed_until=until)

    await world.days(HIGH, LOW, HIGH)

    fired = [row for row in await world.messages() if row.thread_key is None]
    assert len(fired) == expected
    records = await world.alerts.records(alert.id)
    assert sum(record.reason == "snoozed" for record in records) == 2 - expected


async def test_monitor__after_standing_still(world):
    """Several days at once are one message; what came and went is not told."""
    await world.alert()
    await world.alert(replace(ABOVE, amount=Decimal(50)))

    await world.days(HIGH, LOW, HIGH, run=False)
    await world.monitor.run(world.now)

    (row,) = await world.messages()
    assert row.key == f"alert:T1:C1:{FIRST + DAY * 2}"


async def test_monitor__waits_for_all_figures_of_a_channel(world):
    """Up to eighteen hours; then those go that can."""
    await world.day(FLOOR, LOW, series=COST)
    await world.alert()
    cost = Level(Subject.COST, "a", Direction.ABOVE, Decimal(50))
    await world.alert(cost)
    await world.day(FIRST, HIGH)

    await world.monitor.run(world.now)
    assert await world.messages() == []
    late = datetime.combine(FIRST + DAY, datetime.min.time(), UTC)
    await world.monitor.run(late + timedelta(hours=18))
    assert len(await world.messages()) == 1
    await world.day(FIRST, HIGH, series=COST, at=late + timedelta(hours=19))
    await world.monitor.run(world.now)

    assert len({row.key for row in await world.messages()}) == 2


async def test_monitor__figures_that_come_late(world):
    """A day that comes after the next never fires, but is told of in the thread."""
    await world.alert(replace(ABOVE, amount=Decimal(55)))
    await world.days(HIGH, LOW)
    missing = FIRST + DAY * 2
    await world.day(missing + DAY, LOW)
    await world.monitor.run(world.now)
    await world.day(missing, HIGH, at=world.now + timedelta(hours=1))
    await world.monitor.run(world.now)
    before = len(await world.messages())

    await world.monitor.correct(world.now)
    await world.monitor.correct(world.now)

    assert before == 2
    late = (await world.messages())[-1]
    assert "came late" in late.text
    assert late.thread_key == f"alert:T1:C1:{FIRST}"
    assert len(await world.messages()) == before + 1


@pytest.mark.parametrize(
    ("restated", "expected"),
    [
        ({"a": 45, "b": 55}, "Now: A's share of tokens is above 40%: 45.0"),
        (LOW, "would not have fired"),
    ],
)
async def test_monitor__restated(world, restated, expected):
    """A restatement is told once, in the thread of the message."""
    await world.alert()
    await world.days(HIGH)
    await world.monitor.correct(world.now)
    await world.day(FIRST, restated, at=world.now + DAY)

    await world.monitor.run(world.now)
    await world.monitor.correct(world.now)
    await world.monitor.correct(world.now + timedelta(hours=1))

    fired, reply = await world.messages()
    assert reply.thread_key == fired.key
    assert expected in reply.text


async def test_monitor__restated_after_an_edit(world):
    """What another rule told is not judged by the one of now."""
    alert = await world.alert()
    await world.days(HIGH)
    alert = await world.alerts.get("T1", alert.id)
    edited = replace(alert, rule=Passes("a", "b"), rule_since=world.now + timedelta(1))
    await world.alerts.change(edited, by="U1", action="edit", detail="", now=world.now)
    await world.day(FIRST, LOW, at=world.now + DAY * 2)

    await world.monitor.correct(world.now)

    assert len(await world.messages()) == 1


async def test_monitor__too_many_messages(world):
    """More than four in seven days come with a stricter rule."""
    alert = await world.alert()
    await world.alert(replace(ABOVE, direction=Direction.BELOW))

    await world.days(*[HIGH, LOW] * 3)

    fired = [row.text for row in await world.messages() if row.thread_key is None]
    assert len(fired) == 6
    offer = f"make {alert.id} stricter: share a above 44%"
    assert [offer in text for text in fired] == [False] * 4 + [True, False]


async def test_monitor__platform_moved(world):
    """When most watches move the same way, one line says that all did."""
    for name in "abc":
        rule = Level(Subject.TOKENS, name, Direction.ABOVE, Decimal(50))
        await world.alert(rule)

    await world.days(*[dict.fromkeys("abc", 10)] * 7, dict.fromkeys("abc", 60))

    (row,) = await world.messages()
    assert "The platform as a whole moved the same way: 180 tokens" in row.text


async def test_monitor__begins_when_the_figures_are_there(world):
    """An alert made before all figures were collected tells nothing of the past."""
    alert = await world.alert(Passes("a", "b"), evaluated_through=None)
    for index in range(30):
        values = LOW if index < 15 else HIGH
        await world.day(FLOOR + DAY * index, values)
    await world.monitor.run(world.now)
    assert (await world.alerts.get("T1", alert.id)).evaluated_through is None

    await world.lists.put(
        TOKENS,
        {},
        {},
        seen_at=world.now,
        fetch=BlockFetch(TOKENS, FLOOR, FIRST, world.now),
    )
    await world.monitor.run(world.now)

    begun = await world.alerts.get("T1", alert.id)
    assert begun.evaluated_through == FLOOR + DAY * 29
    assert begun.status.firing
    assert await world.messages() == []
