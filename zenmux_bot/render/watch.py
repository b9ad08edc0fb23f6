"""What a channel watches, marked in the tables of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from zenmux_bot.domain.shares import ShareView
from zenmux_bot.domain.views import LeaderboardView
from zenmux_bot.render.report import Cell, Report

STAR = "★"
MEANING = f"{STAR}: on the watch-list of this channel"


def marked(report: Report, view: object, watched: AbstractSet[str]) -> Report:
    """Return a leaderboard's or a share's report with what is watched marked.

    Args:
        report: How the view is told.
        view: What was computed; other kinds are left as they are.
        watched: Slugs of providers and models.
    """
    table = report.table
    if table is None or not watched:
        return report
    marks = [bool(slugs & watched) for slugs in _slugs(view)]
    if not any(marks):
        return report
    rows = tuple(
        (*row[: table.key], _starred(row[table.key]), *row[table.key + 1 :])
        if is_watched
        else row
        for row, is_watched in zip(table.rows, marks, strict=True)
    )
    return replace(
        report, table=replace(table, rows=rows), context=(*report.context, MEANING)
    )


def _slugs(view: object) -> Sequence[set[str]]:
    """Return the slugs that each row goes by."""
    if isinstance(view, LeaderboardView):
        return [{row.model, row.author} for row in view.rows]
    if isinstance(view, ShareView):
        return [{row.provider} for row in view.rows]
    return []


def _starred(cell: Cell) -> Cell:
    said = f"{cell.said or cell.text} (watched)"
    return replace(cell, text=f"{STAR} {cell.text}", said=said)
