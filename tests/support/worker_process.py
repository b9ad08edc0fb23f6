"""A worker in a process of its own, with a Slack that is a table; it can be killed.

Run as ``python worker_process.py URL NAME``. Each post is a line on standard output,
and nothing else is: logs go elsewhere.
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Column, Integer, MetaData, String, Table, select

from zenmux_bot.core.clock import Clock, ShiftedClock, SystemClock
from zenmux_bot.digests.delivery.context import DeliverySettings
from zenmux_bot.digests.delivery.entries import Composed, Posted
from zenmux_bot.digests.delivery.pacing import Limits, Pace
from zenmux_bot.digests.delivery.worker import Delivery
from zenmux_bot.render.message import Message
from zenmux_bot.store import database as databases
from zenmux_bot.store.conversations import OperationsChannel, Settings
from zenmux_bot.store.database import Database, open_database
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner

posts = Table(
    "posts",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("worker", String, nullable=False),
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class TableSlack:
    """Posts into a table that all processes share and that outlives them."""

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker

    async def post(self, location, message, *, metadata):
        key = metadata["event_payload"]["key"]
        async with self._database.writing() as connection:
            row = await connection.execute(
                posts.insert()
                .values(key=key, worker=self._worker)
                .returning(posts.c.id)
            )
            ts = str(row.scalar_one())
        print(key, flush=True)  # noqa: T201 - the test waits for it
        return Posted(location.channel_id, ts)

    async def find_marker(self, location, key, *, since):
        async with self._database.reading() as connection:
            row = await connection.execute(select(posts.c.id).where(posts.c.key == key))
            found = row.scalar_one_or_none()
        return None if found is None else Posted(location.channel_id, str(found))

    async def notify(self, team_id, recipient, message):
        raise AssertionError(message.text)


class PlainComposer:
    async def compose(self, subscription, occurrence, *, late, final):
        return Composed(message=Message("digest"), reply=Message("leaderboard"))


async def nobody(_team_id: str) -> list[str]:
    return []


def build_worker(database: Database, name: str, clock: Clock) -> Delivery:
    no_limits = Limits(channel=timedelta(0), team=timedelta(0))
    return Delivery(
        planner=Planner(database),
        ledger=Ledger(database),
        notifications=Notifications(database),
        composer=PlainComposer(),
        outbox=TableSlack(database, name),
        operations=OperationsChannel(Settings(database)),
        pace=Pace(no_limits),
        clock=clock,
        settings=DeliverySettings(holder=name, lease=timedelta(seconds=20)),
        shuffle=random.Random(name),
        administrators=nobody,
    )


async def main(url: str, name: str) -> None:
    async with open_database(url) as database:
        worker = build_worker(
            database, name, ShiftedClock.starting_at(NOON, SystemClock())
        )
        while True:
            await worker.run_due()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    databases.PATIENCE_SECONDS = 60
    asyncio.run(main(*sys.argv[1:]))
