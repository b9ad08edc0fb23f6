"""Performance: one request of at most thirty days."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from zenmux_bot.answers.fetching import Days, FetchContext, fetch_days
from zenmux_bot.answers.performance.view import PerformanceView, served_by
from zenmux_bot.commands.queries import PerformanceQuery, canonical
from zenmux_bot.core.measures import Measure
from zenmux_bot.core.periods import DAY, Dates, Last, Span, Unit, Versus
from zenmux_bot.errors import BadInput, NoData
from zenmux_bot.zenmux.models import Answer, CacheHit, Speed
from zenmux_bot.zenmux.requests import (
    MAX_PERFORMANCE_DAYS,
    CacheHitRequest,
    SpeedMetric,
    SpeedRequest,
)


async def fetch_performance(
    context: FetchContext, query: PerformanceQuery
) -> PerformanceView:
    """Return the best served models of a period."""
    fetch = partial(_fetch_days, query)
    return await fetch_days(context, query.period, Versus.NONE, fetch)


async def _fetch_days(
    query: PerformanceQuery, context: FetchContext, days: Days
) -> PerformanceView:
    span = days.window.span
    _check_length(query, span)
    answer = await _fetch(context, query.measure, span)
    models = served_by(answer.data, query.measure)
    if not models:
        raise NoData(f"ZenMux has no {query.measure} figures for {span.in_words()}.")
    return PerformanceView(
        command=canonical(query),
        measure=query.measure,
        span=span,
        data_through=days.newest,
        as_of=answer.fetched_at,
        stale=days.stale or answer.stale,
        notes=days.window.notes + days.notes,
        models=models,
        late=days.late,
    )


async def _fetch(
    context: FetchContext, measure: Measure, span: Span
) -> Answer[Speed] | Answer[CacheHit]:
    if measure is Measure.CACHE:
        return await context.fetch(CacheHitRequest(start=span.start, end=span.end))
    metric = SpeedMetric(measure.value)
    wanted = SpeedRequest(metric=metric, start=span.start, end=span.end)
    return await context.fetch(wanted)


def _check_length(query: PerformanceQuery, span: Span) -> None:
    """Refuse days of more than one request: medians of parts cannot be joined.

    Raises:
        BadInput: There are too many; the newest of them are suggested.
    """
    if span.days <= MAX_PERFORMANCE_DAYS:
        return
    newest = Dates(span.end - DAY * (MAX_PERFORMANCE_DAYS - 1), span.end)
    last = Last(MAX_PERFORMANCE_DAYS, Unit.DAY)
    raise BadInput(
        f"{query.period} is {span.days} days long.",
        allowed=f"ZenMux gives performance over {MAX_PERFORMANCE_DAYS} days at most, "
        "and medians of shorter periods cannot be joined.",
        suggestions=tuple(
            canonical(replace(query, period=period)) for period in (newest, last)
        ),
    )
