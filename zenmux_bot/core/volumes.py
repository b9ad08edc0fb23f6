"""Providers' volumes over buckets: listed, unlisted, or without data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from zenmux_bot.core.bounded import NOTHING, ZERO, Bounded, absent, add
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, Span
from zenmux_bot.zenmux.models import OTHERS, AuthorBucket

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RankRange:
    """The ranks that a volume may have; ``worst`` is None where there is no end."""

    best: int
    worst: int | None

    @property
    def rank(self) -> int | None:
        """Return the rank if it is certain."""
        return self.best if self.best == self.worst else None


@dataclass(frozen=True, slots=True)
class Volumes:
    """Providers' volumes over some days.

    Attributes:
        known: By slug; all other providers have ``missing``.
        missing: The volume of a provider that is not listed.
        total: Of the platform, or None without data.
        gaps: Buckets without data.
    """

    known: Mapping[str, Bounded]
    missing: Bounded
    total: Bounded | None
    gaps: tuple[date, ...] = ()

    def of(self, provider: str) -> Bounded | None:
        """Return a provider's volume; None without data."""
        if self.total is None:
            return None
        return self.known.get(provider, self.missing)

    def ranking(self) -> list[str]:
        """Return the providers that may have any volume, largest first."""
        there = [slug for slug, figure in self.known.items() if figure.high > 0]
        return sorted(there, key=lambda slug: (-self.known[slug].low, slug))

    def places(self, provider: str) -> RankRange:
        """Return the ranks that a provider may have; ties allow several."""
        own = self.known.get(provider, self.missing)
        rivals = [other for slug, other in self.known.items() if slug != provider]
        best = 1 + sum(other.low > own.high for other in rivals)
        if self.missing.high >= own.low:
            # It is not known how many unlisted providers there are.
            return RankRange(best, None)
        return RankRange(best, 1 + sum(other.high >= own.low for other in rivals))


def volumes_of(bucket: AuthorBucket | None) -> Volumes:
    """Return the volumes of one bucket of the API.

    A bucket without entries, or with a zero or unknown total, has no data.
    """
    if bucket is None:
        return Volumes({}, NOTHING, None)
    return listed_volumes({each.author: each.value for each in bucket.authors})


def listed_volumes(values: Mapping[str, Decimal | None]) -> Volumes:
    """Return the volumes of a list by slug that includes ``OTHERS``.

    An empty list, or one with a zero or unknown total, has no data.
    """
    known = {slug: value for slug, value in values.items() if value is not None}
    total = sum(known.values(), ZERO)
    if len(known) < len(values) or not total:
        return Volumes({}, NOTHING, None)
    others = known.pop(OTHERS, ZERO)
    return Volumes(
        {slug: Bounded.exact(value) for slug, value in known.items()},
        absent(others, known.values()),
        Bounded.exact(total),
    )


def add_up(parts: Mapping[date, Volumes]) -> Volumes:
    """Add up the volumes of several buckets."""
    there = [part for part in parts.values() if part.total is not None]
    gaps = tuple(start for start, part in parts.items() if part.total is None)
    if not there:
        return Volumes({}, NOTHING, None, gaps)
    slugs = {slug for part in there for slug in part.known}
    return Volumes(
        {
            slug: add(part.known.get(slug, part.missing) for part in there)
            for slug in slugs
        },
        add(part.missing for part in there),
        add(part.total for part in there if part.total is not None),
        gaps,
    )


def starts(span: Span, width: Granularity) -> list[date]:
    """Return the first days of a span's buckets."""
    first = span.start
    if width is Granularity.WEEK:
        first -= first.weekday() * DAY
    pace = WEEK if width is Granularity.WEEK else DAY
    count = (span.end - first) // pace + 1
    return [first + pace * index for index in range(count)]


def within(
    buckets: Mapping[date, AuthorBucket], span: Span, width: Granularity
) -> dict[date, Volumes]:
    """Return the volumes of a span's buckets; those that the API left out have none."""
    return {start: volumes_of(buckets.get(start)) for start in starts(span, width)}
