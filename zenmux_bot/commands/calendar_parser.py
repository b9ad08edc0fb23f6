"""Words to one day, week, month, quarter or year, with its year or without.

Without a year the newest one is meant of which a day is over: on 26 November 2026
``november`` is 2026-11, ``december`` is 2025-12 and ``friday`` is 2026-11-20.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date

from zenmux_bot.commands.digest_times import WEEKDAY_NUMBERS
from zenmux_bot.commands.grammar import PERIOD_HELP
from zenmux_bot.commands.lexer import ParseError, Place, WordError
from zenmux_bot.core.periods import (
    DAY,
    MONTHS,
    CalendarUnit,
    Dates,
    Unit,
    start_of,
    step,
)

Named = Dates | CalendarUnit
"""Days that a calendar shows under one name."""

_LONG = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTH_NAMES = {
    **{word: number for number, word in enumerate(_LONG, 1)},
    **{word[:3]: number for number, word in enumerate(_LONG, 1)},
    "sept": 9,
}
_UNDIVIDED = re.compile(r"(20\d\d)(\d\d)(\d\d)", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-?q(\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})", re.ASCII)
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/](\d{4})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_YEAR_BEHIND = re.compile(r"20\d\d", re.ASCII)
_NUMBERED = re.compile(r"(w|week|q|quarter)(\d{1,2})", re.ASCII)
_DAY_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_SNAPSHOT = re.compile(r"(?!20)\d{4}", re.ASCII)
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)", re.ASCII)
_LAST_YEAR = 9998
"""The last year whose end has a following day that Python can name."""

_PERIODS = f"Periods: {PERIOD_HELP}."

_LOOK_BACK = 30
"""Years; no week and no day of the year is rarer."""


def take_named(words: Sequence[str], at: int, today: date) -> tuple[Named, int] | None:
    """Return the days that the words from ``at`` name, and how many words do.

    Raises:
        WordError: They name days that do not exist, or that may be two.
    """
    if at >= len(words):
        return None
    # every spelling with its year begins with a digit
    written = _written(words[at], at) if words[at][:1].isdecimal() else None
    if written is not None:
        return written, 1
    if words[at] in WEEKDAY_NUMBERS:
        ago = (today.weekday() - WEEKDAY_NUMBERS[words[at]] - 1) % 7 + 1
        day = today - ago * DAY
        return Dates(day, day), 1
    return _take_month(words, at, today) or _take_numbered(words, at, today)


def take_first_day(
    words: Sequence[str], at: int, today: date
) -> tuple[Dates, int] | None:
    """Return the first day of ``9 to 12 november``, whose month comes with the last.

    Raises:
        WordError: There is no such last day.
    """
    days = [
        match
        for each in words[at : at + 3 : 2]
        if (match := _DAY_NUMBER.fullmatch(each))
    ]
    ended = take_named(words, at + 2, today) if len(days) > 1 else None
    number = int(days[0][1]) if days else 0
    if ended is None or not number:
        return None
    last = ended[0].start
    most = calendar.monthrange(last.year, last.month)[1]
    first = last.replace(day=min(number, most))
    return Dates(first, first), 1


def is_of_name(words: Sequence[str], at: int, name: str) -> bool:
    """Tell whether a number belongs to what comes before it, not to days.

    As in ``top 5 november``, ``gpt 5 week 46`` and ``kimi k2 0905``, but not in
    ``gpt-5 9 november``.

    Args:
        words: All words.
        at: The index of what may be a number.
        name: What was said of a model's name, or empty.
    """
    if not at or words[at - 1] not in {"top", name.rpartition(" ")[2]}:
        return False
    if name and _SNAPSHOT.fullmatch(words[at]):
        return True
    following = words[at + 1 : at + 3]
    is_day = words[at].isdecimal() and _DAY_NUMBER.fullmatch(words[at]) and following
    has_number = any(each.isdecimal() for each in name)
    return (
        bool(is_day)
        and not has_number
        and (
            following[0] in _MONTH_NAMES
            or bool(_NUMBERED.fullmatch("".join(following)))
        )
    )


def slip(
    problem: str, start: int, stop: int, *instead: tuple[str, ...], allowed: str = ""
) -> WordError:
    """Return the complaint about some words that name days."""
    return WordError(ParseError(problem, start, stop, instead, allowed or _PERIODS))


def _written(word: str, at: int) -> Named | None:
    """Read one word with its year, complaining about numbers that do not exist."""
    place = (at, at + 1)
    if match := _DATE.fullmatch(word):
        year, month, day = (int(part) for part in match.groups())
        return _day(word, (year, month, day), place)
    for pattern, unit in (
        (_WEEK, Unit.WEEK),
        (_QUARTER, Unit.QUARTER),
        (_MONTH, Unit.MONTH),
    ):
        if match := pattern.fullmatch(word):
            return _unit(unit, word, int(match[1]), int(match[2]), place)
    if match := _MONTH_FIRST.fullmatch(word):
        return _unit(Unit.MONTH, word, int(match[2]), int(match[1]), place)
    if _YEAR.fullmatch(word):
        return _unit(Unit.YEAR, word, int(word), 1, place)
    _refuse(word, at)
    return None


def _refuse(word: str, at: int) -> None:
    """Complain about a date in a spelling that may be two or is not taken."""
    instead: tuple[tuple[str, ...], ...]
    if match := _UNDIVIDED.fullmatch(word):
        instead = (("-".join(match.groups()),),)
    elif match := _YEAR_LAST.fullmatch(word):
        one, other, year = match.groups()
        instead = tuple(
            (f"{year}-{month}-{day}",)
            for day, month in ((one, other), (other, one))
            if int(month) <= _how_many(Unit.MONTH, int(year))
        )
    else:
        return
    raise slip(
        f"“{word}” is not a date I can read.",
        at,
        at + 1,
        *instead,
        allowed="Dates are written 2026-11-09.",
    )


def _take_month(words: Sequence[str], at: int, today: date) -> tuple[Named, int] | None:
    """Take ``november``, ``nov 2026``, ``9 nov``, ``9th of nov``, ``nov 9th 2026``."""
    has_of = "of" in words[at + 1 : at + 2] and bool(_ORDINAL.fullmatch(words[at]))
    pair = (words[at], *words[at + 1 + has_of : at + 2 + has_of])
    number = next((n for n in map(_MONTH_NAMES.get, pair) if n), None)
    days = [match for match in map(_DAY_NUMBER.fullmatch, pair) if match]
    if number is None or (words[at] not in _MONTH_NAMES and not days):
        return None
    stop = at + 2 + has_of if days else at + 1
    year = _year(words, stop)
    behind = stop if year is None else stop + 1
    said = " ".join(words[at:behind])
    if not days:
        if year is None:
            year = _newest_year(Unit.MONTH, number, today)
        return _unit(Unit.MONTH, said, year, number, (at, behind)), behind - at
    day = int(days[0][1])
    if year is None:
        year = _year_of_day(number, day, today)
    return _day(said, (year, number, day), (at, behind)), behind - at


def _take_numbered(
    words: Sequence[str], at: int, today: date
) -> tuple[Named, int] | None:
    """Take ``w46``, ``week 46``, ``q3 2026``."""
    for stop in (at + 1, at + 2):
        match = _NUMBERED.fullmatch("".join(words[at:stop]))
        if match is None:
            continue
        unit = Unit.WEEK if match[1].startswith("w") else Unit.QUARTER
        number, year = int(match[2]), _year(words, stop)
        behind = stop if year is None else stop + 1
        if year is None:
            year = _newest_year(unit, number, today)
        said = " ".join(words[at:behind])
        return _unit(unit, said, year, number, (at, behind)), behind - at
    return None


def _year(words: Sequence[str], at: int) -> int | None:
    """Return the year that stands at ``at``, if one does."""
    is_year = at < len(words) and _YEAR_BEHIND.fullmatch(words[at])
    return int(words[at]) if is_year else None


def _newest_year(unit: Unit, number: int, today: date) -> int:
    """Return the year of the newest such week, month or quarter that has begun."""
    start = start_of(unit, today - DAY)
    for _ in range(_LOOK_BACK * _how_many(unit, today.year)):
        year, its_number = _numbered(unit, start)
        if its_number == number:
            return year
        start = step(unit, start, -1)
    return today.year


def _numbered(unit: Unit, start: date) -> tuple[int, int]:
    """Return the year that a week, month or quarter belongs to, and its number."""
    if unit is Unit.WEEK:
        iso = start.isocalendar()
        return iso.year, iso.week
    return start.year, (start.month - 1) // MONTHS[unit] + 1


def _year_of_day(month: int, day: int, today: date) -> int:
    """Return the year of the newest such day that is over."""
    for year in range(today.year, today.year - _LOOK_BACK, -1):
        is_there = 1 <= day <= calendar.monthrange(year, month)[1]
        if is_there and date(year, month, day) < today:
            return year
    return today.year


def _day(said: str, parts: tuple[int, int, int], place: Place) -> Dates:
    """Return the day of a year, month and number."""
    year, month = max(parts[0], 1), min(max(parts[1], 1), 12)
    nearest = date(year, month, 1).replace(
        day=min(max(parts[2], 1), calendar.monthrange(year, month)[1])
    )
    if nearest.timetuple()[:3] != parts:
        raise slip(f"There is no {said}.", *place, (str(nearest),))
    return Dates(nearest, nearest)


def _unit(unit: Unit, said: str, year: int, number: int, place: Place) -> CalendarUnit:
    """Return the ``number``-th such unit of a year."""
    year_there = min(max(year, date.min.year), _LAST_YEAR)
    there = min(max(number, 1), _how_many(unit, year_there))
    if unit is Unit.WEEK:
        first = date.fromisocalendar(year_there, there, 1)
    else:
        first = date(year_there, (there - 1) * MONTHS[unit] + 1, 1)
    period = CalendarUnit(unit, first)
    if (year, number) != (year_there, there):
        raise slip(f"There is no {said.upper()}.", *place, (str(period),))
    return period


def _how_many(unit: Unit, year: int) -> int:
    """Return how many weeks, months, quarters or years a year has."""
    if unit is Unit.WEEK:
        # https://en.wikipedia.org/wiki/ISO_week_date#Last_week
        return date(year, 12, 28).isocalendar().week
    return MONTHS[Unit.YEAR] // MONTHS[unit]
