"""The rows of a leaderboard's file."""

from __future__ import annotations

from collections.abc import Iterator

from zenmux_bot.answers.leaderboard.view import LeaderboardView
from zenmux_bot.render.tabular import Row, Tables, compared, safe, tail, whole


def export_leaderboard(view: LeaderboardView) -> Tables:
    """Return the models, then Others and the total."""
    return {"": [*_models(view), *tail(view.others, view.total)]}


def _models(view: LeaderboardView) -> Iterator[Row]:
    for model in view.rows:
        yield {
            "row": "model",
            "rank": whole(model.rank),
            "rank_before": whole(model.rank_before),
            "model": safe(model.model),
            "label": safe(model.label),
            "provider": safe(model.author),
            **compared(model.figures),
            **_price(view, model.model),
        }


def _price(view: LeaderboardView, model: str) -> Row:
    """Return a model's average price, where prices were asked for."""
    if view.rates is None:
        return {}
    rate = view.rates.models.get(model)
    return {"usd_per_million_tokens": "" if rate is None else f"{rate:f}"}
