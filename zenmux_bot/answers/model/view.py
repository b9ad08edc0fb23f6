"""One model day by day: what is used, what is not, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.core.bounded import ZERO, Bounded, Compared, compared, share_of
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, Span
from zenmux_bot.core.volumes import WEEK, Volumes, add_up, within
from zenmux_bot.zenmux.models import AuthorBucket, UsageDay

MAX_DAYS = 60
"""Longer periods are shown by week."""

PATTERN_DAYS = 14
"""Each weekday comes twice in them; from fewer no pattern can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelId:
    """Which model it is.

    Attributes:
        slug: Its slug.
        label: Its display name.
        author: Its provider's slug.
        author_label: Its provider's display name.
        free: Display name of its free variant, which ZenMux counts in; None if no
            such variant is known.
    """

    slug: str
    label: str
    author: str
    author_label: str
    free: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageBucket:
    """One day or ISO week of a model.

    Attributes:
        start: Its first day.
        end: Its last day.
        value: The volume; None: not known.
        is_used: It was used on some day; what is free may be used at a cost of zero.
        of_platform: Fraction of the platform's volume.
        of_provider: Fraction of its provider's volume.
    """

    start: date
    end: date
    value: Decimal | None
    is_used: bool
    of_platform: Bounded | None
    of_provider: Bounded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayMean:
    """What a model is used on one weekday, on average.

    Attributes:
        weekday: 0 (Monday) to 6.
        mean: The mean of those days.
    """

    weekday: int
    mean: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelView:
    """One model over a period, compared with the period before.

    Attributes:
        basis: What it rests on.
        model: Which model it is.
        of_platform: Its volume and its share of the platform, compared.
        of_provider: The same as a share of its provider.
        width: How wide the buckets are.
        buckets: The period, oldest first.
        weekdays: The weekdays, Monday first; empty where there are too few days, or
            some on which it was not used.
        unused: On how many days it was not used.
        unknown: Of how many days nothing is known.
    """

    basis: AnswerContext
    model: ModelId
    of_platform: Compared
    of_provider: Compared
    width: Granularity
    buckets: tuple[UsageBucket, ...]
    weekdays: tuple[WeekdayMean, ...]
    unused: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Usage:
    """A model's volumes by day.

    Attributes:
        values: What ZenMux lists; None: it left the figure out.
        through: The last day that ZenMux has looked at; a day up to it that is not
            listed was not used.
        blank: Days without any data of the platform.
    """

    values: Mapping[date, Decimal | None]
    through: date
    blank: frozenset[date] = frozenset()

    @classmethod
    def of(
        cls, series: Iterable[UsageDay], through: date, blank: Iterable[date] = ()
    ) -> Usage:
        """Take the API's days."""
        values = {each.date: each.value for each in series}
        return cls(values, through, frozenset(blank))

    def on(self, day: date) -> Decimal | None:
        """Return the volume of a day, None if it is not known."""
        if day in self.values:
            return self.values[day]
        return None if day > self.through or day in self.blank else ZERO

    def is_used(self, span: Span) -> bool:
        """Tell whether some day is listed."""
        return any(day in self.values for day in _days(span))

    def over(self, span: Span) -> Decimal | None:
        """Return the volume of some days, None if one of them is not known."""
        found = [self.on(day) for day in _days(span)]
        known = [value for value in found if value is not None]
        return sum(known, ZERO) if len(known) == len(found) else None


def build_model(
    basis: AnswerContext,
    model: ModelId,
    usage: Usage,
    platform: Mapping[date, AuthorBucket] | None,
) -> ModelView:
    """Compare a model's days with those before, its provider and the platform.

    Args:
        basis: What the answer rests on.
        model: Which model it is.
        usage: Its days, those compared with among them.
        platform: The platform's days, None if they are not known.
    """
    span, before = basis.span, basis.comparison.span
    width = Granularity.DAY if span.days <= MAX_DAYS else Granularity.WEEK
    parts = within(platform or {}, span, Granularity.DAY)
    earlier = within(platform or {}, before, Granularity.DAY) if before else {}
    unknown = [day for day in _days(span) if usage.on(day) is None]
    unused = [day for day in _days(span) if day not in {*usage.values, *unknown}]

    def compare(volumes: Volumes, volumes_before: Volumes, *, whole: bool) -> Compared:
        return compared(
            _figure(usage.over(span)),
            _whole(volumes, model.author, whole=whole),
            _figure(usage.over(before)) if before else None,
            _whole(volumes_before, model.author, whole=whole),
            commensurable=basis.comparison.commensurable,
        )

    now, then = add_up(parts), add_up(earlier)
    return ModelView(
        basis=basis,
        model=model,
        of_platform=compare(now, then, whole=True),
        of_provider=compare(now, then, whole=False),
        width=width,
        buckets=tuple(
            _bucket(each, usage, parts, model.author) for each in _spans(span, width)
        ),
        weekdays=() if unused or unknown else _weekdays(usage, span),
        unused=len(unused),
        unknown=len(unknown),
    )


def _days(span: Span) -> list[date]:
    return [span.start + DAY * number for number in range(span.days)]


def _spans(span: Span, width: Granularity) -> list[Span]:
    """Return the days, or the weeks with the days of them that are in the period."""
    if width is Granularity.DAY:
        return [Span(day, day) for day in _days(span)]
    mondays = sorted({day - day.weekday() * DAY for day in _days(span)})
    return [
        Span(max(monday, span.start), min(monday + WEEK - DAY, span.end))
        for monday in mondays
    ]


def _bucket(
    span: Span, usage: Usage, parts: Mapping[date, Volumes], author: str
) -> UsageBucket:
    volumes = add_up({day: parts[day] for day in _days(span)})
    value = usage.over(span)
    return UsageBucket(
        start=span.start,
        end=span.end,
        value=value,
        is_used=usage.is_used(span),
        of_platform=share_of(_figure(value), _whole(volumes, author, whole=True)),
        of_provider=share_of(_figure(value), _whole(volumes, author, whole=False)),
    )


def _whole(volumes: Volumes, author: str, *, whole: bool) -> Bounded | None:
    """Return the volume of the platform or of a provider, None if it is not exact."""
    if volumes.gaps or volumes.total is None:
        return None
    return volumes.total if whole else volumes.of(author)


def _figure(value: Decimal | None) -> Bounded | None:
    return None if value is None else Bounded.exact(value)


def _weekdays(usage: Usage, span: Span) -> tuple[WeekdayMean, ...]:
    """Return the mean of each weekday, where there are enough days."""
    if span.days < PATTERN_DAYS:
        return ()
    by_weekday: dict[int, list[Decimal]] = {number: [] for number in range(7)}
    for day in _days(span):
        by_weekday[day.weekday()].append(usage.on(day) or ZERO)
    return tuple(
        WeekdayMean(weekday=number, mean=sum(values, ZERO) / len(values))
        for number, values in by_weekday.items()
    )
