"""Why a share moved: the shares of both periods, and the models behind them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from zenmux_bot.answers.leaderboard.view import LeaderboardView, ModelRow
from zenmux_bot.answers.share.movers import ProviderRow
from zenmux_bot.answers.share.view import ShareView
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
from zenmux_bot.digests.content import mover
from zenmux_bot.errors import (
    AmbiguousName,
    ApiError,
    BadInput,
    NoData,
    UnknownName,
)


class Source(Protocol):
    """Answers what the explanation is made of."""

    async def share(self, query: ShareQuery, *, patience: timedelta) -> ShareView:
        """Return the providers of a period."""
        ...

    async def leaderboard(
        self, query: LeaderboardQuery, *, patience: timedelta
    ) -> LeaderboardView:
        """Return the models of a period."""
        ...


async def explain(source: Source, query: WhyQuery, *, patience: timedelta) -> WhyView:
    """Return why the share of the provider asked for moved.

    Args:
        source: Answers shares and models.
        query: What is asked.
        patience: How long to wait for the API at most.

    Raises:
        BadInput: The name means nothing, or nothing is to be compared.
        NoData: There is nothing to compare with.
        ApiError: The API gave no answer and there is no old one.
    """
    if query.versus is Versus.NONE:
        raise BadInput(
            "Why a share moved is seen beside another period.",
            allowed="vs takes previous or a period here.",
            suggestions=(canonical(replace(query, versus=Versus.PREVIOUS)),),
        )
    shares = ShareQuery(
        metric=query.metric, period=query.period, versus=query.versus, top=MAX_TOP
    )
    view = await source.share(shares, patience=patience)
    basis, other = view.basis, view.basis.comparison.span
    if other is None:
        reason = basis.comparison.reason or "There is nothing to compare with."
        raise NoData(" ".join([reason, *basis.notes]))
    row = await _row(source, query, shares, view, patience)
    return WhyView(
        basis=replace(basis, command=canonical(query)),
        row=row,
        total=view.total,
        split=split_change(row.figures, view.total),
        drivers=await _drivers(
            source, query, row, basis.span, other, patience=patience
        ),
        others=tuple(each for each in view.rows if each.provider != row.provider),
    )


async def _row(
    source: Source,
    query: WhyQuery,
    shares: ShareQuery,
    view: ShareView,
    patience: timedelta,
) -> ProviderRow:
    """Return the provider asked for, or the one that moved most."""
    if query.provider is None:
        moved = mover(view)
        if moved is None:
            raise NoData("No provider's share is known for certain to have moved most.")
        return moved
    named = replace(shares, providers=(query.provider,))
    try:
        return (await source.share(named, patience=patience)).rows[0]
    except (UnknownName, AmbiguousName):
        # Once more, to suggest commands that ask why.
        labels = {row.provider: row.label for row in view.rows}
        slug = names.provider(query, labels)
        return next(row for row in view.rows if row.provider == slug)


async def _drivers(
    source: Source,
    query: WhyQuery,
    row: ProviderRow,
    span: Span,
    other: Span,
    *,
    patience: timedelta,
) -> tuple[Driver, ...] | None:
    """Return the provider's models in both periods, None if they cannot be had."""
    here, there = Dates(span.start, span.end), Dates(other.start, other.end)
    now = LeaderboardQuery(
        metric=query.metric,
        period=here,
        top=MAX_TOP,
        providers=(row.provider.lower(),),
        versus=there,
    )
    then = replace(now, period=there, versus=here)

    async def listed(board: LeaderboardQuery) -> tuple[ModelRow, ...]:
        try:
            return (await source.leaderboard(board, patience=patience)).rows
        except UnknownName:
            return ()

    try:
        return drivers(*await asyncio.gather(listed(now), listed(then)))
    except (ApiError, NoData, AmbiguousName):
        return None
