"""Performance: the ten fastest or best-cached models, by hosting provider.

https://docs.zenmux.ai/api/platform/statistics-performance.html
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from statistics import median

from zenmux_bot.core.measures import Metric
from zenmux_demo.sandbox.catalog import AUTHORS, HOSTS, Model
from zenmux_demo.sandbox.params import Ask
from zenmux_demo.sandbox.statistics import Data, icon_of
from zenmux_demo.sandbox.world import World, days, noise

ENTRIES = 10

_PROMPT_SHARE = 0.9


class Measure(StrEnum):
    """What can be asked for."""

    THROUGHPUT = "throughput"
    TTFT = "ttft"
    CACHE_HIT = "cache_hit"


def performance(world: World, ask: Ask) -> Data:
    """Rank the models by the best figure among their hosts."""
    measure = ask.choice("metric", Measure)
    start, end = ask.month(clamp=True)
    span = days(start, min(end, ask.newest))
    rows = [
        (model, *_by_host(measure, model, tokens, span))
        for model, tokens in world.figures(Metric.TOKENS, start, min(end, ask.newest))
        if not model.silent
    ]
    rows.sort(key=lambda row: row[1], reverse=measure is not Measure.TTFT)
    return {
        "metric": measure.value,
        "starting_at": start.isoformat(),
        "ending_at": end.isoformat(),
        "entries": [
            {
                "rank": rank,
                "model": model.slug,
                "label": model.label,
                "icon_url": icon_of(model.author),
                **fields,
            }
            for rank, (model, _, fields) in enumerate(rows[:ENTRIES], start=1)
        ],
    }


def _by_host(
    measure: Measure, model: Model, tokens: int, span: list[date]
) -> tuple[float, Data]:
    """Return the best figure of a model, and the fields that split it by host."""
    if measure is Measure.CACHE_HIT:
        return _cached(model, tokens)
    hosts = [
        {**_name(host), **_timed(measure, model, host, span)}
        for host in AUTHORS[model.author].hosts
    ]
    hosts.sort(key=lambda host: host["value"], reverse=measure is Measure.THROUGHPUT)
    return hosts[0]["value"], {"providers": hosts}


def _name(host: str) -> Data:
    return {
        "provider": host,
        "provider_label": HOSTS[host].label,
        "provider_icon_url": f"https://cdn.example.com/icons/{host}.svg",
    }


def _timed(measure: Measure, model: Model, host: str, span: list[date]) -> Data:
    typical = noise(model.slug, measure) + 0.3 * noise(model.slug, host, measure)
    # the middle of the days: how the API combines them is not documented
    jitter = 0.95 + 0.1 * median(noise(model.slug, host, measure, d) for d in span)
    if measure is Measure.THROUGHPUT:
        speed = round((35 + 100 * typical) * jitter, 2)
        return {"value": speed, "value_label": f"{speed:.2f}"}
    wait = round((320 + 1500 * typical) * jitter)
    return {"value": wait, "value_label": f"{wait}ms"}


def _cached(model: Model, tokens: int) -> tuple[float, Data]:
    doors = [
        (host, api) for host in AUTHORS[model.author].hosts for api in HOSTS[host].apis
    ]
    # the first door takes half of the traffic, the next a third, and so on
    weights = [1 / (place + 2) for place in range(len(doors))]
    by_host: dict[str, list[Data]] = {}
    for (host, api), weight in zip(doors, weights, strict=True):
        prompt = int(tokens * _PROMPT_SHARE * weight / sum(weights))
        hits = (
            0.2 + 0.6 * noise(model.slug, "cache") + 0.1 * noise(model.slug, host, api)
        )
        cached = int(prompt * hits)
        rate = round(cached / prompt, 4)
        by_host.setdefault(host, []).append(
            {
                "api": api,
                "value": rate,
                "value_label": f"{rate:.2%}",
                "cache_tokens": cached,
                "prompt_tokens": prompt,
            }
        )
    for apis in by_host.values():
        apis.sort(key=lambda door: door["value"], reverse=True)
    best = max(by_host, key=lambda host: by_host[host][0]["value"])
    first = by_host[best][0]
    return first["value"], {
        "top_provider": {
            "provider_label": HOSTS[best].label,
            "api": first["api"],
            "value": first["value"],
            "value_label": first["value_label"],
        },
        "providers": {
            host: {
                "provider_label": HOSTS[host].label,
                "provider_icon_url": f"https://cdn.example.com/icons/{host}.svg",
                "apis": apis,
            }
            for host, apis in by_host.items()
        },
    }
