"""The rows of a file about speed or cache hits."""

from __future__ import annotations

from collections.abc import Mapping

from zenmux_bot.answers.context import SOURCE
from zenmux_bot.answers.performance.view import PerformanceView
from zenmux_bot.core.measures import Measure
from zenmux_bot.render.tabular import Row, Tables, exact, known, safe, whole

UNITS: Mapping[Measure, str] = {
    Measure.THROUGHPUT: "median output tokens per second",
    Measure.TTFT: "median milliseconds to the first token",
    Measure.CACHE: "cache reads as a fraction of prompt tokens",
}


def describe_performance(view: PerformanceView) -> Row:
    """Return what every row of the file says of itself, but for the command."""
    return {
        "first_day": str(view.span.start),
        "last_day": str(view.span.end),
        "compared_first_day": "",
        "compared_last_day": "",
        "unit": UNITS[view.measure],
        "source": SOURCE,
        "data_through": str(view.data_through),
        "as_of": view.as_of.isoformat(timespec="seconds"),
        "is_stale": "yes" if view.stale else "no",
    }


def export_performance(view: PerformanceView) -> Tables:
    """Return each host of each model."""
    hosts = [
        {
            "row": "host",
            "rank": whole(model.rank),
            "model": safe(model.model),
            "label": safe(model.label),
            "host": safe(host.host),
            "host_label": safe(host.host_label),
            "api": safe(host.api),
            "value": exact(known(host.value)),
            "prompt_tokens": exact(known(host.prompt_tokens)),
            "cache_tokens": exact(known(host.cache_tokens)),
        }
        for model in view.models
        for host in model.hosts
    ]
    return {"": hosts}
