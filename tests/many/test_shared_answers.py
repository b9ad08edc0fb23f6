"""Processes on one PostgreSQL ask ZenMux no more than one of them would."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asking_process
import httpx
import pytest
from clocks import ManualClock
from forking import fork
from pydantic import SecretStr

from zenmux_bot.bootstrap import Apis
from zenmux_bot.config import Settings
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    RateLimited,
    ServerFault,
    Unreachable,
)
from zenmux_bot.store.database import open_database
from zenmux_bot.store.shared_cache import (
    Locks,
    StoredAnswers,
    StoredCooldowns,
    scope_of,
)
from zenmux_bot.store.tables import answers, cooldowns, failures, locks
from zenmux_bot.zenmux.models import Answer, Leaderboard
from zenmux_bot.zenmux.requests import (
    FlowRateRequest,
    LeaderboardRequest,
    MarketShareRequest,
    identity,
)
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.server import running_sandbox

pytestmark = pytest.mark.postgres

SCRIPT = Path(asking_process.__file__)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = {"start": date(2026, 11, 16), "end": date(2026, 11, 22)}
BOARD = LeaderboardRequest(metric=Metric.COST, **WEEK)
DAILY = MarketShareRequest(metric=Metric.TOKENS, width=Granularity.DAY, **WEEK)
SECOND = timedelta(seconds=1)
OTHER_KEY = SecretStr("sk-mg-v1-of-somebody-else")


@pytest.fixture
def clock():
    return ManualClock(MONDAY)


@pytest.fixture
async def sandbox(clock):
    async with running_sandbox(clock) as running:
        yield running


@pytest.fixture
async def processes(sandbox, clock, postgres_url):
    """Two that share a database and nothing else."""
    settings = Settings(zenmux_base_url=sandbox.base_url)
    async with (
        open_database(postgres_url) as first,
        open_database(postgres_url) as second,
        httpx.AsyncClient() as http,
    ):
        made = [
            Apis(http, settings, clock, database=database, sleep=clock.sleep)
            for database in (first, second)
        ]
        yield made
        for apis in made:
            await apis.aclose()


def both(processes):
    return [apis.of(SecretStr(SANDBOX_KEY)) for apis in processes]


async def test_what_one_process_was_told_the_other_does_not_ask(processes, sandbox):
    first, second = both(processes)

    told = await first.fetch(BOARD)
    found = await second.fetch(BOARD)

    assert found == told
    assert len(sandbox.requests) == 1


async def test_a_question_of_both_at_once_is_asked_once(processes, sandbox):
    told, found = await asyncio.gather(*(api.fetch(BOARD) for api in both(processes)))

    assert found == told
    assert len(sandbox.requests) == 1


async def test_no_answer_to_one_key_reaches_another(processes, sandbox):
    first, second = processes
    await first.of(SecretStr(SANDBOX_KEY)).fetch(BOARD)

    with pytest.raises(KeyRefused):
        await second.of(OTHER_KEY).fetch(BOARD)
    with pytest.raises(KeyRefused):
        await first.of(OTHER_KEY).fetch(BOARD)

    assert len(sandbox.requests) == 2, "and a refusal is shared as well"


async def test_a_failure_of_one_spares_the_other_its_tries(processes, sandbox):
    first, second = both(processes)
    sandbox.weather.down = True
    with pytest.raises(ServerFault):
        await first.fetch(BOARD)
    tries = len(sandbox.requests)

    with pytest.raises(ServerFault):
        await second.fetch(BOARD)

    assert len(sandbox.requests) == tries


async def test_a_failure_is_forgotten_in_time(processes, sandbox, clock):
    first, second = both(processes)
    sandbox.weather.down = True
    with pytest.raises(ServerFault):
        await first.fetch(BOARD)
    sandbox.weather.down = False
    clock.instant += timedelta(seconds=20)

    assert (await second.fetch(BOARD)).data.entries


@pytest.fixture
async def ten(sandbox, clock, postgres_url):
    """Ten processes, as far as what they share goes."""

    async def wait(_seconds: float) -> None:
        # The clock is one for all of them: each wait would age what they share.
        await asyncio.sleep(0)

    settings = Settings(zenmux_base_url=sandbox.base_url)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient())
        made = []
        for _ in range(10):
            database = await stack.enter_async_context(open_database(postgres_url))
            apis = Apis(http, settings, clock, database=database, sleep=wait)
            stack.push_async_callback(apis.aclose)
            made.append(apis.of(SecretStr(SANDBOX_KEY)))
        yield made


@pytest.mark.parametrize(
    ("weather", "tries"), [({}, 1), ({"down": True}, 4), ({"rate_limited": True}, 1)]
)
async def test_ten_processes_ask_what_one_asks_at_first_and_when_answers_grow_old(
    ten, sandbox, clock, weather, tries
):
    async def ask() -> int:
        before = len(sandbox.requests)
        asking = (api.fetch(BOARD, patience=30 * SECOND) for api in ten)
        told = await asyncio.gather(*asking)
        assert all(each.data.entries for each in told)
        return len(sandbox.requests) - before

    assert await ask() == 1
    assert await ask() == 0
    clock.instant = (await ten[0].fetch(BOARD)).good_until
    for name, value in weather.items():
        setattr(sandbox.weather, name, value)

    assert await ask() == tries
    assert await ask() == 0


async def test_the_turn_of_a_process_that_dies_while_it_asks_goes_to_another(
    shared, processes, sandbox
):
    _, second = both(processes)
    path = identity(BOARD)
    scope = scope_of(SANDBOX_KEY, sandbox.base_url)
    dead = Locks(shared, scope, holder="dead")
    assert await dead._take(path)
    asking = asyncio.create_task(second.fetch(BOARD))
    async with shared.writing() as connection:
        await connection.execute(
            locks.update().values(until=MONDAY - timedelta(days=9))
        )

    async with asyncio.timeout(5):
        assert (await asking).data.entries
    assert len(sandbox.requests) == 1


async def test_an_endpoint_that_limits_one_rests_for_both(processes, sandbox):
    first, second = both(processes)
    sandbox.weather.rate_limited = True
    with pytest.raises(RateLimited):
        await first.fetch(BOARD, patience=SECOND)

    with pytest.raises(RateLimited):
        await second.fetch(DAILY, patience=SECOND)
    with pytest.raises(RateLimited):
        await second.fetch(BOARD, patience=SECOND)

    assert Counter(request.path for request in sandbox.requests) == {
        BOARD.path: 1,
        DAILY.path: 1,
    }


async def test_an_answer_of_a_clock_that_runs_ahead_is_no_reason_to_ask(
    processes, sandbox, clock
):
    first, second = both(processes)
    clock.instant += timedelta(seconds=40)
    await first.fetch(BOARD)
    clock.instant -= timedelta(seconds=40)

    assert not (await second.fetch(BOARD)).stale
    assert not (await second.fetch(BOARD)).stale
    assert len(sandbox.requests) == 1


async def test_an_old_copy_of_another_process_serves_when_the_api_is_down(
    processes, sandbox, clock
):
    first, second = both(processes)
    told = await first.fetch(BOARD)
    clock.instant += timedelta(days=2)
    sandbox.weather.down = True

    found = await second.fetch(BOARD)

    assert found.stale
    assert found.fetched_at == told.fetched_at


async def test_what_is_in_memory_makes_no_query(processes, clock, sandbox):
    first, _ = both(processes)
    await first.fetch(BOARD)
    await first._backend._store._database.engine.dispose()
    first._backend._store._database = None

    assert (await first.fetch(BOARD)).data.entries


async def test_without_the_database_each_process_asks_for_itself(sandbox, clock):
    settings = Settings(zenmux_base_url=sandbox.base_url)
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    async with open_database(nowhere) as database, httpx.AsyncClient() as http:
        apis = Apis(http, settings, clock, database=database, sleep=clock.sleep)
        api = apis.of(SecretStr(SANDBOX_KEY))

        told = await api.fetch(BOARD)
        again = await api.fetch(BOARD)
        await apis.aclose()

    assert told == again
    assert len(sandbox.requests) == 1


async def test_many_processes_ask_what_one_would_ask(postgres_url):
    """Five real processes answer three questions each, all at the same moment.

    Of days that are long settled: a sum that was told before yesterday was seen
    somewhere is asked for again, and who is told what first is a race.
    """
    words = ["leaderboard cost 2026-W46", "share cost 2026-W40", "leaderboard 2026-10"]
    counts = []
    for number in (1, 5):
        url = postgres_url
        clock = ManualClock(MONDAY)
        async with running_sandbox(clock) as sandbox:
            # Another address is another scope, so that the five find nothing there.
            answered = await asyncio.gather(
                *(start(sandbox, url, words) for _ in range(number))
            )
            outputs = await asyncio.gather(*(finish(process) for process in answered))
            counts.append(Counter(map(asked, sandbox.requests)))
        assert all(output == outputs[0] for output in outputs)
        assert all("error" not in each for each in outputs[0])

    assert sum(counts[0].values()) > 3
    assert counts[1] == counts[0]


async def start(sandbox, url, words):
    env = {
        "ZENMUX_BASE_URL": sandbox.base_url,
        "ZENMUX_MANAGEMENT_API_KEY": SANDBOX_KEY,
        "ZENMUX_BOT_NOW": "2026-11-23T09:00:00Z",
        "DATABASE_URL": url,
    }
    process = await fork(SCRIPT, *words, env=env)
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"ready\n"
    return process


async def finish(process) -> list[dict]:
    async with asyncio.timeout(60):
        output, _ = await process.communicate(b"go\n")
    return [without_times(each) for each in json.loads(output.splitlines()[-1])]


def asked(request) -> tuple[str, str]:
    return request.path, str(sorted(request.query.items()))


def without_times(value):
    """Drop when it was answered, which differs by milliseconds."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k != "as_of"}
    if isinstance(value, list):
        return [without_times(each) for each in value]
    return value


