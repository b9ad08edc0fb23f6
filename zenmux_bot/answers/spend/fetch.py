"""Asks ZenMux for own spend and usage: whole months, cut to the days of the question.

Billed and covered amounts are asked for apart, since a sum of both is not what anyone
pays. The groupings of one answer are cuts of the same sum.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from zenmux_bot.answers.fetching import FetchContext, known_models
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
    Comparison,
    Dates,
    Span,
    Unit,
    Versus,
    step,
)
from zenmux_bot.errors import (
    AmbiguousName,
    ApiError,
    BadInput,
    NoData,
    RequestRefused,
    UnknownName,
)
from zenmux_bot.zenmux.account_models import Cost, HostAnalysis, HostUsage, OwnRow, Usage
from zenmux_bot.zenmux.account_requests import (
    BILLED,
    COVERED,
    CostRequest,
    HostCostRequest,
    HostUsageRequest,
    UsageRequest,
)
from zenmux_bot.zenmux.models import Answer

CHARTED = 4
"""Slack draws four colours."""

MAX_HOST_REQUESTS = 31
"""Hosts come without days, so a range of days is asked for day by day."""

Query = SpendQuery | UsageQuery
_Q = TypeVar("_Q", SpendQuery, UsageQuery)
_Filters = dict[str, Any]


@dataclass(slots=True)
class _Rows:
    """The rows of some months, by cut, and what else their answers say."""

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
    """What one question is answered from."""

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


async def fetch_spend(context: FetchContext, query: SpendQuery) -> SpendView:
    """Return what the own account was billed, and what its plan covered."""
    return await _fetch(context, query, Metric.COST)


async def fetch_usage(context: FetchContext, query: UsageQuery) -> SpendView:
    """Return the tokens and requests of the own account."""
    return await _fetch(context, query, Metric.TOKENS)


async def _fetch(context: FetchContext, query: _Q, metric: Metric) -> SpendView:
    today = context.clock.now().date()
    query = _with_hours_of_one_day(query, today)
    days = resolve_own(query.period, query.versus, today)
    if query.by in (Cut.HOUR, Cut.HOST):
        days = days.uncompared("")
    labels = await _model_labels(context)
    keys = dict(context.key_names)
    figures = await _figures(context, metric, days, {})
    query, filters = _name_filters(query, figures, labels, keys)
    if query.by is Cut.HOST or (query.model and query.by is Cut.MODEL):
        return await _fetch_hosts(context, query, metric, days, filters, labels)
    if query.by is Cut.HOUR:
        return await _fetch_hours(context, query, metric, days, filters, labels)
    if filters:
        try:
            figures = await _figures(context, metric, days, filters)
        except RequestRefused as error:
            figures = _cut_to_key(figures, query, error)
    return await _view(context, query, metric, days, figures, filters, labels, keys)


async def _view(
    context: FetchContext,
    query: Query,
    metric: Metric,
    days: OwnDays,
    figures: _Figures,
    filters: _Filters,
    labels: Mapping[str, str],
    keys: Mapping[str, str],
) -> SpendView:
    figure = _figure(metric)
    _expect_figures(figures, days)
    if figures.before is not None and figures.before.is_empty:
        days = days.uncompared(
            f"ZenMux has no figures for {days.comparison.span} to compare with."
        )
        figures = replace(figures, before=None)
    named = {**labels, **keys}
    # Rows that have a filtered key alone know nothing of models.
    cut = query.by if query.by in NAMES else _fullest(figures.now)
    rows, others, total = rank(
        figures.cuts(cut, days),
        cut,
        figure,
        complete=days.complete,
        top=query.top,
        labels=_type_labels(figures.now) if cut is Cut.TYPE else named,
    )
    first = [row.id for row in rows[:CHARTED]]
    if query.by is Cut.DAY:
        rows, others = _by_day(figures, cut, days, figure), None
    driver = find_driver(
        figures.cuts(Cut.KEY, days),
        figures.cuts(Cut.MODEL, days),
        figure,
        complete=days.complete,
        labels=named,
    )
    per_request = per_million = None
    if metric is Metric.COST:
        per_request = _per(total.value, total.requests)
        tokens = await _tokens(context, days, figures.now, filters)
        per_million = _per(total.value, tokens, times=1_000_000)
    return SpendView(
        command=canonical(query),
        metric=metric,
        cut=query.by,
        span=days.span,
        running=days.running,
        complete=days.complete,
        comparison=days.comparison,
        model=query.model or "",
        key="" if query.key is None else keys.get(query.key, query.key),
        rows=rows,
        others=others,
        total=total,
        buckets=_buckets(figures.now, cut, days.span, figure, first),
        driver=driver,
        per_request=per_request,
        per_million=per_million,
        as_of=min(answer.fetched_at for answer in figures.answers),
        stale=any(answer.stale for answer in figures.answers),
        notes=(*days.notes, *_empty_months(figures, days)),
    )


# What is asked -----------------------------------------------------------------------


async def _figures(
    context: FetchContext, metric: Metric, days: OwnDays, filters: _Filters
) -> _Figures:
    """Ask for the months of a question and of what it is compared with, side by side."""
    before = days.comparison.span
    wanted = [_rows(context, metric, days.span, filters, covered=False)]
    if metric is Metric.COST:
        wanted.append(_rows(context, metric, days.span, filters, covered=True))
    if before is not None:
        wanted.append(_rows(context, metric, before, filters, covered=False))
    found = list(await asyncio.gather(*wanted))
    return _Figures(
        now=found.pop(0),
        covered=found.pop(0) if metric is Metric.COST else None,
        before=found.pop(0) if before is not None else None,
    )


async def _rows(
    context: FetchContext,
    metric: Metric,
    span: Span,
    filters: _Filters,
    *,
    covered: bool,
) -> _Rows:
    months = months_of(span)
    if metric is Metric.TOKENS:
        requests: list[Any] = [UsageRequest.month(each, **filters) for each in months]
    else:
        bill_types = COVERED if covered else BILLED
        requests = [
            CostRequest.month(each, bill_types=bill_types, **filters)
            for each in months
        ]
    answers = await asyncio.gather(*map(context.fetch, requests))
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
    """Return the first days of the months that some days are in."""
    months = [span.start.replace(day=1)]
    while (following := step(Unit.MONTH, months[-1], 1)) <= span.end:
        months.append(following)
    return months


async def _model_labels(context: FetchContext) -> Mapping[str, str]:
    """Return what models are called; without them their slugs serve."""
    try:
        return (await known_models(context)).labels
    except ApiError:
        return {}


async def _tokens(
    context: FetchContext, days: OwnDays, rows: _Rows, filters: _Filters
) -> Sum | None:
    """Return the tokens that were billed, where one request or none tells them."""
    months = months_of(days.span)
    last = step(Unit.MONTH, months[-1], 1) - DAY
    if days.span.start == months[0] and (days.span.end == last or days.running):
        return rows.tokens
    if len(months) > 2:  # noqa: PLR2004 - not worth a request for each of many months
        return None
    try:
        answers = await asyncio.gather(
            *(
                context.fetch(UsageRequest.month(each, bill_types=BILLED, **filters))
                for each in months
            )
        )
    except ApiError:
        return None
    usage = _joined(months, answers)
    return sum_of(map(tokens_of, usage.of(Cut.MODEL, days.span)))


# Who is meant ------------------------------------------------------------------------


def _name_filters(
    query: _Q, figures: _Figures, labels: Mapping[str, str], keys: Mapping[str, str]
) -> tuple[_Q, _Filters]:
    """Return the query with slug and id for names, and the filters that they make.

    Raises:
        UnknownName: There is no such model or key among the figures.
        AmbiguousName: There are several.
    """
    filters: _Filters = {}
    if query.model is not None:
        used = _used(figures, Cut.MODEL)
        slug = _find(query, "model", query.model, {s: labels.get(s, s) for s in used})
        query, filters["models"] = replace(query, model=slug), (slug,)
    if query.key is not None:
        used = {*_used(figures, Cut.KEY), *keys}
        key = _find(query, "key", query.key, {s: keys.get(s, s) for s in used})
        query, filters["keys"] = replace(query, key=key), (key,)
    if query.by is Cut.HOST and query.model is None:
        raise BadInput(
            "Hosts are shown for one model.",
            allowed="Name it, such as “spend model gpt-5.4 by host”.",
            suggestions=tuple(
                canonical(replace(query, model=slug))
                for slug in _largest(figures, Cut.MODEL)
            ),
        )
    return query, filters


def _used(figures: _Figures, cut: Cut) -> set[str]:
    sources = (figures.now, figures.covered, figures.before)
    rows = (row for source in sources if source for row in source.rows[cut])
    return {name for row in rows if (name := NAMES[cut](row))}


def _largest(figures: _Figures, cut: Cut) -> list[str]:
    sums = grouped(figures.now.rows[cut], NAMES[cut], amount_of)
    return sorted(sums, key=lambda name: -sums[name].low)[:3]


def _find(query: Query, what: str, name: str, labels: Mapping[str, str]) -> str:
    try:
        return names.find(name.lower(), labels, what=what)
    except (UnknownName, AmbiguousName) as error:
        suggestions = tuple(
            canonical(replace(query, **{what: each})) for each in error.suggestions
        )
        raise type(error)(
            error.problem, allowed=error.allowed, suggestions=suggestions
        ) from None


def _cut_to_key(figures: _Figures, query: Query, error: RequestRefused) -> _Figures:
    """Return what is known of a key that no longer exists: its days.

    Raises:
        BadInput: Something else is asked.
        RequestRefused: It was refused for another reason.
    """
    if query.key is None:
        raise error
    if query.model is not None or query.by not in (Cut.DAY, Cut.KEY):
        raise BadInput(
            f"ZenMux no longer knows the key {query.key}.",
            allowed="What it used before is kept by day.",
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


# What is computed --------------------------------------------------------------------


def _figure(metric: Metric) -> Figure:
    return amount_of if metric is Metric.COST else tokens_of


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
        raise NoData(f"ZenMux has no figures of your own account for {days.span}.")


def _empty_months(figures: _Figures, days: OwnDays) -> list[str]:
    if not figures.now.empty or figures.now.is_empty:
        return []
    months = ", ".join(str(CalendarUnit(Unit.MONTH, each)) for each in figures.now.empty)
    return [f"ZenMux has no figures for {months}."]


def _by_day(
    figures: _Figures, cut: Cut, days: OwnDays, figure: Figure
) -> tuple[SpendRow, ...]:
    """Return a row for each day, those without use included."""

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
    rows: _Rows, cut: Cut, span: Span, figure: Figure, first: Sequence[str]
) -> tuple[SpendBucket, ...]:
    by_day: dict[date, list[OwnRow]] = {
        span.start + DAY * n: [] for n in range(span.days)
    }
    for row in rows.of(cut, span):
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


def _with_hours_of_one_day(query: _Q, today: date) -> _Q:
    """Return the query with a day where hours are asked for and no day is named.

    Raises:
        BadInput: More than one day is named.
    """
    if query.by is not Cut.HOUR:
        return query
    if query.period == MONTH_TO_DATE:
        query = replace(query, period=Dates(today, today))
    span = resolve_own(query.period, Versus.NONE, today).span
    if span.days > 1:
        raise BadInput(
            f"{query.period} has {span.days} days; hours are shown for one.",
            suggestions=tuple(
                canonical(replace(query, period=Dates(day, day)))
                for day in (span.end, span.end - DAY)
            ),
        )
    return query


async def _fetch_hours(
    context: FetchContext,
    query: Query,
    metric: Metric,
    days: OwnDays,
    filters: _Filters,
    labels: Mapping[str, str],
) -> SpendView:
    del labels
    day, figure = days.span.start, _figure(metric)
    wanted: list[Any] = [UsageRequest.day(day, **filters)]
    if metric is Metric.COST:
        wanted = [
            CostRequest.day(day, bill_types=types, **filters)
            for types in (BILLED, COVERED)
        ]
    answers = await asyncio.gather(*map(context.fetch, wanted))
    now, *more = (_joined([day], [answer]) for answer in answers)
    figures = _Figures(now, more[0] if more else None, None)
    _expect_figures(figures, days)
    cut = _fullest(now)

    def name(row: OwnRow) -> str:
        return row.biz_time[8:10]

    values = grouped(now.rows[cut], name, figure)
    requests = requests_by(now.rows[cut], name)
    covered = grouped(more[0].rows[cut], name, figure) if more else None
    total = rank(
        figures.cuts(cut, days), cut, figure, complete=None, top=1, labels={}
    )[2]
    moment = context.clock.now()
    hours = range(moment.hour + 1 if days.running else 24)
    rows = tuple(
        SpendRow(
            id=(key := f"{hour:02}"),
            label=f"{key}:00",
            value=(value := values.get(key, NOTHING)),
            covered=None if covered is None else covered.get(key, NOTHING),
            requests=requests.get(key, NOTHING),
            share=_part(value, total.value),
            running=bool(days.running) and hour == moment.hour,
        )
        for hour in hours
    )
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return SpendView(
        command=canonical(query),
        metric=metric,
        cut=Cut.HOUR,
        span=days.span,
        running=days.running,
        complete=None,
        comparison=Comparison(None),
        model=query.model or "",
        key="" if query.key is None else context.key_names.get(query.key, query.key),
        rows=rows,
        total=total,
        buckets=tuple(
            SpendBucket(start + timedelta(hours=int(row.id)), row.value) for row in rows
        ),
        per_request=_per(total.value, total.requests) if metric is Metric.COST else None,
        per_million=_per(total.value, now.tokens, times=1_000_000)
        if metric is Metric.COST
        else None,
        as_of=min(answer.fetched_at for answer in answers),
        stale=any(answer.stale for answer in answers),
        notes=days.notes,
    )


# Hosts of a model --------------------------------------------------------------------


async def _fetch_hosts(
    context: FetchContext,
    query: Query,
    metric: Metric,
    days: OwnDays,
    filters: _Filters,
    labels: Mapping[str, str],
) -> SpendView:
    """Return the hosts of one model: what they served, and how well."""
    kind: Any = HostCostRequest if metric is Metric.COST else HostUsageRequest
    more = {"bill_types": BILLED} if metric is Metric.COST else {}
    requests = [
        make(each, **filters, **more)
        for make, each in _parts(query, days, kind.month, kind.day)
    ]
    answers = await asyncio.gather(*map(context.fetch, requests))
    analyses = [_hosts_of(answer.data) for answer in answers]
    hosts = [host for each in analyses for host in each.hosts]
    if not hosts:
        raise NoData(f"ZenMux has no hosts of {query.model} for {days.span}.")
    rows = _host_rows(hosts, metric, alone=len(analyses) == 1)
    total = SpendRow(
        id="",
        label="Total",
        value=sum((row.value for row in rows), NOTHING),
        requests=sum((row.requests or NOTHING for row in rows), NOTHING),
    )
    return SpendView(
        command=canonical(replace(query, by=Cut.HOST)),
        metric=metric,
        cut=Cut.HOST,
        span=days.span,
        running=days.running,
        complete=None,
        comparison=Comparison(None),
        model=labels.get(query.model or "", query.model or ""),
        key="" if query.key is None else context.key_names.get(query.key, query.key),
        rows=rows[: query.top],
        total=total,
        uptime=analyses[0].uptime if len(analyses) == 1 else None,
        as_of=min(answer.fetched_at for answer in answers),
        stale=any(answer.stale for answer in answers),
        notes=days.notes,
    )


def _hosts_of(data: Any) -> HostAnalysis:
    return data if isinstance(data, HostAnalysis) else data.analysis


def _parts(query: Query, days: OwnDays, month: Any, day: Any) -> list[tuple[Any, date]]:
    """Return the months, or else the days, that hosts are asked for.

    Raises:
        BadInput: There are too many days that make no whole months.
    """
    span, months = days.span, months_of(days.span)
    last = step(Unit.MONTH, months[-1], 1) - DAY
    if span.start == months[0] and (span.end == last or days.running is not None):
        return [(month, each) for each in months]
    if span.days > MAX_HOST_REQUESTS:
        raise BadInput(
            f"{query.period} is not made of whole months.",
            allowed=f"Hosts are shown for months, or for {MAX_HOST_REQUESTS} days at "
            "most.",
            suggestions=(
                canonical(replace(query, period=MONTH_TO_DATE)),
                canonical(
                    replace(query, period=CalendarUnit(Unit.MONTH, months[-1]))
                ),
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
    tokens = {slug: sum_of(each.tokens for each in mine) for slug, mine in found.items()}
    whole = sum(tokens.values(), NOTHING)
    rows = [
        SpendRow(
            id=slug,
            label=slug,
            value=figures[slug],
            requests=sum_of(each.request_counts for each in mine),
            share=_part(tokens[slug], whole),
            # medians of several parts cannot be joined
            latency=mine[0].median_latency if alone else None,
        )
        for slug, mine in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: -tokens[row.id].low))
