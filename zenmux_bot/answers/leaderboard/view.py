"""Models ranked by volume and compared, and the price of a million tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands import names
from zenmux_bot.commands.queries import LeaderboardQuery
from zenmux_bot.core.bounded import (
    NOTHING,
    ZERO,
    Bounded,
    Compared,
    absent,
    add,
    compared,
)
from zenmux_bot.errors import NoData
from zenmux_bot.zenmux.models import OTHERS, Leaderboard, LeaderboardEntry

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Average list prices in USD per million tokens, all token kinds mixed.

    Attributes:
        models: By slug; models with an unknown metric are left out.
        platform: That of the platform, None if it is not known.
    """

    models: Mapping[str, Decimal]
    platform: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One model of the leaderboard.

    Attributes:
        model: Its slug.
        label: Its display name.
        author: Its provider's slug.
        author_label: Its provider's display name.
        rank: Its place on the platform, from 1; None if its volume is unknown.
        rank_before: Its place in the period before, None if that is not known.
        entered: It was not in the list of the period before, but others were.
        figures: Its volume and share, compared.
    """

    model: str
    label: str
    author: str
    author_label: str
    rank: int | None
    rank_before: int | None
    entered: bool
    figures: Compared

    @property
    def climbed(self) -> int | None:
        """Return how many places it went up (negative: down), None if unknown."""
        if self.rank is None or self.rank_before is None:
            return None
        return self.rank_before - self.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardView:
    """Models ranked, compared with the period before.

    Attributes:
        basis: What it rests on.
        rows: The models wanted, best first.
        others: All others together, None where there are none.
        total: The platform.
        listed: How many models the API listed.
        matching: How many of them are of the providers shown, or all.
        complete: It listed all there are.
        limit_before: How many models the list of the period before could hold; None
            if nothing is compared.
        providers: Display names of the only providers shown; empty: all are.
        together: All the listed models of these providers, None if all are shown.
        rates: Average prices, None if they were not asked for or cannot be had.
    """

    basis: AnswerContext
    rows: tuple[ModelRow, ...]
    others: Compared | None
    total: Compared
    listed: int
    matching: int
    complete: bool
    limit_before: int | None
    providers: tuple[str, ...] = ()
    together: Compared | None = None
    rates: Rates | None = None


@dataclass(frozen=True, slots=True)
class _Listing:
    """A leaderboard, taken apart.

    Attributes:
        entries: The models by volume, those without one last.
        values: Their volumes by slug.
        places: Their ranks by slug; a model of unknown volume has none.
        others: The remainder.
        total: The platform, None if a part of it is unknown.
    """

    entries: Sequence[LeaderboardEntry]
    values: Mapping[str, Decimal | None]
    places: Mapping[str, int]
    others: Decimal | None
    total: Bounded | None

    @classmethod
    def of(cls, board: Leaderboard) -> _Listing:
        """Take a leaderboard apart; the API's own order and ranks are not used."""
        named = [entry for entry in board.entries if entry.model != OTHERS]
        named.sort(
            key=lambda each: (each.value is None, -(each.value or 0), each.model)
        )
        values = {entry.model: entry.value for entry in named}
        known = [slug for slug, value in values.items() if value is not None]
        rest = [entry.value for entry in board.entries if entry.model == OTHERS]
        parts = [value for value in (*values.values(), *rest) if value is not None]
        whole = len(parts) == len(values) + len(rest)
        return cls(
            entries=named,
            values=values,
            places={slug: place for place, slug in enumerate(known, start=1)},
            others=rest[0] if rest else ZERO,
            total=Bounded.exact(sum(parts, ZERO)) if whole else None,
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing in it, which is no data, not zero."""
        return not self.entries or self.total == NOTHING

    @property
    def unknown(self) -> int:
        """Return how many figures the API left out."""
        return [*self.values.values(), self.others].count(None)

    def value(self, model: str) -> Bounded | None:
        """Return a model's volume, within bounds if it is not listed."""
        if model in self.values:
            value = self.values[model]
            return None if value is None else Bounded.exact(value)
        listed = [value for value in self.values.values() if value is not None]
        if self.others is None or len(listed) < len(self.values):
            return None
        return absent(self.others, listed)


def build_leaderboard(
    query: LeaderboardQuery,
    basis: AnswerContext,
    now: Leaderboard,
    before: Leaderboard | None,
    *,
    limit_before: int | None = None,
) -> LeaderboardView:
    """Rank the models of a period and compare them with another.

    Args:
        query: What was asked.
        basis: What the answer rests on.
        now: The period's leaderboard.
        before: The other period's, None if nothing is compared.
        limit_before: The limit that ``before`` was asked with.

    Raises:
        UnknownName: No provider in ``now`` goes by the name in the query.
        AmbiguousName: Several do.
        NoData: The period has no models.
    """
    listing = _Listing.of(now)
    if listing.is_empty:
        raise NoData(
            f"ZenMux has no figures by {query.metric} for {basis.span.in_words()}."
        )
    earlier = None if before is None else _Listing.of(before)
    if earlier is not None and earlier.is_empty:
        compared_days = basis.comparison.span or basis.span
        reason = f"No data for {compared_days.in_words()} to compare with."
        basis, earlier = basis.uncompared(reason), None
    if listing.unknown or (earlier and earlier.unknown):
        basis = basis.noting("ZenMux left figures out, so not all shares are known.")
    commensurable = basis.comparison.commensurable

    def compare(value: Bounded | None, before: Bounded | None) -> Compared:
        return compared(
            value,
            listing.total,
            before,
            earlier.total if earlier else None,
            commensurable=commensurable,
        )

    def row(entry: LeaderboardEntry) -> ModelRow:
        return ModelRow(
            model=entry.model,
            label=names.shown(entry.label, entry.model),
            author=entry.author,
            author_label=names.shown(entry.author_label, entry.author),
            rank=listing.places.get(entry.model),
            rank_before=earlier.places.get(entry.model) if earlier else None,
            entered=earlier is not None and entry.model not in earlier.values,
            figures=compare(
                listing.value(entry.model),
                earlier.value(entry.model) if earlier else None,
            ),
        )

    wanted = listing.entries
    only = _providers(query, wanted)
    if only:
        wanted = [entry for entry in wanted if entry.author in only]
    matching = tuple(map(row, wanted))
    rows = matching[: query.top]
    together = None
    if only:
        sums = [_sum(each, matching) for each in (listing, earlier) if each is not None]
        together = compare(sums[0], sums[1] if earlier else None)
    return LeaderboardView(
        basis=basis,
        rows=rows,
        together=together,
        others=None if only else _others(rows, listing, earlier, compare),
        total=compare(listing.total, earlier.total if earlier else None),
        listed=len(listing.entries),
        matching=len(wanted),
        complete=listing.others == 0,
        limit_before=limit_before if earlier else None,
        providers=tuple(only.values()),
    )


def _others(
    rows: Sequence[ModelRow],
    listing: _Listing,
    earlier: _Listing | None,
    compare: Callable[[Bounded | None, Bounded | None], Compared],
) -> Compared | None:
    """Return the sum of all other models, compared with the same ones before."""
    if listing.total is None:
        return None
    rest = listing.total - _sum(listing, rows)
    if rest.high <= 0:
        return None
    before = None
    if earlier is not None and earlier.total is not None:
        before = earlier.total - _sum(earlier, rows)
        before = Bounded(max(before.low, ZERO), before.high)
    return compare(rest, before)


def _sum(listing: _Listing, rows: Sequence[ModelRow]) -> Bounded:
    """Return the volume of the models in some rows, where it is known."""
    values = (listing.value(row.model) for row in rows)
    return add(value for value in values if value is not None)


def _providers(
    query: LeaderboardQuery, entries: Sequence[LeaderboardEntry]
) -> dict[str, str]:
    """Return the display names of the providers asked for, by slug."""
    labels = {
        each.author: names.shown(each.author_label, each.author)
        for each in entries
        if each.author
    }
    return {slug: labels[slug] for slug in names.providers(query, labels)}


def rates_of(tokens: Leaderboard, cost: Leaderboard) -> Rates:
    """Divide cost by tokens, where both are listed."""
    volumes, prices = _values(tokens), _values(cost)
    found = {
        slug: _rate(prices[slug], volume)
        for slug, volume in volumes.items()
        if slug in prices and slug != OTHERS
    }
    return Rates(
        models={slug: rate for slug, rate in found.items() if rate is not None},
        platform=_rate(_total(prices), _total(volumes)),
    )


def _values(board: Leaderboard) -> dict[str, Decimal | None]:
    return {entry.model: entry.value for entry in board.entries}


def _total(values: Mapping[str, Decimal | None]) -> Decimal | None:
    known = [value for value in values.values() if value is not None]
    return sum(known, Decimal()) if len(known) == len(values) else None


def _rate(cost: Decimal | None, tokens: Decimal | None) -> Decimal | None:
    if cost is None or not tokens:
        return None
    return cost / tokens * MILLION
