"""One model: its slug, its days, and those of the platform."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from zenmux_bot.answers.fetching import Days, FetchContext, fetch_days, joined
from zenmux_bot.answers.known import Known, known_models
from zenmux_bot.answers.model.view import ModelId, ModelView, Usage, build_model
from zenmux_bot.commands import names
from zenmux_bot.commands.queries import ModelQuery, canonical
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import Span, Versus
from zenmux_bot.core.volumes import volumes_of
from zenmux_bot.errors import ApiError, UnknownName
from zenmux_bot.zenmux.models import Answer, AuthorBucket, MarketShare, ModelUsage
from zenmux_bot.zenmux.requests import FREE, MarketShareRequest, ModelUsageRequest


async def fetch_model(context: FetchContext, query: ModelQuery) -> ModelView:
    """Return one model day by day."""
    fetch = partial(_fetch_days, query)
    return await fetch_days(context, query.period, Versus.PREVIOUS, fetch)


async def _fetch_days(
    query: ModelQuery, context: FetchContext, days: Days
) -> ModelView:
    known = await known_models(context, days.window.span)
    slug = _slug(query, known)
    spans = joined(sorted(days.spans))
    usages, platform = await asyncio.gather(
        _usages(context, query, slug, spans), _platform(context, query, spans)
    )
    if slug not in known.labels:
        _check_known(query, known, usages)
    answers = [*usages, *(platform or ())]
    asked = replace(query, model=slug.lower())
    basis = days.basis(canonical(asked), query.metric, *answers)
    by_day = None if platform is None else _by_day(platform)
    blank = [] if by_day is None else _blank(by_day, spans)
    series = [day for usage in usages for day in usage.data.series]
    through = days.newest
    if any(usage.stale for usage in usages):
        # an old copy may be from before the newest days were there
        through = max((day.date for day in series), default=date.min)
    return build_model(
        basis,
        _identify(slug, known, usages),
        Usage.of(series, through, blank),
        by_day,
    )


def _slug(query: ModelQuery, known: Known) -> str:
    """Return the slug asked for.

    A whole slug may be that of a model that no list has, so it is tried.

    Raises:
        UnknownName: Nothing goes by that name.
        AmbiguousName: Several models do.
    """
    try:
        return names.model(query, known.labels)
    except UnknownName:
        if "/" not in query.model.strip("/"):
            raise
        return query.model


def _check_known(
    query: ModelQuery, known: Known, usages: Sequence[Answer[ModelUsage]]
) -> None:
    """Complain about a slug that ZenMux does not know either.

    It says so by having no other name for it and no usage.

    Raises:
        UnknownName: It is one.
    """
    if all(
        usage.data.label in {"", usage.data.model} and not usage.data.series
        for usage in usages
    ):
        names.model(query, known.labels)


async def _usages(
    context: FetchContext, query: ModelQuery, slug: str, spans: Sequence[Span]
) -> list[Answer[ModelUsage]]:
    return await asyncio.gather(
        *(
            context.fetch(
                ModelUsageRequest(
                    slug=slug, metric=query.metric, start=span.start, end=span.end
                )
            )
            for span in spans
        )
    )


async def _platform(
    context: FetchContext, query: ModelQuery, spans: Sequence[Span]
) -> list[Answer[MarketShare]] | None:
    """Return the providers' days, None where they cannot be had."""
    wanted = (
        MarketShareRequest(
            metric=query.metric, width=Granularity.DAY, start=span.start, end=span.end
        )
        for span in spans
    )
    try:
        return await asyncio.gather(*map(context.fetch, wanted))
    except ApiError:
        return None


def _by_day(answers: Sequence[Answer[MarketShare]]) -> dict[date, AuthorBucket]:
    return {bucket.date: bucket for answer in answers for bucket in answer.data.series}


def _blank(by_day: dict[date, AuthorBucket], spans: Sequence[Span]) -> list[date]:
    """Return the days without data of the platform."""
    days = (
        date.fromordinal(number)
        for span in spans
        for number in range(span.start.toordinal(), span.end.toordinal() + 1)
    )
    return [day for day in days if volumes_of(by_day.get(day)).total is None]


def _identify(slug: str, known: Known, usages: Sequence[Answer[ModelUsage]]) -> ModelId:
    said = [usage.data.label for usage in usages if usage.data.label != slug]
    author, author_label = known.author_of(slug)
    return ModelId(
        slug=slug,
        label=names.shown(known.labels.get(slug, ""), *said, slug),
        author=author,
        author_label=author_label,
        free=known.labels.get(f"{slug}{FREE}"),
    )
