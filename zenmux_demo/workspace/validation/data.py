"""Tables and charts.

https://docs.slack.dev/reference/block-kit/blocks/table-block
https://docs.slack.dev/reference/block-kit/blocks/data-table-block
https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zenmux_bot.render import limits
from zenmux_demo.workspace.validation.rich_text import RICH_TEXT, characters
from zenmux_demo.workspace.validation.rules import (
    Found,
    Problem,
    Rule,
    boolean,
    fields,
    integer,
    list_of,
    number,
    one_of,
    string,
    tagged,
)

BLOCK_ID: dict[str, Rule] = {"block_id": string(limits.BLOCK_ID)}

CELL = tagged(
    {
        "raw_text": fields({"text": string(limits.DATA_TABLE_CHARACTERS)}),
        "raw_number": fields(
            {"value": number, "text": string(limits.DATA_TABLE_CHARACTERS)}
        ),
        "rich_text": RICH_TEXT,
    },
    what="cell",
)


def cell_characters(block: Any) -> int:
    """Count the characters of all cells of a table."""
    rows = block.get("rows")
    return sum(
        characters(cell)
        for row in (rows if isinstance(rows, list) else [])
        for cell in (row if isinstance(row, list) else [])
    )


def _characters_at_most(limit: int) -> Rule:
    def check(value: Any, at: str) -> Found:
        if cell_characters(value) > limit:
            yield Problem(
                "too_long", f"no more than {limit} characters in all cells", at, limit
            )

    return check


def _column_setting(value: Any, at: str) -> Found:
    if value is not None:
        yield from fields(
            {}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}
        )(value, at)


TABLE = fields(
    {
        "rows": list_of(
            list_of(CELL, limits.TABLE_COLUMNS),
            limits.TABLE_ROWS,
        )
    },
    {
        **BLOCK_ID,
        "column_settings": list_of(_column_setting, limits.TABLE_COLUMNS, at_least=0),
    },
    _characters_at_most(limits.TABLE_CHARACTERS),
)


def _rectangular(value: Any, at: str) -> Found:
    header, *body = value["rows"]
    for index, row in enumerate(body, start=1):
        if len(row) != len(header):
            yield Problem(
                "wrong_length",
                f"must have as many cells as the header ({len(header)})",
                f"{at}/rows/{index}",
                len(header),
            )
    for index, cell in enumerate(header):
        if cell["type"] == "rich_text":
            yield Problem(
                "not_allowed",
                "rich_text is not allowed in the header",
                f"{at}/rows/0/{index}",
            )
    if value.get("row_header_column_index", 0) >= len(header):
        yield Problem(
            "out_of_range", "must name a column", f"{at}/row_header_column_index"
        )


DATA_TABLE = fields(
    {
        "caption": string(limits.DATA_TABLE_CHARACTERS),
        "rows": list_of(
            list_of(CELL, limits.DATA_TABLE_COLUMNS),
            limits.DATA_TABLE_ROWS,
            at_least=limits.DATA_TABLE_MIN_ROWS,
        ),
    },
    {
        **BLOCK_ID,
        "page_size": integer(1, limits.DATA_TABLE_PAGE_SIZE),
        "row_header_column_index": integer(0, limits.DATA_TABLE_COLUMNS - 1),
    },
    _rectangular,
    _characters_at_most(limits.DATA_TABLE_CHARACTERS),
)

LABEL = string(limits.CHART_LABEL)
POINT = fields({"label": LABEL, "value": number})


def _positive(value: Any, at: str) -> Found:
    for problem in number(value, at):
        yield problem
        return
    if value <= 0:
        yield Problem("out_of_range", "must be more than 0", at, 0)


def _duplicates(names: Iterable[str], at: str, what: str) -> Found:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Problem(
                "duplicate", f"{what} must be unique: {name}", f"{at}/{index}"
            )
        seen.add(name)


def _series_fit(value: Any, at: str) -> Found:
    categories = value["axis_config"]["categories"]
    yield from _duplicates(categories, f"{at}/axis_config/categories", "categories")
    yield from _duplicates(
        (s["name"] for s in value["series"]), f"{at}/series", "series names"
    )
    for index, series in enumerate(value["series"]):
        labels = [point["label"] for point in series["data"]]
        if sorted(labels) != sorted(categories):
            yield Problem(
                "not_allowed",
                "must have exactly one point for each category",
                f"{at}/series/{index}/data",
            )


AXIS_CHART = fields(
    {
        "series": list_of(
            fields(
                {
                    "name": string(limits.CHART_SERIES_NAME),
                    "data": list_of(POINT, limits.CHART_POINTS),
                }
            ),
            limits.CHART_SERIES,
        ),
        "axis_config": fields(
            {"categories": list_of(LABEL, limits.CHART_POINTS)},
            {
                "x_label": string(limits.CHART_AXIS_LABEL),
                "y_label": string(limits.CHART_AXIS_LABEL),
            },
        ),
    },
    {},
    _series_fit,
)
PIE = fields(
    {
        "segments": list_of(
            fields({"label": LABEL, "value": _positive}), limits.CHART_SEGMENTS
        )
    }
)
CHART = fields(
    {
        "title": string(limits.CHART_TITLE),
        "chart": tagged(
            {"line": AXIS_CHART, "bar": AXIS_CHART, "area": AXIS_CHART, "pie": PIE},
            what="chart type",
        ),
    },
    BLOCK_ID,
)
