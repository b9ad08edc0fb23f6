"""Backs up everything to one file and restores it: a line of JSON for each row.

The first line has the revision of the tables. A backup of SQLite can be restored to
PostgreSQL and the other way round. Secrets stay encrypted.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, DateTime, Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.errors import BotError
from zenmux_bot.store.database import Database
from zenmux_bot.store.migrate import revision_of
from zenmux_bot.store.tables import (
    answers,
    cooldowns,
    failures,
    locks,
    metadata,
    oauth_states,
)
from zenmux_bot.store.types import DecimalText, Figures, RowId, UtcDateTime

KIND = "zenmux_bot backup"
_TEMPORARY = frozenset({answers, oauth_states, cooldowns, failures, locks})
"""Tables with temporary rows, which are left out."""

_BATCH = 500


class BadBackup(BotError):
    """A file cannot be restored; the message says why, and what to do."""


async def backup(database: Database) -> AsyncIterator[str]:
    """Yield the lines of a consistent backup."""
    async with database.reading() as connection:
        if database.is_shared:
            # By default, each statement would see a newer state.
            await connection.execute(
                text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            )
        yield _line({"kind": KIND, "revision": await connection.run_sync(revision_of)})
        for table in _tables():
            keys = table.primary_key.columns
            rows = await connection.stream(select(table).order_by(*keys))
            async for row in rows.mappings():
                values = {name: _plain(value) for name, value in row.items()}
                yield _line({"table": table.name, "row": values})


async def restore(database: Database, lines: Iterable[str]) -> int:
    """Restore a backup into an empty database, in one transaction; count its rows.

    Raises:
        BadBackup: The file is not a backup, is of another version or incomplete, or
            the database is not empty.
    """
    async with database.writing() as connection:
        await _expect_empty(connection)
        reading = iter(lines)
        _check_header(next(reading, ""), await connection.run_sync(revision_of))
        return await _insert_all(connection, reading)


async def _insert_all(connection: AsyncConnection, lines: Iterable[str]) -> int:
    tables = {table.name: table for table in _tables()}
    count = 0
    batch: list[dict[str, Any]] = []
    current: Table | None = None
    for line in lines:
        entry = _read(line)
        table = tables.get(str(entry.get("table")))
        if table is None or not isinstance(entry.get("row"), dict):
            raise BadBackup(f"Line {count + 2} isn't a row of a known table.")
        if current is not None and (table is not current or len(batch) == _BATCH):
            await connection.execute(current.insert(), batch)
            batch = []
        current = table
        batch.append(_row(table, entry["row"]))
        count += 1
    if current is not None:
        await connection.execute(current.insert(), batch)
    if connection.dialect.name == "postgresql":
        await _set_sequences(connection)
    return count


async def _set_sequences(connection: AsyncConnection) -> None:
    """Set the sequences of generated keys after the restored keys."""
    for table in _tables():
        for column in table.primary_key.columns:
            if column.autoincrement is not True and column.type is not RowId:
                continue
            last = await connection.scalar(select(func.max(column)))
            if last is not None:
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                await connection.execute(select(func.setval(sequence, last)))


async def _expect_empty(connection: AsyncConnection) -> None:
    for table in _tables():
        if (await connection.execute(select(table).limit(1))).first() is not None:
            raise BadBackup(
                f"The database is not empty ({table.name}); restore into a new one."
            )


def _check_header(line: str, revision: str | None) -> None:
    header = _read(line)
    if header.get("kind") != KIND:
        raise BadBackup("The file isn't a backup of this bot.")
    if header.get("revision") != revision:
        raise BadBackup(
            f"The file has table revision {header.get('revision')}, the database "
            f"{revision}. Restore with the version of the bot that made the file, then "
            "upgrade."
        )


def _tables() -> list[Table]:
    """Return the tables, in the order of their foreign keys."""
    return [table for table in metadata.sorted_tables if table not in _TEMPORARY]


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read(line: str) -> dict[str, Any]:
    with suppress(ValueError):
        value = json.loads(line)
        if isinstance(value, dict):
            return value
    raise BadBackup("The file is cut off, or isn't a backup of this bot.")


def _plain(value: Any) -> Any:
    """Return a column's value as JSON."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value


def _row(table: Table, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with the types of its table's columns."""
    if set(plain) != set(table.columns.keys()):
        raise BadBackup(f"A row of {table.name} has unexpected columns.")
    return {
        name: _value(table.columns[name].type, value) for name, value in plain.items()
    }


def _value(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime | DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, DecimalText):
        return Decimal(value)
    if isinstance(kind, Figures):
        return {name: Decimal(figure) for name, figure in value.items()}
    return value
