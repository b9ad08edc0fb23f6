"""Cells, headings and names that several kinds of answer share."""

from __future__ import annotations

from zenmux_bot.domain.figures import Compared
from zenmux_bot.domain.queries import Metric
from zenmux_bot.render import numbers
from zenmux_bot.render.cut import cut
from zenmux_bot.render.report import Cell

LABEL = 60
"""Characters of a name in a table; a longer one is cut, and shown cut."""

VOLUME = {Metric.TOKENS: "Tokens", Metric.COST: "Cost (USD)"}


def figure_cells(figures: Compared, metric: Metric) -> tuple[Cell, Cell]:
    """Return the cells of a volume and its share."""
    volume = None if figures.value is None else float(figures.value.low)
    share = None if figures.share is None else float(figures.share.low)
    return (
        Cell(numbers.bounded(figures.value, metric), volume),
        Cell(numbers.percent(figures.share), share),
    )


def growth_cell(figures: Compared) -> Cell:
    """Return the cell of a change of volume."""
    change = None if figures.growth is None else float(figures.growth.low)
    return Cell(numbers.growth(figures), change)


def unique(labels: list[str], size: int) -> tuple[str, ...]:
    """Return labels that differ, numbering those that do not."""
    seen: dict[str, int] = {}
    distinct = []
    for label in (cut(each, size) for each in labels):
        seen[label] = seen.get(label, 0) + 1
        number = f" {seen[label]}" if seen[label] > 1 else ""
        distinct.append(cut(label, size - len(number)) + number)
    return tuple(distinct)
