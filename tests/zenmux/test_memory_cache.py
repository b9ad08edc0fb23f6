from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zenmux_bot.zenmux.cache import MemoryCacheBackend
from zenmux_bot.zenmux.models import Answer, Generation
from zenmux_bot.zenmux.requests import GenerationRequest

NOW = datetime(2026, 6, 25, 9, tzinfo=UTC)


def ask(name: str) -> GenerationRequest:
    return GenerationRequest(generation_id=name)


def answer(text: str = "") -> Answer[Generation]:
    data = Generation(generation_id="g", model=text)
    return Answer(data=data, limit=None, fetched_at=NOW)


async def kept(backend: MemoryCacheBackend, *names: str) -> str:
    found = [name for name in names if await backend.get(ask(name)) is not None]
    return "".join(found)


async def test_memory_cache__answer_is_found_under_an_equal_request():
    backend = MemoryCacheBackend()
    first, second = answer("1"), answer("2")

    await backend.put(ask("a"), first)
    await backend.put(ask("b"), second)

    assert await backend.get(ask("a")) is first
    assert await backend.get(ask("b")) is second
    assert await backend.get(ask("c")) is None


async def test_memory_cache__answer_used_longest_ago_makes_room():
    backend = MemoryCacheBackend(max_entries=2)
    await backend.put(ask("a"), answer())
    await backend.put(ask("b"), answer())
    await backend.get(ask("a"))

    await backend.put(ask("c"), answer())

    assert await kept(backend, "a", "b", "c") == "ac"


async def test_memory_cache__large_answers_make_room_by_their_size():
    backend = MemoryCacheBackend(max_bytes=5_000)
    for name in "abcd":
        await backend.put(ask(name), answer("x" * 1_300))
    assert await kept(backend, *"abcd") == "bcd"

    await backend.put(ask("e"), answer("x" * 3_500))

    assert await kept(backend, *"abcde") == "e"


async def test_memory_cache__newer_answer_frees_the_room_of_the_older():
    backend = MemoryCacheBackend(max_bytes=5_000)
    await backend.put(ask("a"), answer())
    for _ in range(10):
        await backend.put(ask("b"), answer("x" * 1_000))

    assert await kept(backend, "a", "b") == "ab"


@pytest.mark.parametrize("bound", [{"max_entries": 0}, {"max_bytes": 10}])
async def test_memory_cache__what_is_too_large_is_not_kept(bound):
    backend = MemoryCacheBackend(**bound)

    await backend.put(ask("a"), answer())

    assert await backend.get(ask("a")) is None
