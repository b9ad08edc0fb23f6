"""A command in words, as buttons say it: ``Top models by cost, last month``."""

from __future__ import annotations

from datetime import date

from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import (
    TOP,
    AccountQuery,
    HelpQuery,
    LeaderboardQuery,
    ModelQuery,
    PerformanceQuery,
    Query,
    ShareQuery,
    SpendQuery,
    StatusQuery,
    TrendingQuery,
    TrendQuery,
    UsageQuery,
    WhyQuery,
)
from zenmux_bot.core.measures import Measure
from zenmux_bot.core.periods import (
    AllTime,
    CalendarUnit,
    Dates,
    Last,
    Period,
    Since,
    Span,
    ToDate,
    Unit,
    Versus,
    day_words,
)
from zenmux_bot.errors import BadInput
from zenmux_bot.render import days

_UNITS = {
    Unit.DAY: "day",
    Unit.WEEK: "week",
    Unit.MONTH: "month",
    Unit.QUARTER: "quarter",
    Unit.YEAR: "year",
}
_MEASURES = {
    Measure.THROUGHPUT: "throughput",
    Measure.TTFT: "time to first token",
    Measure.CACHE: "cache hits",
}


def in_words(command: str, today: date) -> str:
    """Return a command as a button says it; one that has no words as it is."""
    try:
        request = parse(command, today=today)
    except BadInput:
        return command
    words = _query(request.query)
    if words is None:
        return command
    extra = [str(request.show)] if request.show else []
    extra += ["CSV"] if request.csv else []
    return ", ".join([words, *extra])


def _query(query: Query) -> str | None:
    """Return what a query asks, None where its own words say it best."""
    match query:
        case TrendingQuery():
            return f"Trending models by {query.metric}, by {query.by.word}"
        case HelpQuery(topic=topic):
            return "Help" if topic is None else f"Help for {topic}"
        case AccountQuery() | StatusQuery():
            return query.name.capitalize()
        case SpendQuery(command=None) | UsageQuery():
            what = f"Our own {query.name}"
        case LeaderboardQuery() | ShareQuery() | WhyQuery() | TrendQuery():
            what = f"{_subject(query)} by {query.metric}"
        case ModelQuery():
            what = f"{query.model} by {query.metric}"
        case PerformanceQuery():
            what = f"Performance by {_MEASURES[query.measure]}"
        case _:
            return None
    return f"{what}, {period(query.period)}{_versus(query)}"


def _subject(query: LeaderboardQuery | ShareQuery | WhyQuery | TrendQuery) -> str:
    match query:
        case LeaderboardQuery():
            top = f"Top {query.top} models" if query.top != TOP else "Top models"
            return f"{top}{_of(query.providers)}"
        case ShareQuery():
            return f"Market share{_of(query.providers)}"
        case WhyQuery():
            return f"Why {query.provider or 'shares'} moved"
        case TrendQuery():
            return f"Trend by {query.by.word}" if query.by else "Trend"


def _of(providers: tuple[str, ...]) -> str:
    return f" of {' and '.join(providers)}" if providers else ""


def _versus(query: object) -> str:
    match getattr(query, "versus", Versus.PREVIOUS):
        case Versus.PREVIOUS:
            return ""
        case Versus.NONE:
            return ", without comparison"
        case versus:
            return f", compared with {period(versus)}"


def period(asked: Period) -> str:
    """Return a period in words, such as ``last 7 days``."""
    match asked:
        case Last(count, unit):
            return _last(count, unit)
        case ToDate(unit):
            return f"this {_UNITS[unit]} so far"
        case CalendarUnit(unit, start):
            return _calendar_unit(asked, unit, start)
        case Dates(start, end):
            return days.span(Span(start, end))
        case Since(start):
            return f"since {day_words(start)}"
    return "all time" if isinstance(asked, AllTime) else str(asked)


def _last(count: int, unit: Unit) -> str:
    if count > 1:
        return f"last {count} {_UNITS[unit]}s"
    return "yesterday" if unit is Unit.DAY else f"last {_UNITS[unit]}"


def _calendar_unit(asked: CalendarUnit, unit: Unit, start: date) -> str:
    match unit:
        case Unit.QUARTER:
            return f"quarter {(start.month + 2) // 3} of {start.year}"
        case Unit.YEAR:
            return str(start.year)
    return days.span(Span(start, asked.end))
