"""Trends: models' volumes by day or week, and how the newest days compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands import names
from zenmux_bot.commands.queries import TrendQuery
from zenmux_bot.core.bounded import ZERO, Bounded, Compared, add, compared, share_of
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, Span, Window
from zenmux_bot.core.volumes import WEEK, Volumes, add_up, listed_volumes, starts
from zenmux_bot.errors import NoData
from zenmux_bot.zenmux.models import OTHERS, ModelBucket

MAX_DAYS = 60
"""Longer periods are shown by week unless the question says otherwise."""

RECENT_DAYS = 7
"""Days are compared in sevens, so that weekdays match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendModel:
    """One model over the whole period.

    Attributes:
        model: Its slug.
        label: Its display name.
        value: Its volume.
        share: Fraction of the platform's volume.
        recent: Its newest days compared with those before, None if not compared.
    """

    model: str
    label: str
    value: Bounded
    share: Bounded | None
    recent: Compared | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendBucket:
    """One day or ISO week.

    Attributes:
        start: Its first day.
        end: Its last day with data.
        is_part: A week that is not over.
        values: Volumes of the models shown, by slug; None without data.
        others: All other models together, None without data.
        total: The platform, None without data.
    """

    start: date
    end: date
    is_part: bool
    values: Mapping[str, Bounded | None]
    others: Bounded | None
    total: Bounded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The newest days or complete week, compared with as many before.

    Attributes:
        now: The newest days.
        before: The days before them.
        total: The platform's volume in them.
    """

    now: Span
    before: Span
    total: Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendView:
    """The largest models of a period, by day or week.

    Attributes:
        basis: What it rests on.
        width: How wide the buckets are.
        models: The models wanted, largest first.
        buckets: Every day or week of the period, oldest first.
        others: All other models over the whole period.
        total: The platform over the whole period.
        recent: The newest days compared, None if there are too few.
        listed: How many models the API listed in any bucket.
    """

    basis: AnswerContext
    width: Granularity
    models: tuple[TrendModel, ...]
    buckets: tuple[TrendBucket, ...]
    others: Bounded
    total: Bounded
    recent: Recent | None
    listed: int


def trend_width(query: TrendQuery, span: Span) -> Granularity:
    """Return the width of the buckets: the one asked for, or one that fits."""
    if query.by is not None:
        return query.by
    return Granularity.DAY if span.days <= MAX_DAYS else Granularity.WEEK


def whole_weeks(window: Window, newest: date) -> Window:
    """Return the ISO weeks that the days of a window are in.

    ZenMux counts whole weeks; single days cannot be taken out of one.
    """
    span = window.span
    start = span.start - span.start.weekday() * DAY
    sunday = span.end - span.end.weekday() * DAY + WEEK - DAY
    whole = Span(start, min(sunday, newest))
    if whole == span:
        return window
    note = f"Weeks are whole ISO weeks, so the days are {whole.in_words()}."
    return replace(window, span=whole, notes=(*window.notes, note))


def build_trend(
    query: TrendQuery,
    basis: AnswerContext,
    series: Iterable[ModelBucket],
    width: Granularity,
) -> TrendView:
    """Compute the models of a period, bucket by bucket.

    Args:
        query: What was asked.
        basis: What the answer rests on.
        series: The API's buckets, in any order.
        width: How wide they are.

    Raises:
        NoData: No bucket of the period has data.
    """
    by_date = {bucket.date: bucket for bucket in series}
    parts = {start: _volumes(by_date.get(start)) for start in starts(basis.span, width)}
    whole = add_up(parts)
    if whole.total is None:
        raise NoData(
            f"ZenMux has no figures by {query.metric} for {basis.span.in_words()}."
        )
    ranking = whole.ranking()
    shown = ranking[: query.top]
    labels = _labels(by_date.values())
    recent = _recent(parts, basis.span.end, width)
    return TrendView(
        basis=basis,
        width=width,
        models=tuple(_model(slug, labels[slug], whole, recent) for slug in shown),
        buckets=tuple(
            _bucket(start, part, basis.span.end, width, shown)
            for start, part in parts.items()
        ),
        others=_rest(whole, whole.total, shown),
        total=whole.total,
        recent=None if recent is None else recent.platform(),
        listed=len(ranking),
    )


@dataclass(frozen=True, slots=True)
class _Stretches:
    """The newest days, those before them, and what was used in both."""

    now: Span
    before: Span
    volumes: Volumes
    earlier: Volumes

    def of(self, slug: str) -> Compared:
        """Return one model, compared."""
        return compared(
            self.volumes.of(slug),
            self.volumes.total,
            self.earlier.of(slug),
            self.earlier.total,
        )

    def platform(self) -> Recent:
        """Return the platform, compared."""
        total = compared(
            self.volumes.total,
            self.volumes.total,
            self.earlier.total,
            self.earlier.total,
        )
        return Recent(now=self.now, before=self.before, total=total)


def _recent(
    parts: Mapping[date, Volumes], end: date, width: Granularity
) -> _Stretches | None:
    """Return the newest seven days or whole week, and as many before."""
    if width is Granularity.WEEK:
        whole = [start for start in parts if start + WEEK - DAY <= end]
        count = 1
    else:
        whole, count = list(parts), RECENT_DAYS
    if len(whole) < 2 * count:
        return None
    now, before = whole[-count:], whole[-2 * count : -count]
    volumes = add_up({start: parts[start] for start in now})
    earlier = add_up({start: parts[start] for start in before})
    if volumes.gaps or earlier.gaps:
        return None
    week = WEEK - DAY
    return _Stretches(
        Span(now[0], now[0] + week), Span(before[0], before[0] + week), volumes, earlier
    )


def _model(
    slug: str, label: str, whole: Volumes, recent: _Stretches | None
) -> TrendModel:
    value = whole.known[slug]
    return TrendModel(
        model=slug,
        label=label,
        value=value,
        share=share_of(value, whole.total),
        recent=None if recent is None else recent.of(slug),
    )


def _bucket(
    start: date, part: Volumes, end: date, width: Granularity, shown: Sequence[str]
) -> TrendBucket:
    last = start if width is Granularity.DAY else start + WEEK - DAY
    return TrendBucket(
        start=start,
        end=min(last, end),
        is_part=last > end,
        values={slug: part.of(slug) for slug in shown},
        others=None if part.total is None else _rest(part, part.total, shown),
        total=part.total,
    )


def _rest(part: Volumes, total: Bounded, shown: Sequence[str]) -> Bounded:
    """Return the sum of all models that are not shown."""
    rest = total - add(part.known.get(slug, part.missing) for slug in shown)
    return Bounded(max(rest.low, ZERO), rest.high)


def _volumes(bucket: ModelBucket | None) -> Volumes:
    models = () if bucket is None else bucket.models
    return listed_volumes({each.model: each.value for each in models})


def _labels(buckets: Iterable[ModelBucket]) -> dict[str, str]:
    """Return display names by slug, the newest bucket's where they differ."""
    labels: dict[str, str] = {}
    for bucket in sorted(buckets, key=lambda each: each.date):
        for entry in bucket.models:
            known = labels.get(entry.model, "")
            labels[entry.model] = names.shown(entry.label, known, entry.model)
    labels.pop(OTHERS, None)
    return labels
