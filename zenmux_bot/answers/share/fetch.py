"""Market share: the providers' buckets of a period and of the one before."""

from __future__ import annotations

import asyncio
from functools import partial

from zenmux_bot.answers.fetching import Days, FetchContext, fetch_days, joined
from zenmux_bot.answers.share.view import ShareView, build_share, width_for
from zenmux_bot.commands.queries import ShareQuery, canonical
from zenmux_bot.core.periods import FLOOR
from zenmux_bot.core.volumes import starts
from zenmux_bot.core.windows import is_whole_weeks
from zenmux_bot.zenmux.requests import MarketShareRequest


async def fetch_share(context: FetchContext, query: ShareQuery) -> ShareView:
    """Return the providers of a period by share."""
    fetch = partial(_fetch_days, query)
    return await fetch_days(context, query.period, query.versus, fetch)


async def _fetch_days(
    query: ShareQuery, context: FetchContext, days: Days
) -> ShareView:
    spans = sorted(days.spans)
    # A week's bucket would hide that a day of it is missing.
    whole = not days.gaps and all(is_whole_weeks(span, days.newest) for span in spans)
    width = width_for(query, whole_weeks=whole)
    wanted = []
    for span in joined(spans):
        there = starts(span, width)
        wanted.append(
            MarketShareRequest(
                metric=query.metric,
                width=width,
                start=max(there[0], FLOOR),
                end=there[-1],
            )
        )
    answers = await asyncio.gather(*map(context.fetch, wanted))
    series = [bucket for answer in answers for bucket in answer.data.series]
    basis = days.basis(canonical(query), query.metric, *answers)
    return build_share(query, basis, series, width)
