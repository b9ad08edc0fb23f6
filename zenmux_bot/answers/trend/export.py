"""The rows of a trend's files."""

from __future__ import annotations

from collections.abc import Iterator

from zenmux_bot.answers.trend.view import TrendView
from zenmux_bot.core.bounded import Compared
from zenmux_bot.render.tabular import Row, Tables, exact, percent, safe, value


def export_trend(view: TrendView) -> Tables:
    """Return the models' sums, and each day or week of each."""
    by_bucket = f"-by-{view.width.word}"
    return {"": list(_models(view)), by_bucket: list(_buckets(view))}


def _models(view: TrendView) -> Iterator[Row]:
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


def _buckets(view: TrendView) -> Iterator[Row]:
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
