"""What every computed answer says about itself, and the leaderboard's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from zenmux_bot.domain import names
from zenmux_bot.domain.figures import (
    ZERO,
    Compared,
    Figure,
    add,
    compared,
)
from zenmux_bot.domain.models import OTHERS, Leaderboard, LeaderboardEntry
from zenmux_bot.domain.periods import Comparison, Period, Span, Versus, Window
from zenmux_bot.domain.queries import LeaderboardQuery, Metric
from zenmux_bot.errors import NoData


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an answer rests on.

    Attributes:
        command: The words that ask for it again, without the slash command.
        metric: What is counted.
        window: The days covered, UTC.
        comparison: The days compared with, or why there are none.
        versus: What was asked to compare with.
        data_through: The newest day with data.
        as_of: When the API gave the oldest of the figures.
        stale: They are from an old copy, because the API gave no new one.
        notes: What a reader must know besides, in sentences.
    """

    command: str
    metric: Metric
    window: Window
    comparison: Comparison
    versus: Period | Versus
    data_through: date
    as_of: datetime
    stale: bool = False
    notes: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """Return the days covered."""
        return self.window.span

    def noting(self, *notes: str) -> Basis:
        """Return the same with more notes."""
        return replace(self, notes=self.notes + notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One model of the leaderboard.

    Attributes:
        model: Its slug.
        label: Its display name.
        author: Its provider's slug.
        author_label: Its provider's display name.
        rank: Its place on the platform, from 1.
        rank_before: Its place in the period before, None if it was not listed.
        entered: It was not in the list of the period before, but others were.
        figures: Its volume and share, compared.
    """

    model: str
    label: str
    author: str
    author_label: str
    rank: int
    rank_before: int | None
    entered: bool
    figures: Compared

    @property
    def climbed(self) -> int | None:
        """Return how many places it went up (negative: down), None if unknown."""
        return None if self.rank_before is None else self.rank_before - self.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardView:
    """Models ranked, beside the period before.

    Attributes:
        basis: What it rests on.
        rows: The models wanted, best first.
        others: All others together, None where there are none.
        total: The platform.
        listed: How many models the API listed.
        complete: It listed all there are.
        limit_before: How many models the list of the period before could hold.
        provider: Display name of the only provider shown, or None.
    """

    basis: Basis
    rows: tuple[ModelRow, ...]
    others: Compared | None
    total: Compared
    listed: int
    complete: bool
    limit_before: int | None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class _Listing:
    """A leaderboard, taken apart: models by volume, the remainder, the total."""

    entries: Sequence[LeaderboardEntry]
    others: Decimal | None
    total: Figure | None
    places: dict[str, int]

    @classmethod
    def of(cls, board: Leaderboard) -> _Listing:
        """Take a leaderboard apart; the API's own order and ranks are not used."""
        named = [entry for entry in board.entries if entry.model != OTHERS]
        rest = [entry.value for entry in board.entries if entry.model == OTHERS]
        named.sort(key=lambda entry: (-(entry.value or ZERO), entry.model))
        values = [entry.value for entry in board.entries]
        known = [value for value in values if value is not None]
        whole = len(known) == len(values)
        return cls(
            named,
            rest[0] if rest else ZERO,
            Figure.exact(sum(known, ZERO)) if whole and known else None,
            {entry.model: place for place, entry in enumerate(named, start=1)},
        )

    def value(self, model: str) -> Figure | None:
        """Return a model's volume, within bounds if it is not listed."""
        if self.total is None:
            return None
        place = self.places.get(model)
        if place is not None:
            value = self.entries[place - 1].value
            return None if value is None else Figure.exact(value)
        return absent(self.others, [entry.value for entry in self.entries])


def absent(others: Decimal | None, listed: Sequence[Decimal | None]) -> Figure | None:
    """Return the volume of one that a top N does not list.

    It is at most the remainder and at most the smallest listed, and zero if there is
    no remainder; None where those are unknown themselves.
    """
    if others is None or None in listed:
        return None
    known = [value for value in listed if value is not None]
    return Figure(ZERO, min([others, *known]))


def build_leaderboard(
    query: LeaderboardQuery,
    basis: Basis,
    now: Leaderboard,
    before: Leaderboard | None,
    *,
    limit_before: int | None = None,
) -> LeaderboardView:
    """Rank the models of a period and set them beside those of another.

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
    if not listing.entries:
        raise NoData(f"ZenMux has no {query.metric} data for {basis.span}.")
    earlier = None if before is None else _Listing.of(before)
    if earlier is not None and earlier.total is None:
        basis = basis.noting(f"No data for {basis.comparison.span} to compare with.")
    commensurable = basis.comparison.commensurable

    def beside(value: Figure | None, before: Figure | None) -> Compared:
        return compared(
            value,
            listing.total,
            before,
            earlier.total if earlier else None,
            commensurable=commensurable,
        )

    def row(entry: LeaderboardEntry, place: int) -> ModelRow:
        place_before = earlier.places.get(entry.model) if earlier else None
        return ModelRow(
            model=entry.model,
            label=entry.label or entry.model,
            author=entry.author,
            author_label=entry.author_label or entry.author,
            rank=place,
            rank_before=place_before,
            entered=bool(earlier and earlier.entries) and place_before is None,
            figures=beside(
                listing.value(entry.model),
                earlier.value(entry.model) if earlier else None,
            ),
        )

    ranked = list(enumerate(listing.entries, start=1))
    provider = None
    if query.provider is not None:
        slug, provider = _provider(query, listing.entries)
        ranked = [(place, entry) for place, entry in ranked if entry.author == slug]
    rows = tuple(row(entry, place) for place, entry in ranked[: query.top])
    total = beside(listing.total, earlier.total if earlier else None)
    return LeaderboardView(
        basis=basis,
        rows=rows,
        others=None if provider else _others(rows, listing),
        total=total,
        listed=len(listing.entries),
        complete=not listing.others,
        limit_before=limit_before,
        provider=provider,
    )


def _others(rows: Sequence[ModelRow], listing: _Listing) -> Compared | None:
    """Return all that is not in the rows; its change would mean nothing."""
    if listing.total is None:
        return None
    shown = [row.figures.value for row in rows if row.figures.value is not None]
    rest = listing.total - add(shown)
    return compared(rest, listing.total) if rest.high > 0 else None


def _provider(
    query: LeaderboardQuery, entries: Sequence[LeaderboardEntry]
) -> tuple[str, str]:
    """Return slug and display name of the provider asked for."""
    labels = {each.author: each.author_label or each.author for each in entries}
    labels.pop("", None)
    slug = names.provider(query, labels)
    return slug, labels[slug]
