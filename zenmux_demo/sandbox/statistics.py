"""The volume statistics: leaderboard, market share, time series, model usage.

Each endpoint is a function from the world and a request to the ``data`` of the answer.
https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_demo.sandbox.answers import OTHERS, OTHERS_LABEL, number
from zenmux_demo.sandbox.catalog import AUTHORS
from zenmux_demo.sandbox.params import Ask
from zenmux_demo.sandbox.world import World, days

Data = dict[str, Any]
Figures = list[tuple[str, str, int]]
"""Slug, label and figure of each model or author, in the world's units."""

_FREE = "-free"


def leaderboard(world: World, ask: Ask) -> Data:
    """Rank the models over a range of days, and fold the rest into one entry."""
    metric, limit = ask.choice("metric", Metric), ask.limit()
    start, end = ask.history()
    top, rest = fold(_by_model(world, metric, start, min(end, ask.newest)), limit)
    entries: list[Data] = [
        {"rank": rank, **identity(world, slug), "value": number(metric, value)}
        for rank, (slug, _, value) in enumerate(top, start=1)
    ]
    if rest is not None:
        entries.append(
            {
                "rank": limit + 1,
                "model": OTHERS,
                "label": OTHERS_LABEL,
                "author": "",
                "author_label": "",
                "value": number(metric, rest),
            }
        )
    return {
        "metric": metric.value,
        "starting_at": start.isoformat(),
        "ending_at": end.isoformat(),
        "entries": entries,
    }


def market_share(world: World, ask: Ask) -> Data:
    """Give the volume of each provider in daily or weekly buckets."""
    return _buckets(world, ask, "author", _by_author)


def timeseries(world: World, ask: Ask) -> Data:
    """Give the volume of each model in daily or weekly buckets."""
    return _buckets(world, ask, "model", _by_model)


def model_usage(world: World, ask: Ask) -> Data:
    """Give one model day by day; its free variant is counted in."""
    slug, metric = ask.required("model"), ask.choice("metric", Metric)
    start, end = ask.month(clamp=False)
    counted = [
        index
        for index, model in enumerate(world.models)
        if model.slug in {slug, slug + _FREE}
    ]
    series: list[tuple[str, int]] = []
    for day in days(start, min(end, ask.newest)):
        column = world.column(day)
        # a day on which a free model was used has data, although it cost nothing
        if any(column.tokens[index] for index in counted):
            figures = column.of(metric)
            series.append((day.isoformat(), sum(figures[index] for index in counted)))
    return {
        "model": slug,
        "label": world.labels.get(slug, slug),
        "metric": metric.value,
        "starting_at": start.isoformat(),
        "ending_at": end.isoformat(),
        "value": number(metric, sum(value for _, value in series)),
        "series": [
            {"date": day, "value": number(metric, value)} for day, value in series
        ],
    }


def identity(world: World, slug: str) -> Data:
    """Return the fields that name a model and its author."""
    author = slug.partition("/")[0]
    return {
        "model": slug,
        "label": world.labels[slug],
        "author": author,
        "author_label": AUTHORS[author].label,
    }


def icon_of(author: str) -> str:
    """Return the address of an author's icon; nobody drew one for the nameless."""
    return (
        f"https://cdn.example.com/icons/{author}.svg" if AUTHORS[author].label else ""
    )


def _buckets(
    world: World,
    ask: Ask,
    kind: str,
    volumes: Callable[[World, Metric, date, date], Figures],
) -> Data:
    metric, width = (
        ask.choice("metric", Metric),
        ask.choice("bucket_width", Granularity),
    )
    limit, starts = ask.limit(), ask.buckets(width)
    last = timedelta(days=0 if width is Granularity.DAY else 6)
    series = [
        {
            "period": start.strftime("%Y%m%d" if width is Granularity.DAY else "%G%V"),
            "date": start.isoformat(),
            f"{kind}s": [
                {kind: slug, "label": label, "value": number(metric, value)}
                for slug, label, value in _bucket(
                    volumes(world, metric, start, min(start + last, ask.newest)), limit
                )
            ],
        }
        for start in starts
        # whether a bucket without data appears is not documented: here it does not
        if start <= ask.newest
    ]
    return {
        "metric": metric.value,
        "bucket_width": width.value,
        "starting_at": starts[0].isoformat(),
        "ending_at": starts[-1].isoformat(),
        "total_buckets": len(series),
        "series": series,
    }


def _bucket(figures: Figures, limit: int) -> Figures:
    top, rest = fold(figures, limit)
    return top if rest is None else [*top, (OTHERS, OTHERS_LABEL, rest)]


def fold(figures: Figures, limit: int) -> tuple[Figures, int | None]:
    """Return the largest figures in order, and the sum of the rest if there is one."""
    ranked = sorted(figures, key=lambda figure: (-figure[2], figure[0]))
    rest = ranked[limit:]
    return ranked[:limit], sum(value for *_, value in rest) if rest else None


def _by_model(world: World, metric: Metric, start: date, end: date) -> Figures:
    return [
        (model.slug, model.label, value)
        for model, value in world.figures(metric, start, end)
    ]


def _by_author(world: World, metric: Metric, start: date, end: date) -> Figures:
    sums: Counter[str] = Counter()
    for model, value in world.figures(metric, start, end):
        sums[model.author] += value
    return [(slug, AUTHORS[slug].label, value) for slug, value in sums.items()]
