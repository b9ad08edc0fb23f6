"""The rows of files about models: trends, momentum, one model, performance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from zenmux_bot.answers.model.view import ModelView
from zenmux_bot.answers.performance.view import PerformanceView
from zenmux_bot.answers.trend.view import TrendView
from zenmux_bot.answers.trending.view import TrendingView
from zenmux_bot.core.bounded import Bounded, Compared
from zenmux_bot.render.tabular_cells import (
    Row,
    compared,
    exact,
    percent,
    safe,
    value,
    whole,
)

ModelFigures = TrendView | TrendingView | ModelView | PerformanceView
"""Answers about models by day, by momentum or by host."""


def model_tables(view: ModelFigures) -> Mapping[str, list[Row]]:
    """Return an answer's tables by what is added to the name of the file."""
    match view:
        case TrendView():
            by_bucket = f"-by-{view.width.word}"
            return {"": list(_trend(view)), by_bucket: list(_trend_buckets(view))}
        case TrendingView():
            return {"": list(_trending(view)), "-by-day": list(_trending_days(view))}
        case ModelView():
            return {"": list(_model(view))}
        case PerformanceView():
            return {"": list(_performance(view))}


def _trend(view: TrendView) -> Iterator[Row]:
    """Yield the models' sums, then Others and the total."""
    for model in view.models:
        yield {
            "row": "model",
            "model": safe(model.model),
            "label": safe(model.label),
            **value(model.value),
            "share_percent": percent(model.share),
            **_recent(view, model.recent),
        }
    yield {"row": "others", **value(view.others)}
    total = None if view.recent is None else view.recent.total
    yield {"row": "total", **value(view.total), **_recent(view, total)}


def _recent(view: TrendView, figures: Compared | None) -> Row:
    """Return how the newest days compare with those before."""
    if view.recent is None or figures is None:
        return {}
    return {
        "recent_days": str(view.recent.now),
        "recent_compared_days": str(view.recent.before),
        "recent_change_percent": percent(figures.growth),
    }


def _trend_buckets(view: TrendView) -> Iterator[Row]:
    """Yield each model's volume of each day or week."""
    labels = {model.model: model.label for model in view.models}
    for bucket in view.buckets:
        for model, volume in bucket.values.items():
            yield {
                "bucket": str(bucket.start),
                "bucket_last_day": str(bucket.end),
                "model": safe(model),
                "label": safe(labels[model]),
                **value(volume),
                "platform_total": exact(bucket.total),
            }


def _trending(view: TrendingView) -> Iterator[Row]:
    """Yield the models with ZenMux's growth and that of their daily figures."""
    for row in view.rows:
        yield {
            "row": "model",
            "rank": whole(row.rank),
            "model": safe(row.model),
            "label": safe(row.label),
            "provider": safe(row.author),
            **value(_figure(row.value)),
            "zenmux_growth_label": safe(row.growth_label),
            "own_change_percent": percent(row.own.growth),
            "is_new": "yes" if row.own.is_new else "no",
        }


def _trending_days(view: TrendingView) -> Iterator[Row]:
    for row in view.rows:
        for day, volume in row.daily:
            yield {
                "bucket": str(day),
                "model": safe(row.model),
                "label": safe(row.label),
                **value(_figure(volume)),
            }


def _model(view: ModelView) -> Iterator[Row]:
    """Yield the days or weeks, then the whole period beside the one before."""
    named = {"model": safe(view.model.slug), "label": safe(view.model.label)}
    for bucket in view.buckets:
        yield {
            "row": view.width.word,
            "bucket": str(bucket.start),
            "bucket_last_day": str(bucket.end),
            **named,
            **value(_figure(bucket.value)),
            "is_used": "yes" if bucket.is_used else "no",
            "share_percent": percent(bucket.of_platform),
            "provider_share_percent": percent(bucket.of_provider),
        }
    yield {
        "row": "sum",
        **named,
        **compared(view.of_platform),
        "provider_share_percent": percent(view.of_provider.share),
        "provider_share_change_pp": percent(view.of_provider.points),
    }


def _performance(view: PerformanceView) -> Iterator[Row]:
    """Yield each host of each model."""
    for model in view.models:
        for door in model.doors:
            yield {
                "row": "host",
                "rank": whole(model.rank),
                "model": safe(model.model),
                "label": safe(model.label),
                "host": safe(door.host),
                "host_label": safe(door.host_label),
                "api": safe(door.api),
                "value": exact(_figure(door.value)),
                "prompt_tokens": exact(_figure(door.prompt_tokens)),
                "cache_tokens": exact(_figure(door.cache_tokens)),
            }


def _figure(number: Decimal | None) -> Bounded | None:
    return None if number is None else Bounded.exact(number)
