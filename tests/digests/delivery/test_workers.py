from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import worker_process
from clocks import ManualClock
from examples import MONDAY, counting_pick, draft
from faults import assert_once_or_told, settle_all
from forking import fork
from sqlalchemy import func, select
from worker_process import NOON, build_worker, posts
from worlds import Slack, World

from zenmux_bot.store.database import open_database
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.store.tables import occurrences

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("logs")]

SCRIPT = Path(worker_process.__file__)


@pytest.mark.parametrize("count", [2, 5])
async def test_workers_that_share_a_database_send_each_digest_once(postgres_url, count):
    slack, clock = Slack(), ManualClock(MONDAY)
    async with AsyncExitStack() as stack:
        worlds = [
            World(
                await stack.enter_async_context(open_database(postgres_url)),
                clock=clock,
                slack=slack,
            )
            for _ in range(count)
        ]
        for number in range(30):
            await worlds[0].subscribe(channel_id=f"C{number}")
        workers = [world.worker(f"w{n}") for n, world in enumerate(worlds)]

        await asyncio.gather(*(worker.run_due() for worker in workers))
        await settle_all(worlds[0], workers[0])

        await assert_once_or_told(worlds[0])
        assert len(slack.posts) == 60
        assert slack.told == []


async def test_workers_that_are_killed_at_their_work_send_each_digest_once(
    empty_postgres_url,
):
    """Kill real processes between a post and its record, and start others."""
    async with open_database(empty_postgres_url) as database:
        await database.migrate()
        async with database.writing() as connection:
            await connection.run_sync(posts.create)
        subscriptions = Subscriptions(database, counting_pick())
        for number in range(40):
            await subscriptions.create(draft(channel_id=f"C{number}"))

        lives = (9, 12, 4)
        done = await asyncio.gather(
            *(
                run_and_kill(empty_postgres_url, f"w{number}", after=lines)
                for number, lines in enumerate(lives)
            )
        )

        clock = ManualClock(NOON + timedelta(minutes=5))
        last = build_worker(database, "last", clock)
        for _ in range(3):
            await last.run_due()
            clock.advance(minutes=1)
        async with database.reading() as connection:
            rows = await connection.execute(select(posts.c.key, posts.c.worker))
            found = rows.all()
            states = dict(
                (
                    await connection.execute(
                        select(occurrences.c.state, func.count()).group_by(
                            occurrences.c.state
                        )
                    )
                ).all()
            )
    assert done == list(lives)
    assert Counter(row.key for row in found).most_common(1)[0][1] == 1
    assert len(found) == 80
    assert states == {"sent": 80}
    assert {row.worker for row in found} == {"w0", "w1", "w2", "last"}


async def run_and_kill(url: str, name: str, *, after: int) -> int:
    """Run a worker, kill it at the given post and return how many it made known."""
    process = await fork(SCRIPT, url, name, env={})
    seen = 0
    while seen < after and await process.stdout.readline():
        seen += 1
    process.kill()
    await process.communicate()
    return seen
