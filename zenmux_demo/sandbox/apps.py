"""Apps and agents that call the sandbox's platform: leaderboard and trending.

https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_demo.sandbox.answers import OTHERS, OTHERS_LABEL, invalid, number
from zenmux_demo.sandbox.params import Ask
from zenmux_demo.sandbox.trending import WINDOWS
from zenmux_demo.sandbox.world import DAY, World, days, noise

Data = dict[str, Any]

_SHOWN = 10
_APPS = {
    "claude-code": ("Claude Code", 230),
    "codex": ("Codex", 150),
    "cline": ("Cline", 74),
    "cursor": ("Cursor", 62),
    "litellm": ("LiteLLM", 51),
    "open-webui": ("Open WebUI", 24),
    "dify": ("Dify", 20),
    "roo-code": ("Roo Code", 17),
    "aider": ("Aider", 11),
    "cherry-studio": ("Cherry Studio 樱桃", 9),
    "n8n": ("n8n", 6),
    "librechat": ("LibreChat", 4),
    "agent-swarm": ("Agent Swarm", 90),
}
_NEWCOMER, _ARRIVED = "agent-swarm", date(2026, 11, 12)
# Of a thousand parts of the platform, so much comes from recognised apps.
_WHOLE = 1000


class Window(StrEnum):
    """What a leaderboard of apps covers."""

    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"
    ALL = "total"


_LENGTHS = {Window.DAY: 1, Window.WEEK: 7, Window.MONTH: 30}


def leaderboard(world: World, ask: Ask) -> Data:
    """Rank the apps over a window; what is below the tenth is one entry."""
    metric = ask.choice("metric", Metric)
    period = ask.query.get("period", Window.DAY.value)
    if period not in set(Window):
        raise invalid(f"Parameter period must be one of {', '.join(Window)}")
    window, end = Window(period), ask.anchor()
    length = _LENGTHS.get(window, (end - FLOOR).days + 1)
    start = end - timedelta(days=length - 1)
    figures = _sums(world, metric, start, end, ask.newest)
    before: Counter[str] = Counter()
    if window is not Window.ALL:
        first = start - timedelta(days=length)
        before = _sums(world, metric, first, start - DAY, ask.newest)
    ranked = sorted(figures, key=lambda app: (-figures[app], app))
    groups = [(app, [app]) for app in ranked[:_SHOWN]]
    if ranked[_SHOWN:]:
        groups.append((OTHERS, ranked[_SHOWN:]))
    entries = []
    for rank, (name, apps) in enumerate(groups[: _limit(ask, _SHOWN + 1)], start=1):
        value, previous = (sum(of[app] for app in apps) for of in (figures, before))
        growth = value / previous - 1 if previous else 0
        entries.append(
            _named(name, rank)
            | {
                "value": number(metric, value),
                "growth_rate": round(Decimal(growth * 100), 2),
                "growth_label": f"{growth:+.2%}" if previous else "",
                "data_points": _points(world, metric, apps, ask, 7),
            }
        )
    return {
        "metric": metric.value,
        "period": window.value,
        "ending_at": end.isoformat(),
        "entries": entries,
    }


def trending(world: World, ask: Ask) -> Data:
    """Rank the apps that grow; a newcomer grows from a stand-in."""
    metric = ask.choice("metric", Metric)
    width = ask.choice("bucket_width", Granularity)
    end, window = ask.anchor(), WINDOWS[width]
    start = end - timedelta(days=window.current - 1)
    figures = _sums(world, metric, start, end, ask.newest)
    first = start - timedelta(days=window.current)
    before = _sums(world, metric, first, start - DAY, ask.newest)
    stand_in = max(sum(figures.values()) // 500, 1)
    growth = {
        app: value / (before.get(app) or stand_in) - 1 for app, value in figures.items()
    }
    ranked = sorted(growth, key=lambda app: (-growth[app], app))[: _limit(ask, _SHOWN)]
    return {
        "metric": metric.value,
        "bucket_width": width.value,
        "ending_at": end.isoformat(),
        "entries": [
            _named(app, rank)
            | {
                "value": number(metric, figures[app]),
                "growth_rate": round(Decimal(growth[app] * 100), 2),
                "growth_label": f"{growth[app]:+.2%}",
                "data_points": _points(world, metric, [app], ask, window.detail),
            }
            for rank, app in enumerate(ranked, start=1)
        ],
    }


def _limit(ask: Ask, most: int) -> int:
    """Return how many are wanted; what makes no sense is ignored, not refused."""
    value = ask.query.get("limit", "")
    wanted = int(value) if value.isascii() and value.isdigit() else 0
    return min(wanted, most) if wanted else most


def _named(app: str, rank: int) -> Data:
    label = OTHERS_LABEL if app == OTHERS else _APPS[app][0]
    return {
        "rank": rank,
        "app": app,
        "label": label,
        **dict.fromkeys(("description", "icon_url", "zenmux_url", "official_url"), ""),
    }


def _points(
    world: World, metric: Metric, apps: list[str], ask: Ask, length: int
) -> list[Data]:
    """Return the days up to the anchor; those without data are zero."""
    end = ask.anchor()
    points = []
    for day in days(end - DAY * (length - 1), end):
        figures = _sums(world, metric, day, day, ask.newest)
        value = sum(figures[app] for app in apps)
        points.append(
            {"period": day.strftime("%Y%m%d"), "value": number(metric, value)}
        )
    return points


def _sums(
    world: World, metric: Metric, start: date, end: date, newest: date
) -> Counter[str]:
    """Return what each app used, in the world's units."""
    sums: Counter[str] = Counter()
    for day in days(max(start, FLOOR), min(end, newest)):
        platform = sum(world.column(day).of(metric))
        for app, (_, part) in _APPS.items():
            if app == _NEWCOMER and day < _ARRIVED:
                continue
            share = part * (0.8 + 0.4 * noise("app", app, day)) / _WHOLE
            sums[app] += int(platform * share)
    return sums
