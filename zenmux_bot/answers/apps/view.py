"""Apps that call the platform: ranked, or by momentum.

ZenMux recognises them by client identity; what it does not recognise is left out, so
shares are of recognised traffic. Its growth is shown as given. The bot's own change is
that from the window before: of the ranking then, or of the daily figures of momentum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands import names
from zenmux_bot.core.bounded import (
    NOTHING,
    Bounded,
    Compared,
    absent,
    add,
    compared,
)
from zenmux_bot.core.periods import DAY, Comparison, Span, Versus
from zenmux_bot.errors import NoData
from zenmux_bot.zenmux.models import OTHERS, AppEntry, Apps, DataPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRow:
    """One app, or the rest of them.

    Attributes:
        rank: Its place; None for the rest.
        app: Its slug.
        label: Its display name.
        value: Its volume in the window, as ZenMux gives it.
        share: Its part of the recognised traffic; None: not known.
        growth_label: ZenMux's growth in its own words; empty if there is none.
        growth_rate: The same in percent.
        own: The window compared with the days before; None if those are not known.
        daily: The daily figures, oldest first.
    """

    rank: int | None
    app: str
    label: str
    value: Decimal | None
    share: Decimal | None
    growth_label: str
    growth_rate: Decimal | None
    own: Compared | None
    daily: tuple[tuple[date, Decimal | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppsView:
    """Apps, in ZenMux's order.

    Attributes:
        basis: What the answer rests on; its days are those of the window.
        is_trending: Ranked by momentum.
        own_days: The days that the bot's own change is of, and those before.
        rows: The apps wanted.
        listed: How many ZenMux lists by name.
        complete: It lists all that it recognises.
        others: The rest of them, those that ZenMux lists and are not shown included.
        total: All recognised traffic; None for momentum, which has no total.
        whole: The total compared with the days before; None if those are not known.
    """

    basis: AnswerContext
    is_trending: bool
    own_days: tuple[Span, Span] | None
    rows: tuple[AppRow, ...]
    listed: int
    complete: bool
    others: AppRow | None
    total: Decimal | None
    whole: Compared | None = None


def build_apps(
    basis: AnswerContext,
    apps: Apps,
    earlier: Apps | None = None,
    *,
    top: int,
    is_trending: bool,
) -> AppsView:
    """Return the apps of an answer.

    Args:
        basis: What the answer rests on.
        apps: The apps of the window.
        earlier: Those of the window before, where that was asked for.
        top: How many are wanted.
        is_trending: They are ranked by momentum.

    Raises:
        NoData: There are none.
    """
    if not apps.entries:
        raise NoData(f"ZenMux lists no apps for {basis.span.in_words()}.")
    named = [entry for entry in apps.entries if entry.app != OTHERS]
    named.sort(key=lambda each: (each.rank is None, each.rank or 0))
    values = [entry.value for entry in apps.entries]
    known = [value for value in values if value is not None]
    total = None
    if not is_trending and len(known) == len(values):
        total = sum(known, Decimal())
    spans = _own_days(basis.span, apps.entries)
    before = None if earlier is None or not earlier.entries else _Before.of(earlier)
    if before is not None:
        spans = _with_days_before(basis.span)
        comparison = Comparison(spans[1])
        basis = replace(basis, comparison=comparison, versus=Versus.PREVIOUS)
    shown = named[:top]
    rest = [entry for entry in apps.entries if entry not in shown]
    others = None if is_trending or not rest else _others(rest, total)
    if others is not None and before is not None:
        others = replace(others, own=_compared(others.value, before.without(shown)))
    return AppsView(
        basis=basis,
        is_trending=is_trending,
        own_days=spans,
        rows=tuple(_row(entry, total, spans, before) for entry in shown),
        listed=len(named),
        complete=len(named) == len(apps.entries),
        others=others,
        total=total,
        whole=None if before is None else _compared(total, before.total),
    )


@dataclass(frozen=True, slots=True)
class _Before:
    """The volumes of the window before, and those of the apps that are not listed."""

    values: Mapping[str, Bounded | None]
    absent: Bounded | None
    total: Bounded | None

    @classmethod
    def of(cls, apps: Apps) -> _Before:
        values = {
            entry.app: None if entry.value is None else Bounded.exact(entry.value)
            for entry in apps.entries
        }
        known = [value for value in values.values() if value is not None]
        if len(known) < len(values):
            return cls(values, None, None)
        others = values.pop(OTHERS, None) or NOTHING
        listed = [value.low for value in known if value is not others]
        return cls(values, absent(others.low, listed), add(known))

    def get(self, app: str) -> Bounded | None:
        return self.values.get(app, self.absent)

    def without(self, shown: Sequence[AppEntry]) -> Bounded | None:
        """Return the volume of all others, if it is known."""
        there = [self.get(entry.app) for entry in shown]
        known = [value for value in there if value is not None]
        if self.total is None or len(known) < len(there):
            return None
        rest = add(known)
        return None if rest.value is None else self.total - rest


def _compared(value: Decimal | None, before: Bounded | None) -> Compared:
    return compared(None if value is None else Bounded.exact(value), None, before)


def _row(
    entry: AppEntry,
    total: Decimal | None,
    spans: tuple[Span, Span] | None,
    before: _Before | None,
) -> AppRow:
    points = _by_day(entry.data_points)
    own = None
    if before is not None:
        own = _compared(entry.value, before.get(entry.app))
    elif spans is not None:
        own = compared(_sum(points, spans[0]), None, _sum(points, spans[1]))
    return AppRow(
        rank=entry.rank,
        app=entry.app,
        label=names.shown(entry.label, entry.app),
        value=entry.value,
        share=_share(entry.value, total),
        growth_label=entry.growth_label.strip(),
        growth_rate=entry.growth_rate if entry.growth_label.strip() else None,
        own=own,
        daily=tuple(sorted(points.items())),
    )


def _others(rest: Sequence[AppEntry], total: Decimal | None) -> AppRow:
    """Return the rest in one row; its change would mix volume with membership."""
    known = [entry.value for entry in rest if entry.value is not None]
    value = sum(known, Decimal()) if len(known) == len(rest) else None
    return AppRow(
        rank=None,
        app=OTHERS,
        label="Others",
        value=value,
        share=_share(value, total),
        growth_label="",
        growth_rate=None,
        own=None,
        daily=(),
    )


def _share(value: Decimal | None, total: Decimal | None) -> Decimal | None:
    return value / total if value is not None and total else None


def _own_days(span: Span, entries: Sequence[AppEntry]) -> tuple[Span, Span] | None:
    """Return the window and the one before, if the daily figures hold both."""
    reach = min((len(entry.data_points) for entry in entries), default=0)
    if 2 * span.days > reach:
        return None
    return _with_days_before(span)


def _with_days_before(span: Span) -> tuple[Span, Span]:
    return span, Span(span.start - DAY * span.days, span.start - DAY)


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
