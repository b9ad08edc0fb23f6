"""Trending models: ZenMux's own ranking of a day or of seven."""

from __future__ import annotations

from functools import partial

from zenmux_bot.answers.fetching import Days, FetchContext, fetch_days
from zenmux_bot.answers.trending.view import TrendingView, build_trending
from zenmux_bot.commands.queries import TrendingQuery, canonical
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import Last, Unit, Versus
from zenmux_bot.core.windows import ending
from zenmux_bot.zenmux.requests import MAX_LIMIT, TrendingRequest

_WINDOWS = {Granularity.DAY: Last(1, Unit.DAY), Granularity.WEEK: Last(7, Unit.DAY)}
"""A week of trending is seven days, whichever they are.

https://docs.zenmux.ai/api/platform/statistics-trending.html
"""


async def fetch_trending(context: FetchContext, query: TrendingQuery) -> TrendingView:
    """Return the models with momentum."""
    fetch = partial(_fetch_days, query)
    window = ending(_WINDOWS[query.by], query.until)
    return await fetch_days(context, window, Versus.PREVIOUS, fetch)


async def _fetch_days(
    query: TrendingQuery, context: FetchContext, days: Days
) -> TrendingView:
    wanted = TrendingRequest(
        metric=query.metric,
        width=query.by,
        anchor=days.window.span.end,
        limit=MAX_LIMIT,
    )
    answer = await context.fetch(wanted)
    basis = days.basis(canonical(query), query.metric, answer)
    return build_trending(query, basis, answer.data)
