"""Figures as the cells of a file: exact, or empty with their bounds beside them."""

from __future__ import annotations

import re
from decimal import Decimal

from zenmux_bot.core.bounded import Bounded, Compared

FORMULA = re.compile(r"[=+\-@\t\r\n]")
"""Spreadsheets run what begins so: https://owasp.org/www-community/attacks/CSV_Injection"""

_PLACES = Decimal("1e-6")

Row = dict[str, str]


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def compared(figures: Compared) -> Row:
    """Return a volume, its share and their changes."""
    return {
        **value(figures.value),
        "share_percent": percent(figures.share),
        "share_change_pp": percent(figures.points),
        "volume_change_percent": percent(figures.growth),
        "is_new": "yes" if figures.is_new else "no",
    }


def value(figure: Bounded | None) -> Row:
    """Return a volume, or the bounds between which it is."""
    bounds = ("", "")
    if figure is not None and figure.value is None:
        bounds = (f"{figure.low:f}", f"{figure.high:f}")
    return {
        "value": exact(figure),
        "value_at_least": bounds[0],
        "value_at_most": bounds[1],
    }


def exact(figure: Bounded | None) -> str:
    """Return a figure if it is known exactly."""
    known = None if figure is None else figure.value
    return "" if known is None else f"{known:f}"


def percent(fraction: Bounded | None) -> str:
    """Return a fraction in percent if it is known exactly."""
    known = None if fraction is None else fraction.value
    return "" if known is None else f"{(known * 100).quantize(_PLACES):f}"


def whole(number: int | None) -> str:
    """Return a whole number, empty if it is not known."""
    return "" if number is None else str(number)
