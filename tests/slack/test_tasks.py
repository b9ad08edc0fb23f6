"""Work that outlives its acknowledgement."""

import asyncio

import pytest

from zenmux_bot.slack.tasks import Tasks


async def test_finish__waits_for_what_running_work_starts():
    tasks, done = Tasks(), []

    async def child():
        await asyncio.sleep(0)
        done.append("child")

    async def parent():
        await asyncio.sleep(0)
        tasks.start(child())
        done.append("parent")

    tasks.start(parent())
    await tasks.finish(60)

    assert (done, len(tasks)) == (["parent", "child"], 0)


async def test_finish__cancels_what_is_late_and_what_that_starts(logs):
    tasks, ends = Tasks(), []

    async def apologize():
        ends.append("apologized")

    async def hang():
        try:
            await asyncio.Event().wait()
        finally:
            tasks.start(apologize())

    task = tasks.start(hang())
    await asyncio.sleep(0)
    await tasks.finish(0)

    assert ends == ["apologized"]
    assert [line["event"] for line in logs] == ["tasks.abandoned"]
    with pytest.raises(asyncio.CancelledError):
        await task
