"""Fetches own spend and usage by month, and cuts them to the days of the question.

Billed and covered amounts are fetched separately, since nobody pays their sum. The
groupings of one answer split the same sum.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.answers.known import known_models
from zenmux_bot.answers.spend.days import OwnDays, resolve_own
from zenmux_bot.answers.spend.view import (
    NAMES,
    NOTHING,
    Cuts,
    Figure,
    SpendBucket,
    SpendRow,
    SpendView,
    Sum,
    amount_of,
    day_of,
    find_driver,
    grouped,
    rank,
    requests_by,
    sum_of,
    tokens_of,
    within,
)
from zenmux_bot.commands import names
from zenmux_bot.commands.names import MAX_OFFERED
from zenmux_bot.commands.queries import (
    MONTH_TO_DATE,
    Cut,
    SpendQuery,
    UsageQuery,
    canonical,
)
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import (
    DAY,
    CalendarUnit,
    Dates,
    Span,
    Unit,
    day_words,
    step,
)
from zenmux_bot.errors import (
    AmbiguousName,
    ApiError,
    BadInput,
    NoData,
    RequestRefused,
    UnknownName,
    Unreachable,
)
from zenmux_bot.render.limits import CHART_COLOURS
from zenmux_bot.zenmux.freshness import FOREVER
from zenmux_bot.zenmux.models import (
    Answer,
    Cost,
    HostAnalysis,
    HostCost,
    HostUsage,
    OwnRow,
    Usage,
)
from zenmux_bot.zenmux.requests import (
    BILLED,
    COVERED,
    CostRequest,
    HostCostRequest,
    HostUsageRequest,
    UsageRequest,
)

MAX_HOST_REQUESTS = 31
"""Figures by host have no days, so a range is fetched day by day."""

MAX_LISTED = 10
"""Models or keys that are offered instead of an unknown one."""

Query = SpendQuery | UsageQuery
_Filters = dict[str, Any]


@dataclass(slots=True)
class _Rows:
    """The rows of some months, by cut, and their answers."""

    rows: dict[Cut, list[OwnRow]] = field(
        default_factory=lambda: {cut: [] for cut in NAMES}
    )
    answers: list[Answer[Any]] = field(default_factory=list)
    empty: list[date] = field(default_factory=list)
    tokens: Sum = NOTHING

    def of(self, cut: Cut, span: Span) -> list[OwnRow]:
        """Return the rows of some days."""
        return within(self.rows[cut], span)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no figure in any of the months."""
        return len(self.empty) == len(self.answers)


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures that answer one question."""

    now: _Rows
    covered: _Rows | None
    before: _Rows | None

    @property
    def answers(self) -> list[Answer[Any]]:
        return [
            answer
            for rows in (self.now, self.covered, self.before)
            if rows is not None
            for answer in rows.answers
        ]

    def cuts(self, cut: Cut, days: OwnDays) -> Cuts:
        before = days.comparison.span
        return Cuts(
            now=self.now.of(cut, days.span),
            covered=None if self.covered is None else self.covered.of(cut, days.span),
            before=None
            if self.before is None or before is None
            else self.before.of(cut, before),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One question with its names and days resolved.

    Attributes:
        context: Fetches the figures.
        query: What is asked, with slug and id in place of names.
        metric: What is counted.
        days: The days in question.
        filters: The model and the key in question, as ZenMux takes them.
        labels: Display names of models, by slug.
    """

    context: FetchContext
    query: Query
    metric: Metric
    days: OwnDays
    filters: _Filters
    labels: Mapping[str, str]

    @property
    def figure(self) -> Figure:
        """Return what reads the figure of a row."""
        return amount_of if self.metric is Metric.COST else tokens_of

    @property
    def named(self) -> Mapping[str, str]:
        """Return the names of models and keys."""
        return {**self.labels, **self.context.key_names}

    def view(self, answers: Sequence[Answer[Any]], **fields: Any) -> SpendView:
        """Return the view of answers, with ``fields`` on top of the common ones."""
        query, days, named = self.query, self.days, self.named
        common: dict[str, Any] = {
            "command": canonical(query),
            "metric": self.metric,
            "cut": query.by,
            "span": days.span,
            "running": days.running,
            "complete": days.complete,
            "comparison": days.comparison,
            "model": "" if query.model is None else named.get(query.model, query.model),
            "key": "" if query.key is None else named.get(query.key, query.key),
            "as_of": as_of(answers),
            "stale": any(answer.stale for answer in answers),
            "notes": days.notes,
        }
        return SpendView(**(common | fields))


