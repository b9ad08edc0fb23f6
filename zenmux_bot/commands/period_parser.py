"""Words to periods: every way of naming days."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date, timedelta

from zenmux_bot.commands.calendar_parser import Named, slip, take_first_day, take_named
from zenmux_bot.commands.digest_times import WEEKDAY_NUMBERS
from zenmux_bot.commands.grammar import behind, is_known
from zenmux_bot.commands.lexer import WordError
from zenmux_bot.core.periods import (
    DAY,
    AllTime,
    Dates,
    Last,
    LastYear,
    Period,
    Since,
    ToDate,
    Unit,
)
from zenmux_bot.core.windows import BadPeriod, resolve

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
_COUNT = re.compile(r"(-?\d{1,30})([a-z]+)", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_MIDDLE = {"to", "..", "-", "until", "till", "through"}
_RELATIVE = frozenset({"yesterday", "last", "past", "this"})
_END_NOW = {"today", "now", "yesterday"}
_TODAY = frozenset({"today", "tomorrow"})
_LONGEST = timedelta(days=180)
"""A range across a new year; what would be longer is one turned round."""

_LACKING = frozenset({"week", "month", "quarter", "year"})


def take_period(words: Sequence[str], at: int, today: date) -> Taken | None:
    """Return the period that the words from ``at`` name, if they name one.

    Raises:
        WordError: They begin to name one and go wrong.
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


def is_understood(words: Sequence[str], today: date) -> bool:
    """Tell whether the first word would mean something further on."""
    try:
        return is_known(words[0]) or take_period(words, 0, today) is not None
    except WordError:
        return True


def _refuse(words: Sequence[str], at: int) -> None:
    """Complain about what is not over yet, and about a unit that lacks a word."""
    word = words[at]
    if word in _TODAY or word == "next":
        stop = behind(words, at) if word == "next" else at + 1
        raise slip(
            "Data end yesterday (UTC), so there is nothing for "
            f"{' '.join(words[at:stop])}.",
            at,
            stop,
            ("yesterday",),
            ("7d",),
        )
    if word in _LACKING:
        raise slip(
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
    if unit is None:
        raise slip(
            f"“{lead}” needs a unit after it.",
            at,
            behind(words, at),
            (lead, "week"),
            (lead, "month"),
            allowed="last week, month, quarter or year; this week or month.",
        )
    if lead == "this":
        if unit is Unit.DAY:
            raise slip("Data end yesterday (UTC).", at, at + 2, ("yesterday",))
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
    raise slip(
        "“since” needs a date after it.",
        at,
        behind(words, at),
        ("7d",),
        allowed="since 2026-11-01.",
    )


def _take_begin(
    words: Sequence[str], at: int, today: date, middle: Collection[str]
) -> tuple[Named, int] | None:
    """Take what may begin a range, also a day that leaves its month to the end."""
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
    """Take ``A .. B``, ``A to B`` and ``A - B``, of which A is read already."""
    first, count = begun
    between = at + count
    if between >= len(words) or words[between] not in middle:
        return None
    ended = _range_end(words, between + 1, today)
    if ended is None:
        raise slip(
            f"The range from {' '.join(words[at:between])} needs a date at its end.",
            at,
            behind(words, between),
            ("since", str(first.start)),
            allowed="Ranges are written 2026-11-01..2026-11-15.",
        )
    last, more = ended
    stop = between + 1 + more
    earlier = take_named(words, at, last.end + DAY)
    if earlier and first.start > last.end and last.end - earlier[0].start < _LONGEST:
        # "monday to friday" on a Thursday: the one that the other follows
        first = earlier[0]
    if first.start > last.end:
        raise slip(
            f"The range is turned round: {first.start} comes after {last.end}.",
            at,
            stop,
            (str(last), "..", str(first)),
            allowed="The earlier date comes first.",
        )
    return Dates(first.start, last.end), stop - at


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
        raise slip(
            f"{number}{unit} is not a length of time I can use.",
            at,
            at + taken,
            (f"{near}{unit}",),
            ("all",),
            allowed=f"1 to {_MAX_COUNT} days, weeks, months or years.",
        )
    return Last(number, unit), taken
