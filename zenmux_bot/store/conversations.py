"""Events seen, channels welcomed, threads and settings.

What answers need of these is best effort: while the database is unavailable, they are
given without the channel's defaults and the thread's subject.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, update

from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.actors import Location
from zenmux_bot.digests.content import question_of
from zenmux_bot.digests.delivery.entries import Part
from zenmux_bot.store.database import Database, best_effort
from zenmux_bot.store.rows import entry_from, subscription_from
from zenmux_bot.store.tables import (
    budgets,
    occurrences,
    outbound_messages,
    seen_events,
    settings,
    subscriptions,
    threads,
    welcomed_channels,
)

_REMEMBERED = 10_000
"""How many events a process remembers while the database is unavailable."""


class SeenEvents:
    """The ids of Slack's events that any process has handled.

    Without the database each process remembers its own.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._own: OrderedDict[str, None] = OrderedDict()

    async def first_time(self, event_id: str, now: datetime) -> bool:
        """Record an event; return whether it was new."""
        if event_id in self._own:
            return False
        self._own[event_id] = None
        if len(self._own) > _REMEMBERED:
            self._own.popitem(last=False)
        async with best_effort("seen_events.first_time"):
            async with self._database.writing() as connection:
                result = await connection.execute(
                    self._database.insert(seen_events)
                    .values(event_id=event_id, seen_at=now)
                    .on_conflict_do_nothing()
                )
            return result.rowcount == 1
        return True


class WelcomedChannels:
    """The channels that were welcomed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first_time(self, team_id: str, channel_id: str, now: datetime) -> bool:
        """Record a welcome; return whether it is the channel's first."""
        async with self._database.writing() as connection:
            result = await connection.execute(
                self._database.insert(welcomed_channels)
                .values(team_id=team_id, channel_id=channel_id, welcomed_at=now)
                .on_conflict_do_nothing()
            )
        return result.rowcount == 1


class Threads:
    """The canonical query that each thread is about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def query_of(self, thread: Location) -> str | None:
        """Return the thread's last query, None if it is unknown."""
        query = select(threads.c.query).where(
            threads.c.team_id == thread.team_id,
            threads.c.channel_id == thread.channel_id,
            threads.c.thread_ts == thread.thread_ts,
        )
        async with (
            best_effort("threads.query_of"),
            self._database.reading() as connection,
        ):
            found: str | None = await connection.scalar(query)
            return found
        return None

    async def remember(self, thread: Location, query: str, now: datetime) -> None:
        """Set the thread's query."""
        key = {
            "team_id": thread.team_id,
            "channel_id": thread.channel_id,
            "thread_ts": thread.thread_ts,
        }
        values = {"query": query, "updated_at": now}
        async with best_effort("threads.remember"):
            await _upsert(self._database, threads, key=key, values=values)


class LedgerThreads:
    """The threads below digests, alerts and budgets, found through the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def query_of(self, thread: Location) -> str | None:
        """Return the message's canonical query, None if it has none."""
        of_the_thread = (
            subscriptions.c.team_id == thread.team_id,
            occurrences.c.channel_id == thread.channel_id,
            occurrences.c.ts == thread.thread_ts,
            occurrences.c.part == Part.MAIN,
        )
        posts = select(occurrences).join(subscriptions).where(*of_the_thread)
        owners = select(subscriptions).join(occurrences).where(*of_the_thread)
        outbound = select(outbound_messages.c.question).where(
            outbound_messages.c.team_id == thread.team_id,
            outbound_messages.c.channel_id == thread.channel_id,
            outbound_messages.c.ts == thread.thread_ts,
        )
        post = owner = question = None
        async with (
            best_effort("ledger_threads.query_of"),
            self._database.reading() as connection,
        ):
            post = (await connection.execute(posts)).first()
            owner = (await connection.execute(owners)).first()
            if post is None:
                question = await connection.scalar(outbound)
        if post is None or owner is None:
            return question
        days = entry_from(post).occurrence.days
        return canonical(question_of(subscription_from(owner), days))