def as_of(answers: Sequence[Answer[Any]]) -> datetime:
    """Return the age of the oldest figures that can still change.

    A closed month was fetched once, perhaps long ago, and is still up to date.
    """
    changing = [a.fetched_at for a in answers if a.good_until != FOREVER]
    return min(changing or [answer.fetched_at for answer in answers])


async def fetch_spend(context: FetchContext, query: SpendQuery) -> SpendView:
    """Return what the own account was billed, and what its plan covered."""
    return await _fetch(context, query, Metric.COST)


async def fetch_usage(context: FetchContext, query: UsageQuery) -> SpendView:
    """Return the tokens and requests of the own account."""
    return await _fetch(context, query, Metric.TOKENS)


async def _fetch(context: FetchContext, query: Query, metric: Metric) -> SpendView:
    today = context.clock.now().date()
    view = await _fetch_up_to(today, context, query, metric)
    known = view.as_of.date()
    if not view.stale or view.running is None or known == today:
        return view
    # A copy of an earlier day has no figures of the days since.
    try:
        return await _fetch_up_to(known, context, query, metric)
    except BadInput:
        raise Unreachable(f"Figures are saved up to {day_words(known)}") from None


async def _fetch_up_to(
    today: date, context: FetchContext, query: Query, metric: Metric
) -> SpendView:
    if query.by is Cut.HOUR and query.period == MONTH_TO_DATE:
        query = replace(query, period=Dates(today, today))
    days = resolve_own(query.period, query.versus, today)
    if query.by in (Cut.HOUR, Cut.HOST):
        days = days.uncompared("")
    asked = _Question(
        context=context,
        query=query,
        metric=metric,
        days=days,
        filters={},
        labels={},
    )
    labels, figures = await asyncio.gather(
        _model_labels(context), _fetch_figures(asked)
    )
    if query.model is not None or query.key is not None:
        _expect_figures(figures, days)
    asked = _with_filters(replace(asked, labels=labels), figures)
    query = asked.query
    if query.by is Cut.HOST or (query.model is not None and query.by is Cut.MODEL):
        return await _fetch_hosts(replace(asked, query=replace(query, by=Cut.HOST)))
    if query.by is Cut.HOUR:
        return await _fetch_hours(asked)
    if asked.filters:
        try:
            figures = await _fetch_figures(asked)
        except RequestRefused as error:
            figures = _cut_to_key(figures, query, error)
    return await _compare(asked, figures)


async def _compare(asked: _Question, figures: _Figures) -> SpendView:
    """Return figures compared with those of the days before."""
    _expect_figures(figures, asked.days)
    before = asked.days.comparison.span
    is_empty = figures.before is not None and figures.before.is_empty
    if before is not None and is_empty:
        reason = f"ZenMux has no figures for {before.in_words()} to compare with."
        asked = replace(asked, days=asked.days.uncompared(reason))
        figures = replace(figures, before=None)
    query, days, figure = asked.query, asked.days, asked.figure
    # Rows of a deleted key have no models.
    cut = query.by if query.by in NAMES else _fullest(figures.now)
    rows, others, total = rank(
        figures.cuts(cut, days),
        cut,
        figure,
        complete=days.complete,
        top=query.top,
        labels=_type_labels(figures.now) if cut is Cut.TYPE else asked.named,
    )
    first = [row.id for row in rows[:CHART_COLOURS]]
    if query.by is Cut.DAY:
        rows, others = _by_day(figures, cut, days, figure), None
    return asked.view(
        figures.answers,
        rows=rows,
        others=others,
        total=total,
        buckets=_buckets(figures.now.of(cut, days.span), cut, days.span, figure, first),
        driver=find_driver(
            figures.cuts(Cut.KEY, days),
            figures.cuts(Cut.MODEL, days),
            figure,
            complete=days.complete,
            labels=asked.named,
        ),
        notes=(*days.notes, *_empty_months(figures)),
        **_averages(asked, total, await _fetch_tokens(asked, figures.now)),
    )


