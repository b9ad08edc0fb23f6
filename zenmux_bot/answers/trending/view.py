"""Trending models: ZenMux's ranking as given, and the change of their own figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands import names
from zenmux_bot.commands.queries import TrendingQuery
from zenmux_bot.core.bounded import Bounded, Compared, add, compared
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, Comparison, Span
from zenmux_bot.errors import NoData
from zenmux_bot.zenmux.models import DataPoint, Trending, TrendingEntry

DETAIL_DAYS = {Granularity.DAY: 7, Granularity.WEEK: 14}
"""Days that ZenMux shows of each model.

https://docs.zenmux.ai/api/platform/statistics-trending.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendingRow:
    """One model with momentum.

    Attributes:
        rank: Its place by ZenMux's score; None if ZenMux gave none.
        model: Its slug.
        label: Its display name.
        author: Its provider's slug.
        author_label: Its provider's display name.
        value: Its volume in the window, as ZenMux gives it.
        growth_label: ZenMux's growth in its own words: smoothed, and for a new model
            from a baseline that never happened. Empty if there is none.
        growth_rate: The same as a fraction, with fewer digits.
        own: The sum of the daily figures, compared with the days before.
        daily: The figures of the days shown, oldest first; None: not known.
    """

    rank: int | None
    model: str
    label: str
    author: str
    author_label: str
    value: Decimal | None
    growth_label: str
    growth_rate: Decimal | None
    own: Compared
    daily: tuple[tuple[date, Decimal | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendingView:
    """Models with momentum, best first.

    Attributes:
        basis: What it rests on; its days are those of the window.
        by: The window: one day, or seven.
        rows: The models wanted.
        listed: How many models ZenMux listed.
    """

    basis: AnswerContext
    by: Granularity
    rows: tuple[TrendingRow, ...]
    listed: int


def build_trending(
    query: TrendingQuery, basis: AnswerContext, trending: Trending
) -> TrendingView:
    """Combine ZenMux's ranking with the change of the daily figures.

    Raises:
        NoData: There is nothing in it.
    """
    if not trending.entries:
        raise NoData(
            f"ZenMux lists no models with momentum for {basis.span.in_words()}."
        )
    if query.by is Granularity.DAY:
        # ZenMux gives seven days of each model, so not the weekday of the week before
        before = basis.span.start - DAY
        basis = replace(basis, comparison=Comparison(Span(before, before)))
    ranked = sorted(
        trending.entries, key=lambda each: (each.rank is None, each.rank or 0)
    )
    return TrendingView(
        basis=basis,
        by=query.by,
        rows=tuple(_row(entry, basis, query.by) for entry in ranked[: query.top]),
        listed=len(ranked),
    )


def _row(entry: TrendingEntry, basis: AnswerContext, by: Granularity) -> TrendingRow:
    points = _by_day(entry.data_points)
    last = basis.span.end
    shown = [last - DAY * back for back in reversed(range(DETAIL_DAYS[by]))]
    before = basis.comparison.span
    return TrendingRow(
        rank=entry.rank,
        model=entry.model,
        label=names.shown(entry.label, entry.model),
        author=entry.author,
        author_label=names.shown(entry.author_label, entry.author),
        value=entry.value if entry.total_value is None else entry.total_value,
        growth_label=entry.growth_label.strip(),
        growth_rate=entry.growth_rate,
        # The API's previous value may be made up, so both windows are summed here.
        own=compared(
            _sum(points, basis.span),
            None,
            None if before is None else _sum(points, before),
        ),
        daily=tuple((day, points.get(day)) for day in shown),
    )


def _by_day(points: Sequence[DataPoint]) -> dict[date, Decimal | None]:
    """Return figures by day; entries without a valid day are left out."""
    found = {}
    for point in points:
        try:
            day = datetime.strptime(point.period, "%Y%m%d").date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
        found[day] = point.value
    return found


def _sum(points: Mapping[date, Decimal | None], span: Span) -> Bounded | None:
    """Return the sum of some days, None if one of them is not known."""
    values = [points.get(span.start + DAY * number) for number in range(span.days)]
    known = [Bounded.exact(value) for value in values if value is not None]
    return add(known) if len(known) == len(values) else None
