"""Daily figures with two times: the day they are about, and when they were seen.

A restated day gets another version and keeps the earlier ones. Readers ask for figures
as of an instant, so decisions made then can be reproduced.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY
from zenmux_bot.core.volumes import Volumes, add_up, listed_volumes

Listed = Mapping[str, Decimal | None]
"""One day's list by slug, with the remainder, in the API's order."""


class Dimension(StrEnum):
    """What a list names."""

    PROVIDER = "provider"
    MODEL = "model"


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One kind of daily list."""

    dimension: Dimension
    metric: Metric


ALL_SERIES = tuple(
    Series(dimension, metric) for dimension in Dimension for metric in Metric
)


@dataclass(frozen=True, slots=True)
class Version:
    """What ZenMux said about a day from an instant on."""

    day: date
    seen_from: datetime
    values: Listed


class Archive:
    """The versions of one series' days, in memory.

    Args:
        versions: In any order.
        labels: Display names by slug.

    Attributes:
        memory: A cache for values that others compute from it.
    """

    def __init__(
        self, versions: Iterable[Version], labels: Mapping[str, str] | None = None
    ) -> None:
        self.labels = dict(labels or {})
        self._versions: dict[date, list[Version]] = {}
        for version in sorted(versions, key=lambda each: each.seen_from):
            self._versions.setdefault(version.day, []).append(version)
        self.memory: dict[Any, object] = {}
        self._volumes: dict[tuple[date, int], Volumes] = {}
        self._sums: dict[tuple[date, tuple[int, ...]], Volumes] = {}

    @cached_property
    def days(self) -> list[date]:
        """Return the days with figures, in order."""
        return sorted(self._versions)

    @cached_property
    def is_plain(self) -> bool:
        """Tell whether days arrived in order and none was restated."""
        is_once = all(len(versions) == 1 for versions in self._versions.values())
        return is_once and not self._late

    def versions(self, day: date) -> list[Version]:
        """Return the versions of a day, in the order they were seen."""
        return self._versions.get(day, [])

    def first_seen(self, day: date) -> datetime | None:
        """Return when a day's figures were first seen."""
        versions = self._versions.get(day)
        return versions[0].seen_from if versions else None

    def is_late(self, day: date) -> bool:
        """Tell whether a later day was seen before this one."""
        return day in self._late

    @cached_property
    def _late(self) -> frozenset[date]:
        late, earliest = set(), None
        for day in reversed(self.days):
            seen = self._versions[day][0].seen_from
            if earliest is not None and seen > earliest:
                late.add(day)
            earliest = seen if earliest is None else min(seen, earliest)
        return frozenset(late)

    def known_at(self, instant: datetime) -> Known:
        """Return the figures as they were known at an instant."""
        return Known(self, instant)

    def index(self, day: date, instant: datetime) -> int | None:
        """Return which version of a day was known at an instant."""
        versions = self._versions.get(day)
        if not versions:
            return None
        if len(versions) == 1:
            return 0 if versions[0].seen_from <= instant else None
        seen = [version.seen_from for version in versions]
        return bisect_right(seen, instant) - 1 if seen[0] <= instant else None

    def volumes(self, day: date, index: int) -> Volumes:
        """Return what one version of a day says."""
        key = day, index
        if key not in self._volumes:
            self._volumes[key] = listed_volumes(self._versions[day][index].values)
        return self._volumes[key]

    def total_of(self, end: date, indexes: tuple[int, ...]) -> Volumes:
        """Return the sums over the versions of some days up to ``end``."""
        key = end, indexes
        if key not in self._sums:
            first = end - DAY * (len(indexes) - 1)
            self._sums[key] = add_up(
                {
                    first + DAY * step: self.volumes(first + DAY * step, index)
                    for step, index in enumerate(indexes)
                }
            )
        return self._sums[key]


class Known:
    """An archive as it was known at an instant."""

    def __init__(self, archive: Archive, instant: datetime) -> None:
        self.archive = archive
        self._instant = instant

    def of(self, day: date) -> Volumes | None:
        """Return a day's volumes; None where no figures were known."""
        index = self.archive.index(day, self._instant)
        if index is None:
            return None
        volumes = self.archive.volumes(day, index)
        return None if volumes.total is None else volumes

    def over(self, end: date, days: int) -> Volumes | None:
        """Return the sums over some days up to ``end``; None if one is not known."""
        indexes = []
        for step in range(days):
            day = end - DAY * (days - 1 - step)
            index = self.archive.index(day, self._instant)
            if index is None or self.archive.volumes(day, index).total is None:
                return None
            indexes.append(index)
        return self.archive.total_of(end, tuple(indexes))