def _averages(
    asked: _Question, total: SpendRow, tokens: Sum | None
) -> dict[str, Decimal | None]:
    if asked.metric is not Metric.COST:
        return {}
    return {
        "per_request": _per(total.value, total.requests),
        "per_million": _per(total.value, tokens, times=1_000_000),
    }


# Requests -----------------------------------------------------------------------


async def _fetch_figures(asked: _Question) -> _Figures:
    """Fetch the months of a question and of its comparison in parallel."""
    days, is_money = asked.days, asked.metric is Metric.COST
    before = days.comparison.span
    wanted = [_fetch_rows(asked, days.span, covered=False)]
    if is_money:
        wanted.append(_fetch_rows(asked, days.span, covered=True))
    if before is not None:
        wanted.append(_fetch_rows(asked, before, covered=False))
    found = list(await asyncio.gather(*wanted))
    return _Figures(
        now=found.pop(0),
        covered=found.pop(0) if is_money else None,
        before=found.pop(0) if before is not None else None,
    )


async def _fetch_rows(asked: _Question, span: Span, *, covered: bool) -> _Rows:
    months = months_of(span)
    if asked.metric is Metric.TOKENS:
        requests: list[Any] = [
            UsageRequest.month(each, **asked.filters) for each in months
        ]
    else:
        bill_types = COVERED if covered else BILLED
        requests = [
            CostRequest.month(each, bill_types=bill_types, **asked.filters)
            for each in months
        ]
    answers = await asyncio.gather(*map(asked.context.fetch, requests))
    return _joined(months, answers)


def _joined(months: Sequence[date], answers: Sequence[Answer[Any]]) -> _Rows:
    rows = _Rows(answers=list(answers))
    counts: list[Decimal | None] = []
    for month, answer in zip(months, answers, strict=True):
        data: Cost | Usage = answer.data
        found = data.analysis if isinstance(data, Cost) else data
        for cut, more in (
            (Cut.MODEL, found.by_model),
            (Cut.KEY, found.by_key),
            (Cut.TYPE, found.by_type),
        ):
            rows.rows[cut].extend(more)
        if isinstance(data, Cost):
            counts.append(data.summary.total_tokens)
        if not any((found.by_model, found.by_key, found.by_type)):
            rows.empty.append(month)
            counts.append(Decimal())
    rows.tokens = sum_of(counts)
    return rows


def months_of(span: Span) -> list[date]:
    """Return the first days of the months of some days."""
    months = [span.start.replace(day=1)]
    while (following := step(Unit.MONTH, months[-1], 1)) <= span.end:
        months.append(following)
    return months


async def _model_labels(context: FetchContext) -> Mapping[str, str]:
    """Return the names of models; none if they cannot be loaded."""
    try:
        return (await known_models(context)).labels
    except ApiError:
        return {}


async def _fetch_tokens(asked: _Question, rows: _Rows) -> Sum | None:
    """Return the tokens that were billed, if that takes few requests."""
    if asked.metric is not Metric.COST:
        return None
    months = months_of(asked.days.span)
    if _is_whole_months(asked.days):
        return rows.tokens
    if len(months) > 2:  # noqa: PLR2004 - not worth a request for each of many months
        return None
    requests = [
        UsageRequest.month(each, bill_types=BILLED, **asked.filters) for each in months
    ]
    try:
        answers = await asyncio.gather(*map(asked.context.fetch, requests))
    except ApiError:
        return None
    used = _joined(months, answers).of(Cut.MODEL, asked.days.span)
    return sum_of(map(tokens_of, used))


