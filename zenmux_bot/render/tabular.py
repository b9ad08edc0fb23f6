"""Answers as files: CSV for tables, JSON for programs.

The first columns of a CSV file repeat the command and the days in every row, since
tools take the first line for headings and comments for data. A figure that is not
exactly known is empty, with its bounds in other columns; unknown is never zero. Each
kind of answer builds its rows in ``answers/<kind>/export.py``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zenmux_bot.core.bounded import Bounded, Compared

BOM = "\ufeff"
"""Excel reads UTF-8 only after it."""

_SIGNS = "=+-@\N{MINUS SIGN}"
"""Start of a formula: https://owasp.org/www-community/attacks/CSV_Injection"""

_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols of Unicode that are invisible."""

_UNSAFE = re.compile(r"[^a-z0-9.]+")
_MAX_NAME = 80

Row = dict[str, str]
Tables = Mapping[str, list[Row]]
"""The tables of an answer, by the suffix of their file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file.

    Attributes:
        name: A safe file name.
        title: What it is called in Slack.
        content: Its text.
    """

    name: str
    title: str
    content: str


def attachments(
    command: str, tables: Tables, about: Row, everything: Mapping[str, Any]
) -> tuple[Attachment, ...]:
    """Return an answer's files: its rows, its days or weeks, and all of it as JSON.

    Args:
        command: The canonical command that the figures answer.
        tables: The rows.
        about: The first columns of every row.
        everything: The computed view, ready for JSON.
    """
    stem = _stem(command)
    files = [
        Attachment(
            name=f"{stem}{part}.csv",
            title=f"{command}{part.replace('-', ' ')} (CSV)",
            content=_csv(about, rows),
        )
        for part, rows in tables.items()
    ]
    whole = Attachment(
        name=f"{stem}.json",
        title=f"{command} (JSON)",
        content=json.dumps(everything, ensure_ascii=False, indent=2),
    )
    return (*files, whole)


def _stem(command: str) -> str:
    """Return a file name for a command that every file system accepts."""
    plain = _UNSAFE.sub("-", command.lower())
    return f"zenmux-{plain}"[:_MAX_NAME].strip("-.")


def _csv(about: Row, rows: Iterable[Row]) -> str:
    """Return rows as CSV with one line of headings."""
    lines = [{**about, **row} for row in rows]
    headings = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return BOM + text.getvalue()


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    Signs also count after invisible characters, and in their other Unicode forms.
    """
    first = next((sign for sign in text if not _is_invisible(sign)), "")
    is_formula = unicodedata.normalize("NFKC", first)[:1] in set(_SIGNS)
    return f"'{text}" if is_formula or text.startswith(("\t", "\r", "\n")) else text


def _is_invisible(sign: str) -> bool:
    """Tell whether a character is a control, a space or a combining mark."""
    return sign in _FILLERS or unicodedata.category(sign)[0] in "CZM"


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
    """Return a volume, or its bounds."""
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
    return "" if known is None else f"{known * 100:.6f}"


def whole(number: int | None) -> str:
    """Return a whole number, empty if it is not known."""
    return "" if number is None else str(number)


def known(number: Decimal | None) -> Bounded | None:
    """Return a figure that is exact or not known at all."""
    return None if number is None else Bounded.exact(number)


def daily(named: Row, volumes: Iterable[tuple[date, Decimal | None]]) -> Iterator[Row]:
    """Yield a row for each day of what ``named`` names."""
    for day, volume in volumes:
        yield {"bucket": str(day), **named, **value(known(volume))}


def tail(others: Compared | None, total: Compared) -> Iterator[Row]:
    """Yield Others, where there are any, and the total."""
    if others is not None:
        yield {"row": "others", **compared(others)}
    yield {"row": "total", **compared(total)}
