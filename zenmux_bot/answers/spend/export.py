"""Own spend and usage as rows of a file and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zenmux_bot.answers.spend.view import SpendRow, SpendView, Sum
from zenmux_bot.core.measures import Metric
from zenmux_bot.render.jsonable import jsonable
from zenmux_bot.render.tabular import Row, Tables, exact, known, percent, safe

SOURCE = "ZenMux, own account"


def describe_spend(view: SpendView) -> Row:
    """Return what every row of the file says of itself, but for the command."""
    now, before = view.complete, view.comparison.span
    if before is None:
        now = None
    return {
        "first_day": str(view.span.start),
        "last_day": str(view.span.end),
        "running_day": "" if view.running is None else str(view.running),
        "current_first_day": "" if now is None else str(now.start),
        "current_last_day": "" if now is None else str(now.end),
        "compared_first_day": "" if before is None else str(before.start),
        "compared_last_day": "" if before is None else str(before.end),
        "unit": "USD billed" if view.metric is Metric.COST else "tokens",
        "source": SOURCE,
        "data_through": str(view.span.end),
        "as_of": view.as_of.isoformat(timespec="seconds"),
        "is_stale": "yes" if view.stale else "no",
    }


def export_spend(view: SpendView) -> Tables:
    """Return the rows, and the figures by day."""
    tables = {"": list(_rows(view))}
    if len(view.buckets) > 1 and view.cut.word not in ("day", "hour"):
        tables["-by-day"] = list(_days(view))
    return tables


def _rows(view: SpendView) -> Iterator[Row]:
    for row in view.rows:
        yield _row(view, row, view.cut.word)
    if view.others is not None:
        yield _row(view, view.others, "others")
    yield _row(view, view.total, "total")


def _row(view: SpendView, row: SpendRow, kind: str) -> Row:
    is_money = view.metric is Metric.COST
    cells = {
        "row": kind,
        "name": safe(row.id if kind != "others" else ""),
        "label": safe(row.label),
        "billed_usd" if is_money else "tokens": _exact(row.value),
        "share_percent": percent(known(row.share)),
        "current_days": _exact(row.complete),
        "compared_days": _exact(row.before),
        "change_percent": percent(known(row.growth)),
        "is_new": "yes" if row.is_new else "no",
        "requests": _exact(row.requests),
    }
    if is_money:
        cells["covered_usd_at_reference_price"] = _exact(row.covered)
    if view.cut.word == "host":
        cells["median_latency_ms"] = exact(known(row.latency))
    return cells


def _days(view: SpendView) -> Iterator[Row]:
    labels = {row.id: row.label for row in view.rows}
    for bucket in view.buckets:
        for name, value in bucket.values.items():
            yield {
                "day": bucket.start.date().isoformat(),
                "name": safe(name),
                "label": safe(labels.get(name, name)),
                "value": _exact(value),
                "total": _exact(bucket.value),
            }


def _exact(figure: Sum | None) -> str:
    return "" if figure is None else exact(known(figure.value))


@jsonable.register
def _sum(value: Sum) -> Any:
    if value.value is not None:
        return jsonable(value.value)
    return {"at_least": jsonable(value.low)} if value.low else None


@jsonable.register
def _spend_row(row: SpendRow) -> Any:
    return {
        "id": row.id,
        "label": row.label,
        "value": jsonable(row.value),
        "covered": jsonable(row.covered),
        "requests": jsonable(row.requests),
        "share": jsonable(row.share),
        "current": jsonable(row.complete),
        "before": jsonable(row.before),
        "difference": jsonable(row.difference),
        "growth": jsonable(row.growth),
        "is_new": row.is_new,
        "running": row.running,
        "latency": jsonable(row.latency),
    }