@pytest.fixture
async def shared(postgres_url):
    async with open_database(postgres_url) as opened:
        yield opened


def board(at: datetime = MONDAY) -> Answer[Leaderboard]:
    data = Leaderboard.model_validate(
        {
            "metric": "cost",
            "starting_at": "2026-11-16",
            "ending_at": "2026-11-22",
            "entries": [
                {"rank": 1, "model": "a/b", "label": "B", "value": "1234567.89012345"}
            ],
        }
    )
    return Answer(data=data, limit=50, fetched_at=at, request_id="req-1")


async def test_an_answer_comes_back_as_it_was_kept(shared):
    kept = StoredAnswers(shared, "a")

    await kept.put(BOARD, board())

    assert await kept.get(BOARD) == board()
    assert await StoredAnswers(shared, "b").get(BOARD) is None


async def test_an_older_answer_does_not_replace_a_newer_one(shared):
    kept = StoredAnswers(shared, "a")
    await kept.put(BOARD, board())

    await kept.put(BOARD, board(MONDAY - timedelta(hours=1)))

    assert (await kept.get(BOARD)).fetched_at == MONDAY


async def test_an_answer_that_another_version_wrote_otherwise_is_none(shared):
    kept = StoredAnswers(shared, "a")
    await kept.put(BOARD, board())
    async with shared.writing() as connection:
        await connection.execute(answers.update().values(body='{"other": 1}'))

    assert await kept.get(BOARD) is None


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("No answer came in time", path="/x"),
        ServerFault("down", status=502, type="gateway", request_id="r", path="/x"),
        KeyRefused("no", status=403, path="/x"),
        BadAnswer("no", status=200, path="/x", said_no=True),
    ],
)
async def test_a_failure_comes_back_as_it_was(shared, failure: ApiError):
    kept = StoredAnswers(shared, "a")

    await kept.put_failure(BOARD, failure, MONDAY)

    found, at = await kept.failure(BOARD)
    assert (type(found), vars(found), at) == (type(failure), vars(failure), MONDAY)


