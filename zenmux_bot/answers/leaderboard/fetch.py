"""The leaderboard: the models of a period, and of the one it is compared with."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from zenmux_bot.answers.fetching import Days, FetchContext, fetch_days
from zenmux_bot.answers.leaderboard.view import (
    LeaderboardView,
    Rates,
    build_leaderboard,
    rates_of,
)
from zenmux_bot.commands.queries import MAX_TOP, LeaderboardQuery, canonical
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import Span, Versus, day_words
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.requests import LeaderboardRequest


async def fetch_leaderboard(
    context: FetchContext, query: LeaderboardQuery
) -> LeaderboardView:
    """Return the models of a period, ranked."""
    fetch = partial(_fetch_priced if query.rate else _fetch_ranked, query)
    return await fetch_days(context, query.period, query.versus, fetch)


async def _fetch_ranked(
    query: LeaderboardQuery, context: FetchContext, days: Days
) -> LeaderboardView:
    if days.gaps:
        # A sum over days does not show that one of them is missing.
        listed = ", ".join(map(day_words, days.gaps))
        days = days.uncompared(f"ZenMux has no data for {listed}")
    alone = query.versus is Versus.NONE and not (query.providers or query.rate)
    limit = query.top if alone else MAX_TOP
    wanted = [
        LeaderboardRequest(
            metric=query.metric, start=span.start, end=span.end, limit=limit
        )
        for span in days.spans
    ]
    now, *rest = await asyncio.gather(
        *map(context.fetch, wanted), return_exceptions=True
    )
    if isinstance(now, BaseException):
        raise now
    before = rest[0] if rest else None
    if isinstance(before, ApiError):
        before, days = None, days.uncompared("The period before could not be fetched")
    elif isinstance(before, BaseException):
        raise before
    answers = [now] if before is None else [now, before]
    return build_leaderboard(
        query,
        days.basis(canonical(query), query.metric, *answers),
        now.data,
        None if before is None else before.data,
        limit_before=limit,
    )


async def _fetch_priced(
    query: LeaderboardQuery, context: FetchContext, days: Days
) -> LeaderboardView:
    """Return the models with the average price of each, where that is known."""
    view, rates = await asyncio.gather(
        _fetch_ranked(query, context, days), _fetch_rates(context, days.window.span)
    )
    if rates is None:
        reason = "The other metric could not be fetched, so prices are not known."
        view = replace(view, basis=view.basis.noting(reason))
    return replace(view, rates=rates)


async def _fetch_rates(context: FetchContext, span: Span) -> Rates | None:
    """Return the average prices of some days, None if they cannot be fetched."""
    wanted = [
        LeaderboardRequest(metric=metric, start=span.start, end=span.end)
        for metric in (Metric.TOKENS, Metric.COST)
    ]
    try:
        tokens, cost = await asyncio.gather(*map(context.fetch, wanted))
    except ApiError:
        return None
    return rates_of(tokens.data, cost.data)
