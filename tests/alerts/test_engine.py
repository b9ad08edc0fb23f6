"""What each rule does with a few days of figures."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from alert_years import archive_of, seen_on, volumes_of_year

from zenmux_bot.alerts.engine import EventKind, State, evaluate, rehearse
from zenmux_bot.commands.alert_commands import (
    AnyOvertake,
    Direction,
    Level,
    Newcomer,
    Passes,
    ShareMoves,
    Subject,
    Unusual,
)
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.history.archive import Archive, Version

ABOVE = Level(Subject.SHARE, "a", Direction.ABOVE, Decimal(40))
BELOW = Level(Subject.TOKENS, "a", Direction.BELOW, Decimal(50))
MOVES = ShareMoves("a", Decimal(5), days=2)
PASSES = Passes("a", "b", days=2)


def flat(*pairs):
    """Return days of volumes from counts and lists: ``(3, {"a": 1})`` is three."""
    values = [volumes for count, volumes in pairs for _ in range(count)]
    return {FLOOR + DAY * index: each for index, each in enumerate(values)}


def told(rule, days):
    """Return when a rule fires (+) and recovers (-), by the number of the day."""
    signs = {EventKind.FIRED: "+", EventKind.RECOVERED: "-"}
    events = rehearse(rule, archive_of(days)).events
    return " ".join(
        f"{signs[each.kind]}{(each.day - FLOOR).days}{each.subject and ':'}"
        f"{each.subject}"
        for each in events
    )


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        (ABOVE, [(2, {"a": 40, "b": 60}), (3, {"a": 41, "b": 59})], "+2"),
        # within a twentieth of the level it is not over
        (
            ABOVE,
            [
                (1, {"a": 41, "b": 59}),
                (2, {"a": 39, "b": 61}),
                (1, {"a": 41, "b": 59}),
                (1, {"a": 37, "b": 63}),
            ],
            "+0 -4",
        ),
        # between 0 and 10 of 100: only what is certain fires
        (ABOVE, [(3, {"b": 45, "c": 10, "__others__": 45})], ""),
        (
            BELOW,
            [(1, {"a": 60}), (2, {"a": 49}), (1, {"a": 52}), (1, {"a": 53})],
            "+1 -4",
        ),
        # unlisted with a remainder is not zero; without one it is
        (BELOW, [(1, {"a": 60}), (2, {"b": 90, "__others__": 60})], ""),
        (BELOW, [(1, {"a": 60}), (2, {"b": 90})], "+1"),
        # no figures of a day are no news
        (BELOW, [(1, {"a": 60}), (1, {}), (1, {"a": 40})], "+2"),
        (
            MOVES,
            [(4, {"a": 40, "b": 60}), (2, {"a": 46, "b": 54}), (4, {"a": 46, "b": 54})],
            "+5 -7",
        ),
        (
            PASSES,
            [(14, {"a": 5, "b": 9}), (14, {"a": 9, "b": 5}), (10, {"a": 5, "b": 9})],
            "+18 -32",
        ),
        # ahead from the beginning passes nobody, nor does a lead of 1 %
        (PASSES, [(20, {"a": 9, "b": 5})], ""),
        (PASSES, [(9, {"a": 90, "b": 100}), (20, {"a": 101, "b": 100})], ""),
        (
            AnyOvertake(2),
            [(7, {"a": 9, "b": 5}), (21, {"a": 5, "b": 9})],
            "+20:b a",
        ),
        # one whole week ahead is not enough, nor is anybody below the top N
        (
            AnyOvertake(2),
            [(7, {"a": 9, "b": 5}), (7, {"a": 5, "b": 9}), (7, {"a": 9, "b": 5})],
            "",
        ),
        (
            AnyOvertake(1),
            [(7, {"z": 50, "a": 9, "b": 5}), (21, {"z": 50, "a": 5, "b": 9})],
            "",
        ),
        (
            Newcomer(2),
            [(60, {"a": 9, "b": 5, "n": 1}), (10, {"a": 9, "b": 5, "n": 8})],
            "+64:n",
        ),
        # too early to call anybody a newcomer
        (
            Newcomer(2),
            [(14, {"a": 9, "b": 5, "n": 1}), (10, {"a": 9, "b": 5, "n": 8})],
            "",
        ),
        # whoever was there within eight weeks is none
        (
            Newcomer(2),
            [
                (40, {"a": 9, "b": 5, "n": 1}),
                (20, {"a": 9, "b": 1, "n": 5}),
                (20, {"a": 9, "b": 5, "n": 1}),
                (20, {"a": 9, "b": 1, "n": 5}),
            ],
            "+43:n",
        ),
        (Unusual("a"), [(40, {"a": 100, "b": 900}), (1, {"a": 50, "b": 900})], "+40"),
        (
            Unusual("a"),
            [(40, {"a": 100, "b": 900}), (1, {"a": 50, "b": 900}), (3, {"a": 100})],
            "+40 -41",
        ),
        # four weeks are needed, a quarter, and some volume
        (Unusual("a"), [(27, {"a": 100, "b": 9}), (1, {"a": 50, "b": 9})], ""),
        (Unusual("a"), [(40, {"a": 100, "b": 9}), (1, {"a": 124, "b": 9})], ""),
        (Unusual("a"), [(40, {"a": 1, "b": 1100}), (1, {"a": 9, "b": 1100})], ""),
        (
            Unusual(None, 2),
            [(40, {"a": 100, "b": 90}), (1, {"a": 100, "b": 40})],
            "+40:b",
        ),
    ],
)
def test_rehearse__rules(rule, days, expected):
    assert told(rule, flat(*days)) == expected


def test_evaluate__late_day():
    """A day whose figures come after those of the next does nothing."""
    days = flat((3, {"a": 40, "b": 60}), (1, {"a": 90, "b": 10}), (2, {"a": 4, "b": 6}))
    late = FLOOR + DAY * 3

    def seen(day):
        return seen_on(day, 40 if day == late else 3)

    archive = archive_of(days, seen=seen)

    assert evaluate(ABOVE, State(), archive, late) == (State(), [])
    assert rehearse(ABOVE, archive).events == ()


def test_evaluate__restated():
    """A day is judged with what was known when it came."""
    day = FLOOR + DAY
    low, high = ({"a": Decimal(x), "b": Decimal(100 - x)} for x in (30, 60))
    archive = Archive(
        [
            Version(FLOOR, seen_on(FLOOR), low),
            Version(day, seen_on(day), low),
            Version(day, seen_on(day) + timedelta(days=2), high),
        ]
    )

    assert rehearse(ABOVE, archive).events == ()


def test_state__round_trip():
    state = State({"a b": FLOOR, "": FLOOR + DAY}, {"behind": FLOOR})

    assert State.load(state.dump()) == state


def test_rehearse__expected_day():
    """Days that were expected are judged, but do not count as usual."""
    volumes = volumes_of_year(3, noise=0.01, names=("a", "b"))
    days = sorted(volumes)[:120]
    volumes = {day: volumes[day] for day in days}
    for day in days[80:84]:
        volumes[day]["a"] *= 3
    archive = archive_of(volumes)

    plain = rehearse(Unusual("a"), archive).events
    expected = rehearse(Unusual("a"), archive, expected=set(days[80:84])).events

    assert days[80] in {event.day for event in plain}
    assert days[80] in {event.day for event in expected}
    assert plain != expected
