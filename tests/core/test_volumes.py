"""What buckets say together: known, hidden, missing."""

from datetime import date
from decimal import Decimal

import pytest
from answer_worlds import (
    REST,
    naive_sum,
    near,
    recorded_series,
    series,
    slugs,
    top_of,
    truths,
)
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.core.bounded import NOTHING, Bounded
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, Span
from zenmux_bot.core.volumes import RankRange, add_up, starts, volumes_of, within

MONDAY = date(2026, 6, 15)


def exact(value):
    return Bounded.exact(Decimal(value))


def one(values):
    """Return what a single bucket says."""
    (bucket,) = series({MONDAY: values})
    return volumes_of(bucket)


def several(*buckets):
    """Return what buckets of consecutive days say together; None: not there."""
    days = {MONDAY + number * DAY: bucket for number, bucket in enumerate(buckets)}
    there = series({day: bucket for day, bucket in days.items() if bucket is not None})
    span = Span(MONDAY, max(days))
    return add_up(within({each.date: each for each in there}, span, Granularity.DAY))


def test_volumes__listed_is_known_and_absent_is_below_the_smallest():
    volumes = one({"a": 400, "b": 60, REST: 70})

    assert volumes.of("a") == exact(400)
    assert volumes.of("c") == Bounded(Decimal(0), Decimal(60))
    assert volumes.total == exact(530)


@pytest.mark.parametrize("rest", [{}, {REST: 0}], ids=["no others", "others zero"])
def test_volumes__absent_without_a_remainder_is_zero(rest):
    assert one({"a": 400} | rest).of("c") == NOTHING


@pytest.mark.parametrize(
    "values",
    [{}, {"a": 0, REST: 0}, {"a": 4, "b": None}, {"a": 4, REST: None}],
    ids=["empty", "all zero", "a figure left out", "others left out"],
)
def test_volumes__bucket_that_says_nothing_is_unknown_not_zero(values):
    volumes = one(values)

    assert volumes.total is None
    assert volumes.of("a") is None


def test_volumes__bucket_that_is_not_there_is_a_gap():
    volumes = several({"a": 1}, None, {"a": 2})

    assert volumes.gaps == (MONDAY + DAY,)
    assert volumes.of("a") == exact(3)


def test_volumes__nothing_at_all_is_no_data():
    volumes = several(None, {})

    assert volumes.total is None
    assert volumes.gaps == (MONDAY, MONDAY + DAY)


def test_volumes__sum_over_days_keeps_what_a_top_n_hides():
    volumes = several({"a": 10, REST: 4}, {"a": 20, "b": 5}, {"b": 3, REST: 9})

    assert volumes.of("a") == Bounded(Decimal(30), Decimal(33))
    assert volumes.of("b") == Bounded(Decimal(8), Decimal(12))
    assert volumes.of("c") == Bounded(Decimal(0), Decimal(7))
    assert volumes.total == exact(51)


def test_volumes__ranking_is_by_what_is_certain_and_leaves_out_who_has_nothing():
    volumes = several({"a": 10, "b": 30, "c": 0}, {"a": 20, "b": 0, "c": 0})

    assert volumes.ranking() == ["a", "b"]


def test_volumes__places_are_certain_where_bounds_are_apart():
    volumes = one({"a": 400, "b": 60, "c": 60, REST: 5})

    assert volumes.places("a") == RankRange(1, 1)
    assert volumes.places("b") == RankRange(2, 3)
    assert volumes.places("d") == RankRange(4, None)
    assert volumes.places("a").rank == 1
    assert volumes.places("b").rank is None


@given(st.lists(truths, min_size=1, max_size=4), st.integers(1, 5), slugs)
def test_volumes__bounds_hold_the_truth_that_a_top_n_cuts_away(days, limit, slug):
    seen = several(*(top_of(day, limit) for day in days))
    counted = [day for day in days if sum(day.values())]

    figure = seen.of(slug)

    if not counted:
        assert figure is None
        return
    assert figure.low <= sum(day.get(slug, 0) for day in counted) <= figure.high
    assert seen.total.value == sum(sum(day.values()) for day in counted)


@given(st.lists(truths, min_size=1, max_size=4), st.integers(1, 5), slugs)
def test_volumes__places_hold_the_true_rank(days, limit, slug):
    seen = several(*(top_of(day, limit) for day in days))
    truth = {
        name: sum(day.get(name, 0) for day in days) for name in [*slugs_of(days), slug]
    }

    places = seen.places(slug)

    ahead = sum(value > truth[slug] for value in truth.values())
    level = sum(value >= truth[slug] for value in truth.values())
    if seen.total is not None:
        assert places.best <= ahead + 1
        assert places.worst is None or places.worst >= min(level, ahead + 1)


def slugs_of(days):
    return {slug for day in days for slug in day}


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("market_share_daily_tokens", Granularity.DAY),
        ("market_share_weekly_tokens", Granularity.WEEK),
        ("market_share_weekly_cost", Granularity.WEEK),
        ("market_share_weekly_tokens_limit50", Granularity.WEEK),
        ("market_share_weekly_yearend", Granularity.WEEK),
        ("market_share_weekly_week53", Granularity.WEEK),
        ("market_share_seed", Granularity.WEEK),
    ],
)
def test_volumes__recordings_add_up_as_a_naive_program_finds(name, width):
    buckets = {bucket.date: bucket for bucket in recorded_series(name)}
    span = Span(min(buckets), max(buckets))
    plain = [{a.author: a.value for a in b.authors} for b in buckets.values()]
    sums, unlisted, total = naive_sum(plain)

    volumes = add_up(within(buckets, span, width))

    assert volumes.gaps == ()
    assert near(volumes.total, total)
    assert near(volumes.missing, unlisted.low, unlisted.high)
    assert volumes.known.keys() == sums.keys()
    for slug, bounds in sums.items():
        assert near(volumes.known[slug], bounds.low, bounds.high)


@pytest.mark.parametrize(
    ("first", "last", "width", "expected"),
    [
        (
            "2026-06-15",
            "2026-06-17",
            Granularity.DAY,
            ["2026-06-15", "2026-06-16", "2026-06-17"],
        ),
        ("2025-12-22", "2026-01-04", Granularity.WEEK, ["2025-12-22", "2025-12-29"]),
        ("2026-12-28", "2027-01-04", Granularity.WEEK, ["2026-12-28", "2027-01-04"]),
        ("2026-06-17", "2026-06-17", Granularity.WEEK, ["2026-06-15"]),
    ],
    ids=["days", "year end", "week 53", "inside a week"],
)
def test_volumes__starts_of_buckets(first, last, width, expected):
    span = Span(date.fromisoformat(first), date.fromisoformat(last))

    assert [str(start) for start in starts(span, width)] == expected
