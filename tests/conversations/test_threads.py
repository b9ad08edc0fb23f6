"""What a thread is about: its last question, its digest's, or nothing any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import canonical
from zenmux_bot.conversations.threads import Contexts
from zenmux_bot.core.actors import Location

THREAD, OTHER = Location("T1", "C1", "1.0"), Location("T1", "C1", "2.0")


@dataclass
class Remembered:
    """Threads in a dictionary."""

    queries: dict[Location, str] = field(default_factory=dict)
    written: list[datetime] = field(default_factory=list)

    async def query_of(self, thread):
        return self.queries.get(thread)

    async def remember(self, thread, query, now):
        self.queries[thread] = query
        self.written.append(now)


@pytest.fixture
def threads():
    return Remembered()


@pytest.fixture
def digests():
    return Remembered()


@pytest.fixture
def contexts(threads, digests, clock):
    return Contexts(threads, digests, clock)


def request(words, clock):
    return parse(words, today=clock.now().date())


async def test_a_thread_is_about_its_last_question(contexts, threads, clock):
    await contexts.remember(THREAD, request("share cost 8w", clock))
    await contexts.remember(THREAD, request("lb cost 7d public chart csv", clock))

    base = await contexts.base(THREAD)

    assert canonical(base) == "leaderboard cost 7d"
    assert threads.written == [clock.now(), clock.now()]
    assert await contexts.base(OTHER) is None


@pytest.mark.parametrize("words", ["help", "status", "digest list"])
async def test_what_is_not_about_days_changes_no_subject(contexts, clock, words):
    await contexts.remember(THREAD, request("share cost 8w", clock))

    await contexts.remember(THREAD, request(words, clock))

    assert canonical(await contexts.base(THREAD)) == "share cost 8w"


async def test_a_digests_thread_is_about_the_digest_at_first(contexts, digests, clock):
    digests.queries[THREAD] = "share cost 2026-W46 top 5"
    assert canonical(await contexts.base(THREAD)) == "share cost 2026-W46 top 5"

    await contexts.remember(THREAD, request("lb tokens 7d", clock))

    assert canonical(await contexts.base(THREAD)) == "leaderboard tokens 7d"


async def test_words_of_an_older_grammar_are_forgotten(contexts, threads):
    threads.queries[THREAD] = "marktanteil kosten 8w"

    assert await contexts.base(THREAD) is None
