"""Market share over a period: providers' volumes summed over buckets, and compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands import names
from zenmux_bot.commands.queries import ShareQuery
from zenmux_bot.core.bounded import (
    NOTHING,
    ZERO,
    Bounded,
    Compared,
    add,
    change_of_share,
    compared,
    share_of,
)
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, Span, day_words
from zenmux_bot.core.volumes import WEEK, Volumes, add_up, within
from zenmux_bot.errors import NoData
from zenmux_bot.zenmux.models import OTHERS, AuthorBucket

MAX_DAILY_BUCKETS = 20
"""Charts hold no more points, so more days are drawn by week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """One provider's volume and share over the period, compared.

    Attributes:
        provider: Its slug.
        label: Its display name.
        rank: Its place on the platform; None where ties or bounds leave it open.
        figures: Its volume and share.
    """

    provider: str
    label: str
    rank: int | None
    figures: Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketShares:
    """The shares of one bucket of the chart.

    Attributes:
        start: Its first day.
        end: Its last day.
        width: Day or week.
        total: The platform's volume in it.
        shares: Fractions of that total by provider.
    """

    start: date
    end: date
    width: Granularity
    total: Bounded | None
    shares: Mapping[str, Bounded | None]

    @property
    def is_part(self) -> bool:
        """Tell whether it is a week that is only partly in the period."""
        return self.width is Granularity.WEEK and self.start + WEEK - DAY != self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """Providers by share, compared with the period before.

    Attributes:
        basis: What it rests on.
        rows: The providers wanted, largest first.
        others: All others together, None where there are none.
        total: The platform.
        listed: How many providers the API listed with any volume.
        complete: All providers are listed.
        buckets: The period's days or weeks with data, oldest first.
        gained: Who gained most points, None if that is not certain.
        lost: Who lost most points, None if that is not certain.
        largest_move: How many points the share of any known provider moved at most,
            shown or not; None if nothing is compared.
        entered: Labels of rows that certainly were not among the top N before.
        providers: Display names of the only providers shown; empty: all are.
    """

    basis: AnswerContext
    rows: tuple[ProviderRow, ...]
    others: Compared | None
    total: Compared
    listed: int
    complete: bool
    buckets: tuple[BucketShares, ...]
    gained: ProviderRow | None = None
    lost: ProviderRow | None = None
    largest_move: Decimal | None = None
    entered: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    @property
    def movers(self) -> list[ProviderRow]:
        """Return who gained and lost most among the providers asked for."""
        if self.providers:
            return [row for row in self.rows if row.figures.points is not None]
        return [row for row in (self.gained, self.lost) if row is not None]

    @property
    def moved(self) -> ProviderRow | None:
        """Return who moved most, if that is certain."""
        return max(self.movers, key=lambda row: size_of_move(row.figures), default=None)


def size_of_move(figures: Compared) -> Decimal:
    """Return how many points a share moved at most, in either direction."""
    points = figures.points
    return ZERO if points is None else max(-points.low, points.high)


def build_share(
    query: ShareQuery,
    basis: AnswerContext,
    series: Iterable[AuthorBucket],
    width: Granularity,
) -> ShareView:
    """Sum up a period's buckets and compare them with those of the period before.

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
        raise NoData(
            f"ZenMux has no figures by {query.metric} for {basis.span.in_words()}."
        )
    before, basis = _before(basis, by_date, width, now)
    labels = _labels(by_date.values())
    movers = Movers(now, before, labels, commensurable=basis.comparison.commensurable)
    present = now.ranking()
    only = names.providers(query, labels)
    ranks = {slug: place for place, slug in enumerate(present)}
    wanted = sorted(only, key=lambda slug: ranks.get(slug, len(ranks)))
    shown = (wanted or present)[: query.top]
    rows = tuple(map(movers.row, shown))
    gained, lost = movers.movers()
    return ShareView(
        basis=basis,
        rows=rows,
        others=None if only else _others(rows, movers),
        total=movers.compare(now.total, before.total if before else None),
        listed=len(present),
        complete=now.missing.high == 0,
        buckets=_buckets(query, basis.span, parts, width, shown),
        gained=gained,
        lost=lost,
        largest_move=movers.largest_move(),
        entered=() if only else movers.entered(shown, query.top),
        providers=tuple(labels[slug] for slug in wanted),
    )


def _labels(buckets: Iterable[AuthorBucket]) -> dict[str, str]:
    """Return display names by slug, the newest bucket's where they differ."""
    labels: dict[str, str] = {}
    for bucket in sorted(buckets, key=lambda each: each.date):
        for entry in bucket.authors:
            labels[entry.author] = entry.label or labels.get(entry.author, "")
    labels.pop(OTHERS, None)
    return {slug: names.shown(label, slug) for slug, label in labels.items()}


def _before(
    basis: AnswerContext,
    buckets: Mapping[date, AuthorBucket],
    width: Granularity,
    now: Volumes,
) -> tuple[Volumes | None, AnswerContext]:
    """Return the volumes to compare with, if both periods are complete."""
    if now.gaps:
        basis = basis.noting(_gaps(now.gaps, width))
    span = basis.comparison.span
    if span is None:
        return None, basis
    before = add_up(within(buckets, span, width))
    if before.total is None:
        return None, basis.uncompared(f"No data for {span.in_words()} to compare with.")
    if before.gaps:
        basis = basis.noting(_gaps(before.gaps, width))
    if before.gaps or now.gaps:
        reason = "Days are missing, so nothing is compared."
        return None, basis.uncompared(reason)
    return before, basis


