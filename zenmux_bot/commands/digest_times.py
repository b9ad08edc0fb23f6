"""Words for times and days: ``9am``, ``21:30``, ``monday``, ``1st``, ``last``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time

from zenmux_bot.commands.digest_commands import LAST_DAY, WEEKDAYS

_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY_NUMBERS = {
    **{word: number for number, word in enumerate(WEEKDAYS)},
    **{word: number for number, word in enumerate(_LONG)},
    **{f"{word}s": number for number, word in enumerate(_LONG)},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
"""Days of the week as they are written; Monday is 0."""

_HALF_DAY = 12
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?", re.ASCII)
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)", re.ASCII)
HALVES = frozenset({"am", "pm"})


class NoSuchTime(ValueError):
    """It is written like a time, but no clock shows it."""


def take_time(words: Sequence[str], at: int, *, led: bool) -> tuple[time, int] | None:
    """Return the time of day that begins at ``at``, and how many words it has.

    Args:
        words: All words.
        at: Where to look.
        led: A word before says that a time follows, so a bare hour is one.

    Raises:
        NoSuchTime: As in ``25:00``.
    """
    if at >= len(words):
        return None
    if words[at] in _NAMED:
        return _NAMED[words[at]], 1
    match = _TIME.fullmatch(words[at])
    if match is None:
        return None
    hour, minute, half = match.groups()
    count = 1
    if half is None and at + 1 < len(words) and words[at + 1] in HALVES:
        half, count = words[at + 1], 2
    if minute is None and half is None and not led:
        return None
    return _time(int(hour), int(minute or 0), half), count


def _time(hour: int, minute: int, half: str | None) -> time:
    """Return the time; 12am is midnight and 12pm noon."""
    if half is not None:
        if not 1 <= hour <= _HALF_DAY:
            raise NoSuchTime
        hour = hour % _HALF_DAY + (_HALF_DAY if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise NoSuchTime from None


def read_day(word: str, *, led: bool) -> int | None:
    """Return the day of the month that a word names, if it does; any number counts.

    Args:
        word: Such as ``1st`` or ``last``.
        led: A word before says that a day follows, so a bare number is one.
    """
    if word == "last":
        return LAST_DAY
    if match := _ORDINAL.fullmatch(word):
        return int(match[1])
    return int(word) if led and re.fullmatch(r"[0-9]{1,2}", word) else None
