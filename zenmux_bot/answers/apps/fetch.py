"""Asks ZenMux for the apps of a window that ends on the newest day."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from zenmux_bot.answers.apps.view import AppsView, build_apps
from zenmux_bot.answers.fetching import Days, FetchContext, fetch_days
from zenmux_bot.commands.queries import AppsQuery, canonical
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    AllTime,
    Last,
    Period,
    Span,
    Unit,
    Versus,
)
from zenmux_bot.core.windows import ending
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.models import Answer, Apps
from zenmux_bot.zenmux.requests import AppsRequest, AppsTrendingRequest, AppsWindow

_WINDOWS: Mapping[Period, AppsWindow] = {
    Last(1, Unit.DAY): AppsWindow.DAY,
    Last(7, Unit.DAY): AppsWindow.WEEK,
    Last(30, Unit.DAY): AppsWindow.MONTH,
    AllTime(): AppsWindow.ALL,
}


async def fetch_apps(context: FetchContext, query: AppsQuery) -> AppsView:
    """Return the apps of a window, or those with momentum."""
    fetch = partial(_fetch_days, query)
    window = ending(query.period, query.until)
    return await fetch_days(context, window, Versus.NONE, fetch)


async def _fetch_days(query: AppsQuery, context: FetchContext, days: Days) -> AppsView:
    end = days.window.span.end
    if query.trending:
        is_day = query.period == Last(1, Unit.DAY)
        width = Granularity.DAY if is_day else Granularity.WEEK
        answer = await context.fetch(
            AppsTrendingRequest(metric=query.metric, width=width, anchor=end)
        )
    else:
        window = _WINDOWS[query.period]
        answer, earlier = await asyncio.gather(
            context.fetch(AppsRequest(metric=query.metric, window=window, end=end)),
            _fetch_before(query, context, days.window.span),
        )
        if earlier is not None:
            return build_apps(
                days.basis(canonical(query), query.metric, answer, earlier),
                answer.data,
                earlier.data,
                top=query.top,
                is_trending=False,
            )
    return build_apps(
        days.basis(canonical(query), query.metric, answer),
        answer.data,
        top=query.top,
        is_trending=query.trending,
    )


async def _fetch_before(
    query: AppsQuery, context: FetchContext, span: Span
) -> Answer[Apps] | None:
    """Return the apps of the window before, None if they cannot be fetched."""
    window, end = _WINDOWS[query.period], span.start - DAY
    if window is AppsWindow.ALL or end - DAY * (span.days - 1) < FLOOR:
        return None
    try:
        return await context.fetch(
            AppsRequest(metric=query.metric, window=window, end=end)
        )
    except ApiError:
        return None
