"""Render a report for the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from zenmux_bot.core.periods import moment_words
from zenmux_bot.render.numbers import MINUS
from zenmux_bot.render.report import Chart, Report, Table, command_line

_BARS = " ▁▂▃▄▅▆▇█"
_BAR_WIDTH = 20


def draw(report: Report) -> RenderableType:
    """Return a report as rich prints it; labels are text, never markup."""
    parts: list[RenderableType] = [Text(report.title, style="bold")]
    if report.headline:
        parts.append(Text(report.headline, style="bold"))
    if report.finding:
        parts.append(Text(report.finding))
    if report.chart is not None:
        parts.append(Padding(_chart(report.chart), (1, 0, 0, 0)))
    if report.table is not None and report.is_table_shown:
        parts.append(_table(report.table))
    if report.points:
        parts.append(_points(report))
    parts += [Text(f"{each.words} {moment_words(each.at)}") for each in report.instants]
    parts += [Text(f"Try {command_line(each)}") for each in report.suggested]
    parts += map(_dim, _small_print(report))
    return Group(*parts)


def print_report(report: Report, console: Console) -> None:
    """Print a report."""
    console.print(draw(report), highlight=False)


def _table(table: Table) -> RichTable:
    drawn = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in table.columns:
        drawn.add_column(Text(column.heading), justify=column.align, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(cell.text) for cell in row))
    drawn.add_section()
    for row in table.tail:
        drawn.add_row(*(_dim(cell.text) for cell in row))
    return drawn


def _points(report: Report) -> RichTable:
    drawn = RichTable(box=None, show_header=False, pad_edge=False)
    drawn.add_column(overflow="fold")
    drawn.add_column(overflow="fold")
    for point in report.points:
        drawn.add_row(Text(point.label, style="bold"), Text(point.words))
    return drawn


def _chart(chart: Chart) -> RichTable:
    """Return bars with their values, or one row of bars for each line."""
    drawn = RichTable(box=None, show_header=False, pad_edge=False)
    highest = max(abs(each) for _, values in chart.series for each in values) or 1
    if chart.kind == "bar":
        for label, value in zip(chart.categories, chart.series[0][1], strict=True):
            bar = "█" * round(abs(value) / highest * _BAR_WIDTH)
            drawn.add_row(
                Text(label), Text(bar), _dim(f"{value:,.2f}".replace("-", MINUS))
            )
        drawn.add_row(_dim(chart.x_label), Text(), _dim(chart.y_label))
        return drawn
    for name, values in chart.series:
        bars = "".join(_BARS[round(v / highest * (len(_BARS) - 1))] for v in values)
        ends = f"{values[0]:.1f} → {values[-1]:.1f} {chart.y_label}"
        drawn.add_row(Text(name), Text(bars), _dim(ends))
    ends = f"{chart.categories[0]} to {chart.categories[-1]}"
    drawn.add_row(_dim(chart.x_label), _dim(ends))
    return drawn


def _dim(words: str) -> Text:
    return Text(words, style="dim")


def _small_print(report: Report) -> list[str]:
    """Return the small print."""
    lines = list(report.context)
    if report.as_of is not None:
        age = "stale copy, as of" if report.stale else "as of"
        lines.append(f"{age} {moment_words(report.as_of)}")
    foot = [" · ".join(lines)] if lines else []
    return foot + ([command_line(report.command)] if report.command else [])
