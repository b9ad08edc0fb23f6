from __future__ import annotations

import asyncio

import pytest

from zenmux_bot.server import finish_within


async def test_shutdown__that_hangs_is_cut_off():
    never = asyncio.Event()
    cut = []

    async def close():
        try:
            await never.wait()
        finally:
            cut.append("first")
            try:
                await never.wait()
            finally:
                cut.append("second")

    task = asyncio.create_task(close())
    async with asyncio.timeout(60):
        await finish_within(task, 0)

    assert cut == ["first", "second"]
    assert task.cancelled()


async def test_shutdown__in_good_order_is_waited_for():
    task = asyncio.create_task(asyncio.sleep(0))

    await finish_within(task, 5)

    assert not task.cancelled()


async def test_serve__raises_what_ends_a_bot():
    async def fail():
        raise LookupError("PORT")

    with pytest.raises(LookupError):
        await finish_within(asyncio.create_task(fail()), 5)
