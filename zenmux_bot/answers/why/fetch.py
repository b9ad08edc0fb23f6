"""Why a share moved: the shares of both periods, and the models behind them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.answers.leaderboard.fetch import fetch_leaderboard
from zenmux_bot.answers.leaderboard.view import ModelRow
from zenmux_bot.answers.share.fetch import fetch_share
from zenmux_bot.answers.share.view import ProviderRow, ShareView
from zenmux_bot.answers.why.view import Driver, WhyView, drivers, split_change
from zenmux_bot.commands import names
from zenmux_bot.commands.queries import (
    MAX_TOP,
    LeaderboardQuery,
    ShareQuery,
    WhyQuery,
    canonical,
)
from zenmux_bot.core.periods import Dates, Span, Versus
from zenmux_bot.errors import (
    AmbiguousName,
    ApiError,
    BadInput,
    NoData,
    UnknownName,
)

MAX_NAMED = 4
"""Providers that are offered if none clearly moved most."""


async def fetch_why(context: FetchContext, query: WhyQuery) -> WhyView:
    """Return why the share of the provider asked for moved.

    Raises:
        BadInput: The name means nothing, or nothing is to be compared.
        NoData: There are no figures.
        ApiError: The API gave no answer and there is no old one.
    """
    if query.versus is Versus.NONE:
        raise BadInput(
            "“why” needs another period to compare with.",
            allowed="Type vs previous, or vs and a period.",
            suggestions=(canonical(replace(query, versus=Versus.PREVIOUS)),),
        )
    shares = ShareQuery(
        metric=query.metric, period=query.period, versus=query.versus, top=MAX_TOP
    )
    view = await fetch_share(context, shares)
    basis, other = view.basis, view.basis.comparison.span
    if other is None:
        reason = basis.comparison.reason or ""
        raise BadInput(
            f"There is nothing to compare {basis.span.in_words()} with.",
            allowed=" ".join([reason, *basis.notes]),
        )
    row = await _row(context, query, shares, view)
    return WhyView(
        basis=replace(basis, command=canonical(query)),
        row=row,
        total=view.total,
        split=split_change(row.figures, view.total),
        drivers=await _drivers(context, query, row, basis.span, other),
        others=tuple(each for each in view.rows if each.provider != row.provider),
    )


async def _row(
    context: FetchContext, query: WhyQuery, shares: ShareQuery, view: ShareView
) -> ProviderRow:
    """Return the provider asked for, or the one that moved most."""
    if query.provider is None:
        if view.moved is None:
            raise BadInput(
                f"No share of {query.metric} clearly moved most.",
                allowed="Name a provider to see what is behind its share.",
                suggestions=tuple(
                    canonical(replace(query, provider=row.provider.lower()))
                    for row in view.rows[:MAX_NAMED]
                ),
            )
        return view.moved
    named = replace(shares, providers=(query.provider,))
    try:
        return (await fetch_share(context, named)).rows[0]
    except (UnknownName, AmbiguousName):
        # Look the name up again, for suggestions that are “why” commands.
        labels = {row.provider: row.label for row in view.rows}
        slug = names.provider(query, labels)
        return next(row for row in view.rows if row.provider == slug)


async def _drivers(
    context: FetchContext,
    query: WhyQuery,
    row: ProviderRow,
    span: Span,
    other: Span,
) -> tuple[Driver, ...] | None:
    """Return the provider's models in both periods, None if they cannot be fetched."""
    here, there = Dates(span.start, span.end), Dates(other.start, other.end)
    now = LeaderboardQuery(
        metric=query.metric,
        period=here,
        top=MAX_TOP,
        providers=(row.provider.lower(),),
        versus=there,
    )
    then = replace(now, period=there, versus=here)
    try:
        return drivers(
            *await asyncio.gather(_listed(context, now), _listed(context, then))
        )
    except (ApiError, NoData, AmbiguousName):
        return None


async def _listed(
    context: FetchContext, board: LeaderboardQuery
) -> tuple[ModelRow, ...]:
    """Return a provider's models; none where it is not listed at all."""
    try:
        return (await fetch_leaderboard(context, board)).rows
    except UnknownName:
        return ()
