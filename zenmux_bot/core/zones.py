"""Time zones as people name them: IANA names, their cities, and what is ambiguous.

https://www.iana.org/time-zones
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import cache
from zoneinfo import available_timezones

UTC_NAME = "UTC"
MAX_WORDS = 3
"""No city has more words: ``ho chi minh``."""

_ABBREVIATIONS = {
    "gmt": (UTC_NAME, "Europe/London"),
    "bst": ("Europe/London",),
    "cet": ("Europe/Berlin", "Europe/Paris"),
    "cest": ("Europe/Berlin", "Europe/Paris"),
    "eet": ("Europe/Helsinki", "Europe/Athens"),
    "est": ("America/New_York",),
    "edt": ("America/New_York",),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "cdt": ("America/Chicago",),
    "mst": ("America/Denver", "America/Phoenix"),
    "mdt": ("America/Denver",),
    "pst": ("America/Los_Angeles",),
    "pdt": ("America/Los_Angeles",),
    "ist": ("Asia/Kolkata", "Europe/Dublin"),
    "jst": ("Asia/Tokyo",),
}
"""What an abbreviation may mean. As zone names, these ignore daylight saving time or
mean another place, so they are never used as such."""

_COMMON = (
    *("Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"),
    *("Europe/Warsaw", "Europe/Kyiv", "Europe/Istanbul", "Africa/Cairo"),
    *("Africa/Lagos", "Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata"),
    *("Asia/Singapore", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo"),
    *("Asia/Seoul", "Australia/Sydney", "Pacific/Auckland", "America/Sao_Paulo"),
    *("America/New_York", "America/Toronto", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Mexico_City", UTC_NAME),
)


@cache
def names() -> tuple[str, ...]:
    """Return the zones of places, and UTC."""
    places = {name for name in available_timezones() if "/" in name}
    return tuple(sorted(places | {UTC_NAME}))


def is_known(name: str) -> bool:
    """Tell whether a name is a valid zone, in this exact spelling."""
    return name in _by_spelling().get(name.lower(), ())


def find(words: str) -> tuple[str, ...]:
    """Return the zones that words in lower case may mean, only the best matches.

    A whole name wins over a city, and a city over one of its words.
    """
    spelling = words.replace(" ", "_")
    for index in (_by_spelling(), _by_city(), _by_word_of_city()):
        if found := index.get(spelling):
            return found
    return ()


def meant_by(code: str) -> tuple[str, ...]:
    """Return the zones that an abbreviation such as ``est`` may mean."""
    return _ABBREVIATIONS.get(code, ())


def near(words: str, *, cutoff: float = 0.75) -> tuple[str, ...]:
    """Return zones whose name or city is spelt most like words in lower case."""
    spelling = words.replace(" ", "_")
    index = _by_spelling() if "/" in spelling else _by_city()
    close = difflib.get_close_matches(spelling, index, n=2, cutoff=cutoff)
    return tuple(zone for each in close for zone in index[each])


def search(typed: str, own: str, *, limit: int) -> tuple[str, ...]:
    """Return zones to choose from: cities that begin as typed first, common ones first.

    Args:
        typed: What was typed so far; nothing gives the common ones.
        own: The person's own zone, offered first if it matches.
        limit: How many at most.
    """
    wanted = "_".join(typed.lower().split())
    offered = dict.fromkeys((own, *_COMMON) if not wanted else (own, *names()))
    fitting = [zone for zone in offered if wanted in zone.lower()]
    fitting.sort(
        key=lambda zone: (
            not _city(zone).startswith(wanted),
            zone not in (own, *_COMMON),
        )
    )
    return tuple(fitting[:limit])


@cache
def _by_spelling() -> dict[str, tuple[str, ...]]:
    return {name.lower(): (name,) for name in names()}


@cache
def _by_city() -> dict[str, tuple[str, ...]]:
    return _grouped([(_city(name), name) for name in _regional()])


@cache
def _by_word_of_city() -> dict[str, tuple[str, ...]]:
    return _grouped(
        [(word, name) for name in _regional() for word in _city(name).split("_")]
    )


def _regional() -> list[str]:
    """Return the zones that a city can stand for; ``Etc/GMT+5`` is not one.

    Nor is Mexico/General: every workspace has a channel of that name.
    """
    return [
        name
        for name in names()
        if "/" in name and not name.startswith("Etc/") and name != "Mexico/General"
    ]


def _city(name: str) -> str:
    return name.rpartition("/")[2].lower()


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, tuple[str, ...]] = {}
    for key, name in pairs:
        grouped[key] = (*grouped.get(key, ()), name)
    return grouped
