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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zenmux_bot.domain.drivers import WhyView
from zenmux_bot.domain.figures import Compared, Figure
from zenmux_bot.domain.queries import Metric, Request, canonical
from zenmux_bot.domain.shares import ShareView
from zenmux_bot.domain.views import Basis, LeaderboardView
from zenmux_bot.render.jsonable import jsonable

Figures = LeaderboardView | ShareView | WhyView
"""Answers that have figures."""

SOURCE = "ZenMux, platform-wide"
_UNITS = {Metric.TOKENS: "tokens", Metric.COST: "USD at list price"}
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
"""Spreadsheets run what begins so: https://owasp.org/www-community/attacks/CSV_Injection"""

_UNSAFE = re.compile(r"[^a-z0-9.]+")
_MAX_NAME = 80
_PLACES = Decimal("1e-6")

Row = dict[str, str]


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
    tables = {"": list(_rows(view))}
    if isinstance(view, ShareView) and len(view.buckets) > 1:
        tables[f"-by-{view.buckets[0].width.word}"] = list(_buckets(view))
    files = [
        Attachment(
            name=f"{stem}{part}.csv",
            title=f"{command}{part.replace('-', ' ')} (CSV)",
            content=_csv(view.basis, command, rows),
        )
        for part, rows in tables.items()
    ]
    everything = Attachment(
        name=f"{stem}.json",
        title=f"{command} (JSON)",
        content=as_json(request, view),
    )
    return (*files, everything)


def as_json(request: Request, view: Figures) -> str:
    """Return a view with what it rests on, as it is printed on the terminal."""
    whole = {
        "kind": request.query.name,
        "unit": _UNITS[view.basis.metric],
        "source": SOURCE,
        **jsonable(view),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _stem(command: str) -> str:
    """Return the name of the files of a command, for every file system."""
    plain = _UNSAFE.sub("-", command.lower())
    return f"zenmux-{plain}"[:_MAX_NAME].strip("-.")


def _csv(basis: Basis, command: str, rows: Iterable[Row]) -> str:
    """Return rows below one line of headings."""
    whole = [{**_about(basis, command), **row} for row in rows]
    headings = list(dict.fromkeys(name for row in whole for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    writer.writerows(whole)
    return text.getvalue()


def _about(basis: Basis, command: str) -> Row:
    """Return what every row says of itself."""
    other = basis.comparison.span
    return {
        "query": command,
        "first_day": str(basis.span.start),
        "last_day": str(basis.span.end),
        "compared_first_day": "" if other is None else str(other.start),
        "compared_last_day": "" if other is None else str(other.end),
        "unit": _UNITS[basis.metric],
        "source": SOURCE,
        "data_through": str(basis.data_through),
        "as_of": basis.as_of.isoformat(timespec="seconds"),
        "is_stale": "yes" if basis.stale else "no",
    }


def _rows(view: Figures) -> Iterator[Row]:
    """Yield a view's rows, then Others and the total."""
    match view:
        case LeaderboardView():
            for model in view.rows:
                yield {
                    "row": "model",
                    "rank": _whole(model.rank),
                    "rank_before": _whole(model.rank_before),
                    "model": safe(model.model),
                    "label": safe(model.label),
                    "provider": safe(model.author),
                    **_compared(model.figures),
                }
            yield from _tail(view.others, view.total)
        case ShareView():
            for row in view.rows:
                yield {
                    "row": "provider",
                    "rank": _whole(row.rank),
                    "provider": safe(row.provider),
                    "label": safe(row.label),
                    **_compared(row.figures),
                }
            yield from _tail(view.others, view.total)
        case WhyView():
            yield from _why(view)


def _why(view: WhyView) -> Iterator[Row]:
    """Yield the provider with the parts of its change, then its models."""
    split = view.split
    yield {
        "row": "provider",
        "provider": safe(view.row.provider),
        "label": safe(view.row.label),
        **_compared(view.row.figures),
        "own_volume_pp": "" if split is None else _percent(Figure.exact(split.own)),
        "all_others_pp": "" if split is None else _percent(Figure.exact(split.rest)),
    }
    for driver in view.drivers or ():
        yield {
            "row": "model",
            "model": safe(driver.model),
            "label": safe(driver.label),
            **_value(driver.value),
            "share_change_pp": _percent(driver.points),
        }
    yield {"row": "total", **_compared(view.total)}


def _buckets(view: ShareView) -> Iterator[Row]:
    """Yield each provider's share of each day or week."""
    labels = {row.provider: row.label for row in view.rows}
    for bucket in view.buckets:
        for provider, share in bucket.shares.items():
            yield {
                "bucket": str(bucket.start),
                "provider": safe(provider),
                "label": safe(labels[provider]),
                "share_percent": _percent(share),
                "platform_total": _exact(bucket.total),
            }


def _tail(others: Compared | None, total: Compared) -> Iterator[Row]:
    if others is not None:
        yield {"row": "others", **_compared(others)}
    yield {"row": "total", **_compared(total)}


def _compared(figures: Compared) -> Row:
    return {
        **_value(figures.value),
        "share_percent": _percent(figures.share),
        "share_change_pp": _percent(figures.points),
        "volume_change_percent": _percent(figures.growth),
        "is_new": "yes" if figures.is_new else "no",
    }


def _value(figure: Figure | None) -> Row:
    """Return a volume, or the bounds between which it is."""
    bounds = ("", "")
    if figure is not None and figure.value is None:
        bounds = (f"{figure.low:f}", f"{figure.high:f}")
    return {
        "value": _exact(figure),
        "value_at_least": bounds[0],
        "value_at_most": bounds[1],
    }


def _exact(figure: Figure | None) -> str:
    value = None if figure is None else figure.value
    return "" if value is None else f"{value:f}"


def _percent(fraction: Figure | None) -> str:
    value = None if fraction is None else fraction.value
    return "" if value is None else f"{(value * 100).quantize(_PLACES):f}"


def _whole(number: int | None) -> Any:
    return "" if number is None else str(number)
