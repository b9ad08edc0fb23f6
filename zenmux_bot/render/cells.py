"""Cells, headings, names and sentences that several kinds of answer share."""

from __future__ import annotations

from collections.abc import Sequence

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.core.bounded import Compared
from zenmux_bot.core.measures import Metric
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cut import cut
from zenmux_bot.render.report import Cell, Column

LABEL = 60
"""Characters of a name; a longer one is cut, and shown cut."""

MAX_NAMED = 3

HEADINGS = {Metric.TOKENS: "Tokens", Metric.COST: "Cost (USD)"}


def name(label: str) -> str:
    """Return a name as it is shown everywhere, so that it is recognised."""
    return cut(label, LABEL)


def named(labels: Sequence[str]) -> str:
    """Return names as a sentence lists them: ``A, B and C``."""
    shown = [name(label) for label in labels[:MAX_NAMED]]
    if len(labels) > MAX_NAMED:
        return f"{', '.join(shown)} and {len(labels) - MAX_NAMED} more"
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def volume_column(metric: Metric) -> Column:
    """Return the column of volumes; money says itself what it is."""
    said = "" if metric is Metric.COST else "tokens"
    return Column(HEADINGS[metric], "right", numeric=True, said=said)


def figure_cells(figures: Compared, metric: Metric) -> tuple[Cell, Cell]:
    """Return the cells of a volume and its share."""
    volume = None if figures.value is None else float(figures.value.low)
    share = None if figures.share is None else float(figures.share.low)
    return (
        Cell(numbers.bounded(figures.value, metric), volume),
        Cell(numbers.percent(figures.share), share),
    )


def points_cell(figures: Compared) -> Cell:
    """Return the cell of a change of share."""
    change = None if figures.points is None else float(figures.points.low)
    return Cell(numbers.points(figures.points), change)


def growth_cell(figures: Compared) -> Cell:
    """Return the cell of a change of volume."""
    change = None if figures.growth is None else float(figures.growth.low)
    return Cell(numbers.growth(figures), change)


def platform(total: Compared, basis: AnswerContext) -> list[str]:
    """Say how large the platform was, and how that changed."""
    if total.value is None:
        return []
    amount = numbers.brief_amount(total.value.low, basis.metric)
    if total.growth is None:
        return [f"Platform: {amount}."]
    change = f"{numbers.growth(total)} on {days.compared_with(basis)}"
    return [f"Platform: {amount}, {change}."]


def unique(labels: Sequence[str], size: int) -> tuple[str, ...]:
    """Return labels that differ, numbering those that do not."""
    distinct: list[str] = []
    for label in labels:
        candidate, number = cut(label, size), 1
        while candidate in distinct:
            number += 1
            end = f" {number}"
            candidate = cut(label, size - len(end)) + end
        distinct.append(candidate)
    return tuple(distinct)
