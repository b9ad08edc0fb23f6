"""What is new in a week, recomputed by hand from plain shares."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.history.archive import Archive, Version
from zenmux_bot.history.news import MOST, NewsKind, news_of, sentence

SEEN = datetime(2026, 11, 30, tzinfo=UTC)


def archive_of(weeks):
    """Return an archive in which each day of a week has the same volumes."""
    versions = []
    for index, volumes in enumerate(weeks):
        for step in range(7):
            day = FLOOR + DAY * (7 * index + step)
            values = {name: Decimal(value) for name, value in volumes.items()}
            versions.append(Version(day, SEEN, values))
    return Archive(versions)


def sunday_of(weeks):
    return FLOOR + DAY * (7 * len(weeks) - 1)


def told(weeks, *, top=3):
    return news_of(archive_of(weeks), sunday_of(weeks), top=top)


FLAT = {"a": 50, "b": 30, "c": 20}
SWAPPED = {"a": 50, "b": 20, "c": 30}
NEW = {"a": 50, "b": 30, "n": 10, "c": 5, "d": 5}
WITHOUT = {"a": 50, "b": 30, "c": 11, "d": 5, "n": 4}


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ([FLAT] * 10, []),
        ([FLAT, FLAT, SWAPPED], []),
        ([FLAT, SWAPPED, SWAPPED], [(NewsKind.OVERTAKE, "c", "b")]),
        ([FLAT, SWAPPED, SWAPPED, SWAPPED], []),
        ([WITHOUT] * 8 + [NEW], [(NewsKind.NEWCOMER, "n", "")]),
        ([WITHOUT] * 7 + [NEW], []),
        (
            [{"a": 40, "b": 60}] + [{"a": 30, "b": 70}] * 8 + [{"a": 41, "b": 59}],
            [(NewsKind.RECORD, "a", "")],
        ),
        ([{"a": 40, "b": 60}] * 9 + [{"a": 41, "b": 59}], []),
        (
            [{"a": 40 + n, "b": 60 - n} for n in range(5)],
            [(NewsKind.STREAK, "b", ""), (NewsKind.STREAK, "a", "")],
        ),
        ([{"a": 40 + n, "b": 60 - n} for n in range(6)], []),
        # a remainder leaves nothing certain
        ([{**FLAT, "__others__": 90}, *[{**SWAPPED, "__others__": 90}] * 2], None),
    ],
)
def test_news_of__cases(weeks, expected):
    found = [(n.kind, n.name, n.other) for n in told(weeks)]

    assert found == (expected if expected is not None else found)
    if expected is None:
        assert all(kind is not NewsKind.NEWCOMER for kind, _, _ in found)


def test_news_of__quiet_for_four_weeks():
    weeks = [FLAT, SWAPPED, SWAPPED, FLAT, FLAT, SWAPPED, SWAPPED]

    assert [n.other for n in told(weeks[:3])] == ["b"]
    assert [n.name for n in told(weeks[:5])] == ["b"]
    assert told(weeks) == []


def test_news_of__recomputed():
    """In random years every statement holds in the plain figures."""
    rng = random.Random(4)
    count = 0
    for _ in range(8):
        names = "abcdef"
        weeks = []
        level = dict.fromkeys(names, 100.0)
        for _ in range(30):
            level = {n: max(v * rng.uniform(0.9, 1.1), 1) for n, v in level.items()}
            weeks.append({n: int(v * 1000) for n, v in level.items()})
        for end in range(3, len(weeks) + 1):
            found = told(weeks[:end], top=4)
            assert len(found) <= MOST
            for news in found:
                count += 1
                check(news, weeks[:end])
                assert str(news.since.year) in sentence(news, str.upper)
    assert count > 50


def check(news, weeks):
    shares = [w[news.name] / sum(w.values()) for w in weeks]
    since = (news.since - FLOOR).days // 7
    match news.kind:
        case NewsKind.OVERTAKE:
            ahead = [w[news.name] > w[news.other] for w in weeks[-3:]]
            assert ahead == [False, True, True]
            assert since == len(weeks) - 2
        case NewsKind.RECORD:
            assert shares[-1] - max(shares[:-1]) >= 0.003
            assert max(shares[:-1]) == shares[since]
            assert len(weeks) - 1 - since >= 8
        case NewsKind.STREAK:
            run = shares[-news.weeks - 1 :]
            assert run == sorted(run, reverse=not news.rises)
            assert news.weeks in {4, 8, 12}
            assert since == len(weeks) - news.weeks
        case NewsKind.NEWCOMER:
            for week in weeks[-9:-1]:
                assert sorted(week, key=week.get).index(news.name) < len(week) - 4
