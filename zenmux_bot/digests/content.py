"""The queries of a digest and the figures it publishes, as pure functions.

If the API later returns another value for a published figure, that figure was
*restated*; the next digest says so if the difference is visible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from zenmux_bot.answers.share.view import ProviderRow, ShareView, size_of_move
from zenmux_bot.commands.queries import (
    MAX_TOP,
    Cut,
    LeaderboardQuery,
    ShareQuery,
    SpendQuery,
    WhyQuery,
)
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    CalendarUnit,
    Dates,
    Period,
    Span,
    Unit,
    Versus,
)
from zenmux_bot.digests.delivery.entries import Entry
from zenmux_bot.digests.schedule import Cadence, Days
from zenmux_bot.digests.subscriptions import DigestSubject, Subscription

PATIENCE = timedelta(minutes=2)
"""A digest can wait longer for the API than a person would."""

SHARE_STEP = Decimal("0.001")
"""Shares are shown in percent with one decimal."""

VOLUME_DIGITS = 3
"""Volumes are shown with three significant digits."""

_UNITS = {Cadence.WEEKLY: Unit.WEEK, Cadence.MONTHLY: Unit.MONTH}
_CHART_DAYS = 14
# A month is too coarse for a line, so monthly digests show as many weeks as fit.
CHART_WEEKS = {Cadence.WEEKLY: 8, Cadence.MONTHLY: 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A published figure and its value now.

    Attributes:
        label: The provider; None for the platform.
        before: As published.
        after: As it is now.
        is_share: It is a share of the platform total rather than a volume.
    """

    label: str | None
    before: Decimal
    after: Decimal
    is_share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """What was restated after a digest was published.

    Attributes:
        metric: What it counted.
        span: The days it covered.
        changes: At least one.
    """

    metric: Metric
    span: Span
    changes: tuple[Change, ...]


def period_of(cadence: Cadence, days: Days) -> Period:
    """Return the period that a digest reports, in absolute terms."""
    unit = _UNITS.get(cadence)
    if unit is None:
        return Dates(days.first, days.last)
    return CalendarUnit(unit, days.first)


def share_query(subscription: Subscription, days: Days) -> ShareQuery:
    """Return the question that a digest answers."""
    return ShareQuery(
        metric=subscription.metric,
        period=period_of(subscription.schedule.cadence, days),
        top=subscription.top,
        providers=subscription.providers,
    )


def spend_query(subscription: Subscription, days: Days) -> SpendQuery:
    """Return the question that a digest of own spend answers."""
    return SpendQuery(
        period=period_of(subscription.schedule.cadence, days),
        by=Cut.KEY if subscription.by_key else Cut.MODEL,
        top=subscription.top,
    )


def question_of(subscription: Subscription, days: Days) -> ShareQuery | SpendQuery:
    """Return the question that a digest answers, whatever it is about."""
    if subscription.subject is DigestSubject.SPEND:
        return spend_query(subscription, days)
    return share_query(subscription, days)


def models_query(subscription: Subscription, days: Days) -> LeaderboardQuery:
    """Return the question that the reply in its thread answers."""
    return LeaderboardQuery(
        metric=subscription.metric,
        period=period_of(subscription.schedule.cadence, days),
        top=subscription.top,
        providers=subscription.providers,
    )


def why_query(subscription: Subscription, days: Days, moved: ProviderRow) -> WhyQuery:
    """Return the question why the shares moved.

    Without a provider filter, it is about the one that moved most when it is asked.
    """
    return WhyQuery(
        metric=subscription.metric,
        period=period_of(subscription.schedule.cadence, days),
        provider=moved.provider.lower() if subscription.providers else None,
    )


def days_query(metric: Metric, through: date) -> ShareQuery:
    """Return the question for the chart of a daily digest.

    It asks for every provider, since the leaders of one day may not lead on others.
    """
    start = through - (_CHART_DAYS - 1) * DAY
    return ShareQuery(
        metric=metric,
        period=Dates(max(start, FLOOR), max(through, FLOOR)),
        by=Granularity.DAY,
        top=MAX_TOP,
        versus=Versus.NONE,
    )


def weeks_query(metric: Metric, through: date) -> ShareQuery | None:
    """Return the question for all complete weeks up to a day, or None."""
    end = through - timedelta(days=through.isoweekday() % 7)
    if end <= FLOOR:
        return None
    return ShareQuery(
        metric=metric,
        period=Dates(FLOOR, end),
        by=Granularity.WEEK,
        top=MAX_TOP,
        versus=Versus.NONE,
    )


def chart_of(weeks: ShareView, count: int) -> ShareView:
    """Return the last of some weeks, for a chart."""
    return replace(weeks, buckets=weeks.buckets[-count:])


def with_history(view: ShareView, history: ShareView | None) -> ShareView:
    """Return a digest's view with the buckets of its chart in place of its own."""
    providers = [row.provider for row in view.rows]
    buckets = () if history is None else history.buckets
    return replace(
        view,
        buckets=tuple(
            replace(each, shares={slug: each.shares.get(slug) for slug in providers})
            for each in buckets
        ),
    )


def is_unchanged(view: ShareView, points: Decimal) -> bool:
    """Tell whether no share, shown or not, moved by that many percentage points.

    A share that is only known within bounds counts as moved if it may have moved.
    """
    if not view.providers:
        return view.largest_move is not None and view.largest_move * 100 < points
    return all(
        row.figures.points is not None and size_of_move(row.figures) * 100 < points
        for row in view.rows
    )


def figures_of(view: ShareView) -> dict[str, Decimal]:
    """Return the volumes that a digest publishes, by metric and provider."""
    metric = view.basis.metric
    named = {_name(metric, row.provider): row.figures.value for row in view.rows}
    named[_name(metric)] = view.total.value
    return {
        name: figure.value
        for name, figure in named.items()
        if figure is not None and figure.value is not None
    }


def published_query(entry: Entry, metric: Metric) -> ShareQuery:
    """Return the question whose answer an earlier digest published."""
    days = entry.occurrence.days
    end = min(days.last, entry.data_through or days.last)
    return ShareQuery(
        metric=metric,
        period=Dates(days.first, end),
        top=MAX_TOP,
        versus=Versus.NONE,
    )


def restated(published: Mapping[str, Decimal], now: ShareView) -> Restated | None:
    """Return which published figures visibly differ now, or None."""
    metric = now.basis.metric
    total_name = _name(metric)
    current = figures_of(now)
    total, total_now = published.get(total_name), current.get(total_name)
    if not total or not total_now:
        return None
    changes = []
    if _differ(total, total_now):
        changes.append(Change(label=None, before=total, after=total_now))
    for row in now.rows:
        name = _name(metric, row.provider)
        if name not in published or name not in current:
            continue
        before, after = published[name], current[name]
        share, share_now = before / total, after / total_now
        if abs(share_now - share) > SHARE_STEP:
            changes.append(
                Change(label=row.label, before=share, after=share_now, is_share=True)
            )
        elif _differ(before, after):
            changes.append(Change(label=row.label, before=before, after=after))
    if not changes:
        return None
    return Restated(metric=metric, span=now.basis.span, changes=tuple(changes))


def _differ(before: Decimal, after: Decimal) -> bool:
    """Tell whether two volumes differ by more than a step of their last shown digit."""
    step = Decimal(1).scaleb(before.adjusted() - VOLUME_DIGITS + 1)
    return abs(after - before) > step


def _name(metric: Metric, provider: str | None = None) -> str:
    return f"{metric}" if provider is None else f"{metric}:{provider}"
