"""Words to periods: every way of naming days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date

from zenmux_bot.domain.grammar import PERIOD_HELP, behind
from zenmux_bot.domain.periods import (
    DAY,
    FLOOR,
    MONTHS,
    AllTime,
    CalendarUnit,
    Dates,
    Last,
    LastYear,
    Period,
    Since,
    ToDate,
    Unit,
    start_of,
    step,
)
from zenmux_bot.domain.words import Slip, WordError

Taken = tuple[Period, int]
"""A period and the number of words that name it."""

_UNITS = {
    **dict.fromkeys(("d", "day", "days"), Unit.DAY),
    **dict.fromkeys(("w", "wk", "week", "weeks"), Unit.WEEK),
    **dict.fromkeys(("m", "mo", "month", "months"), Unit.MONTH),
    **dict.fromkeys(("q", "quarter", "quarters"), Unit.QUARTER),
    **dict.fromkeys(("y", "yr", "year", "years"), Unit.YEAR),
}
_WHOLE: dict[str, Period] = {
    "yesterday": Last(1, Unit.DAY),
    "wtd": ToDate(Unit.WEEK),
    "mtd": ToDate(Unit.MONTH),
    "qtd": ToDate(Unit.QUARTER),
    "ytd": ToDate(Unit.YEAR),
    "all": AllTime(),
}
_MAX_COUNT = 4000
_UNDIVIDED = re.compile(r"(20\d\d)(\d\d)(\d\d)", re.ASCII)
_COUNT = re.compile(r"(-?\d{1,30})([a-z]+)", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-?q(\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_YEARLESS = re.compile(r"([wq])(\d{1,2})", re.ASCII)
_MIDDLE = {"to", "..", "-", "until", "till", "through"}
_END_NOW = {"today", "now", "yesterday"}
_LAST_YEAR = 9998
"""The last year whose end has a following day that Python can name."""


def take_period(words: Sequence[str], at: int, today: date) -> Taken | None:
    """Return the period that the words from ``at`` name, if they name one.

    Raises:
        WordError: They begin to name one and go wrong.
    """
    word = words[at]
    if word in _WHOLE:
        return _WHOLE[word], 1
    if word in {"last", "past", "this"}:
        return _take_relative(words, at)
    if word == "since":
        return _take_since(words, at)
    if word in {"today", "tomorrow"}:
        raise _slip(
            f"Data end yesterday (UTC), so there is nothing for {word}.",
            at,
            at + 1,
            ("yesterday",),
            ("7d",),
        )
    return (
        _take_range(words, at, today)
        or _take_count(words, at)
        or _take_calendar(words, at, today)
    )


def _take_relative(words: Sequence[str], at: int) -> Taken:
    """Take ``last week``, ``last 7 days``, ``this month``."""
    lead = words[at]
    if lead != "this" and (counted := _take_count(words, at + 1)):
        return counted[0], counted[1] + 1
    unit = _UNITS.get(words[at + 1]) if at + 1 < len(words) else None
    if unit is None:
        raise _slip(
            f"“{lead}” needs a unit after it.",
            at,
            behind(words, at),
            (lead, "week"),
            (lead, "month"),
            allowed="last week, month, quarter or year; this week or month.",
        )
    if lead == "this":
        if unit is Unit.DAY:
            raise _slip("Data end yesterday (UTC).", at, at + 2, ("yesterday",))
        return ToDate(unit), 2
    return (LastYear() if unit is Unit.YEAR else Last(1, unit)), 2


def _take_since(words: Sequence[str], at: int) -> Taken:
    """Take ``since 2026-11-01`` (or the first day of a week, month, quarter, year)."""
    first = _calendar(words[at + 1], at + 1) if at + 1 < len(words) else None
    if first is None:
        raise _slip(
            "“since” needs a date after it.",
            at,
            behind(words, at),
            ("7d",),
            allowed="since 2026-11-01.",
        )
    return Since(first.start), 2


def _take_range(words: Sequence[str], at: int, today: date) -> Taken | None:
    """Take ``A .. B``, ``A to B`` and ``A - B``, where both are calendar words."""
    if at + 1 >= len(words) or words[at + 1] not in _MIDDLE:
        return None
    first = _calendar(words[at], at)
    if first is None:
        return None
    last = _range_end(words[at + 2], at + 2, today) if at + 2 < len(words) else None
    if last is None:
        raise _slip(
            f"The range from {words[at]} needs a date at its end.",
            at,
            behind(words, at + 1),
            ("since", str(first.start)),
            allowed="Ranges are written 2026-11-01..2026-11-15.",
        )
    if first.start > last.end:
        raise _slip(
            f"The range is turned round: {first.start} comes after {last.end}.",
            at,
            at + 3,
            (str(last), "..", str(first)),
            allowed="The earlier date comes first.",
        )
    return Dates(first.start, last.end), 3


def _range_end(word: str, at: int, today: date) -> Dates | CalendarUnit | None:
    """Read the end of a range: a calendar word, or ``today`` for the newest day."""
    if word in _END_NOW:
        return Dates(today - DAY, today - DAY)
    return _calendar(word, at)


def _take_count(words: Sequence[str], at: int) -> Taken | None:
    """Take ``7d``, ``4weeks``, ``7 days``."""
    if at >= len(words):
        return None
    match = _COUNT.fullmatch(words[at])
    if match and match[2] in _UNITS:
        number, unit, taken = int(match[1]), _UNITS[match[2]], 1
    elif (
        _NUMBER.fullmatch(words[at]) and at + 1 < len(words) and words[at + 1] in _UNITS
    ):
        number, unit, taken = int(words[at]), _UNITS[words[at + 1]], 2
    else:
        return None
    if not 1 <= number <= _MAX_COUNT:
        near = min(max(number, 1), 90)
        raise _slip(
            f"{number}{unit} is not a length of time I can use.",
            at,
            at + taken,
            (f"{near}{unit}",),
            ("all",),
            allowed=f"1 to {_MAX_COUNT} days, weeks, months or years.",
        )
    return Last(number, unit), taken


def _take_calendar(words: Sequence[str], at: int, today: date) -> Taken | None:
    """Take a day, an ISO week, a month, a quarter or a year."""
    period = _calendar(words[at], at)
    if period is not None:
        return period, 1
    if match := _YEARLESS.fullmatch(words[at]):
        unit = Unit.WEEK if match[1] == "w" else Unit.QUARTER
        latest = _latest(unit, int(match[2]), today)
        raise _slip(
            f"“{words[at]}” needs its year.",
            at,
            at + 1,
            *latest,
            allowed="Weeks are written 2026-W46, quarters 2026-Q3.",
        )
    if match := _UNDIVIDED.fullmatch(words[at]):
        raise _slip(
            f"“{words[at]}” is not a date I can read.",
            at,
            at + 1,
            ("-".join(match.groups()),),
            allowed="Dates are written 2026-11-09.",
        )
    if match := _YEAR_LAST.fullmatch(words[at]):
        one, other, year = match.groups()
        raise _slip(
            f"“{words[at]}” is not a date I can read.",
            at,
            at + 1,
            *(
                (f"{year}-{month}-{day}",)
                for day, month in ((one, other), (other, one))
                if int(month) <= _how_many(Unit.MONTH, int(year))
            ),
            allowed="Dates are written 2026-11-09.",
        )
    return None


def _latest(unit: Unit, number: int, today: date) -> tuple[tuple[str], ...]:
    """Return the newest finished week or quarter of that number, if any."""
    start = step(unit, start_of(unit, today), -1)
    while start >= FLOOR:
        text = str(CalendarUnit(unit, start))
        if int(text[6:]) == number:
            return ((text,),)
        start = step(unit, start, -1)
    return ()


def _calendar(word: str, at: int) -> Dates | CalendarUnit | None:
    """Read one calendar word, complaining about numbers that do not exist."""
    if match := _DATE.fullmatch(word):
        year, month, day = (int(part) for part in match.groups())
        year, month = max(year, 1), min(max(month, 1), 12)
        nearest = date(year, month, 1).replace(
            day=min(max(day, 1), calendar.monthrange(year, month)[1])
        )
        if nearest.timetuple()[:3] != tuple(int(part) for part in match.groups()):
            raise _slip(f"There is no {word}.", at, at + 1, (str(nearest),))
        return Dates(nearest, nearest)
    if match := _WEEK.fullmatch(word):
        return _unit(Unit.WEEK, word, int(match[1]), int(match[2]), at)
    if match := _QUARTER.fullmatch(word):
        return _unit(Unit.QUARTER, word, int(match[1]), int(match[2]), at)
    if match := _MONTH.fullmatch(word):
        return _unit(Unit.MONTH, word, int(match[1]), int(match[2]), at)
    if _YEAR.fullmatch(word):
        return _unit(Unit.YEAR, word, int(word), 1, at)
    return None


def _unit(unit: Unit, word: str, year: int, number: int, at: int) -> CalendarUnit:
    """Return the ``number``-th such unit of a year."""
    year_there = min(max(year, date.min.year), _LAST_YEAR)
    there = min(max(number, 1), _how_many(unit, year_there))
    if unit is Unit.WEEK:
        first = date.fromisocalendar(year_there, there, 1)
    else:
        first = date(year_there, (there - 1) * MONTHS[unit] + 1, 1)
    period = CalendarUnit(unit, first)
    if (year, number) != (year_there, there):
        raise _slip(f"There is no {word.upper()}.", at, at + 1, (str(period),))
    return period


def _how_many(unit: Unit, year: int) -> int:
    """Return how many weeks, months, quarters or years a year has."""
    if unit is Unit.WEEK:
        # https://en.wikipedia.org/wiki/ISO_week_date#Last_week
        return date(year, 12, 28).isocalendar().week
    return MONTHS[Unit.YEAR] // MONTHS[unit]


def _slip(
    problem: str, start: int, stop: int, *instead: tuple[str, ...], allowed: str = ""
) -> WordError:
    """Return the complaint about some of the words."""
    return WordError(Slip(problem, start, stop, instead, allowed or PERIOD_HELP))
