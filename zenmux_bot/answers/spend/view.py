"""Own spend and usage, computed: cuts of one sum, their changes and what drove them.

Billed and covered amounts are never added to each other. A figure that ZenMux does not
give is unknown, not zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from zenmux_bot.commands.queries import Cut
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import Comparison, Span
from zenmux_bot.zenmux.models import OwnRow

MOST = Decimal("0.5")
"""A day that accounts for at least this part of a change is named."""

ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of figures.

    Attributes:
        low: The sum of those that are known.
        is_exact: All of them are.
    """

    low: Decimal = ZERO
    is_exact: bool = True

    @property
    def value(self) -> Decimal | None:
        """Return the sum if it is known."""
        return self.low if self.is_exact else None

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.low + other.low, self.is_exact and other.is_exact)


NOTHING = Sum()


def sum_of(figures: Iterable[Decimal | None]) -> Sum:
    """Add up figures; None is an unknown one."""
    low, is_exact = ZERO, True
    for figure in figures:
        if figure is None:
            is_exact = False
        else:
            low += figure
    return Sum(low, is_exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendRow:
    """A model, a key, a type of token, a day, an hour or a host, or the total.

    Attributes:
        id: How ZenMux names it.
        label: How people do.
        value: USD billed, or tokens, over the days covered.
        covered: USD of reference price that the plan covered; None: not asked for.
        requests: How many requests; None: ZenMux does not count them here.
        share: Its part of the total.
        complete: ``value`` over the complete days alone; None: nothing is compared.
        before: ``value`` over the days compared with.
        running: It is a day or an hour that is not over.
        latency: Median milliseconds, of a host.
    """

    id: str
    label: str
    value: Sum
    covered: Sum | None = None
    requests: Sum | None = None
    share: Decimal | None = None
    complete: Sum | None = None
    before: Sum | None = None
    running: bool = False
    latency: Decimal | None = None

    @property
    def difference(self) -> Decimal | None:
        """Return how much more it is than before; None: not known."""
        if self.complete is None or self.before is None:
            return None
        now, then = self.complete.value, self.before.value
        return None if now is None or then is None else now - then

    @property
    def growth(self) -> Decimal | None:
        """Return the change as a fraction; None: not known, or from nothing."""
        difference = self.difference
        if difference is None or self.before is None or not self.before.low:
            return None
        return difference / self.before.low

    @property
    def is_new(self) -> bool:
        """Tell whether there was nothing before and there is something now."""
        return bool(self.difference) and self.before == NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What moved the total most, in the direction that the total moved.

    Attributes:
        cut: A key or a model.
        label: Its name.
        difference: By how much it changed.
        day: The day on which most of it happened, if there is one.
    """

    cut: Cut
    label: str
    difference: Decimal
    day: date | None = None


@dataclass(frozen=True, slots=True)
class SpendBucket:
    """A day or an hour, and the figures of the first rows in it."""

    start: datetime
    value: Sum
    values: Mapping[str, Sum] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendView:
    """An answer about the own account.

    Attributes:
        command: The words that ask for it again, without the slash command.
        metric: ``COST`` for what is billed in USD, ``TOKENS`` for tokens.
        cut: What the rows are.
        span: The days covered, UTC.
        running: Today, where it is one of them.
        complete: The complete days, which alone are compared.
        comparison: The days they are compared with, or why there are none.
        model: The one model it is about; empty: all.
        key: The one API key it is about; empty: all.
        rows: The largest, or the days or hours in order.
        others: The rest of them in one row; its id says how many they are.
        total: The sum over all.
        buckets: Days or hours, for a chart.
        driver: What moved the total most.
        per_request: USD billed for a request.
        per_million: USD billed for a million tokens.
        uptime: Of a model's hosts, the part of requests that succeeded.
        as_of: When ZenMux gave the oldest of the figures that can still change.
        stale: They are from an old copy.
        notes: What a reader must know besides, in sentences.
    """

    command: str
    metric: Metric
    cut: Cut
    span: Span
    running: date | None
    complete: Span | None
    comparison: Comparison
    model: str = ""
    key: str = ""
    rows: tuple[SpendRow, ...]
    others: SpendRow | None = None
    total: SpendRow
    buckets: tuple[SpendBucket, ...] = ()
    driver: Driver | None = None
    per_request: Decimal | None = None
    per_million: Decimal | None = None
    uptime: Decimal | None = None
    as_of: datetime
    stale: bool = False
    notes: tuple[str, ...] = ()


Figure = Callable[[OwnRow], Decimal | None]


def amount_of(row: OwnRow) -> Decimal | None:
    """Return the USD of a row."""
    return row.bill_amount


def tokens_of(row: OwnRow) -> Decimal | None:
    """Return the tokens of a row."""
    return row.tokens


NAMES: Mapping[Cut, Callable[[OwnRow], str | None]] = {
    Cut.MODEL: lambda row: row.model_slug,
    Cut.KEY: lambda row: row.api_key_id,
    Cut.TYPE: lambda row: row.token_type,
}
"""What names a row of a grouping."""


def day_of(row: OwnRow) -> date:
    """Return the day of a row of any bucket."""
    time = row.biz_time
    return date(int(time[:4]), int(time[4:6]), int(time[6:8]))


def within(rows: Iterable[OwnRow], span: Span) -> list[OwnRow]:
    """Return the rows of some days."""
    return [row for row in rows if day_of(row) in span]


def grouped(
    rows: Iterable[OwnRow], name: Callable[[OwnRow], str | None], figure: Figure
) -> dict[str, Sum]:
    """Add rows up by name."""
    figures: defaultdict[str, list[Decimal | None]] = defaultdict(list)
    for row in rows:
        figures[name(row) or ""].append(figure(row))
    return {each: sum_of(found) for each, found in figures.items()}


def requests_by(
    rows: Iterable[OwnRow], name: Callable[[OwnRow], str | None]
) -> dict[str, Sum | None]:
    """Count requests by name; None where ZenMux counts none."""
    counts: defaultdict[str, list[Decimal | None]] = defaultdict(list)
    for row in rows:
        counts[name(row) or ""].append(row.request_counts)
    return {
        each: None if all(count is None for count in found) else sum_of(found)
        for each, found in counts.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """The rows of one cut.

    Attributes:
        now: Over the days covered.
        covered: Likewise, of what the plan covered; None: not asked for.
        before: Over the days compared with; None: nothing is compared.
    """

    now: Sequence[OwnRow]
    covered: Sequence[OwnRow] | None = None
    before: Sequence[OwnRow] | None = None


def rank(
    cuts: Cuts,
    cut: Cut,
    figure: Figure,
    *,
    complete: Span | None,
    top: int,
    labels: Mapping[str, str],
) -> tuple[tuple[SpendRow, ...], SpendRow | None, SpendRow]:
    """Return the largest rows, the rest in one, and the total."""
    name = NAMES[cut]
    now = grouped(cuts.now, name, figure)
    covered = None if cuts.covered is None else grouped(cuts.covered, name, figure)
    compared = cuts.before is not None and complete is not None
    over: dict[str, Sum] = {}
    before: dict[str, Sum] = {}
    if cuts.before is not None and complete is not None:
        over = grouped(within(cuts.now, complete), name, figure)
        before = grouped(cuts.before, name, figure)
    requests = requests_by(cuts.now, name)
    whole = _added(now.values())
    rows = [
        SpendRow(
            id=each,
            label=labels.get(each, each),
            value=now.get(each, NOTHING),
            covered=None if covered is None else covered.get(each, NOTHING),
            requests=requests.get(each, NOTHING),
            share=_share(now.get(each, NOTHING), whole),
            complete=over.get(each, NOTHING) if compared else None,
            before=before.get(each, NOTHING) if compared else None,
        )
        for each in dict.fromkeys([*now, *(covered or ()), *before])
    ]
    rows.sort(key=lambda row: (-row.value.low, -_covered(row), row.label))
    shown, rest = rows[:top], rows[top:]
    others = None
    if rest:
        others = _together(rest, "Others", whole, name=str(len(rest)))
    return tuple(shown), others, _together(rows, "Total", whole)


def _covered(row: SpendRow) -> Decimal:
    return ZERO if row.covered is None else row.covered.low


def _together(
    rows: Sequence[SpendRow], label: str, whole: Sum, *, name: str = ""
) -> SpendRow:
    """Return the sum of some rows."""
    value = _added(row.value for row in rows)
    return SpendRow(
        id=name,
        label=label,
        value=value,
        covered=_optional(row.covered for row in rows),
        requests=_optional(row.requests for row in rows),
        share=_share(value, whole),
        complete=_optional(row.complete for row in rows),
        before=_optional(row.before for row in rows),
    )


def _added(sums: Iterable[Sum]) -> Sum:
    return sum(sums, NOTHING)


def _optional(sums: Iterable[Sum | None]) -> Sum | None:
    found = list(sums)
    known = [each for each in found if each is not None]
    return _added(known) if found and len(known) == len(found) else None


def _share(value: Sum, whole: Sum) -> Decimal | None:
    if not whole.low or not whole.is_exact or not value.is_exact:
        return None
    return value.low / whole.low


def find_driver(
    by_key: Cuts,
    by_model: Cuts,
    figure: Figure,
    *,
    complete: Span | None,
    labels: Mapping[str, str],
) -> Driver | None:
    """Return what moved the total most, if anything did and it is known.

    A key is named before a model, since a key is somebody's; where there is but one
    key, the model tells more.
    """
    if complete is None or by_key.before is None:
        return None
    for cuts, cut in ((by_key, Cut.KEY), (by_model, Cut.MODEL)):
        rows, _, total = rank(
            cuts, cut, figure, complete=complete, top=10**6, labels=labels
        )
        whole = total.difference
        known = [(row.difference, row) for row in rows if row.difference is not None]
        if not whole or (cut is Cut.KEY and len(known) < 2):  # noqa: PLR2004 - one of several
            continue
        sign = 1 if whole > 0 else -1
        difference, row = max(known, key=lambda each: sign * each[0])
        if sign * difference <= 0:
            return None
        now = [each for each in cuts.now if NAMES[cut](each) == row.id]
        usual = (row.before or NOTHING).low / complete.days
        day = _day_of_most(within(now, complete), figure, difference, usual)
        return Driver(cut=cut, label=row.label, difference=difference, day=day)
    return None


def _day_of_most(
    rows: Sequence[OwnRow], figure: Figure, rise: Decimal, usual: Decimal
) -> date | None:
    """Return the day on which most of a rise above the usual day happened."""
    by_day = grouped(rows, lambda row: row.biz_time[:8], figure)
    if rise <= 0 or len(by_day) < 2:  # noqa: PLR2004 - one of several
        return None
    peak = max(by_day, key=lambda each: by_day[each].low)
    if by_day[peak].low - usual < MOST * rise:
        return None
    return date(int(peak[:4]), int(peak[4:6]), int(peak[6:8]))
