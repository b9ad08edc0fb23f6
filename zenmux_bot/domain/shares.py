"""Market share over a period: providers' volumes summed over buckets, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zenmux_bot.domain import names
from zenmux_bot.domain.figures import (
    ZERO,
    Compared,
    Figure,
    add,
    compared,
    share_of,
)
from zenmux_bot.domain.models import OTHERS, AuthorBucket
from zenmux_bot.domain.periods import DAY
from zenmux_bot.domain.queries import ShareQuery, Width
from zenmux_bot.domain.views import Basis
from zenmux_bot.domain.volumes import Volumes, add_up, within
from zenmux_bot.errors import NoData

WEEK = timedelta(days=7)


MAX_DAILY_BUCKETS = 20
"""Beyond it a chart of days is drawn by week; charts hold no more points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """One provider's volume and share over the period, compared."""

    provider: str
    label: str
    rank: int | None
    figures: Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketShares:
    """The shares of one bucket of the chart.

    Attributes:
        start: Its first day.
        width: Day or week.
        total: The platform's volume in it.
        shares: Fractions of that total by provider.
    """

    start: date
    width: Width
    total: Figure | None
    shares: Mapping[str, Figure | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """Providers by share, beside the period before.

    Attributes:
        basis: What it rests on.
        rows: The providers wanted, largest first.
        others: All others together, None where there are none.
        total: The platform.
        listed: How many providers have any volume in the period.
        buckets: The period's days or weeks with data, oldest first.
        gained: Who gained most points, None if that is not certain.
        lost: Who lost most points, None if that is not certain.
        entered: Labels of rows that were not among the top N before.
        provider: Display name of the only provider shown, or None.
    """

    basis: Basis
    rows: tuple[ProviderRow, ...]
    others: Compared | None
    total: Compared
    listed: int
    buckets: tuple[BucketShares, ...]
    gained: ProviderRow | None = None
    lost: ProviderRow | None = None
    entered: tuple[str, ...] = ()
    provider: str | None = None


def build_share(
    query: ShareQuery,
    basis: Basis,
    series: Iterable[AuthorBucket],
    width: Width,
) -> ShareView:
    """Sum a period's buckets and set them beside those of the period before.

    Args:
        query: What was asked.
        basis: What the answer rests on.
        series: The API's buckets, at least those of both periods, in any order.
        width: How wide they are.

    Raises:
        UnknownName: No provider in ``series`` goes by the name in the query.
        AmbiguousName: Several do.
        NoData: No bucket of the period has data.
    """
    by_date = {bucket.date: bucket for bucket in series}
    parts = within(by_date, basis.span, width)
    now = add_up(parts)
    if now.total is None:
        raise NoData(f"ZenMux has no {query.metric} data for {basis.span}.")
    before, basis = _before(basis, by_date, width, now)
    labels = _labels(by_date.values())
    sides = _Sides(now, before, labels, commensurable=basis.comparison.commensurable)
    wanted = sides.present
    provider = None
    if query.provider is not None:
        slug = names.provider(query, labels)
        provider, wanted = labels[slug], [slug]
    rows = tuple(sides.row(slug) for slug in wanted[: query.top])
    gained, lost = sides.movers()
    return ShareView(
        basis=basis,
        rows=rows,
        others=None if provider else _others(rows, now),
        total=sides.beside(now.total, before.total if before else None),
        listed=len(sides.present),
        buckets=_chart(query, basis, parts, width, [row.provider for row in rows]),
        gained=gained,
        lost=lost,
        entered=() if provider else sides.entered(wanted[: query.top], query.top),
        provider=provider,
    )


class _Sides:
    """A period's volumes and those of the period before, side by side."""

    def __init__(
        self,
        now: Volumes,
        before: Volumes | None,
        labels: Mapping[str, str],
        *,
        commensurable: bool,
    ) -> None:
        self.now = now
        self.before = before
        self.labels = labels
        self.commensurable = commensurable
        self.present = _order(now)
        self.ranks = {slug: rank for rank, slug in enumerate(self.present, start=1)}

    def beside(self, value: Figure | None, earlier: Figure | None) -> Compared:
        """Return a volume beside the one before."""
        return compared(
            value,
            self.now.total,
            earlier,
            self.before.total if self.before else None,
            commensurable=self.commensurable,
        )

    def row(self, slug: str) -> ProviderRow:
        """Return the row of one provider."""
        earlier = self.before.of(slug) if self.before else None
        return ProviderRow(
            provider=slug,
            label=self.labels[slug],
            rank=self.ranks.get(slug),
            figures=self.beside(self.now.of(slug), earlier),
        )

    def movers(self) -> tuple[ProviderRow | None, ProviderRow | None]:
        """Return who gained and who lost most points, where that is certain.

        It is if the winner's least change is no smaller than anybody's largest.
        """
        if self.before is None:
            return None, None
        rows = [
            (row, row.figures.points)
            for row in map(self.row, {*self.now.known, *self.before.known})
            if row.figures.points is not None
        ]
        if not rows:
            return None, None
        gained, gain = max(rows, key=lambda each: each[1].low)
        lost, loss = min(rows, key=lambda each: each[1].high)
        rose = gain.value is not None and gain.low > 0
        fell = loss.value is not None and loss.high < 0
        most = all(points.high < gain.low for row, points in rows if row != gained)
        least = all(points.low > loss.high for row, points in rows if row != lost)
        return (gained if rose and most else None), (lost if fell and least else None)

    def entered(self, shown: Sequence[str], top: int) -> tuple[str, ...]:
        """Return the labels of those shown that were not among the top N before."""
        if self.before is None or len(order := _order(self.before)) < top:
            return ()
        return tuple(self.labels[slug] for slug in shown if slug not in order[:top])


def _order(volumes: Volumes) -> list[str]:
    """Return the providers with any volume, largest first."""
    known = volumes.known
    order = sorted(known, key=lambda slug: (-known[slug].low, slug))
    return [slug for slug in order if known[slug].high > 0]


def _labels(buckets: Iterable[AuthorBucket]) -> dict[str, str]:
    """Return display names by slug, the newest bucket's where they differ."""
    labels: dict[str, str] = {}
    for bucket in sorted(buckets, key=lambda each: each.date):
        for entry in bucket.authors:
            labels[entry.author] = entry.label or labels.get(entry.author, entry.author)
    labels.pop(OTHERS, None)
    return labels


def _before(
    basis: Basis, buckets: Mapping[date, AuthorBucket], width: Width, now: Volumes
) -> tuple[Volumes | None, Basis]:
    """Return the volumes compared with, if the data of both periods are whole."""
    span = basis.comparison.span
    if now.gaps and now.total is not None:
        basis = basis.noting(_gaps(now.gaps, width))
    if span is None:
        return None, basis
    before = add_up(within(buckets, span, width))
    if before.total is None:
        return None, basis.noting(f"No data for {span} to compare with.")
    if before.gaps or now.gaps:
        if before.gaps:
            basis = basis.noting(_gaps(before.gaps, width))
        return None, basis.noting("Periods with days missing are not compared.")
    return before, basis


def _gaps(gaps: Sequence[date], width: Width) -> str:
    """Say which buckets have no data."""
    listed = ", ".join(str(start) for start in gaps[:3])
    more = f" and {len(gaps) - 3} more" if len(gaps) > 3 else ""  # noqa: PLR2004 - as above
    what = f"{width.word}{'s' if len(gaps) > 1 else ''}"
    return f"No data for the {what} of {listed}{more}."


def _others(rows: Sequence[ProviderRow], now: Volumes) -> Compared | None:
    """Return all that is not in the rows; its change would mean nothing."""
    if now.total is None:
        return None
    rest = now.total - add(row.figures.value for row in rows if row.figures.value)
    if rest.high <= 0:
        return None
    return compared(Figure(max(rest.low, ZERO), rest.high), now.total)


def _chart(
    query: ShareQuery,
    basis: Basis,
    parts: Mapping[date, Volumes],
    width: Width,
    providers: Sequence[str],
) -> tuple[BucketShares, ...]:
    """Return the shares per bucket, as wide as asked for or as serves."""
    wanted = query.by or width
    if query.by is None and width is Width.DAY and len(parts) > MAX_DAILY_BUCKETS:
        wanted = Width.WEEK
    grouped: dict[date, dict[date, Volumes]] = {}
    for start, part in parts.items():
        key = start
        if wanted is Width.WEEK:
            key = max(start - start.weekday() * DAY, basis.span.start)
        grouped.setdefault(key, {})[start] = part
    summed = {start: add_up(group) for start, group in grouped.items()}
    return tuple(
        BucketShares(
            start=start,
            width=wanted,
            total=volumes.total,
            shares={
                slug: share_of(volumes.of(slug), volumes.total) for slug in providers
            },
        )
        for start, volumes in summed.items()
        if volumes.total is not None
    )


def width_for(query: ShareQuery, *, whole_weeks: bool) -> Width:
    """Return how wide the buckets must be to hold exactly the days asked for."""
    if whole_weeks and query.by is not Width.DAY:
        return Width.WEEK
    return Width.DAY