async def test_the_key_is_nowhere_in_the_tables(processes, shared):
    first, _ = processes
    await first.of(SecretStr(SANDBOX_KEY)).fetch(FlowRateRequest())
    with pytest.raises(KeyRefused):
        await first.of(OTHER_KEY).fetch(BOARD)

    async with shared.reading() as connection:
        for table in (answers, failures, cooldowns, locks):
            rows = (await connection.execute(table.select())).all()
            assert "sk-mg" not in str(rows)


def test_the_same_key_elsewhere_is_another_scope():
    assert scope_of("k", "https://a") != scope_of("k", "https://b")
    assert scope_of("k", "https://a") != scope_of("l", "https://a")


async def test_rests_are_remembered_while_the_database_is_away(shared):
    kept = StoredCooldowns(shared, "a")
    await kept.set("/x", MONDAY)
    async with open_database("postgresql://nobody@127.0.0.1:1/nothing") as gone:
        kept._database = gone

        assert await kept.get("/x") == MONDAY
        assert await kept.get("/y") is None


async def test_a_turn_is_one_process_s_at_a_time(shared):
    order = []

    async def work(holder: str) -> None:
        async with Locks(shared, "a", holder=holder).lock("x"):
            order.append(holder)
            await asyncio.sleep(0)
            order.append(holder)

    await asyncio.gather(*(work(f"w{n}") for n in range(4)))

    assert order[::2] == order[1::2]
    assert sorted(order[::2]) == ["w0", "w1", "w2", "w3"]


async def test_the_turn_of_a_process_that_died_ends_by_itself(shared):
    async with shared.writing() as connection:
        long_ago = MONDAY - timedelta(days=365)
        await connection.execute(
            locks.insert().values(scope="a", name="x", holder="dead", until=long_ago)
        )

    async with asyncio.timeout(60), Locks(shared, "a", holder="w").lock("x"):
        async with shared.reading() as connection:
            rows = (await connection.execute(locks.select())).all()
        assert [row.holder for row in rows] == ["w"]
