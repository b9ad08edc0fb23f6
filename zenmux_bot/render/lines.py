"""Volumes over time as lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from zenmux_bot.core.measures import Metric
from zenmux_bot.render import numbers
from zenmux_bot.render.cells import HEADINGS, unique
from zenmux_bot.render.limits import CHART_SERIES_NAME
from zenmux_bot.render.report import Chart

Line = tuple[str, Sequence[Decimal]]


def lines_chart(
    title: str,
    categories: Sequence[str],
    lines: Sequence[Line],
    metric: Metric,
    *,
    x_label: str,
) -> Chart:
    """Return a chart of volumes, in the unit of the highest.

    Args:
        title: What it shows.
        categories: Along the x axis.
        lines: Names and volumes, one for each category; at least one line.
        metric: What is counted.
        x_label: What the categories are.
    """
    highest = max(max(values) for _, values in lines)
    divisor, letter = numbers.scale(highest)
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
        y_label=f"{HEADINGS[metric]}{f' in {letter}' if letter else ''}",
    )
