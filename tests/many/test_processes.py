"""One bot as many processes: halves, killed workers, a database that fails."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from databases import started_postgres
from examples import draft
from processes import environment, launch, launched, until
from sqlalchemy import func, select

from zenmux_bot.core.clock import ShiftedClock, SystemClock
from zenmux_bot.store.database import open_database
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.store.tables import occurrences
from zenmux_demo.main import read_manifest
from zenmux_demo.sandbox.server import running_sandbox
from zenmux_demo.workspace.model import Channel
from zenmux_demo.workspace.seed import BOT_USER_ID, COSTS, MAYA, TEAM_ID
from zenmux_demo.workspace.server import SlackStandIn

pytestmark = pytest.mark.postgres

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""In Berlin."""


@pytest.fixture
async def clock():
    return ShiftedClock.starting_at(NOON, SystemClock())


@pytest.fixture
async def sandbox(clock):
    async with running_sandbox(clock, requests_per_minute=10_000) as running:
        yield running


@pytest.fixture
async def slack(clock):
    async with SlackStandIn(clock=clock, manifest=read_manifest()).running() as slack:
        yield slack


def picking():
    """Pick characters so that ids count up, thousands of them."""
    numbers = itertools.count()

    def pick(alphabet: str) -> str:
        place, digit = divmod(next(numbers), 4)
        return alphabet[place // len(alphabet) ** (3 - digit) % len(alphabet)]

    return pick


async def subscribe(url: str, count: int, *, slack=None) -> None:
    """Subscribe so many channels, and make them if there is a workspace."""
    async with open_database(url) as database:
        digests = Subscriptions(database, picking())
        for number in range(count):
            channel = f"C{number:09}"
            # Many workspaces, so that none of them limits the speed.
            await digests.create(draft(team_id=f"T{number % 50}", channel_id=channel))
            slack.state.channels[channel] = Channel(
                id=channel, name=f"c{number}", members={MAYA, BOT_USER_ID}
            )


def digests_in(slack) -> Counter[str]:
    """Count the posts of each digest, by their marker."""
    return Counter(
        message.metadata["event_payload"]["key"]
        for channel in slack.state.channels
        for message in slack.state.messages(channel)
        if message.metadata
        and message.metadata["event_payload"]["key"].startswith("d-")
    )


async def states(url: str) -> dict[str, int]:
    query = select(occurrences.c.state, func.count()).group_by(occurrences.c.state)
    async with open_database(url) as database, database.reading() as connection:
        return dict((await connection.execute(query)).all())


async def test_the_halves_work_apart(slack, sandbox, postgres_url):
    await subscribe(postgres_url, 1, slack=slack)
    env = environment(slack, sandbox, postgres_url, ZENMUX_BOT_NOW=NOON.isoformat())

    async with launched(env, "web") as web, launched(env, "worker") as worker:
        slack.connect_http(f"http://127.0.0.1:{web.port}/slack/events")
        await slack.command("/zenmux leaderboard cost 7d")
        await slack.wait_for(lambda: len(digests_in(slack)) == 2, seconds=60)

        assert (await web.readiness())[0] == 200
        assert (await worker.readiness())[1] == {
            "ready": True,
            "slack": True,
            "database": True,
        }
    assert any("models" in message.text for message in slack.messages(COSTS))
    assert not web.logged("delivery.settled")


async def test_a_worker_has_the_settings_of_the_listener_beside_it(
    slack, sandbox, postgres_url
):
    env = environment(slack, sandbox, postgres_url)

    async with launched(env, "web") as web:
        same = env | {"PORT": str(web.port)}
        async with launched(same, "worker") as worker:
            assert worker.port is None
        second = await launch(same, "web")

        assert await second.ended() == 1
    assert "PORT" in str(second.lines)


async def test_a_second_process_on_sqlite_is_sent_to_postgresql(
    slack, sandbox, sqlite_url
):
    env = environment(slack, sandbox, sqlite_url)

    async with launched(env, "web"):
        second = await launch(env, "worker")
        status = await second.ended()

    said = " ".join(str(line) for line in second.lines)
    assert status == 1
    assert "SQLite serves one process" in said
    assert "PostgreSQL" in said


async def test_digests_by_five_workers_that_are_killed_go_out_once(
    slack, sandbox, postgres_url
):
    """``DIGESTS=1000`` tries so many."""
    count = int(os.environ.get("DIGESTS", "60"))
    await subscribe(postgres_url, count, slack=slack)
    env = environment(
        slack,
        sandbox,
        postgres_url,
        ZENMUX_BOT_NOW=NOON.isoformat(),
        SLACK_POSTS_PER_MINUTE="100000",
    )
    workers = list(await asyncio.gather(*(launch(env, "worker") for _ in range(5))))

    try:
        for worker, share in zip(workers, (0.1, 0.4, 0.8, 1.2), strict=False):
            await slack.wait_for(
                lambda share=share: len(slack.calls) >= share * count, seconds=600
            )
            await worker.kill()
        workers.append(await launch(env, "worker"))

        async def all_settled() -> bool:
            found = await states(postgres_url)
            return found.get("sent", 0) == 2 * count

        await until(all_settled, seconds=600)
    finally:
        await asyncio.gather(*(each.end() for each in workers))

    sent = digests_in(slack)
    assert set(sent.values()) == {1}
    assert len(sent) == 2 * count
    assert await states(postgres_url) == {"sent": 2 * count}


@pytest.fixture
def own_server():
    """A server that a test may stop and start."""
    with started_postgres() as server:
        yield server
        server.start()


async def test_a_database_that_goes_away_costs_no_digest(slack, sandbox, own_server):
    url = own_server.get_uri()
    clock = ShiftedClock.starting_at(NINE - timedelta(seconds=15), SystemClock())
    async with open_database(url) as database:
        await database.migrate()
        await Subscriptions(database, picking()).create(
            draft(team_id=TEAM_ID, channel_id=COSTS)
        )
    env = environment(slack, sandbox, url, ZENMUX_BOT_NOW=clock.now().isoformat())

    async with launched(env) as bot:
        slack.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
        assert (await bot.readiness())[0] == 200
        await asyncio.to_thread(own_server.stop)

        status, parts = await bot.readiness()
        assert (status, parts["database"]) == (503, False)
        await slack.command("/zenmux leaderboard cost 7d")
        await slack.wait_for(
            lambda: any("Top 10" in m.text for m in slack.messages()), seconds=60
        )

        async def due_and_tried() -> bool:
            # The hour has come, and the job ran in vain.
            failed = bot.logged("job.failed")
            return len(failed) > 1 and clock.now() > NINE + timedelta(seconds=2)

        await until(due_and_tried)
        assert not digests_in(slack)
        await asyncio.to_thread(own_server.start)

        await slack.wait_for(lambda: len(digests_in(slack)) == 2, seconds=60)
        assert (await bot.readiness())[0] == 200
        assert bot.process.returncode is None
    assert set(digests_in(slack).values()) == {1}


async def test_a_bot_that_starts_before_its_database_waits_for_it(
    slack, sandbox, own_server
):
    url = own_server.get_uri()
    await asyncio.to_thread(own_server.stop)
    env = environment(slack, sandbox, url, ZENMUX_BOT_NOW=NOON.isoformat())

    async with launched(env) as bot:
        assert (await bot.readiness())[0] == 503
        await asyncio.to_thread(own_server.start)

        async def is_ready() -> bool:
            migrated = bool(bot.logged("database.ready"))
            return migrated and (await bot.readiness())[0] == 200

        await until(is_ready, seconds=60)


async def test_a_database_that_refuses_is_named_and_not_waited_for(
    slack, sandbox, postgres_server
):
    url = postgres_server.get_uri("no_such_database")

    bot = await launch(environment(slack, sandbox, url))

    assert await bot.ended() == 1
    assert "DATABASE_URL: refused" in " ".join(str(line) for line in bot.lines)
