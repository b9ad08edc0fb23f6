"""Next steps: at most two buttons and one menu below an answer with figures.

Their commands name the days of the answer by date, so that old messages stay correct.
Only relative periods in the menu ("Last month") count from the day they are chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, TypeVar

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands.queries import (
    AppsQuery,
    LeaderboardQuery,
    ModelQuery,
    Request,
    ShareQuery,
    Show,
    SpendQuery,
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
    ToDate,
    Unit,
    Versus,
    Window,
)
from zenmux_bot.core.windows import BadPeriod, compare, ending, resolve
from zenmux_bot.render import limits
from zenmux_bot.render.report import (
    MORE,
    Button,
    Choice,
    Menu,
    ask,
    choice,
    share_button,
)

ComparedQuery = LeaderboardQuery | ShareQuery | WhyQuery
"""Queries that compare two periods."""

DatedQuery = ComparedQuery | TrendQuery | ModelQuery
"""Queries about a metric in a period."""

MetricQuery = DatedQuery | TrendingQuery
"""Queries about a metric."""

A = TypeVar("A", bound=MetricQuery | AppsQuery)
Q = TypeVar("Q", LeaderboardQuery, ShareQuery, WhyQuery, TrendQuery, TrendingQuery)

VIEW = "Show"
PERIOD = "Another period"
COMPARE = "Compare with"
MODEL = "One model"
TAKE = "Take it along"
FILES = "Download as CSV"

MAX_MODELS = 5
"""How many models are offered."""

_USUAL_PERIODS: tuple[tuple[str, Period], ...] = (
    ("Yesterday", Last(1, Unit.DAY)),
    ("Last 7 days", Last(7, Unit.DAY)),
    ("Last week", Last(1, Unit.WEEK)),
    ("Last 8 weeks", Last(8, Unit.WEEK)),
    ("This month so far", ToDate(Unit.MONTH)),
    ("Last month", Last(1, Unit.MONTH)),
    ("Last 3 months", Last(3, Unit.MONTH)),
)
_EARLIER = (
    ("4 weeks earlier", timedelta(weeks=4)),
    # A whole number of weeks compares the same weekdays.
    ("52 weeks earlier", timedelta(weeks=52)),
)


@dataclass(frozen=True, slots=True)
class Steps:
    """The buttons and menus below an answer."""

    buttons: tuple[Button, ...]
    menus: tuple[Menu, ...]


def steps(
    request: Request,
    query: MetricQuery,
    basis: AnswerContext,
    *more: Choice,
    has_chart: bool,
    models: Iterable[tuple[str, str]] = (),
) -> Steps:
    """Return the next steps of an answer.

    Args:
        request: The request.
        query: Its query.
        basis: The days and the metric of the answer.
        more: Choices of this kind of answer only.
        has_chart: The answer can be shown as a chart.
        models: Slugs and display names of models to offer.
    """
    pinned = pin(query, basis)
    request = replace(request, query=pinned, csv=False)
    other = Metric.COST if query.metric is Metric.TOKENS else Metric.TOKENS
    by_other = replace(pinned, metric=other)
    label = f"By {other}"
    choices = [*more]
    if query.metric is Metric.COST:
        first = own_spend(pinned)
        choices.insert(0, choice(request, label, by_other, VIEW))
    else:
        first = ask(request, "metric", label, by_other)
    if has_chart:
        show = Show.TABLE if request.show is Show.CHART else Show.CHART
        label = f"As a {show}"
        choices.append(choice(replace(request, show=show), label, pinned, VIEW))
    choices += _periods(request, query, basis)
    choices += _comparisons(request, pinned, basis)
    choices += _models(request, query, basis, models)
    choices.append(csv_choice(request, pinned))
    return below(request, choices, first)


def below(request: Request, choices: Iterable[Choice], *first: Button) -> Steps:
    """Return the buttons and the menu of an answer.

    Args:
        request: The request, which *Share to channel* repeats.
        choices: The lines of the menu.
        first: The buttons before *Share to channel*.
    """
    choices = list(choices)
    # A button holds a longer command than a menu.
    files = [
        Button(label=each.label, action="ask:csv", command=each.command)
        for each in choices
        if each.label == FILES and len(each.command) > limits.OPTION_VALUE
    ]
    buttons = (*first, *share_button(request), *files)
    return Steps(buttons, (more_menu(choices),))


def more_menu(choices: Iterable[Choice]) -> Menu:
    """Return the menu of everything without a button."""
    fitting = (each for each in choices if len(each.command) <= limits.OPTION_VALUE)
    return Menu(label=MORE, action="ask:more", choices=tuple(fitting))


def own_spend(query: MetricQuery | AppsQuery) -> Button:
    """Return the button from the platform's cost to the own account's."""
    period = getattr(query, "period", None)
    if isinstance(query, AppsQuery):
        period = ending(query.period, query.until)
    own = SpendQuery() if period is None else SpendQuery(period=period)
    return ask(Request(query=own), "own", "Our own spend", own)


def csv_choice(request: Request, query: Any) -> Choice:
    """Return the choice that sends the figures as files."""
    return choice(replace(request, csv=True), FILES, query, TAKE)


def pin(query: A, basis: AnswerContext) -> A:
    """Return a query with the days of its answer as dates."""
    if isinstance(query, TrendingQuery | AppsQuery):
        dated: Any = replace(query, until=basis.span.end)
        found: A = dated
        return found
    period = _absolute(basis.window)
    pinned: Any = replace(query, period=period)
    if isinstance(query, ComparedQuery) and query.versus is not Versus.NONE:
        pinned = replace(pinned, versus=_pinned_versus(period, query.versus, basis))
    same: A = pinned
    return same


def _absolute(window: Window) -> Period:
    """Return the days of a window as dates; a whole week or month by its name."""
    is_one = window.unit is not None and window.count == 1
    if is_one and not (window.partial or window.cut):
        assert window.unit is not None  # noqa: S101 - looked at above
        return CalendarUnit(window.unit, window.span.start)
    return Dates(window.span.start, window.span.end)


def _pinned_versus(
    period: Period, versus: Period | Versus, basis: AnswerContext
) -> Period | Versus:
    """Return the comparison in the shortest form that means the same days."""
    other = basis.comparison.span
    if other is None:
        return versus
    today = basis.data_through + DAY
    usual = compare(resolve(period, today), Versus.PREVIOUS, today)
    if usual.span == other:
        return Versus.PREVIOUS
    if isinstance(versus, CalendarUnit | Dates):
        return versus
    return Dates(other.start, other.end)


def converted(query: MetricQuery, kind: type[Q]) -> Q:
    """Return a query of another kind, with all fields that both have."""
    names = {field.name for field in fields(kind)}
    shared = names & {field.name for field in fields(query)}
    same: dict[str, Any] = {name: getattr(query, name) for name in shared}
    if isinstance(query, WhyQuery) and "providers" in names:
        same["providers"] = () if query.provider is None else (query.provider,)
    elif kind is WhyQuery:
        same["provider"] = next(iter(getattr(query, "providers", ())), None)
    return kind(**same)


def _periods(
    request: Request, query: MetricQuery, basis: AnswerContext
) -> Iterator[Choice]:
    """Yield the period before, and the usual periods."""
    if isinstance(query, TrendingQuery):
        return
    if isinstance(query, ComparedQuery):
        before = basis.comparison.span
        if before is not None and query.versus is Versus.PREVIOUS:
            window = replace(basis.window, span=before)
            earlier = replace(query, period=_absolute(window))
            yield choice(request, f"Before: {before.in_words()}", earlier, PERIOD)
        if query.versus is not Versus.NONE:
            # Another period is compared with the one before it.
            query = replace(query, versus=Versus.PREVIOUS)
    for label, period in _USUAL_PERIODS:
        if period != query.period and _has_data(period, basis):
            yield choice(request, label, replace(query, period=period), PERIOD)


def _comparisons(
    request: Request, query: MetricQuery, basis: AnswerContext
) -> Iterator[Choice]:
    """Yield other comparisons of the same days."""
    if not isinstance(query, ComparedQuery):
        return
    if query.versus is not Versus.PREVIOUS:
        usual = replace(query, versus=Versus.PREVIOUS)
        yield choice(request, "The period before", usual, COMPARE)
    for label, distance in _EARLIER:
        start, end = basis.span.start - distance, basis.span.end - distance
        versus = Dates(start, end)
        if start >= FLOOR and end < basis.span.start and versus != query.versus:
            yield choice(request, label, replace(query, versus=versus), COMPARE)
    if query.versus is not Versus.NONE and not isinstance(query, WhyQuery):
        yield choice(request, "Nothing", replace(query, versus=Versus.NONE), COMPARE)


def _models(
    request: Request,
    query: MetricQuery,
    basis: AnswerContext,
    models: Iterable[tuple[str, str]],
) -> Iterator[Choice]:
    """Yield the first models of the answer, over the same days."""
    plain = replace(request, show=None)
    period = _absolute(basis.window)
    for slug, label in list(models)[:MAX_MODELS]:
        model = ModelQuery(model=slug.lower(), metric=query.metric, period=period)
        yield choice(plain, label, model, MODEL)


def _has_data(period: Period, basis: AnswerContext) -> bool:
    """Tell whether a period has data: there is no week to date on a Monday."""
    try:
        resolve(period, basis.data_through + DAY)
    except BadPeriod:
        return False
    return True
