"""Mark what a channel watches in the tables of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from zenmux_bot.render.report import Cell, Column, Report

STAR = "★"
LEGEND = f"{STAR}: on the watch-list of this channel"


def marked(report: Report, watched: AbstractSet[str]) -> Report:
    """Return a report whose table marks what is watched.

    Args:
        report: An answer.
        watched: Slugs of providers and models, in lower case.
    """
    table = report.table
    if table is None or not watched:
        return report
    columns = tuple(_heading(column, watched) for column in table.columns)
    rows = tuple(tuple(_cell(cell, watched) for cell in row) for row in table.rows)
    if (columns, rows) == (table.columns, table.rows):
        return report
    return replace(
        report,
        table=replace(table, columns=columns, rows=rows),
        context=(*report.context, LEGEND),
    )


def _heading(column: Column, watched: AbstractSet[str]) -> Column:
    if not _is_watched(column.slugs, watched):
        return column
    return replace(
        column, heading=f"{STAR} {column.heading}", said=f"{column.said} (watched)"
    )


def _cell(cell: Cell, watched: AbstractSet[str]) -> Cell:
    if not _is_watched(cell.slugs, watched):
        return cell
    said = f"{cell.said or cell.text} (watched)"
    return replace(cell, text=f"{STAR} {cell.text}", said=said)


def _is_watched(slugs: Sequence[str], watched: AbstractSet[str]) -> bool:
    """Tell whether a model or provider is watched, a model also by its provider."""
    known = {slug.lower() for slug in slugs}
    return not watched.isdisjoint(known | {slug.partition("/")[0] for slug in known})
