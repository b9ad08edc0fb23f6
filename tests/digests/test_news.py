"""What is new in a week, recomputed by a naive second program."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from zenmux_bot.answers.share.view import BucketShares
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR, Dates
from zenmux_bot.digests.content import weeks_query
from zenmux_bot.digests.news import choose, find_news, proof, retracted

WEEK = timedelta(weeks=1)


def weeks_of(*shares: dict[str, object]) -> list[BucketShares]:
    """Return consecutive weeks from shares in percent; a pair is a range."""

    def bounded(percent):
        low, high = percent if isinstance(percent, tuple) else (percent, percent)
        return Bounded(Decimal(str(low)) / 100, Decimal(str(high)) / 100)

    return [
        BucketShares(
            start=FLOOR + number * WEEK,
            end=FLOOR + number * WEEK + timedelta(days=6),
            width=Granularity.WEEK,
            total=None,
            shares={slug: bounded(percent) for slug, percent in each.items()},
        )
        for number, each in enumerate(shares)
    ]


def keys(*shares, top=2):
    labels = {slug: slug.upper() for each in shares for slug in each}
    return [each.key for each in find_news(weeks_of(*shares), labels, top=top)]


FLAT = {"a": 40, "b": 30, "c": 5}
PEAK = FLAT | {"a": 45}


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([PEAK, *[FLAT] * 7, FLAT | {"a": 45.3}], ["record:a"]),
        ([PEAK, *[FLAT] * 7, FLAT | {"a": 45.2}], []),
        ([FLAT, PEAK, *[FLAT] * 6, FLAT | {"a": 46}], []),
        ([PEAK | {"a": (44, 46)}, *[FLAT] * 7, FLAT | {"a": 45.5}], []),
        ([FLAT, FLAT | {"b": 41}, FLAT | {"b": 41}], ["overtake:b:a"]),
        ([FLAT, *[FLAT | {"b": 41}] * 3], []),
        ([FLAT, FLAT, FLAT | {"b": 41}], []),
        ([FLAT, *[FLAT | {"b": (39, 42)}] * 2], []),
        ([FLAT, FLAT | {"c": 31}], ["newcomer:c"]),
        ([FLAT | {"c": 31}, FLAT, FLAT | {"c": 31}], []),
        ([FLAT, FLAT | {"c": (29, 31)}], []),
        ([FLAT | {"a": 40 + n} for n in range(5)], ["streak:a:gained:4"]),
        ([FLAT | {"a": 40 - n} for n in range(9)], ["streak:a:lost:8"]),
        ([FLAT | {"a": 40 + n} for n in range(6)], []),
        ([FLAT | {"a": 40 + n / 20} for n in range(5)], []),
        ([], []),
        ([FLAT], []),
    ],
)
def test_find_news(shares, expected):
    assert keys(*shares) == expected


def test_sentences_say_since_when():
    shares = [PEAK, *[FLAT] * 7, FLAT | {"a": 45.3}]
    (record,) = find_news(weeks_of(*shares), {"a": "Anthropic"}, top=1)

    assert record.sentence == (
        "Anthropic's 45.3% is its largest share since data begin on 29 Sep 2025; the "
        "last peak was 45.0% in the week of 29 Sep – 5 Oct 2025."
    )
    through = FLOOR + 9 * WEEK - timedelta(days=1)
    query = proof(record, Metric.COST, through)
    words = canonical(query)
    assert parse(words, today=through + timedelta(days=2)).query == query


def test_choose__two_providers_not_reported_lately():
    shares = [
        PEAK | {"b": 35},
        *[FLAT] * 6,
        FLAT | {"b": 30},
        FLAT | {"a": 46, "b": 46.5},
    ]
    found = find_news(weeks_of(*shares), {"a": "A", "b": "B"}, top=2)

    assert [each.key for each in choose(found, ())] == ["record:b", "record:a"]
    assert [each.key for each in choose(found, {"record:b"})] == ["record:a"]


def test_weeks_query__ends_with_the_last_whole_week():
    query = weeks_query(Metric.COST, date(2026, 11, 25))

    assert query.period == Dates(FLOOR, date(2026, 11, 22))
    assert weeks_query(Metric.COST, FLOOR + timedelta(days=3)) is None


def naive(  # noqa: C901 - it is to be plain, not short
    rows: list[dict[str, float]], top: int
) -> set[str]:
    """Find what is new by walking over the weeks, knowing nothing of the first."""
    found, now = set(), rows[-1]
    leaders = sorted(now, key=lambda slug: -now[slug])[:top]

    def place(row, slug):
        return 1 + sum(row[other] > row[slug] for other in row if other != slug)

    for slug in leaders:
        past = [row[slug] for row in rows[:-1]]
        if len(past) >= 8:
            peak = max(past)
            newest = max(n for n, value in enumerate(past) if value == peak)
            if len(past) - newest >= 8 and now[slug] - peak >= 300:
                found.add(f"record:{slug}")
        if all(place(row, slug) > top for row in rows[:-1]):
            found.add(f"newcomer:{slug}")
        for verb, sign in (("gained", 1), ("lost", -1)):
            count = 0
            while (
                count < len(past)
                and (rows[-1 - count][slug] - rows[-2 - count][slug]) * sign > 0
            ):
                count += 1
            moved = abs(now[slug] - rows[-1 - count][slug])
            if count in {4, 8, 12} and moved >= 300:
                found.add(f"streak:{slug}:{verb}:{count}")
    for ahead in leaders:
        for behind in leaders:
            a, b, c = ([row[ahead] - row[behind] for row in rows[-3:]] + [0] * 3)[:3]
            if len(rows) >= 3 and a < 0 < b and c > 0:
                found.add(f"overtake:{ahead}:{behind}")
    return found


@pytest.mark.parametrize("seed", range(8))
def test_find_news__replayed_weeks_agree_with_the_naive_program(seed):
    """Fifty digests each; shares are thousandths of a percentage point."""
    dice = random.Random(seed)
    slugs = "abcdef"
    row = {slug: 10_000 + 2_000 * n for n, slug in enumerate(slugs)}
    rows = []
    told = 0
    for _ in range(50):
        drift = {slug: dice.choice((-1, 1)) * dice.randint(1, 900) for slug in slugs}
        row = {
            slug: max(value + drift[slug] + (dice.random() < 0.03) * 4_000, 1)
            for slug, value in row.items()
        }
        rows.append(row)
        shares = [{s: v / 1000 for s, v in each.items()} for each in rows]
        found = set(keys(*shares, top=3))
        told += len(found)
        if len(rows) > 1:
            assert found == naive(rows, 3), len(rows)
    assert told > 5


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("record:a", "A's share was not its largest since data begin."),
        ("overtake:a:b", "A was not ahead of B for two weeks."),
        ("newcomer:c", "C was not in the top 2 for the first time."),
        ("streak:b:lost:8", "B had not lost share for 8 weeks in a row."),
        ("streak:gone:gained:4", "gone had not gained share for 4 weeks in a row."),
    ],
)
def test_retracted__only_what_is_no_longer_found(key, sentence):
    weeks = weeks_of(*[FLAT] * 8, PEAK, *[FLAT] * 8, FLAT | {"a": 46})
    labels = {slug: slug.upper() for slug in FLAT}

    assert retracted([key], weeks[:-1], labels, top=2) == {key: sentence}
    assert retracted(["record:a"], weeks, labels, top=2) == {}
