"""Periodic jobs: run at the start and at their interval, each on its own."""

import asyncio
from datetime import timedelta

import pytest

from zenmux_bot.jobs import Job, JobRunner


@pytest.fixture
def ready():
    event = asyncio.Event()
    event.set()
    return event


def job(name, run, *, every=timedelta(milliseconds=5)):
    return Job(name=name, every=every, run=run)


async def test_job_runner__failure_stops_neither_the_job_nor_the_others(
    clock, logs, ready
):
    runs = asyncio.Queue()

    async def fail(now):
        await runs.put("fail")
        raise LookupError

    async def work(now):
        assert now == clock.now()
        await runs.put("work")

    runner = JobRunner([job("fail", fail), job("work", work)], clock)
    runner.start(after=ready)
    seen = [await runs.get() for _ in range(6)]
    await runner.stop()

    assert seen.count("fail") > 1
    assert seen.count("work") > 1
    assert {"job.failed", "job.finished"} == {line["event"] for line in logs}


async def test_job_runner__runs_never_overlap(clock, ready):
    running, most = 0, 0

    async def work(now):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    runner = JobRunner([job("work", work)], clock)
    runner.start(after=ready)
    for _ in range(3):
        await runner.run_once()
    await runner.stop()

    assert most == 1


async def test_job_runner__waits_for_the_tables(clock):
    runs, ready = asyncio.Queue(), asyncio.Event()

    runner = JobRunner([job("work", runs.put, every=timedelta(hours=1))], clock)
    runner.start(after=ready)
    for _ in range(5):
        await asyncio.sleep(0)
    before = runs.qsize()
    ready.set()
    first = await runs.get()
    await runner.stop()

    assert (before, first, runs.qsize()) == (0, clock.now(), 0)


async def test_job_runner__expected_failure_is_one_line(clock, logs):
    async def work(now):
        raise ConnectionError

    await JobRunner([job("work", work)], clock, expected=(OSError,)).run_once()

    assert logs == [
        {
            "event": "job.failed",
            "failures": 1,
            "job": "work",
            "kind": "ConnectionError",
            "log_level": "warning",
        }
    ]


async def test_job_runner__failure_that_goes_on_is_told_ever_more_rarely(clock, logs):
    async def work(now):
        raise LookupError

    runner = JobRunner([job("work", work)], clock)
    for _ in range(9):
        await runner.run_once()

    told = [line["failures"] for line in logs if line["log_level"] == "error"]
    assert told == [1, 2, 4, 8]
    assert len(logs) == 9


async def test_job_runner__stop_lets_what_runs_end_and_begins_nothing(clock, ready):
    began, go_on, ends = asyncio.Event(), asyncio.Event(), []

    async def work(now):
        began.set()
        await go_on.wait()
        ends.append(now)

    runner = JobRunner([job("work", work)], clock)
    runner.start(after=ready)
    await began.wait()
    stopping = asyncio.create_task(runner.stop(60))
    await asyncio.sleep(0)
    go_on.set()
    await stopping

    assert len(ends) == 1


async def test_job_runner__stop_cancels_what_is_late(clock, ready):
    began = asyncio.Event()

    async def work(now):
        began.set()
        await asyncio.Event().wait()

    runner = JobRunner([job("work", work)], clock)
    runner.start(after=ready)
    await began.wait()

    async with asyncio.timeout(60):
        await runner.stop(0)
