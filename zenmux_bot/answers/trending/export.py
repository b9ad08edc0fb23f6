"""The rows of the files about trending models."""

from __future__ import annotations

from collections.abc import Iterator

from zenmux_bot.answers.trending.view import TrendingView
from zenmux_bot.render.tabular import (
    Row,
    Tables,
    known,
    percent,
    safe,
    value,
    whole,
)


def export_trending(view: TrendingView) -> Tables:
    """Return the models, and each day of each."""
    return {"": list(_trending(view)), "-by-day": list(_trending_days(view))}


def _trending(view: TrendingView) -> Iterator[Row]:
    """Yield the models with ZenMux's growth and that of their daily figures."""
    for row in view.rows:
        yield {
            "row": "model",
            "rank": whole(row.rank),
            "model": safe(row.model),
            "label": safe(row.label),
            "provider": safe(row.author),
            **value(known(row.value)),
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
                **value(known(volume)),
            }
