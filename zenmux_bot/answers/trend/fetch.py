"""Trends: the models' buckets of a period."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from zenmux_bot.answers.fetching import Days, FetchContext, fetch_days
from zenmux_bot.answers.trend.view import (
    TrendView,
    build_trend,
    trend_width,
    whole_weeks,
)
from zenmux_bot.commands.queries import TrendQuery, canonical
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import FLOOR, Versus
from zenmux_bot.core.volumes import starts
from zenmux_bot.zenmux.requests import TimeSeriesRequest


async def fetch_trend(context: FetchContext, query: TrendQuery) -> TrendView:
    """Return the models of a period, bucket by bucket."""
    fetch = partial(_fetch_days, query)
    return await fetch_days(context, query.period, Versus.NONE, fetch)


async def _fetch_days(
    query: TrendQuery, context: FetchContext, days: Days
) -> TrendView:
    width = trend_width(query, days.window.span)
    if width is Granularity.WEEK:
        days = replace(days, window=whole_weeks(days.window, days.newest))
    there = starts(days.window.span, width)
    wanted = TimeSeriesRequest(
        metric=query.metric, width=width, start=max(there[0], FLOOR), end=there[-1]
    )
    answer = await context.fetch(wanted)
    basis = days.basis(canonical(query), query.metric, answer)
    return build_trend(query, basis, answer.data.series, width)
