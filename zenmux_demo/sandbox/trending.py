"""Trending: models by a score that multiplies growth with size.

https://docs.zenmux.ai/api/platform/statistics-trending.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_demo.sandbox.answers import number
from zenmux_demo.sandbox.catalog import Model
from zenmux_demo.sandbox.params import Ask
from zenmux_demo.sandbox.statistics import Data, icon_of, identity
from zenmux_demo.sandbox.world import World, days

# The API publishes neither its threshold nor its smoothing: these are the sandbox's,
# as fractions of the platform's volume in the current window.
_THRESHOLD = 300
_ALPHA = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which days a bucket width looks at, counted back from the anchor.

    Attributes:
        current: Days of the current window, and of the one before it.
        detail: Days of ``data_points``.
    """

    current: int
    detail: int


WINDOWS = {
    Granularity.DAY: Window(current=1, detail=7),
    Granularity.WEEK: Window(current=7, detail=14),
}


def trending(world: World, ask: Ask) -> Data:
    """Rank the models that grow, relative to their size."""
    metric, width = (
        ask.choice("metric", Metric),
        ask.choice("bucket_width", Granularity),
    )
    limit, anchor = ask.limit(), ask.anchor()
    window = WINDOWS[width]
    length = timedelta(days=window.current)
    first = anchor - length + timedelta(days=1)
    current = world.figures(metric, first, min(anchor, ask.newest))
    before = dict(world.figures(metric, first - length, first - timedelta(days=1)))
    platform = sum(value for _, value in current)
    alpha = max(platform // _ALPHA, 1)
    ranked = sorted(
        (
            # a model without a previous window gets a stand-in, as in the API
            (value, before.get(model) or alpha, model)
            for model, value in current
            if value > platform // _THRESHOLD
        ),
        key=lambda row: score(*(float(number(metric, n)) for n in (*row[:2], alpha))),
        reverse=True,
    )
    detail = days(
        max(anchor - timedelta(days=window.detail - 1), FLOOR), min(anchor, ask.newest)
    )
    return {
        "metric": metric.value,
        "bucket_width": width.value,
        "ending_at": anchor.isoformat(),
        "entries": [
            {
                "rank": rank,
                **identity(world, model.slug),
                "icon_url": icon_of(model.author),
                "value": number(metric, value),
                "total_value": number(metric, value),
                "previous_value": number(metric, previous),
                "growth_rate": round((value + alpha) / (previous + alpha) - 1, 2),
                "growth_label": f"{(value + alpha) / (previous + alpha) - 1:+.2%}",
                "data_points": [
                    {
                        "period": day.strftime("%Y%m%d"),
                        "value": number(metric, _on(world, metric, model, day)),
                    }
                    for day in detail
                ],
            }
            for rank, (value, previous, model) in enumerate(ranked[:limit], start=1)
        ],
    }


def score(current: float, previous: float, alpha: float) -> float:
    """Return the documented score."""
    return math.log1p(current) * (current + alpha) / (previous + alpha)


def _on(world: World, metric: Metric, model: Model, day: date) -> int:
    return world.column(day).of(metric)[world.models.index(model)]
