"""Computed answers as files: CSV for tables, JSON for programs.

Every row of a CSV file says what it rests on in its first columns, since tools take
the first line for the headings and comments for data. A figure that is not known
exactly is empty, with its bounds beside it; unknown is never zero.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from zenmux_bot.answers.leaderboard.view import LeaderboardView
from zenmux_bot.answers.performance.view import PerformanceView
from zenmux_bot.answers.share.view import ShareView
from zenmux_bot.answers.why.view import WhyView
from zenmux_bot.commands.queries import Request, canonical
from zenmux_bot.core.bounded import Bounded, Compared
from zenmux_bot.core.measures import Measure, Metric
from zenmux_bot.render.jsonable import jsonable
from zenmux_bot.render.tabular_cells import (
    Row,
    compared,
    exact,
    percent,
    safe,
    value,
    whole,
)
from zenmux_bot.render.tabular_models import ModelFigures, model_tables

Figures = LeaderboardView | ShareView | WhyView | ModelFigures
"""Answers that have figures."""

SOURCE = "ZenMux, platform-wide"
_UNITS: Mapping[Metric | Measure, str] = {
    Metric.TOKENS: "tokens",
    Metric.COST: "USD at list price",
    Measure.THROUGHPUT: "median output tokens per second",
    Measure.TTFT: "median milliseconds to the first token",
    Measure.CACHE: "cache reads as a fraction of prompt tokens",
}
_UNSAFE = re.compile(r"[^a-z0-9.]+")
_MAX_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file.

    Attributes:
        name: A safe file name.
        title: What it is called in Slack.
        content: Its text.
    """

    name: str
    title: str
    content: str


def attachments(view: object, request: Request) -> tuple[Attachment, ...]:
    """Return an answer's files: its rows, its days or weeks, and all of it as JSON.

    Answers without figures have none.
    """
    if not isinstance(view, Figures):
        return ()
    command = canonical(request.query)
    stem = _stem(command)
    tables = _tables(view)
    files = [
        Attachment(
            name=f"{stem}{part}.csv",
            title=f"{command}{part.replace('-', ' ')} (CSV)",
            content=_csv(_about(view, command), rows),
        )
        for part, rows in tables.items()
    ]
    everything = Attachment(
        name=f"{stem}.json",
        title=f"{command} (JSON)",
        content=as_json(request, view),
    )
    return (*files, everything)


def _tables(view: Figures) -> Mapping[str, list[Row]]:
    """Return an answer's tables by what is added to the name of the file."""
    if isinstance(view, ModelFigures):
        return model_tables(view)
    tables = {"": list(_rows(view))}
    if isinstance(view, ShareView) and len(view.buckets) > 1:
        tables[f"-by-{view.buckets[0].width.word}"] = list(_buckets(view))
    return tables


def as_json(request: Request, view: Figures) -> str:
    """Return a view with what it rests on, as it is printed on the terminal."""
    everything = {
        "kind": request.query.name,
        "unit": _unit(view),
        "source": SOURCE,
        **jsonable(view),
    }
    return json.dumps(everything, ensure_ascii=False, indent=2)


def _unit(view: Figures) -> str:
    if isinstance(view, PerformanceView):
        return _UNITS[view.measure]
    return _UNITS[view.basis.metric]


def _stem(command: str) -> str:
    """Return the name of the files of a command, for every file system."""
    plain = _UNSAFE.sub("-", command.lower())
    return f"zenmux-{plain}"[:_MAX_NAME].strip("-.")


def _csv(about: Row, rows: Iterable[Row]) -> str:
    """Return rows below one line of headings."""
    lines = [{**about, **row} for row in rows]
    headings = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _about(view: Figures, command: str) -> Row:
    """Return what every row says of itself."""
    basis = view if isinstance(view, PerformanceView) else view.basis
    other = None if isinstance(basis, PerformanceView) else basis.comparison.span
    return {
        "query": command,
        "first_day": str(basis.span.start),
        "last_day": str(basis.span.end),
        "compared_first_day": "" if other is None else str(other.start),
        "compared_last_day": "" if other is None else str(other.end),
        "unit": _unit(view),
        "source": SOURCE,
        "data_through": str(basis.data_through),
        "as_of": basis.as_of.isoformat(timespec="seconds"),
        "is_stale": "yes" if basis.stale else "no",
    }


def _rows(view: LeaderboardView | ShareView | WhyView) -> Iterator[Row]:
    """Yield a view's rows, then Others and the total."""
    match view:
        case LeaderboardView():
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
            yield from _tail(view.others, view.total)
        case ShareView():
            for row in view.rows:
                yield {
                    "row": "provider",
                    "rank": whole(row.rank),
                    "provider": safe(row.provider),
                    "label": safe(row.label),
                    **compared(row.figures),
                }
            yield from _tail(view.others, view.total)
        case WhyView():
            yield from _why(view)


def _price(view: LeaderboardView, model: str) -> Row:
    """Return a model's average price, where prices were asked for."""
    if view.rates is None:
        return {}
    rate = view.rates.models.get(model)
    return {"usd_per_million_tokens": "" if rate is None else f"{rate:f}"}


def _why(view: WhyView) -> Iterator[Row]:
    """Yield the provider with the parts of its change, then its models."""
    split = view.split
    yield {
        "row": "provider",
        "provider": safe(view.row.provider),
        "label": safe(view.row.label),
        **compared(view.row.figures),
        "own_volume_pp": "" if split is None else percent(Bounded.exact(split.own)),
        "all_others_pp": "" if split is None else percent(Bounded.exact(split.rest)),
    }
    for driver in view.drivers or ():
        yield {
            "row": "model",
            "model": safe(driver.model),
            "label": safe(driver.label),
            **value(driver.value),
            "share_change_pp": percent(driver.points),
        }
    yield {"row": "total", **compared(view.total)}


def _buckets(view: ShareView) -> Iterator[Row]:
    """Yield each provider's share of each day or week."""
    labels = {row.provider: row.label for row in view.rows}
    for bucket in view.buckets:
        for provider, share in bucket.shares.items():
            yield {
                "bucket": str(bucket.start),
                "provider": safe(provider),
                "label": safe(labels[provider]),
                "share_percent": percent(share),
                "platform_total": exact(bucket.total),
            }


def _tail(others: Compared | None, total: Compared) -> Iterator[Row]:
    if others is not None:
        yield {"row": "others", **compared(others)}
    yield {"row": "total", **compared(total)}
