"""Stores ZenMux's daily lists with the time at which each was seen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, FLOOR, Span
from zenmux_bot.history.archive import Archive, Dimension, Listed, Series, Version
from zenmux_bot.store.database import Database
from zenmux_bot.store.tables import daily_lists, history_blocks, list_labels
from zenmux_bot.zenmux.freshness import NewestDay
from zenmux_bot.zenmux.paging import MAX_BUCKETS

LATE_DAYS = 7
"""History is filled oldest first, so one that ends earlier is still being filled."""

_FEW = 60
"""More rows than this are parsed in a thread."""


@dataclass(frozen=True, slots=True)
class BlockFetch:
    """When a block of days was last fetched, and up to which day."""

    series: Series
    first_day: date
    through: date
    at: datetime


class DailyLists:
    """The daily lists of one source; no version is ever lost.

    Args:
        database: Where they are.
        source: Names ZenMux's address.
    """

    def __init__(self, database: Database, source: str) -> None:
        self._database = database
        self._source = source

    async def put(
        self,
        series: Series,
        days: Mapping[date, Listed],
        labels: Mapping[str, str],
        *,
        seen_at: datetime,
        fetch: BlockFetch | None = None,
    ) -> list[date]:
        """Store an answer's lists, and return the days that it restates.

        Days that are unchanged or missing from the answer stay as they are.

        Args:
            series: What the lists are of.
            days: The lists by day.
            labels: Display names by slug.
            seen_at: When ZenMux said so.
            fetch: The block that was fetched, to be recorded as well.
        """
        async with self._database.writing() as connection:
            restated = await self._put_days(connection, series, days, seen_at)
            await self._put_labels(connection, series, labels)
            if fetch is not None:
                seen = {"through": fetch.through, "looked_at": fetch.at}
                await connection.execute(
                    self._database.insert(history_blocks)
                    .values(**self._key(series), first_day=fetch.first_day, **seen)
                    .on_conflict_do_update(
                        index_elements=["source", "dimension", "metric", "first_day"],
                        set_=seen,
                    )
                )
        return restated

    async def _put_days(
        self,
        connection: AsyncConnection,
        series: Series,
        days: Mapping[date, Listed],
        seen_at: datetime,
    ) -> list[date]:
        is_current = (
            *self._is_of(daily_lists, series),
            daily_lists.c.seen_to.is_(None),
        )
        kept = await connection.execute(
            select(daily_lists.c.day, daily_lists.c.figures).where(
                *is_current, daily_lists.c.day.in_(list(days))
            )
        )
        before = {row.day: row.figures for row in kept}
        restated, added = [], []
        for day, values in days.items():
            if day in before:
                if _same(before[day], values):
                    continue
                closed = await connection.execute(
                    update(daily_lists)
                    .where(
                        *is_current,
                        daily_lists.c.day == day,
                        daily_lists.c.seen_from < seen_at,
                    )
                    .values(seen_to=seen_at)
                )
                if not closed.rowcount:
                    continue
                restated.append(day)
            added.append({"day": day, "figures": _dumped(values)})
        if added:
            key = self._key(series) | {"seen_from": seen_at}
            # Another process may have stored the same meanwhile.
            await connection.execute(
                self._database.insert(daily_lists).on_conflict_do_nothing(),
                [key | row for row in added],
            )
        return restated

    async def _put_labels(
        self,
        connection: AsyncConnection,
        series: Series,
        labels: Mapping[str, str],
    ) -> None:
        key = {"source": self._source, "dimension": series.dimension.value}
        query = select(list_labels.c.slug, list_labels.c.label).filter_by(**key)
        rows = await connection.execute(query)
        known = {row.slug: row.label for row in rows}
        changed = [
            {"slug": slug, "label": label}
            for slug, label in labels.items()
            if known.get(slug) != label
        ]
        if changed:
            insert = self._database.insert(list_labels)
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["source", "dimension", "slug"],
                    set_={"label": insert.excluded.label},
                ),
                [key | row for row in changed],
            )

    async def block_fetches(self) -> list[BlockFetch]:
        """Return when each block of days was last fetched."""
        query = select(history_blocks).where(history_blocks.c.source == self._source)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
        return [
            BlockFetch(_series(row), row.first_day, row.through, row.looked_at)
            for row in rows
        ]

    async def newest(self) -> dict[Series, date]:
        """Return the newest day of each series."""
        columns = daily_lists.c.dimension, daily_lists.c.metric
        query = (
            select(*columns, func.max(daily_lists.c.day).label("day"))
            .where(daily_lists.c.source == self._source)
            .group_by(*columns)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
        return {_series(row): row.day for row in rows}

    async def complete_through(self, series: Series) -> NewestDay | None:
        """Return the day up to which nothing is missing, and when it was seen."""
        newest = (await self.newest()).get(series)
        if newest is None:
            return None
        block_fetches = await self.block_fetches()
        first_days = {
            fetch.first_day for fetch in block_fetches if fetch.series == series
        }
        needed = (newest - FLOOR).days // MAX_BUCKETS + 1
        if any(FLOOR + DAY * MAX_BUCKETS * n not in first_days for n in range(needed)):
            return None
        seen_at = (await self.archive(series, Span(newest, newest))).first_seen(newest)
        return None if seen_at is None else NewestDay(day=newest, seen_at=seen_at)

    async def is_collected(self, series: Series, today: date) -> bool:
        """Tell whether all days are stored, except perhaps the latest."""
        complete = await self.complete_through(series)
        return complete is not None and complete.day >= today - DAY * LATE_DAYS

    async def labels(self, dimension: Dimension) -> dict[str, str]:
        """Return display names by slug."""
        query = select(list_labels.c.slug, list_labels.c.label).where(
            list_labels.c.source == self._source, list_labels.c.dimension == dimension
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
        return {row.slug: row.label for row in rows}

    async def archive(
        self, series: Series, span: Span | None = None, *, current: bool = False
    ) -> Archive:
        """Return the versions of a series' days.

        Args:
            series: Which lists.
            span: Which days; None for all.
            current: Only what ZenMux says now.
        """
        query = select(
            daily_lists.c.day, daily_lists.c.seen_from, daily_lists.c.figures
        ).where(*self._is_of(daily_lists, series))
        if span is not None:
            query = query.where(daily_lists.c.day.between(span.start, span.end))
        if current:
            query = query.where(daily_lists.c.seen_to.is_(None))
        names = select(list_labels.c.slug, list_labels.c.label).where(
            list_labels.c.source == self._source,
            list_labels.c.dimension == series.dimension,
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
            labels = {row.slug: row.label for row in await connection.execute(names)}
        if len(rows) <= _FEW:
            return Archive(_versions(rows), labels)
        # A year takes a third of a second, which would block the event loop.
        return await asyncio.to_thread(lambda: Archive(_versions(rows), labels))

    def _key(self, series: Series) -> dict[str, Any]:
        return {
            "source": self._source,
            "dimension": series.dimension.value,
            "metric": series.metric.value,
        }

    def _is_of(self, table: Table, series: Series) -> list[ColumnElement[bool]]:
        return [table.c[name] == value for name, value in self._key(series).items()]


def _series(row: Any) -> Series:
    return Series(Dimension(row.dimension), Metric(row.metric))


def _versions(rows: Iterable[Any]) -> Iterable[Version]:
    return (Version(row.day, row.seen_from, _loaded(row.figures)) for row in rows)


def _dumped(values: Listed) -> str:
    texts = {slug: None if v is None else str(v) for slug, v in values.items()}
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def _loaded(figures: str) -> Listed:
    texts: dict[str, str | None] = json.loads(figures)
    return {slug: None if v is None else Decimal(v) for slug, v in texts.items()}


def _same(figures: str, values: Listed) -> bool:
    """Tell whether a stored list says the same, in whatever order."""
    return dict(_loaded(figures)) == dict(values)
