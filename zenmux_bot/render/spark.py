"""A row of figures as blocks for the eye and as words for the ear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from zenmux_bot.render import days
from zenmux_bot.render.numbers import UNKNOWN
from zenmux_bot.render.report import Cell

_BLOCKS = "▁▂▃▄▅▆▇█"
_NOTHING = "_"
_GAP = "·"

Daily = Sequence[tuple[date, Decimal | None]]


def spark_cell(daily: Daily, write: Callable[[Decimal], str]) -> Cell:
    """Return a sparkline; read aloud, its ends and its peak.

    Args:
        daily: Days and their figures, oldest first; None: not known.
        write: Writes a figure.
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
    """Return one figure; nothing at all differs from a little, and from not known."""
    if value is None:
        return _GAP
    if not value:
        return _NOTHING
    return _BLOCKS[round(value / peak * (len(_BLOCKS) - 1))]
