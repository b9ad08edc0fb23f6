"""Apps that call the platform: ranked, or by momentum.

ZenMux recognises them by client identity; what it does not recognise is left out, so
shares are of recognised traffic. Its growth is shown as given. The bot's own change is
summed from the daily figures, where they reach back far enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands import names
from zenmux_bot.core.bounded import Bounded, Compared, add, compared
from zenmux_bot.core.periods import DAY, Span
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
        own: The newest days summed from the daily figures, beside those before; None:
            the daily figures do not reach that far.
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
    """Apps, the first first.

    Attributes:
        basis: What the answer rests on; its days are those of the window.
        is_trending: Ranked by momentum.
        own_days: The days that the bot's own change is of, and those before.
        rows: The apps wanted.
        listed: How many ZenMux lists by name.
        others: The rest of them, those that ZenMux lists and are not shown included.
        total: All recognised traffic; None for momentum, which has no total.
    """

    basis: AnswerContext
    is_trending: bool
    own_days: tuple[Span, Span] | None
    rows: tuple[AppRow, ...]
    listed: int
    others: AppRow | None
    total: Decimal | None


def build_apps(
    basis: AnswerContext, apps: Apps, *, top: int, is_trending: bool
) -> AppsView:
    """Return the apps of an answer.

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
    rest = [entry for entry in apps.entries if entry not in named[:top]]
    return AppsView(
        basis=basis,
        is_trending=is_trending,
        own_days=spans,
        rows=tuple(_row(entry, total, spans) for entry in named[:top]),
        listed=len(named),
        others=None if is_trending or not rest else _others(rest, total),
        total=total,
    )


def _row(
    entry: AppEntry, total: Decimal | None, spans: tuple[Span, Span] | None
) -> AppRow:
    points = _by_day(entry.data_points)
    own = None
    if spans is not None:
        now, before = (_sum(points, span) for span in spans)
        own = compared(now, None, None if before is None else before)
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
    before = Span(span.start - DAY * span.days, span.start - DAY)
    return span, before


def _by_day(points: Sequence[DataPoint]) -> dict[date, Decimal | None]:
    """Return figures by day; what is not a day is left out."""
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
