"""Providers' volumes over buckets: what is known, what is hidden, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from zenmux_bot.domain.figures import NOTHING, ZERO, Figure, add
from zenmux_bot.domain.models import OTHERS, AuthorBucket
from zenmux_bot.domain.periods import DAY, Span
from zenmux_bot.domain.queries import Width
from zenmux_bot.domain.views import absent

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Volumes:
    """Providers' volumes over some days.

    Attributes:
        known: By slug; who is not in it has ``missing``.
        missing: The volume of a provider that is not listed.
        total: Of the platform, or None without data.
        gaps: Buckets without data.
    """

    known: Mapping[str, Figure]
    missing: Figure
    total: Figure | None
    gaps: tuple[date, ...] = ()

    def of(self, provider: str) -> Figure | None:
        """Return a provider's volume; None without data."""
        if self.total is None:
            return None
        return self.known.get(provider, self.missing)

    @property
    def whole(self) -> bool:
        """Tell whether every bucket has data."""
        return self.total is not None and not self.gaps


def volumes_of(bucket: AuthorBucket | None) -> Volumes:
    """Return what one bucket of the API says."""
    nothing = Volumes({}, NOTHING, None)
    if bucket is None:
        return nothing
    values = {each.author: each.value for each in bucket.authors}
    listed = {slug: value for slug, value in values.items() if slug != OTHERS}
    known = {slug: value for slug, value in values.items() if value is not None}
    total = sum(known.values(), ZERO)
    missing = absent(values.get(OTHERS, ZERO), list(listed.values()))
    if missing is None or len(known) < len(values) or not total:
        return nothing
    figures = {slug: Figure.exact(known[slug]) for slug in listed}
    return Volumes(figures, missing, Figure.exact(total))


def add_up(parts: Mapping[date, Volumes]) -> Volumes:
    """Return the volumes over several buckets together."""
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


def starts(span: Span, width: Width) -> list[date]:
    """Return the first days of a span's buckets."""
    first = span.start
    if width is Width.WEEK:
        first -= first.weekday() * DAY
    pace = WEEK if width is Width.WEEK else DAY
    count = (span.end - first) // pace + 1
    return [first + pace * index for index in range(count)]


def within(
    buckets: Mapping[date, AuthorBucket], span: Span, width: Width
) -> dict[date, Volumes]:
    """Return a span's buckets; those that the API left out have no data."""
    return {start: volumes_of(buckets.get(start)) for start in starts(span, width)}
