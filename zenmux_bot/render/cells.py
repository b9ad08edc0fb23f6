"""Table cells, headings, names and sentences that several kinds of answer share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.core.bounded import Compared
from zenmux_bot.core.measures import Metric
from zenmux_bot.render import days, numbers
from zenmux_bot.render.limits import cut
from zenmux_bot.render.report import Cell, Column

LABEL = 60
"""The most characters of a name; a longer one is cut with an ellipsis."""

MAX_NAMED = 3

HEADINGS = {Metric.TOKENS: "Tokens", Metric.COST: "Cost"}

TOTAL = "Total"
WHOLE = "All of ZenMux"
"""The last row, where the rows above it are not all there are."""

EVERYBODY = "All ZenMux customers together"
"""The figures of the platform, as opposed to those of one account."""


def name(label: str) -> str:
    """Return a name as every answer shows it."""
    return cut(label, LABEL)


def named(labels: Sequence[str]) -> str:
    """Return names as a sentence lists them: ``A, B and C``."""
    shown = [name(label) for label in labels[:MAX_NAMED]]
    if len(labels) > MAX_NAMED:
        return f"{', '.join(shown)} and {len(labels) - MAX_NAMED} more"
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def volume_column(metric: Metric) -> Column:
    """Return the column of volumes; read aloud, only tokens need their unit."""
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


def headline(figures: Compared, basis: AnswerContext, subject: str = EVERYBODY) -> str:
    """Say whose figures these are, the volume, and how it changed.

    Args:
        figures: The volume, compared.
        basis: The days and the metric of the answer.
        subject: Whose volume it is.
    """
    late = f" ({basis.late})" if basis.late else ""
    if figures.value is None:
        return f"{subject}{late}."
    price = " at list price" if basis.metric is Metric.COST else ""
    amount = numbers.brief_amount(figures.value.low, basis.metric)
    return f"{subject}{late}: {amount}{price}{change(figures, basis)}."


def change(figures: Compared, basis: AnswerContext) -> str:
    """Return how a volume changed, as a clause after a comma; empty if unknown."""
    than = days.compared_with(basis)
    if figures.is_new:
        return f", none in {than}"
    growth = None if figures.growth is None else figures.growth.value
    if growth is None:
        return ""
    return f", {numbers.more(growth)} {than}{_a_day(growth, basis)}"


def _a_day(growth: Decimal, basis: AnswerContext) -> str:
    """Return the change per day, where the periods differ in length."""
    other = basis.comparison.span
    if other is None or other.days == basis.span.days:
        return ""
    daily = (1 + growth) * other.days / basis.span.days - 1
    return f" ({numbers.signed_percent(daily)} a day)"


def context(basis: AnswerContext, *notes: str) -> tuple[str, ...]:
    """Return the clauses of the small print, without the command."""
    compared = basis.comparison
    covered = basis.span.in_words()
    if compared.span is not None:
        covered = days.versus(basis.span, compared.span)
    parts = [covered]
    if compared.reason:
        parts.append(compared.reason)
    elif not compared.commensurable:
        parts.append("the periods differ in length, so volumes are not compared")
    parts.append(f"data through {days.day(basis.data_through)} UTC")
    if basis.metric is Metric.COST:
        parts.append("list price")
    return tuple(part.removesuffix(".") for part in (*parts, *basis.notes, *notes))


def rounding(figures: Sequence[Compared], whole: Compared) -> list[str]:
    """Say that shares are rounded, where their sum is off by more than a tenth."""
    shares = [each.share.value for each in figures if each.share is not None]
    known = [share for share in shares if share is not None]
    if len(known) < len(figures) or whole.share is None or whole.share.value is None:
        return []
    off = sum(map(numbers.tenths, known)) - numbers.tenths(whole.share.value)
    return ["shares are rounded"] if abs(off) > 1 else []


def unit(highest: Decimal, metric: Metric) -> tuple[Decimal, str]:
    """Return the divisor of a chart's volumes, and the label of their unit."""
    divisor, letter = numbers.scale(highest)
    if metric is Metric.COST:
        return divisor, f"Cost in ${letter}"
    return divisor, f"Tokens in {letter}" if letter else "Tokens"


def unique(labels: Sequence[str], size: int) -> tuple[str, ...]:
    """Return distinct labels, numbering those that are equal."""
    distinct: list[str] = []
    for label in labels:
        candidate, number = cut(label, size), 1
        while candidate in distinct:
            number += 1
            end = f" {number}"
            candidate = cut(label, size - len(end)) + end
        distinct.append(candidate)
    return tuple(distinct)
