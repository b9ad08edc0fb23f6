"""Small things remembered: events seen, channels welcomed, threads, settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select

from zenmux_bot.core.actors import Location
from zenmux_bot.store.database import Database
from zenmux_bot.store.tables import (
    seen_events,
    settings,
    threads,
    welcomed_channels,
)


class SeenEvents:
    """Slack's events by id, for any number of processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first_time(self, event_id: str, now: datetime) -> bool:
        """Return whether nobody has seen the event before, and remember it."""
        async with self._database.writing() as connection:
            result = await connection.execute(
                self._database.insert(seen_events)
                .values(event_id=event_id, seen_at=now)
                .on_conflict_do_nothing()
            )
        return result.rowcount == 1


class WelcomedChannels:
    """The channels that had their welcome."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first_time(self, team_id: str, channel_id: str, now: datetime) -> bool:
        """Return whether the channel was never welcomed, and remember it."""
        async with self._database.writing() as connection:
            result = await connection.execute(
                self._database.insert(welcomed_channels)
                .values(team_id=team_id, channel_id=channel_id, welcomed_at=now)
                .on_conflict_do_nothing()
            )
        return result.rowcount == 1


class Threads:
    """The query, in canonical words, that a thread is about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def query_of(self, thread: Location) -> str | None:
        """Return the thread's last query, or None if it is not the bot's."""
        query = select(threads.c.query).where(
            threads.c.team_id == thread.team_id,
            threads.c.channel_id == thread.channel_id,
            threads.c.thread_ts == thread.thread_ts,
        )
        async with self._database.reading() as connection:
            found: str | None = await connection.scalar(query)
        return found

    async def remember(self, thread: Location, query: str, now: datetime) -> None:
        """Remember what the thread is about now."""
        await _upsert(
            self._database,
            threads,
            key={
                "team_id": thread.team_id,
                "channel_id": thread.channel_id,
                "thread_ts": thread.thread_ts,
            },
            values={"query": query, "updated_at": now},
        )


class Settings:
    """What people have set in Slack, by scope and key, as text."""

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
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
        found: dict[Location, dict[str, str]] = {}
        for row in rows:
            found.setdefault(Location(team_id, row.channel_id), {})[row.key] = row.value
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


class OperationsChannel:
    """The channel that a workspace's administrators chose to hear of failures."""

    KEY = "operations_channel"

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
