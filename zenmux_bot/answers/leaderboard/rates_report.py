"""The column of average prices beside a leaderboard."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from zenmux_bot.answers.leaderboard.view import LeaderboardView
from zenmux_bot.render.numbers import UNKNOWN
from zenmux_bot.render.report import Cell, Column, Table

MEANING = "average list price per million tokens, all token kinds mixed"
_HEADING = "$ per 1M tokens"
_COLUMN = Column(_HEADING, "right", numeric=True, said=MEANING)


def priced(table: Table, view: LeaderboardView) -> Table:
    """Return a leaderboard's table with a column of prices, if there are any."""
    rates = view.rates
    if rates is None:
        return table
    prices = [rates.models.get(row.model) for row in view.rows]
    # Others mix models, and the last row is the platform's
    tail = [None] * (len(table.tail) - 1) + [rates.platform]
    return replace(
        table,
        columns=(*table.columns, _COLUMN),
        rows=tuple(
            (*row, _cell(price)) for row, price in zip(table.rows, prices, strict=True)
        ),
        tail=tuple(
            (*row, _cell(price)) for row, price in zip(table.tail, tail, strict=True)
        ),
    )


def rate_notes(view: LeaderboardView) -> list[str]:
    """Say what the column is, and what a dash in it means."""
    if view.rates is None:
        return []
    notes = [f"{_HEADING}: {MEANING}"]
    if any(row.model not in view.rates.models for row in view.rows):
        notes.append("no price where a model is not listed by both tokens and cost")
    return notes


def _cell(price: Decimal | None) -> Cell:
    if price is None:
        return Cell(UNKNOWN)
    return Cell(_written(price), float(price))


def _written(price: Decimal) -> str:
    """Return USD with two decimals; of less than a dollar, three digits that count."""
    if price >= 1 or not price:
        return f"${price:,.2f}"
    places = min(2 - price.adjusted(), 6)
    return f"${price:.{places}f}"