class Settings:
    """Settings made in Slack, by scope and key, as text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, scope: Location, key: str) -> str | None:
        """Return what is set in exactly this scope, or None."""
        return (await self.all(scope)).get(key)

    async def all(self, scope: Location) -> Mapping[str, str]:
        """Return everything that is set in exactly this scope."""
        query = select(settings.c.key, settings.c.value).where(
            settings.c.team_id == scope.team_id,
            settings.c.channel_id == scope.channel_id,
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
        return {row.key: row.value for row in rows}

    async def of_team(self, team_id: str) -> Mapping[Location, Mapping[str, str]]:
        """Return everything that is set in a workspace and its channels."""
        query = select(settings.c.channel_id, settings.c.key, settings.c.value).where(
            settings.c.team_id == team_id
        )
        found: dict[Location, dict[str, str]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(query):
                scope = Location(team_id, row.channel_id)
                found.setdefault(scope, {})[row.key] = row.value
        return found

    async def set(
        self, scope: Location, key: str, value: str, *, by: str, now: datetime
    ) -> None:
        """Set a value."""
        await _upsert(
            self._database,
            settings,
            key={
                "team_id": scope.team_id,
                "channel_id": scope.channel_id,
                "key": key,
            },
            values={"value": value, "updated_at": now, "updated_by": by},
        )

    async def clear(self, scope: Location, key: str) -> None:
        """Unset a value."""
        async with self._database.writing() as connection:
            await connection.execute(
                delete(settings).where(
                    settings.c.team_id == scope.team_id,
                    settings.c.channel_id == scope.channel_id,
                    settings.c.key == key,
                )
            )

    async def move_channel(self, team_id: str, old_id: str, new_id: str) -> None:
        """Move a channel's settings, threads and budgets to its new id.

        Rows that the new id already has are newer, and stay.
        """
        async with self._database.writing() as connection:
            for table, key in (
                (settings, settings.c.key),
                (threads, threads.c.thread_ts),
            ):
                old = (table.c.team_id == team_id, table.c.channel_id == old_id)
                taken = select(key).where(
                    table.c.team_id == team_id, table.c.channel_id == new_id
                )
                await connection.execute(
                    update(table)
                    .where(*old, key.not_in(taken))
                    .values(channel_id=new_id)
                )
                await connection.execute(delete(table).where(*old))
            await connection.execute(
                update(budgets)
                .where(budgets.c.team_id == team_id, budgets.c.channel_id == old_id)
                .values(channel_id=new_id)
            )
            await connection.execute(
                update(settings)
                .where(_names_operations(team_id, old_id))
                .values(value=new_id)
            )

    async def forget_channel(self, team_id: str, channel_id: str) -> None:
        """Delete a channel's settings and those that name it."""
        async with self._database.writing() as connection:
            await connection.execute(
                delete(settings).where(
                    or_(
                        and_(
                            settings.c.team_id == team_id,
                            settings.c.channel_id == channel_id,
                        ),
                        _names_operations(team_id, channel_id),
                    )
                )
            )


_OPERATIONS = "operations_channel"


def _names_operations(team_id: str, channel_id: str) -> ColumnElement[bool]:
    return and_(
        settings.c.team_id == team_id,
        settings.c.key == _OPERATIONS,
        settings.c.value == channel_id,
    )


class BestEffortSettings(Settings):
    """Settings that count as unset while they cannot be read."""

    async def of_team(self, team_id: str) -> Mapping[Location, Mapping[str, str]]:
        """Return everything that is set in a workspace and its channels."""
        async with best_effort("settings.of_team"):
            return await super().of_team(team_id)
        return {}


class OperationsChannel:
    """The channel where a workspace's administrators are told of failures."""

    KEY = _OPERATIONS

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def channel_of(self, team_id: str) -> str | None:
        """Return the channel's id, if one is set."""
        return await self._settings.get(Location(team_id), self.KEY)


async def _upsert(
    database: Database, table: Table, *, key: dict[str, Any], values: dict[str, Any]
) -> None:
    async with database.writing() as connection:
        await connection.execute(
            database.insert(table)
            .values(key | values)
            .on_conflict_do_update(index_elements=list(key), set_=values)
        )
