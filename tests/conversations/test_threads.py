"""What a thread is about: its last question, its digest's, or nothing any more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import canonical
from zenmux_bot.commands.threads import ThreadId
from zenmux_bot.conversations.threads import Contexts

THREAD, OTHER = ThreadId("T1", "C1", "1.0"), ThreadId("T1", "C1", "2.0")


@dataclass
class Remembered:
    """Threads in a dictionary."""

    queries: dict[ThreadId, str] = field(default_factory=dict)
    written: list[datetime] = field(default_factory=list)
    said: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)

    async def query_of(self, thread):
        return self.queries.get(thread)

    async def remember(self, thread, query, now):
        self.queries[thread] = query
        self.written.append(now)

    async def query_said(self, team_id, channel_id, at, within):
        said = self.said.get((team_id, channel_id))
        return said[0] if said and abs(said[1] - at) <= within else None

    async def remember_said(self, team_id, channel_id, query, now):
        self.said[team_id, channel_id] = query, now


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


@pytest.mark.parametrize(
    ("began", "words"),
    [(2, "share cost 8w"), (-2, "share cost 8w"), (4, None), (None, None)],
)
async def test_a_thread_that_began_as_an_answer_was_given_is_about_it(
    contexts, clock, began, words
):
    await contexts.remember_said("T1", "C1", request("share cost 8w", clock))
    moment = None if began is None else clock.now() + timedelta(seconds=began)

    base = await contexts.base(replace(THREAD, began=moment))

    assert (base and canonical(base)) == words


async def test_what_is_known_of_a_thread_goes_before_its_moment(contexts, clock):
    await contexts.remember_said("T1", "C1", request("share cost 8w", clock))
    await contexts.remember(THREAD, request("lb cost 7d", clock))

    base = await contexts.base(replace(THREAD, began=clock.now()))

    assert canonical(base) == "leaderboard cost 7d"
