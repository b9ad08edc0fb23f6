"""Volumes over time: as the lines of a chart, and as a sparkline in a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from zenmux_bot.core.measures import Metric
from zenmux_bot.render import days
from zenmux_bot.render.cells import unique, unit
from zenmux_bot.render.limits import CHART_SERIES_NAME
from zenmux_bot.render.numbers import UNKNOWN
from zenmux_bot.render.report import Cell, Chart

Line = tuple[str, Sequence[Decimal]]

ROWS_BESIDE = 7
"""Rows that a table shows at once below a chart, which is already tall."""

_MIN_LINES = 3
"""With fewer lines, none is left out."""

_OUTLIER_FACTOR = 3
"""A line that never falls below this many times the next peak is left out."""


def lines_chart(
    title: str,
    categories: Sequence[str],
    lines: Sequence[Line],
    metric: Metric,
    *,
    x_label: str,
) -> Chart:
    """Return a chart of volumes, in the unit that suits the highest.

    Args:
        title: What it shows.
        categories: The x axis.
        lines: Names and volumes, one for each category; at least one line.
        metric: What is counted.
        x_label: What the categories are.
    """
    highest = max(max(values) for _, values in lines)
    divisor, volume = unit(highest, metric)
    names = unique([label for label, _ in lines], CHART_SERIES_NAME)
    drawn = (
        tuple(round(float(value / divisor), 2) for value in values)
        for _, values in lines
    )
    return Chart(
        title=title,
        kind="line",
        categories=tuple(categories),
        series=tuple(zip(names, drawn, strict=True)),
        x_label=x_label,
        y_label=volume,
    )


L = TypeVar("L", bound=tuple[str, Sequence[float | Decimal]])


def without_leader(lines: list[L]) -> tuple[list[L], str]:
    """Return lines without one far above all others, and its name if there is one.

    Charts start at zero, so such a line would flatten the others.
    """
    if len(lines) < _MIN_LINES:
        return lines, ""
    peaks = sorted((max(values) for _, values in lines), reverse=True)
    label, highest = max(lines, key=lambda line: max(line[1]))
    if min(highest) < peaks[1] * _OUTLIER_FACTOR:
        return lines, ""
    return [line for line in lines if line[0] != label], label


_BLOCKS = "▁▂▃▄▅▆▇█"
_NOTHING = "_"
_GAP = "·"

Daily = Sequence[tuple[date, Decimal | None]]


def spark_cell(daily: Daily, write: Callable[[Decimal], str]) -> Cell:
    """Return a sparkline; read aloud, its ends and its peak.

    Args:
        daily: Days and their figures, oldest first; None: not known.
        write: Formats a figure.
    """
    known = [(day, value) for day, value in daily if value is not None]
    if not known:
        return Cell(UNKNOWN)
    peak_day, peak = max(known, key=lambda each: each[1])
    blocks = "".join(_block(value, peak) for _, value in daily)
    first, last = write(known[0][1]), write(known[-1][1])
    top = f"at most {write(peak)} on {days.day(peak_day, year=False)}"
    return Cell(blocks, said=f"from {first} to {last}, {top}")


def _block(value: Decimal | None, peak: Decimal) -> str:
    """Return one figure; zero, a little and unknown look different."""
    if value is None:
        return _GAP
    if not value:
        return _NOTHING
    return _BLOCKS[round(value / peak * (len(_BLOCKS) - 1))]
