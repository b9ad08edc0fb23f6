"""Rows that nobody deletes by hand are deleted when they are old."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import JSON, Boolean, Date, Integer, func, select

from zenmux_bot.store.retention import KEPT, delete_old_rows
from zenmux_bot.store.types import UtcDateTime

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def row(table, number, aged, at):
    """Return a row whose age is counted from ``at``."""
    kinds = {
        UtcDateTime: NOW,
        Date: NOW.date(),
        Integer: number,
        Boolean: False,
        JSON: {},
    }
    values = {
        column.name: next(
            (value for kind, value in kinds.items() if isinstance(column.type, kind)),
            f"{number}",
        )
        for column in table.columns
        if not column.nullable or column is aged
    }
    return values | {aged.name: at}


async def test_delete_old_rows__each_table(database):
    async with database.writing() as connection:
        for column, kept in KEPT.items():
            ages = (NOW - kept - MINUTE, NOW - kept + MINUTE)
            if column.nullable:
                ages = (*ages, None)
            for number, at in enumerate(ages, start=1):
                values = row(column.table, number, column, at)
                await connection.execute(column.table.insert().values(values))

    deleted = await delete_old_rows(database, NOW)

    assert deleted == len(KEPT)
    assert await delete_old_rows(database, NOW) == 0
    async with database.reading() as connection:
        for column in KEPT:
            left = select(func.count()).select_from(column.table)
            assert await connection.scalar(left) == (2 if column.nullable else 1)