def _gaps(gaps: Sequence[date], width: Granularity) -> str:
    """Say which buckets have no data."""
    listed = ", ".join(map(day_words, gaps[:3]))
    more = f" and {len(gaps) - 3} more" if len(gaps) > 3 else ""  # noqa: PLR2004 - as above
    what = f"{width.word}{'s' if len(gaps) > 1 else ''}"
    return f"No data for the {what} of {listed}{more}."


def _others(rows: Sequence[ProviderRow], movers: Movers) -> Compared | None:
    """Return the sum of all other providers, compared with the same ones before."""
    if movers.now.total is None:
        return None
    slugs = [row.provider for row in rows]
    rest = _rest(movers.now, slugs)
    if rest is None or rest.high <= 0:
        return None
    before = None if movers.before is None else _rest(movers.before, slugs)
    return movers.compare(rest, before)


def _rest(volumes: Volumes, slugs: Sequence[str]) -> Bounded | None:
    """Return the volume of all but some providers."""
    if volumes.total is None:
        return None
    known = (volumes.of(slug) for slug in slugs)
    rest = volumes.total - add(each for each in known if each is not None)
    return Bounded(max(rest.low, ZERO), rest.high)


def _buckets(
    query: ShareQuery,
    span: Span,
    parts: Mapping[date, Volumes],
    width: Granularity,
    providers: Sequence[str],
) -> tuple[BucketShares, ...]:
    """Return the shares per bucket, of the width asked for or one that fits."""
    wanted = query.by or width
    if query.by is None and len(parts) > MAX_DAILY_BUCKETS:
        wanted = Granularity.WEEK
    grouped: dict[date, dict[date, Volumes]] = {}
    for start, part in parts.items():
        monday = start - start.weekday() * DAY
        grouped.setdefault(monday if wanted is Granularity.WEEK else start, {})[
            start
        ] = part
    days = (WEEK if wanted is Granularity.WEEK else DAY) - DAY
    return tuple(
        BucketShares(
            start=max(start, span.start),
            end=min(start + days, span.end),
            width=wanted,
            total=volumes.total,
            shares={
                slug: share_of(volumes.of(slug), volumes.total) for slug in providers
            },
        )
        for start, group in grouped.items()
        if (volumes := add_up(group)).total is not None
    )


def width_for(query: ShareQuery, *, whole_weeks: bool) -> Granularity:
    """Return how wide the buckets must be to hold exactly the days asked for."""
    if whole_weeks and query.by is not Granularity.DAY:
        return Granularity.WEEK
    return Granularity.DAY


class Movers:
    """Compares the providers of two periods: who moved most, who entered the top.

    It claims only what is certain, as some providers are only known within bounds.
    """

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

    def compare(self, value: Bounded | None, earlier: Bounded | None) -> Compared:
        """Return a volume compared with the one before."""
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
            rank=self.now.places(slug).rank,
            figures=self.compare(self.now.of(slug), earlier),
        )

    def movers(self) -> tuple[ProviderRow | None, ProviderRow | None]:
        """Return who gained and who lost most points, if that is certain.

        It is certain if the change is known exactly and no other change can be as
        large, not even that of an unlisted provider.
        """
        if self.before is None:
            return None, None
        changes = {
            slug: change
            for slug in (*self.now.known, *self.before.known, OTHERS)
            if (change := self._change(slug)) is not None
        }
        gained = _largest(changes)
        lost = _largest({slug: NOTHING - each for slug, each in changes.items()})
        return (
            None if gained is None else self.row(gained),
            None if lost is None else self.row(lost),
        )

    def largest_move(self) -> Decimal | None:
        """Return the largest move that any known provider's share can have made."""
        if self.before is None:
            return None
        changes = map(self._change, {*self.now.known, *self.before.known})
        moves = [max(-each.low, each.high) for each in changes if each is not None]
        return max(moves, default=None)

    def _change(self, slug: str) -> Bounded | None:
        """Return a provider's change of share; for ``OTHERS``, of an unlisted one."""
        before = self.before or Volumes({}, NOTHING, None)
        return change_of_share(
            share_of(self.now.of(slug), self.now.total),
            share_of(before.of(slug), before.total),
        )

    def entered(self, shown: Sequence[str], top: int) -> tuple[str, ...]:
        """Return the labels of providers that entered the top N, if that is certain.

        If the top N are all providers, entering it means nothing.
        """
        if self.before is None or len(shown) < top:
            return ()
        return tuple(
            self.labels[slug]
            for slug in shown
            if (self.now.places(slug).worst or math.inf) <= top
            and self.before.places(slug).best > top
        )


def _largest(changes: Mapping[str, Bounded]) -> str | None:
    """Return the slug whose change is certainly the largest and positive."""
    slug, change = max(changes.items(), key=lambda each: each[1].low)
    rivals = (other for rival, other in changes.items() if rival != slug)
    if change.value is None or change.low <= 0:
        return None
    return slug if all(other.high < change.low for other in rivals) else None
