"""A thousand digests at one hour: a real bot, a real database, Slack's pacing.

In one workspace Slack's ceiling binds, which the bot keeps to by itself. It is three
times as high here as usual, so that it takes two minutes and not seven.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bench.processes import bot, server
from bench.servers import channel_id
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.store.database import open_database
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_demo.workspace.seed import MAYA, TEAM_ID

PER_MINUTE = 900
POSTS = 2
"""For each digest: the message, and the reply in its thread."""

FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Morning:
    """What became of them.

    Attributes:
        posts: How many there were.
        seconds: From the first to the last.
        allowed: As many seconds as the pacing makes of them.
        upstream: Calls to ZenMux.
    """

    posts: int
    seconds: float
    allowed: float
    upstream: int


def run(count: int) -> Morning:
    """Let so many digests be due at nine, and wait for the last."""
    start = NINE - timedelta(seconds=10)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "digests.db"
        asyncio.run(subscribe(database, count))
        posts = POSTS * count
        with server("world", f"{start.isoformat()}/{count}") as world:
            more = {
                "ZENMUX_BOT_NOW": start.isoformat(),
                "SLACK_POSTS_PER_MINUTE": str(PER_MINUTE),
                "SCHEDULER_TICK_SECONDS": "1",
            }
            with bot(world, database, **more):
                asyncio.run(_settled(database, posts))
    seconds = world["posts"][-1] - world["posts"][0]
    allowed = (posts - 1) * 60 / PER_MINUTE
    return Morning(len(world["posts"]), seconds, allowed, world["upstream"])


async def subscribe(path: Path, count: int) -> None:
    """Enter so many weekly digests of one workspace, each in a channel of its own."""
    schedule = Schedule(cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="UTC")
    async with open_database(f"sqlite:///{path}") as database:
        await database.migrate()
        digests = Subscriptions(database, secrets.choice)
        for number in range(count):
            await digests.create(
                Subscription(
                    id="",
                    team_id=TEAM_ID,
                    channel_id=channel_id(number),
                    channel_name=f"c{number}",
                    owner_id=MAYA,
                    metric=Metric.COST,
                    schedule=schedule,
                    created_at=FRIDAY,
                    updated_at=FRIDAY,
                )
            )


async def _settled(path: Path, posts: int) -> None:
    """Return when so many rows of the ledger are settled."""
    query = text("SELECT count(*) FROM occurrences WHERE state = 'sent'")
    async with (
        asyncio.timeout(600),
        open_database(f"sqlite:///{path}", exclusive=False) as database,
    ):
        while True:
            async with database.reading() as connection:
                if (await connection.execute(query)).scalar() == posts:
                    return
            await asyncio.sleep(1)