def _is_whole_months(days: OwnDays) -> bool:
    """Tell whether the days are whole months, so that their sums apply."""
    span = days.span
    last = step(Unit.MONTH, months_of(span)[-1], 1) - DAY
    return span.start.day == 1 and (span.end == last or days.running is not None)


# Names ------------------------------------------------------------------------


def _with_filters(asked: _Question, figures: _Figures) -> _Question:
    """Return a question with slug and id for names, and the filters for them.

    Raises:
        UnknownName: There is no such model or key among the figures.
        AmbiguousName: There are several.
    """
    query, labels, keys = asked.query, asked.labels, asked.context.key_names
    filters: _Filters = {}
    if query.model is not None:
        used = _used(figures, Cut.MODEL)
        slug = _find(query, "model", query.model, {s: labels.get(s, s) for s in used})
        query, filters["models"] = replace(query, model=slug), (slug,)
    if query.key is not None:
        used = {*_used(figures, Cut.KEY), *keys}
        key = _find(query, "key", query.key, {s: keys.get(s, s) for s in used})
        query, filters["keys"] = replace(query, key=key), (key,)
    return replace(asked, query=query, filters=filters)


def _used(figures: _Figures, cut: Cut) -> set[str]:
    sources = (figures.now, figures.covered, figures.before)
    rows = (row for source in sources if source for row in source.rows[cut])
    return {name for row in rows if (name := NAMES[cut](row))}


def _find(query: Query, what: str, name: str, labels: Mapping[str, str]) -> str:
    try:
        return names.find(name.lower(), labels, what=what)
    except (UnknownName, AmbiguousName) as error:
        problem, allowed, slugs = error.problem, error.allowed, error.suggestions
        if isinstance(error, UnknownName):
            known = sorted(labels, key=lambda slug: labels[slug].lower())
            slugs = slugs or tuple(known[:MAX_OFFERED])
            used = ", ".join(labels[slug] for slug in known[:MAX_LISTED])
            allowed = (
                f"{what.capitalize()}s used in these months: {used}." if used else ""
            )
        suggestions = tuple(canonical(_naming(query, what, each)) for each in slugs)
        raise type(error)(problem, allowed=allowed, suggestions=suggestions) from None


def _naming(query: Query, what: str, name: str) -> Query:
    if what == "model":
        return replace(query, model=name)
    return replace(query, key=name)


def _cut_to_key(figures: _Figures, query: Query, error: RequestRefused) -> _Figures:
    """Return the figures by day of a key that no longer exists.

    Raises:
        BadInput: Something else is asked.
        RequestRefused: It was refused for another reason.
    """
    if query.key is None:
        raise error
    if query.model is not None or query.by not in (Cut.DAY, Cut.KEY):
        raise BadInput(
            f"ZenMux no longer knows the key {query.key}.",
            allowed="Its past use is available by day.",
            suggestions=(canonical(replace(query, by=Cut.DAY, model=None)),),
        )

    def cut(rows: _Rows | None) -> _Rows | None:
        if rows is None:
            return None
        mine = [r for r in rows.rows[Cut.KEY] if r.api_key_id == query.key]
        kept = {**{each: [] for each in NAMES}, Cut.KEY: mine}
        return _Rows(kept, rows.answers, rows.empty, Sum(is_exact=False))

    now = cut(figures.now)
    assert now is not None  # noqa: S101 - it was there
    return _Figures(now, cut(figures.covered), cut(figures.before))


# Views --------------------------------------------------------------------


def _per(value: Sum, count: Sum | None, *, times: int = 1) -> Decimal | None:
    if count is None or not count.value or value.value is None:
        return None
    return value.value * times / count.value


def _fullest(rows: _Rows) -> Cut:
    return Cut.MODEL if rows.rows[Cut.MODEL] or not rows.rows[Cut.KEY] else Cut.KEY


def _type_labels(rows: _Rows) -> dict[str, str]:
    types = {row.token_type or "" for row in rows.rows[Cut.TYPE]}
    return {each: each.replace("_", " ").capitalize() for each in types}


