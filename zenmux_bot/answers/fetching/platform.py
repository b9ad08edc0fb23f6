"""Leaderboard and market share: the platform's figures beside the period before."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from zenmux_bot.answers.fetching.days import Days, FetchContext
from zenmux_bot.answers.leaderboard.rates import Rates, rates_of
from zenmux_bot.answers.leaderboard.view import LeaderboardView, build_leaderboard
from zenmux_bot.answers.share.view import ShareView, build_share, width_for
from zenmux_bot.commands.queries import MAX_TOP, LeaderboardQuery, ShareQuery, canonical
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, FLOOR, Span, Versus
from zenmux_bot.core.volumes import starts
from zenmux_bot.core.windows import is_whole_weeks
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.models import Answer, Leaderboard, MarketShare
from zenmux_bot.zenmux.requests import LeaderboardRequest, MarketShareRequest


async def ask_leaderboard(
    asking: FetchContext, query: LeaderboardQuery
) -> LeaderboardView:
    """Return the models of a period, ranked."""
    alone = query.versus is Versus.NONE and not (query.providers or query.rate)
    limit = query.top if alone else MAX_TOP

    async def ask(asking: FetchContext, days: Days) -> LeaderboardView:
        if not query.rate:
            return await rank(asking, days)
        view, rates = await asyncio.gather(
            rank(asking, days), _rates(asking, days.window.span)
        )
        if rates is None:
            reason = "The other metric could not be fetched, so prices are not known."
            view = replace(view, basis=view.basis.noting(reason))
        return replace(view, rates=rates)

    async def rank(asking: FetchContext, days: Days) -> LeaderboardView:
        if days.gaps:
            # A sum over days does not show that one of them is missing.
            listed = ", ".join(map(str, days.gaps))
            days = days.uncompared(f"ZenMux has no data for {listed}")

        async def fetch(span: Span) -> Answer[Leaderboard]:
            wanted = LeaderboardRequest(
                metric=query.metric, start=span.start, end=span.end, limit=limit
            )
            return await asking.fetch(wanted)

        now, *rest = await asyncio.gather(
            *map(fetch, days.spans), return_exceptions=True
        )
        if isinstance(now, BaseException):
            raise now
        before = rest[0] if rest else None
        if isinstance(before, ApiError):
            reason = "The period before could not be fetched"
            before, days = None, days.uncompared(reason)
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

    return await asking.with_newest(query.period, query.versus, ask)


async def _rates(asking: FetchContext, span: Span) -> Rates | None:
    """Return the average prices of some days, None if they cannot be had."""
    wanted = [
        LeaderboardRequest(metric=metric, start=span.start, end=span.end)
        for metric in (Metric.TOKENS, Metric.COST)
    ]
    try:
        tokens, cost = await asyncio.gather(*map(asking.fetch, wanted))
    except ApiError:
        return None
    return rates_of(tokens.data, cost.data)


async def ask_share(asking: FetchContext, query: ShareQuery) -> ShareView:
    """Return the providers of a period by share."""

    async def ask(asking: FetchContext, days: Days) -> ShareView:
        spans = sorted(days.spans)
        # A week's bucket would hide that a day of it is missing.
        whole = not days.gaps and all(
            is_whole_weeks(span, days.newest) for span in spans
        )
        width = width_for(query, whole_weeks=whole)

        async def fetch(span: Span) -> Answer[MarketShare]:
            there = starts(span, width)
            wanted = MarketShareRequest(
                metric=query.metric,
                width=width,
                start=max(there[0], FLOOR),
                end=there[-1],
            )
            return await asking.fetch(wanted)

        answers = await asyncio.gather(*map(fetch, joined(spans)))
        series = [bucket for answer in answers for bucket in answer.data.series]
        basis = days.basis(canonical(query), query.metric, *answers)
        return build_share(query, basis, series, width)

    return await asking.with_newest(query.period, query.versus, ask)


def joined(spans: list[Span]) -> list[Span]:
    """Return sorted spans with those that meet made one, to be fetched at once."""
    joint: list[Span] = []
    for span in spans:
        if joint and span.start <= joint[-1].end + DAY:
            joint[-1] = Span(joint[-1].start, max(joint[-1].end, span.end))
        else:
            joint.append(span)
    return joint
