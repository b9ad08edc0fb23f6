"""Parse periods: every way of naming days.

Without a year, the latest such days are meant that have begun and have data: on 26
November 2026 ``november`` is 2026-11, ``december`` 2025-12 and ``friday`` 2026-11-20.
"""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date, timedelta

from zenmux_bot.commands.digest_commands import WEEKDAY_NUMBERS
from zenmux_bot.commands.grammar import end_of_error
from zenmux_bot.commands.lexer import ParseError, Place, WordError
from zenmux_bot.commands.vocabulary import NUMBERS
from zenmux_bot.core.periods import (
    DAY,
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
    day_number,
    day_words,
    start_of,
    step,
)
from zenmux_bot.core.windows import BadPeriod, resolve

Named = Dates | CalendarUnit
"""Days that the calendar has one name for."""

MONTHS_IN_FULL = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTH_NAMES = {
    **{word: number for number, word in enumerate(MONTHS_IN_FULL, 1)},
    **{word[:3]: number for number, word in enumerate(MONTHS_IN_FULL, 1)},
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
"""The last year whose end Python can add a day to."""

_PERIODS = "Such as 7d, last month, 2026-11 or 2026-11-09."

_LOOK_BACK = 30
"""Years; every week and every day of the year occurs within them."""


def take_named(words: Sequence[str], at: int, today: date) -> tuple[Named, int] | None:
    """Return the days that the words from ``at`` name, and how many words do.

    Raises:
        WordError: They name days that do not exist, or are ambiguous.
    """
    if at >= len(words):
        return None
    # Every spelling that includes the year begins with a digit.
    written = _written(words[at], at) if words[at][:1].isdecimal() else None
    if written is not None:
        return written, 1
    if words[at] in WEEKDAY_NUMBERS and not words[at].endswith("days"):
        ago = (today.weekday() - WEEKDAY_NUMBERS[words[at]] - 1) % 7 + 1
        day = today - ago * DAY
        return Dates(day, day), 1
    return _take_month(words, at, today) or _take_numbered(words, at, today)


def take_first_day(
    words: Sequence[str], at: int, today: date
) -> tuple[Dates, int] | None:
    """Return the first day of ``9 to 12 november``, which names the month last.

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
    """Tell whether a number belongs to the words before it, not to days.

    As in ``top 5 november``, ``gpt 5 week 46`` and ``kimi k2 0905``, but not in
    ``gpt-5 9 november``.

    Args:
        words: All words.
        at: The index of what may be a number.
        name: The model's name so far, or empty.
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


def error(
    problem: str,
    start: int,
    stop: int,
    *instead: tuple[str, ...],
    allowed: str = "",
    is_prose: bool = False,
) -> WordError:
    """Return the error for some words that name days."""
    return WordError(
        ParseError(problem, start, stop, instead, allowed or _PERIODS, is_prose)
    )


def _written(word: str, at: int) -> Named | None:
    """Read one word with its year, refusing numbers that do not exist."""
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
    _refuse_spelling(word, at)
    return None


def _refuse_spelling(word: str, at: int) -> None:
    """Raise the error for a date in an ambiguous or unsupported spelling."""
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
    raise error(
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
    after = stop if year is None else stop + 1
    said = " ".join(words[at:after])
    if not days:
        if year is None:
            year = _newest_year(Unit.MONTH, number, today)
        return _unit(Unit.MONTH, said, year, number, (at, after)), after - at
    day = int(days[0][1])
    if year is None:
        year = _year_of_day(number, day, today)
    return _day(said, (year, number, day), (at, after)), after - at


def _take_numbered(
    words: Sequence[str], at: int, today: date
) -> tuple[Named, int] | None:
    """Take ``w46``, ``week 46``, ``q3 2026``, ``week of nov 9``."""
    if (
        words[at] == "week"
        and words[at + 1 : at + 2] in (["of"], ("of",))
        and (day := take_named(words, at + 2, today))
    ):
        monday = start_of(Unit.WEEK, day[0].start)
        return CalendarUnit(Unit.WEEK, monday), 2 + day[1]
    for stop in (at + 1, at + 2):
        match = _NUMBERED.fullmatch("".join(words[at:stop]))
        if match is None:
            continue
        unit = Unit.WEEK if match[1].startswith("w") else Unit.QUARTER
        number, year = int(match[2]), _year(words, stop)
        after = stop if year is None else stop + 1
        if year is None:
            year = _newest_year(unit, number, today)
        said = " ".join(words[at:after])
        return _unit(unit, said, year, number, (at, after)), after - at
    return None


def _year(words: Sequence[str], at: int) -> int | None:
    """Return the year at ``at``, if there is one."""
    is_year = at < len(words) and _YEAR_BEHIND.fullmatch(words[at])
    return int(words[at]) if is_year else None


def _newest_year(unit: Unit, number: int, today: date) -> int:
    """Return the year of the latest such week, month or quarter that has begun."""
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
    """Return the year of the latest such day that is over."""
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
        raise error(f"There is no {said}.", *place, (str(nearest),))
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
        raise error(f"There is no {said.upper()}.", *place, (str(period),))
    return period


def _how_many(unit: Unit, year: int) -> int:
    """Return how many weeks, months, quarters or years a year has."""
    if unit is Unit.WEEK:
        # https://en.wikipedia.org/wiki/ISO_week_date#Last_week
        return date(year, 12, 28).isocalendar().week
    return MONTHS[Unit.YEAR] // MONTHS[unit]


Taken = tuple[Period, int]
"""A period and the number of words that name it."""

_UNITS = {
    **dict.fromkeys(("d", "day", "days"), Unit.DAY),
    **dict.fromkeys(("w", "wk", "week", "weeks"), Unit.WEEK),
    **dict.fromkeys(("m", "mo", "month", "months"), Unit.MONTH),
    **dict.fromkeys(("q", "quarter", "quarters"), Unit.QUARTER),
    **dict.fromkeys(("y", "yr", "year", "years"), Unit.YEAR),
}
_SPELT_OUT = ("week", "month", "quarter", "year")
_WHOLE: dict[str, Period] = {
    "yesterday": Last(1, Unit.DAY),
    "wtd": ToDate(Unit.WEEK),
    "mtd": ToDate(Unit.MONTH),
    "qtd": ToDate(Unit.QUARTER),
    "ytd": ToDate(Unit.YEAR),
    "all": AllTime(),
}
_MAX_COUNT = 4000
_COUNT = re.compile(r"(-?\d{1,30})([a-z]+)", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_MIDDLE = {"to", "..", "-", "until", "till", "through"}
_RELATIVE = frozenset({"yesterday", "last", "past", "this"})
_END_NOW = {"today", "now", "yesterday"}
_TODAY = frozenset({"today", "tomorrow"})
_LONGEST = timedelta(days=180)
"""A range across New Year; a longer one has its dates in the wrong order."""

_LACKING = frozenset({"week", "month", "quarter", "year"})


def take_period(words: Sequence[str], at: int, today: date) -> Taken | None:
    """Return the period that the words from ``at`` name, if they name one.

    Raises:
        WordError: They begin to name one, but incompletely or wrongly.
    """
    word = words[at]
    if word in _WHOLE:
        return _WHOLE[word], 1
    if word in {"last", "past", "this"}:
        return _take_relative(words, at, today)
    if word in {"since", "from", "between"}:
        return _take_led(words, at, today)
    if counted := _take_count(words, at):
        return counted
    named = _take_begin(words, at, today, _MIDDLE)
    taken = named and (_take_range(words, at, named, today, _MIDDLE) or named)
    if taken is None:
        _refuse(words, at)
    return taken


def _refuse(words: Sequence[str], at: int) -> None:
    """Raise the error for days that are not over, and for a unit on its own."""
    word = words[at]
    if word in _TODAY or word == "next":
        stop = end_of_error(words, at) if word == "next" else at + 1
        raise error(
            "Data end yesterday (UTC), so there is nothing for "
            f"{' '.join(words[at:stop])}.",
            at,
            stop,
            ("yesterday",),
            ("7d",),
            is_prose=word == "today",
        )
    if word in _LACKING:
        raise error(
            f"“{word}” needs a word before it, such as last.",
            at,
            at + 1,
            ("last", word),
            ("this", word),
        )


def _take_relative(words: Sequence[str], at: int, today: date) -> Taken:
    """Take ``last week``, ``last 7 days``, ``last friday``, ``this month``."""
    lead = words[at]
    if lead != "this" and (counted := _take_count(words, at + 1)):
        return counted[0], counted[1] + 1
    following = words[at + 1] if at + 1 < len(words) else ""
    unit = _UNITS.get(following)
    named = take_named(words, at + 1, today) if unit is None else None
    if named and lead != "this" and following in WEEKDAY_NUMBERS:
        return named[0], 2
    if named and lead == "last" and following in _MONTH_NAMES:
        # In November, last November is a year ago.
        day = named[0].start
        is_over = named[0].end < today
        year = day.year if is_over else day.year - 1
        return CalendarUnit(Unit.MONTH, day.replace(year=year)), 1 + named[1]
    if unit is None:
        near = (
            difflib.get_close_matches(following, _SPELT_OUT, n=1) if following else []
        )
        if near:
            raise error(
                f"“{lead}” needs a unit after it, not “{following}”.",
                at,
                at + 2,
                (lead, near[0]),
                allowed=f"Such as {lead} {near[0]}.",
            )
        raise error(
            f"“{lead}” needs a unit after it.",
            at,
            end_of_error(words, at),
            (lead, "week"),
            (lead, "month"),
            allowed=f"Such as {lead} week or {lead} month.",
        )
    if lead == "this":
        if unit is Unit.DAY:
            raise error("Data end yesterday (UTC).", at, at + 2, ("yesterday",))
        return ToDate(unit), 2
    return (LastYear() if unit is Unit.YEAR else Last(1, unit)), 2


def _take_led(words: Sequence[str], at: int, today: date) -> Taken | None:
    """Take ``since 2026-11-01``, ``since last month``, ``from A to B``."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    middle = _MIDDLE | {"and"} if word == "between" else _MIDDLE
    named = _take_begin(words, at + 1, today, middle)
    if named and (ranged := _take_range(words, at + 1, named, today, middle)):
        return ranged[0], ranged[1] + 1
    if named and word != "between":
        return Since(named[0].start), named[1] + 1
    if word != "since":
        return None
    if following in _RELATIVE and (taken := take_period(words, at + 1, today)):
        with suppress(BadPeriod):
            return Since(resolve(taken[0], today).span.start), taken[1] + 1
    raise error(
        "“since” needs a date after it.",
        at,
        end_of_error(words, at),
        ("7d",),
        allowed="Such as since 2026-11-01.",
    )


def _take_begin(
    words: Sequence[str], at: int, today: date, middle: Collection[str]
) -> tuple[Named, int] | None:
    """Take the start of a range, also a day whose month follows at the end."""
    if at + 1 < len(words) and words[at + 1] in middle:
        return take_first_day(words, at, today) or take_named(words, at, today)
    return take_named(words, at, today)


def _take_range(
    words: Sequence[str],
    at: int,
    begun: tuple[Named, int],
    today: date,
    middle: Collection[str],
) -> Taken | None:
    """Take the rest of ``A .. B``, ``A to B`` and ``A - B`` after A."""
    first, count = begun
    between = at + count
    if between >= len(words) or words[between] not in middle:
        return None
    ended = _range_end(words, between + 1, today)
    if ended is None and (days := _days_of_month(words, between + 1, first)):
        first, ended = days
    if ended is None:
        raise error(
            f"The range from {' '.join(words[at:between])} needs a date at its end.",
            at,
            end_of_error(words, between),
            ("since", str(first.start)),
            allowed="Ranges are written 2026-11-01..2026-11-15.",
        )
    last, more = ended
    stop = between + 1 + more
    earlier = take_named(words, at, day_number(last.end.toordinal() + 1))
    if earlier and first.start > last.end and last.end - earlier[0].start < _LONGEST:
        # "monday to friday" on a Thursday: the Monday before that Friday
        first = earlier[0]
    if first.start > last.end:
        raise error(
            f"The start date, {day_words(first.start)}, is after the end date, "
            f"{day_words(last.end)}.",
            at,
            stop,
            (str(last), "..", str(first)),
            allowed="The earlier date comes first.",
        )
    return Dates(first.start, last.end), stop - at


def _days_of_month(
    words: Sequence[str], at: int, first: Named
) -> tuple[Named, tuple[Named, int]] | None:
    """Read the end of ``nov 1 to 9``, which names month and year first."""
    match = _DAY_NUMBER.fullmatch(words[at]) if at < len(words) else None
    if match is None or first.start != first.end:
        return None
    said = _year(words, at + 1)
    count = 1 if said is None else 2
    year = first.start.year if said is None else said
    month, place = first.start.month, (at, at + count)
    start = _day(str(year), (year, month, first.start.day), place)
    last = _day(words[at], (year, month, int(match[1])), place)
    return start, (last, count)


def _range_end(words: Sequence[str], at: int, today: date) -> tuple[Named, int] | None:
    """Read the end of a range: a calendar word, or ``today`` for the newest day."""
    if at < len(words) and words[at] in _END_NOW:
        return Dates(today - DAY, today - DAY), 1
    return take_named(words, at, today)


def _take_count(words: Sequence[str], at: int) -> Taken | None:
    """Take ``7d``, ``4weeks``, ``7 days``."""
    if at >= len(words):
        return None
    match = _COUNT.fullmatch(words[at])
    said = NUMBERS.get(words[at], words[at])
    if match and match[2] in _UNITS:
        number, unit, taken = int(match[1]), _UNITS[match[2]], 1
    elif _NUMBER.fullmatch(said) and at + 1 < len(words) and words[at + 1] in _UNITS:
        number, unit, taken = int(said), _UNITS[words[at + 1]], 2
    else:
        return None
    if not 1 <= number <= _MAX_COUNT:
        near = min(max(number, 1), 90)
        raise error(
            f"{number}{unit} is not a length of time I can use.",
            at,
            at + taken,
            (f"{near}{unit}",),
            ("all",),
            allowed=f"1 to {_MAX_COUNT} days, weeks, months or years.",
        )
    return Last(number, unit), taken