def _expect_figures(figures: _Figures, days: OwnDays) -> None:
    sources = [rows for rows in (figures.now, figures.covered) if rows is not None]
    if all(rows.is_empty for rows in sources):
        raise NoData(
            f"ZenMux has no figures for your own account for {days.span.in_words()}."
        )


def _empty_months(figures: _Figures) -> list[str]:
    if not figures.now.empty or figures.now.is_empty:
        return []
    months = ", ".join(
        str(CalendarUnit(Unit.MONTH, each)) for each in figures.now.empty
    )
    return [f"ZenMux has no figures for {months}."]


def _by_day(
    figures: _Figures, cut: Cut, days: OwnDays, figure: Figure
) -> tuple[SpendRow, ...]:
    """Return a row for each day, including days without use."""

    def name(row: OwnRow) -> str:
        return day_of(row).isoformat()

    now = figures.now.of(cut, days.span)
    values, requests = grouped(now, name, figure), requests_by(now, name)
    covered = None
    if figures.covered is not None:
        covered = grouped(figures.covered.of(cut, days.span), name, figure)
    whole = sum(values.values(), NOTHING)
    return tuple(
        SpendRow(
            id=day.isoformat(),
            label=day.isoformat(),
            value=(value := values.get(day.isoformat(), NOTHING)),
            covered=None if covered is None else covered.get(day.isoformat(), NOTHING),
            requests=requests.get(day.isoformat(), NOTHING),
            share=_part(value, whole),
            running=day == days.running,
        )
        for day in (days.span.start + DAY * n for n in range(days.span.days))
    )


def _part(value: Sum, whole: Sum) -> Decimal | None:
    return value.low / whole.low if value.is_exact and whole.value else None


def _buckets(
    rows: Sequence[OwnRow], cut: Cut, span: Span, figure: Figure, first: Sequence[str]
) -> tuple[SpendBucket, ...]:
    by_day: dict[date, list[OwnRow]] = {
        span.start + DAY * n: [] for n in range(span.days)
    }
    for row in rows:
        by_day[day_of(row)].append(row)
    buckets = []
    for day, mine in by_day.items():
        values = grouped(mine, NAMES[cut], figure)
        buckets.append(
            SpendBucket(
                datetime(day.year, day.month, day.day, tzinfo=UTC),
                sum(values.values(), NOTHING),
                {each: values.get(each, NOTHING) for each in first},
            )
        )
    return tuple(buckets)


# Hours of a day ----------------------------------------------------------------------


async def _fetch_hours(asked: _Question) -> SpendView:
    context, days, figure = asked.context, asked.days, asked.figure
    day = days.span.start
    wanted: list[Any] = [UsageRequest.day(day, **asked.filters)]
    if asked.metric is Metric.COST:
        wanted = [
            CostRequest.day(day, bill_types=types, **asked.filters)
            for types in (BILLED, COVERED)
        ]
    answers = await asyncio.gather(*map(context.fetch, wanted))
    now, *more = (_joined([day], [answer]) for answer in answers)
    figures = _Figures(now, more[0] if more else None, None)
    _expect_figures(figures, days)
    cut = _fullest(now)
    total = rank(figures.cuts(cut, days), cut, figure, complete=None, top=1, labels={})[
        2
    ]
    rows = _by_hour(figures, cut, days, figure, as_of(answers))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return asked.view(
        answers,
        rows=rows,
        total=total,
        buckets=tuple(
            SpendBucket(start + timedelta(hours=int(row.id)), row.value) for row in rows
        ),
        **_averages(asked, total, now.tokens),
    )


