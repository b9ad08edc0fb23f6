"""Trend and trending: how models move."""

from __future__ import annotations

from dataclasses import replace

from zenmux_bot.answers.fetching.days import Days, FetchContext
from zenmux_bot.answers.trend.view import (
    TrendView,
    build_trend,
    trend_width,
    whole_weeks,
)
from zenmux_bot.answers.trending.view import TrendingView, build_trending
from zenmux_bot.commands.queries import TrendingQuery, TrendQuery, canonical
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import FLOOR, Last, Unit, Versus
from zenmux_bot.core.volumes import starts
from zenmux_bot.zenmux.models import Answer, TimeSeries
from zenmux_bot.zenmux.requests import MAX_LIMIT, TimeSeriesRequest, TrendingRequest

_WINDOWS = {Granularity.DAY: Last(1, Unit.DAY), Granularity.WEEK: Last(7, Unit.DAY)}
"""A week of trending is seven days, whichever they are.

https://docs.zenmux.ai/api/platform/statistics-trending.html
"""


async def ask_trend(asking: FetchContext, query: TrendQuery) -> TrendView:
    """Return the models of a period, bucket by bucket."""

    async def ask(asking: FetchContext, days: Days) -> TrendView:
        width = trend_width(query, days.window.span)
        if width is Granularity.WEEK:
            days = replace(days, window=whole_weeks(days.window, days.newest))
        there = starts(days.window.span, width)
        wanted = TimeSeriesRequest(
            metric=query.metric, width=width, start=max(there[0], FLOOR), end=there[-1]
        )
        answer: Answer[TimeSeries] = await asking.fetch(wanted)
        basis = days.basis(canonical(query), query.metric, answer)
        return build_trend(query, basis, answer.data.series, width)

    return await asking.with_newest(query.period, Versus.NONE, ask)


async def ask_trending(asking: FetchContext, query: TrendingQuery) -> TrendingView:
    """Return the models with momentum."""

    async def ask(asking: FetchContext, days: Days) -> TrendingView:
        wanted = TrendingRequest(
            metric=query.metric,
            width=query.by,
            anchor=days.window.span.end,
            limit=MAX_LIMIT,
        )
        answer = await asking.fetch(wanted)
        basis = days.basis(canonical(query), query.metric, answer)
        return build_trending(query, basis, answer.data)

    return await asking.with_newest(_WINDOWS[query.by], Versus.PREVIOUS, ask)
