"""What conversations remember, with a memory that may fail.

People get their answers while the database is away: without what is usual in their
channel, and without what their thread was about.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime

from zenmux_bot.core.actors import Location
from zenmux_bot.store import conversations as memory
from zenmux_bot.store.availability import best_effort
from zenmux_bot.store.database import Database
from zenmux_bot.store.digest_threads import DigestThreads
from zenmux_bot.store.own_account import KeyNames

_REMEMBERED = 10_000
"""Events, the newest, for as long as the database is away."""


class BestEffortSettings(memory.Settings):
    """Settings that count as unset while they cannot be read."""

    async def of_team(self, team_id: str) -> Mapping[Location, Mapping[str, str]]:
        """Return everything that is set in a workspace and its channels."""
        async with best_effort("settings.of_team"):
            return await super().of_team(team_id)
        return {}


class BestEffortKeyNames(KeyNames):
    """Names of keys, whose ids serve while the names cannot be read."""

    async def of_team(self, team_id: str) -> dict[str, str]:
        """Return the names by the id of the key."""
        async with best_effort("key_names.of_team"):
            return await super().of_team(team_id)
        return {}


class BestEffortThreads(memory.Threads):
    """Threads that begin anew while they cannot be remembered."""

    async def query_of(self, thread: Location) -> str | None:
        """Return the thread's last query, or None if it is not known."""
        async with best_effort("threads.query_of"):
            return await super().query_of(thread)
        return None

    async def remember(self, thread: Location, query: str, now: datetime) -> None:
        """Remember what the thread is about now."""
        async with best_effort("threads.remember"):
            await super().remember(thread, query, now)


class BestEffortDigestThreads(DigestThreads):
    """Threads below digests, like any other while they cannot be told apart."""

    async def query_of(self, thread: Location) -> str | None:
        """Return the digest's question, or None if it is not known."""
        async with best_effort("digest_threads.query_of"):
            return await super().query_of(thread)
        return None


class BestEffortSeenEvents(memory.SeenEvents):
    """Events that this process alone remembers while the others cannot be asked."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._own: OrderedDict[str, None] = OrderedDict()

    async def first_time(self, event_id: str, now: datetime) -> bool:
        """Return whether nobody is known to have seen the event before."""
        if event_id in self._own:
            return False
        self._own[event_id] = None
        if len(self._own) > _REMEMBERED:
            self._own.popitem(last=False)
        async with best_effort("seen_events.first_time"):
            return await super().first_time(event_id, now)
        return True
