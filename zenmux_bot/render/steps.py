"""What to ask next: the buttons and menus below an answer with figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, TypeVar

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands.queries import (
    LeaderboardQuery,
    ModelQuery,
    Request,
    ShareQuery,
    Show,
    TrendingQuery,
    TrendQuery,
    WhyQuery,
)
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    CalendarUnit,
    Dates,
    Last,
    Period,
    Span,
    ToDate,
    Unit,
    Versus,
)
from zenmux_bot.core.windows import BadPeriod, resolve
from zenmux_bot.render import days
from zenmux_bot.render.report import (
    Button,
    Choice,
    Menu,
    ask,
    buttons,
    choice,
)

Compared = LeaderboardQuery | ShareQuery | WhyQuery
"""Queries about the days of a period beside those of another."""

Dated = Compared | TrendQuery | ModelQuery
"""Queries about a metric in a period."""

Asked = Dated | TrendingQuery
"""Queries about a metric."""

Q = TypeVar("Q", LeaderboardQuery, ShareQuery, WhyQuery, TrendQuery, TrendingQuery)

_LADDER: tuple[tuple[str, Period], ...] = (
    ("Week to date", ToDate(Unit.WEEK)),
    ("Month to date", ToDate(Unit.MONTH)),
    ("Last 7 days", Last(7, Unit.DAY)),
    ("Last complete week", Last(1, Unit.WEEK)),
    ("Last 4 weeks", Last(4, Unit.WEEK)),
    ("Last 8 weeks", Last(8, Unit.WEEK)),
    ("Last complete month", Last(1, Unit.MONTH)),
    ("Last 3 months", Last(3, Unit.MONTH)),
)
_EARLIER = (
    ("4 weeks earlier", timedelta(weeks=4)),
    # a whole number of weeks, so that weekdays meet weekdays
    ("52 weeks earlier", timedelta(weeks=52)),
)


@dataclass(frozen=True, slots=True)
class Steps:
    """What stands below an answer."""

    buttons: tuple[Button, ...]
    menus: tuple[Menu, ...]


def steps(
    request: Request, query: Asked, basis: AnswerContext, *more: Button, has_chart: bool
) -> Steps:
    """Return what to ask next.

    Args:
        request: What was asked.
        query: The same without how it was wanted.
        basis: What the answer rests on.
        more: Buttons of this kind of answer alone.
        has_chart: It can be drawn as a chart.
    """
    request = replace(request, csv=False)
    other = Metric.COST if query.metric is Metric.TOKENS else Metric.TOKENS
    offered = [
        ask(request, "metric", f"By {other}", replace(query, metric=other)),
        *more,
    ]
    if has_chart:
        show = Show.TABLE if request.show is Show.CHART else Show.CHART
        turned = replace(request, show=show)
        offered.append(ask(turned, "show", show.capitalize(), query))
    offered.append(ask(replace(request, csv=True), "csv", "CSV", query))
    return Steps(
        buttons=buttons(request, *offered),
        menus=tuple(_menus(request, query, basis)),
    )


def _menus(request: Request, query: Asked, basis: AnswerContext) -> Iterator[Menu]:
    """Yield the menus of a query that names its period."""
    if isinstance(query, TrendingQuery):
        return
    yield Menu(
        label="Another period",
        action="ask:period",
        choices=tuple(_periods(request, query, basis)),
    )
    if isinstance(query, Compared):
        yield Menu(
            label="Compare with …",
            action="ask:versus",
            choices=tuple(_comparisons(request, query, basis)),
        )


def models_menu(request: Request, models: Iterable[tuple[str, str]]) -> Menu:
    """Return a menu that leads to one of the models shown.

    Args:
        request: What was asked; its metric holds.
        models: Slugs and display names.
    """
    metric = getattr(request.query, "metric", Metric.TOKENS)
    plain = replace(request, csv=False, show=None)
    return Menu(
        label="Look at a model …",
        action="ask:model",
        choices=tuple(
            choice(plain, label, ModelQuery(model=slug.lower(), metric=metric))
            for slug, label in models
        ),
    )


def turned(query: Asked, kind: type[Q]) -> Q:
    """Return another question about the same days, and what else they share."""
    names = {field.name for field in fields(kind)}
    shared = names & {field.name for field in fields(query)}
    same: dict[str, Any] = {name: getattr(query, name) for name in shared}
    if isinstance(query, WhyQuery) and "providers" in names:
        same["providers"] = () if query.provider is None else (query.provider,)
    elif kind is WhyQuery:
        same["provider"] = next(iter(getattr(query, "providers", ())), None)
    return kind(**same)


def _periods(request: Request, query: Dated, basis: AnswerContext) -> Iterator[Choice]:
    """Yield the period before, the running ones, and shorter and longer ones."""
    if isinstance(query, Compared):
        before = basis.comparison.span
        if before is not None and query.versus is Versus.PREVIOUS:
            label = f"The period before ({days.span(before)})"
            earlier = replace(query, period=_named(before, basis))
            yield choice(request, label, earlier)
        if query.versus is not Versus.NONE:
            # Another period has another period before it.
            query = replace(query, versus=Versus.PREVIOUS)
    for label, period in _LADDER:
        if period != query.period and _has_data(period, basis):
            yield choice(request, label, replace(query, period=period))


def _comparisons(
    request: Request, query: Compared, basis: AnswerContext
) -> Iterator[Choice]:
    """Yield what else the same days can be compared with."""
    if query.versus is not Versus.PREVIOUS:
        yield choice(
            request, "The period before", replace(query, versus=Versus.PREVIOUS)
        )
    for label, distance in _EARLIER:
        start, end = basis.span.start - distance, basis.span.end - distance
        versus = Dates(start, end)
        if start >= FLOOR and end < basis.span.start and versus != query.versus:
            yield choice(request, label, replace(query, versus=versus))
    if query.versus is not Versus.NONE and not isinstance(query, WhyQuery):
        yield choice(request, "Nothing", replace(query, versus=Versus.NONE))


def _named(span: Span, basis: AnswerContext) -> Period:
    """Return a span by the name of its week or month, if it is a whole one."""
    window = basis.window
    if window.unit is not None and window.count == 1 and not window.partial:
        return CalendarUnit(window.unit, span.start)
    return Dates(span.start, span.end)


def _has_data(period: Period, basis: AnswerContext) -> bool:
    """Tell whether a period has begun: there is no week to date on a Monday."""
    try:
        resolve(period, basis.data_through + DAY)
    except BadPeriod:
        return False
    return True