def _by_hour(
    figures: _Figures, cut: Cut, days: OwnDays, figure: Figure, moment: datetime
) -> tuple[SpendRow, ...]:
    """Return a row for each hour that had begun by then."""

    def name(row: OwnRow) -> str:
        return row.biz_time[8:10]

    now = figures.now.rows[cut]
    values, requests = grouped(now, name, figure), requests_by(now, name)
    covered = None
    if figures.covered is not None:
        covered = grouped(figures.covered.rows[cut], name, figure)
    whole = sum(values.values(), NOTHING)
    return tuple(
        SpendRow(
            id=(key := f"{hour:02}"),
            label=f"{key}:00",
            value=(value := values.get(key, NOTHING)),
            covered=None if covered is None else covered.get(key, NOTHING),
            requests=requests.get(key, NOTHING),
            share=_part(value, whole),
            running=days.running is not None and hour == moment.hour,
        )
        for hour in range(moment.hour + 1 if days.running else 24)
    )


# Hosts of a model --------------------------------------------------------------------


async def _fetch_hosts(asked: _Question) -> SpendView:
    """Return the hosts of one model: what they served, and how well."""
    query, days = asked.query, asked.days
    kind: Any = HostUsageRequest
    more: _Filters = {}
    if asked.metric is Metric.COST:
        kind, more = HostCostRequest, {"bill_types": BILLED}
    requests = [
        make(each, **asked.filters, **more)
        for make, each in _parts(query, days, kind.month, kind.day)
    ]
    answers = await asyncio.gather(*map(asked.context.fetch, requests))
    analyses = [_hosts_of(answer.data) for answer in answers]
    hosts = [host for each in analyses for host in each.hosts]
    if not hosts:
        raise NoData(
            f"ZenMux has no hosts of {query.model} for {days.span.in_words()}."
        )
    rows = _host_rows(hosts, asked.metric, alone=len(analyses) == 1)
    # ZenMux may give the sum without all of its parts.
    sums = [
        answer.data.summary.total_cost
        for answer in answers
        if isinstance(answer.data, HostCost)
    ]
    known = sum_of(sums) if sums else NOTHING
    value = sum((row.value for row in rows), NOTHING)
    total = SpendRow(
        id="",
        label="Total",
        value=known if sums and known.is_exact else value,
        requests=sum((row.requests or NOTHING for row in rows), NOTHING),
    )
    return asked.view(
        answers,
        rows=rows[: query.top],
        total=total,
        uptime=analyses[0].uptime if len(analyses) == 1 else None,
    )


def _hosts_of(data: Any) -> HostAnalysis:
    return data if isinstance(data, HostAnalysis) else data.analysis


def _parts(query: Query, days: OwnDays, month: Any, day: Any) -> list[tuple[Any, date]]:
    """Return the months, or else the days, to fetch hosts for.

    Raises:
        BadInput: There are too many days that make no whole months.
    """
    span, months = days.span, months_of(days.span)
    if _is_whole_months(days):
        return [(month, each) for each in months]
    if span.days > MAX_HOST_REQUESTS:
        raise BadInput(
            f"{query.period} is not made of whole months.",
            allowed=f"Hosts are shown for months, or for {MAX_HOST_REQUESTS} days at "
            "most.",
            suggestions=(
                canonical(replace(query, period=MONTH_TO_DATE)),
                canonical(replace(query, period=CalendarUnit(Unit.MONTH, months[-1]))),
            ),
        )
    return [(day, span.start + DAY * n) for n in range(span.days)]


def _host_rows(
    hosts: Iterable[HostUsage], metric: Metric, *, alone: bool
) -> tuple[SpendRow, ...]:
    found: dict[str, list[HostUsage]] = {}
    for host in hosts:
        found.setdefault(host.endpoint_slug, []).append(host)
    figures = {
        slug: sum_of(
            each.bill_amount if metric is Metric.COST else each.tokens for each in mine
        )
        for slug, mine in found.items()
    }
    tokens = {
        slug: sum_of(each.tokens for each in mine) for slug, mine in found.items()
    }
    whole = sum(tokens.values(), NOTHING)
    rows = [
        SpendRow(
            id=slug,
            label=slug,
            value=figures[slug],
            requests=sum_of(each.request_counts for each in mine),
            share=_part(tokens[slug], whole),
            # Medians of several parts cannot be joined.
            latency=mine[0].median_latency if alone else None,
        )
        for slug, mine in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: -tokens[row.id].low))
