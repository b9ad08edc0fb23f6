"""The rows of the files about trending models."""

from __future__ import annotations

from collections.abc import Iterator

from zenmux_bot.answers.trending.view import TrendingView
from zenmux_bot.render.tabular import (
    Row,
    Tables,
    daily,
    known,
    percent,
    safe,
    value,
    whole,
)


def export_trending(view: TrendingView) -> Tables:
    """Return the models, and each day of each."""
    days = [
        cells
        for row in view.rows
        for cells in daily(
            {"model": safe(row.model), "label": safe(row.label)}, row.daily
        )
    ]
    return {"": list(_models(view)), "-by-day": days}


def _models(view: TrendingView) -> Iterator[Row]:
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
