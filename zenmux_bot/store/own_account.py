"""Stores the names of API keys, and budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.exc import IntegrityError

from zenmux_bot.budgets.evaluate import Budget
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.store.audit import add_audit
from zenmux_bot.store.database import Database, best_effort
from zenmux_bot.store.tables import budgets, key_names

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ID_LENGTH = 4
_TRIES = 20


class KeyNames:
    """The names that workspaces gave their API keys.

    Args:
        database: Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_team(self, team_id: str) -> dict[str, str]:
        """Return the names by key id; none while the database is unavailable."""
        query = select(key_names.c.key_id, key_names.c.name).where(
            key_names.c.team_id == team_id
        )
        async with (
            best_effort("key_names.of_team"),
            self._database.reading() as connection,
        ):
            rows = await connection.execute(query)
            return {row.key_id: row.name for row in rows}
        return {}

    async def set(self, team_id: str, key_id: str, entry: AuditEntry) -> None:
        """Set a key's name to the detail of an audit entry, and store the entry."""
        values = {
            "name": entry.detail,
            "updated_at": entry.at,
            "updated_by": entry.actor,
        }
        insert = self._database.insert(key_names).values(
            team_id=team_id, key_id=key_id, **values
        )
        async with self._database.writing() as connection:
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["team_id", "key_id"], set_=values
                )
            )
            await add_audit(connection, team_id, entry)


class Budgets:
    """The budgets of all workspaces.

    Args:
        database: Where they are.
        choose: Returns a random element of a sequence.
    """

    def __init__(
        self, database: Database, choose: Callable[[Sequence[str]], str]
    ) -> None:
        self._database = database
        self._choose = choose

    async def all(self) -> list[Budget]:
        """Return the budgets of all workspaces."""
        return await self._select()

    async def of_team(self, team_id: str) -> list[Budget]:
        """Return a workspace's budgets, the oldest first."""
        return await self._select(budgets.c.team_id == team_id)

    async def of_channel(self, team_id: str, channel_id: str) -> list[Budget]:
        """Return a channel's budgets, the oldest first."""
        return await self._select(
            budgets.c.team_id == team_id, budgets.c.channel_id == channel_id
        )

    async def note_channel(
        self, team_id: str, channel_id: str, error: str | None
    ) -> list[Budget]:
        """Record whether the bot can post in a channel; return the changed budgets."""
        is_other = (
            budgets.c.team_id == team_id,
            budgets.c.channel_id == channel_id,
            budgets.c.channel_error.is_distinct_from(error),
        )
        async with self._database.writing() as connection:
            changed = await connection.execute(
                update(budgets)
                .where(*is_other)
                .values(channel_error=error)
                .returning(budgets)
            )
            return [_budget(row) for row in changed]

    async def add(self, budget: Budget, *, audit_detail: str) -> Budget:
        """Store a budget and return it with its new id."""
        for _ in range(_TRIES):
            made = replace(
                budget,
                id="b-" + "".join(self._choose(_ALPHABET) for _ in range(_ID_LENGTH)),
            )
            try:
                async with self._database.writing() as connection:
                    await connection.execute(budgets.insert().values(**asdict(made)))
                    entry = AuditEntry(
                        at=made.created_at,
                        actor=made.owner_id,
                        action="budget.set",
                        subject=made.id,
                        detail=audit_detail,
                    )
                    await add_audit(connection, made.team_id, entry)
            except IntegrityError:
                continue
            return made
        raise RuntimeError("no free id for a budget")

    async def note_told(self, budget: Budget) -> None:
        """Record what was reported of a budget."""
        values = {
            "told_mark": budget.told_mark,
            "told_forecast": budget.told_forecast,
        }
        async with self._database.writing() as connection:
            await connection.execute(
                update(budgets).where(budgets.c.id == budget.id).values(values)
            )

    async def delete(self, team_id: str, budget_id: str, entry: AuditEntry) -> bool:
        """Delete a budget; return whether it existed."""
        async with self._database.writing() as connection:
            deleted = await connection.execute(
                delete(budgets).where(
                    budgets.c.team_id == team_id, budgets.c.id == budget_id
                )
            )
            if deleted.rowcount:
                await add_audit(connection, team_id, entry)
        return bool(deleted.rowcount)

    async def _select(self, *conditions: Any) -> list[Budget]:
        query = select(budgets).where(*conditions).order_by(budgets.c.created_at)
        async with self._database.reading() as connection:
            return [_budget(row) for row in await connection.execute(query)]


def _budget(row: Row[Any]) -> Budget:
    return Budget(**row._asdict())
