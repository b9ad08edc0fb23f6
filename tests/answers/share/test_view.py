"""Market share over buckets, beside the period before."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from answer_worlds import (
    LATEST,
    REST,
    days_of,
    naive_sum,
    near,
    recorded_series,
    series,
    shared,
    slugs,
    top_of,
    truths,
    volumes,
)
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.share.view import width_for
from zenmux_bot.commands.queries import ShareQuery
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, CalendarUnit, Dates, Unit, Versus
from zenmux_bot.errors import NoData, UnknownName

ALONE = {"versus": Versus.NONE}


def exact(value):
    return Bounded.exact(Decimal(value))


def between(low, high):
    return Bounded(Decimal(low), Decimal(high))


def two_days(before, now, **more):
    """Compare two days, each a bucket."""
    buckets = series({LATEST - DAY: before, LATEST: now})
    return shared(buckets, days_of(**more), Granularity.DAY)


def rows_of(view):
    return {row.provider: row for row in view.rows}


def test_share_view__worked_example():
    """Section 8.3 of the reference, N = 4."""
    before = {"anthropic": 400, "openai": 300, "google": 200, "x-ai": 60, REST: 40}
    now = {"anthropic": 480, "openai": 330, "google": 240, "stepfun": 90, REST: 60}

    view = two_days(before, now)

    found = {
        row.provider: (row.figures.share, row.figures.points, row.figures.growth)
        for row in (*view.rows, *two_days(before, now, providers=("x-ai",)).rows)
    }
    assert found == {
        "anthropic": (exact("0.4"), exact(0), exact("0.2")),
        "openai": (exact("0.275"), exact("-0.025"), exact("0.1")),
        "google": (exact("0.2"), exact(0), exact("0.2")),
        "stepfun": (exact("0.075"), between("0.035", "0.075"), None),
        "x-ai": (between(0, "0.05"), between("-0.06", "-0.01"), None),
    }
    assert view.others.share == exact("0.05")
    assert (view.others.points.low, view.others.growth) == (Decimal("-0.05"), None)
    assert view.total.value == exact(1200)
    assert view.total.growth == exact("0.2")
    # Others may hold anybody: x-ai may have lost less than OpenAI, or more.
    assert (view.gained, view.lost) == (None, None)


@pytest.mark.parametrize(
    ("before", "points", "growth", "is_new"),
    [
        ({"a": 6, "b": 3, REST: 1}, between("0.4", "0.5"), None, False),
        ({"a": 7, "b": 3}, exact("0.5"), None, True),
        ({"a": 7, "b": 3, REST: 0}, exact("0.5"), None, True),
        ({}, None, None, False),
    ],
    ids=["others present", "no others", "others zero", "no data"],
)
def test_share_view__absent_before(before, points, growth, is_new):
    """Section 8.4 of the reference."""
    view = two_days(before, {"a": 5, "c": 5})

    figures = rows_of(view)["c"].figures
    assert (figures.points, figures.growth, figures.is_new) == (points, growth, is_new)


def test_share_view__vendors_example_gives_its_shares():
    period = CalendarUnit(Unit.WEEK, date(2025, 12, 29))
    query = ShareQuery(period=period, versus=Versus.NONE)

    view = shared(recorded_series("market_share_seed"), query, Granularity.WEEK)

    shares = [*(row.figures.share for row in view.rows), view.others.share]
    assert [f"{share.value * 100:.1f}" for share in shares] == [
        "48.8",
        "33.2",
        "17.7",
        "0.4",
    ]
    assert [row.label for row in view.rows] == ["Anthropic", "OpenAI", "Google"]
    assert not view.complete


RECORDED = [
    ("market_share_daily_tokens", Granularity.DAY, "2026-06-18", "2026-06-24"),
    ("market_share_weekly_tokens", Granularity.WEEK, "2026-05-04", "2026-06-21"),
    ("market_share_weekly_cost", Granularity.WEEK, "2026-06-15", "2026-06-21"),
    (
        "market_share_weekly_tokens_limit50",
        Granularity.WEEK,
        "2026-05-04",
        "2026-06-21",
    ),
    (
        "market_share_weekly_tokens_limit50",
        Granularity.WEEK,
        "2026-06-15",
        "2026-06-21",
    ),
    ("market_share_weekly_yearend", Granularity.WEEK, "2025-12-29", "2026-01-11"),
    ("market_share_weekly_week53", Granularity.WEEK, "2026-12-28", "2027-01-03"),
]


@pytest.mark.parametrize(("name", "width", "first", "last"), RECORDED)
def test_share_view__recordings_compare_as_a_naive_program_finds(
    name, width, first, last
):
    buckets = recorded_series(name)
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    query = ShareQuery(period=Dates(start, end), top=50)
    length = end - start + DAY
    halves = [
        [
            {each.author: each.value for each in bucket.authors}
            for bucket in buckets
            if low <= bucket.date <= high
        ]
        for low, high in ((start, end), (start - length, start - DAY))
    ]
    (now, _, total), (before, gone, total_before) = map(naive_sum, halves)

    view = shared(buckets, query, width, today=date(2027, 2, 1))

    assert view.basis.comparison.span.start == start - length
    assert near(view.total.value, total)
    assert near(view.total.growth, total / total_before - 1)
    assert rows_of(view).keys() == now.keys()
    for slug, row in rows_of(view).items():
        is_, was = now[slug], before.get(slug, gone)
        assert near(row.figures.value, is_.low, is_.high)
        assert near(row.figures.share, is_.low / total, is_.high / total)
        assert near(
            row.figures.points,
            is_.low / total - was.high / total_before,
            is_.high / total - was.low / total_before,
        )
        if is_.low == is_.high and was.low == was.high > 0:
            assert near(row.figures.growth, is_.low / was.low - 1)
        else:
            assert row.figures.growth is None
    shown = sum(entry.low for entry in now.values())
    if shown < total:
        assert near(
            view.others.value,
            max(total - sum(e.high for e in now.values()), 0),
            total - shown,
        )
    else:
        assert view.others is None


def test_share_view__partial_last_week_is_compared_day_by_day():
    """Monday to Wednesday of a running week, against the same days."""
    buckets = recorded_series("market_share_daily_tokens")
    query = ShareQuery(
        period=Dates(date(2026, 6, 22), date(2026, 6, 24)),
        versus=Dates(date(2026, 6, 15), date(2026, 6, 17)),
    )

    view = shared(buckets, query, Granularity.DAY, today=date(2026, 6, 25))

    def total(first):
        days = [date(2026, 6, first + number) for number in range(3)]
        return sum(a.value for b in buckets if b.date in days for a in b.authors)

    assert view.total.value == exact(total(22))
    assert near(view.total.growth, Fraction(total(22)) / Fraction(total(15)) - 1)


def test_share_view__day_without_data_is_a_gap_that_ends_the_comparison():
    buckets = recorded_series("market_share_zero_bucket")
    query = days_of(end=date(2026, 6, 24), count=3)

    view = shared(buckets, query, Granularity.DAY)

    assert view.total.value == exact(
        26856814107 + 12590786978 + 8744719853 + 20312991729
    )
    assert [bucket.start.day for bucket in view.buckets] == [22]
    assert view.basis.notes == ("No data for the days of 23 Jun 2026, 24 Jun 2026.",)
    assert view.basis.comparison.span is None
    assert view.total.growth is None


def test_share_view__gap_in_the_period_before_ends_the_comparison():
    buckets = series(
        {LATEST: {"a": 1}, LATEST - DAY: {"a": 1}, LATEST - 2 * DAY: {"a": 1}}
    )

    view = shared(buckets, days_of(count=2), Granularity.DAY)

    assert view.basis.notes == ("No data for the day of 18 Jun 2026.",)
    assert view.basis.comparison.reason == "Days are missing, so nothing is compared."
    assert view.rows[0].figures.points is None


def test_share_view__many_gaps_are_counted():
    view = shared(
        series({LATEST: {"a": 1}}), days_of(count=7, **ALONE), Granularity.DAY
    )

    (note,) = view.basis.notes
    assert note.endswith("15 Jun 2026, 16 Jun 2026, 17 Jun 2026 and 3 more.")


def test_share_view__period_without_data_is_an_error():
    with pytest.raises(NoData, match="no figures by tokens for 21 Jun 2026"):
        shared(recorded_series("market_share_empty"), days_of(), Granularity.DAY)


def test_share_view__period_before_without_data_is_said():
    view = two_days({}, {"a": 1})

    assert view.basis.comparison.reason == "No data for 20 Jun 2026 to compare with."


def test_share_view__movers_are_named_with_their_points():
    view = two_days({"a": 50, "b": 30, "c": 20}, {"a": 45, "b": 30, "c": 25})

    assert (view.gained.provider, view.gained.figures.points) == ("c", exact("0.05"))
    assert (view.lost.provider, view.lost.figures.points) == ("a", exact("-0.05"))


def test_share_view__mover_may_be_below_the_rows_or_gone():
    view = two_days({"a": 50, "b": 30, "c": 20}, {"a": 60, "b": 40}, top=1)

    assert view.gained is None  # a and b gained as much
    assert view.lost.provider == "c"
    assert view.lost.rank is None


def test_share_view__who_is_not_listed_may_have_moved_more():
    view = two_days({"a": 60, "b": 40}, {"a": 48, "b": 44, REST: 8})

    assert view.gained is None
    assert view.lost.provider == "a"


def test_share_view__others_are_never_less_than_nothing():
    buckets = series({LATEST - DAY: {"x": 5, REST: 3}, LATEST: {"a": 4, "b": 4}})

    view = shared(buckets, days_of(count=2, **ALONE), Granularity.DAY)

    assert view.others.value == between(0, 3)


def test_share_view__nobody_moved_most_where_nobody_moved():
    view = two_days({"a": 1, "b": 1}, {"a": 2, "b": 2})

    assert (view.gained, view.lost) == (None, None)
    assert [row.rank for row in view.rows] == [None, None]


def test_share_view__entered_is_said_only_where_it_is_certain():
    before, now = {"a": 5, "b": 3, "c": 1}, {"a": 5, "c": 4, "b": 3}

    assert two_days(before, now, top=2).entered == ("C",)
    assert two_days(before, now, top=3).entered == ()
    assert two_days({"a": 5, REST: 4}, now, top=2).entered == ()
    assert two_days(before, now, top=10).entered == ()
    assert two_days(before, now, top=1, providers=("c",)).entered == ()


def test_share_view__provider_that_left_has_nothing_and_no_rank():
    view = two_days({"a": 5, "b": 5}, {"a": 5}, providers=("b",))

    (row,) = view.rows
    assert (row.figures.value, row.figures.growth, row.rank) == (
        exact(0),
        exact(-1),
        None,
    )
    assert (view.providers, view.others) == (("B",), None)


def test_share_view__provider_that_is_not_one():
    with pytest.raises(UnknownName):
        two_days({"a": 5}, {"a": 5}, providers=("nobody",))


def test_share_view__newest_label_that_says_anything_is_shown():
    days = [LATEST - 2 * DAY, LATEST - DAY, LATEST]
    buckets = [
        *series(
            {days[0]: {"a": 1, "b": 1, "c": 1}},
            labels={"a": "Old", "b": "Bee\n2", "c": ""},
        ),
        *series(
            {days[1]: {"a": 1, "b": 1, "c": 1}}, labels={"a": "New", "b": "", "c": ""}
        ),
    ]

    view = shared(buckets, days_of(count=3, **ALONE), Granularity.DAY)

    assert [row.label for row in view.rows] == ["New", "Bee 2", "c"]


def test_share_view__volumes_of_periods_of_unequal_length_are_not_compared():
    buckets = series({LATEST - number * DAY: {"a": 4, "b": 4} for number in range(3)})
    query = days_of(versus=Dates(LATEST - 2 * DAY, LATEST - DAY))

    view = shared(buckets, query, Granularity.DAY)

    assert (view.total.growth, view.rows[0].figures.growth) == (None, None)
    assert view.rows[0].figures.points == exact(0)


@pytest.mark.parametrize(
    ("count", "by", "widths", "spans", "parts"),
    [
        (20, None, Granularity.DAY, 20, 0),
        (21, None, Granularity.WEEK, 3, 0),
        (23, None, Granularity.WEEK, 4, 1),
        (23, Granularity.DAY, Granularity.DAY, 23, 0),
        (7, Granularity.WEEK, Granularity.WEEK, 1, 0),
    ],
    ids=["few days", "many days", "a part of a week", "days by name", "weeks by name"],
)
def test_share_view__buckets_of_the_chart(count, by, widths, spans, parts):
    values = {LATEST - number * DAY: {"a": 3, "b": 1} for number in range(count)}

    view = shared(series(values), days_of(count=count, by=by, **ALONE), Granularity.DAY)

    assert {bucket.width for bucket in view.buckets} == {widths}
    assert len(view.buckets) == spans
    assert sum(bucket.is_part for bucket in view.buckets) == parts
    assert view.buckets[0].start == LATEST - (count - 1) * DAY
    assert view.buckets[-1].end == LATEST
    for bucket in view.buckets:
        assert bucket.shares == {"a": exact("0.75"), "b": exact("0.25")}


def test_share_view__running_week_is_a_part():
    monday = date(2026, 6, 22)
    query = ShareQuery(period=Dates(date(2026, 6, 15), date(2026, 6, 24)), **ALONE)
    buckets = series({monday - 7 * DAY: {"a": 1}, monday: {"a": 1}})

    view = shared(buckets, query, Granularity.WEEK)

    assert [bucket.is_part for bucket in view.buckets] == [False, True]
    assert view.buckets[-1].end == date(2026, 6, 24)


@pytest.mark.parametrize(
    ("by", "whole", "width"),
    [
        (None, True, Granularity.WEEK),
        (None, False, Granularity.DAY),
        (Granularity.WEEK, True, Granularity.WEEK),
        (Granularity.WEEK, False, Granularity.DAY),
        (Granularity.DAY, True, Granularity.DAY),
    ],
)
def test_share_view__width_that_holds_exactly_the_days(by, whole, width):
    assert width_for(ShareQuery(by=by), whole_weeks=whole) is width


spans = st.sampled_from([2, 4]).flatmap(
    lambda count: st.lists(
        truths.filter(lambda truth: sum(truth.values()) > 0),
        min_size=count,
        max_size=count,
    )
)
"""Days of two periods of equal length, with the whole truth of each."""


class Cut:
    """What is seen of some days through a top N, and what is true of them."""

    def __init__(self, days, limit, top):
        half = len(days) // 2
        dates = [LATEST - number * DAY for number in reversed(range(len(days)))]
        buckets = {
            day: top_of(truth, limit) for day, truth in zip(dates, days, strict=True)
        }
        self.view = shared(
            series(buckets), days_of(count=half, top=top), Granularity.DAY
        )
        self.was, self.now = (
            {slug: sum(day.get(slug, 0) for day in part) for slug in set().union(*days)}
            for part in (days[:half], days[half:])
        )
        self.total = sum(self.now.values())
        self.points = {
            slug: Fraction(self.now[slug], self.total)
            - Fraction(self.was[slug], sum(self.was.values()))
            for slug in self.now
        }


def holds(figure, truth):
    """Tell whether a figure's bounds contain a truth, but for rounding."""
    slack = Fraction(1, 10**20)
    return Fraction(figure.low) - slack <= truth <= Fraction(figure.high) + slack


@given(spans, st.integers(1, 6), st.integers(1, 9))
def test_share_view__figures_hold_what_a_top_n_hides(days, limit, top):
    cut = Cut(days, limit, top)
    now, was, view = cut.now, cut.was, cut.view

    for slug, row in rows_of(view).items():
        figures = row.figures
        assert holds(figures.value, now[slug])
        assert holds(figures.share, Fraction(now[slug], cut.total))
        assert holds(figures.points, cut.points[slug])
        if figures.growth is not None:
            assert near(figures.growth, Fraction(now[slug], was[slug]) - 1)
        if figures.is_new:
            assert was[slug] == 0 < now[slug]
        if row.rank is not None:
            assert row.rank == 1 + sum(other > now[slug] for other in now.values())
    shown = sum(now[row.provider] for row in view.rows)
    assert view.total.value.value == cut.total
    if view.others is None:
        assert shown == cut.total
    else:
        assert holds(view.others.value, cut.total - shown)


@given(spans, st.integers(1, 6), st.integers(1, 9))
def test_share_view__claims_are_true_of_what_a_top_n_hides(days, limit, top):
    cut = Cut(days, limit, top)
    points, view = cut.points, cut.view

    if view.gained is not None:
        most = points.pop(view.gained.provider)
        assert most > max(0, *points.values(), 0)
        points[view.gained.provider] = most
    if view.lost is not None:
        least = points.pop(view.lost.provider)
        assert least < min(0, *points.values(), 0)
    for label in view.entered:
        slug = label.lower()
        assert sum(value > cut.was[slug] for value in cut.was.values()) >= top
        assert sum(value > cut.now[slug] for value in cut.now.values()) < top


@given(
    st.dictionaries(slugs, volumes.filter(bool), min_size=1),
    st.dictionaries(slugs, volumes.filter(bool), min_size=1),
    st.decimals("0.01", 1000, places=2),
    st.randoms(use_true_random=False),
)
def test_share_view__changes_do_not_depend_on_order_or_scale(
    before, now, factor, random
):
    def shuffled(values):
        order = list(values)
        random.shuffle(order)
        return {slug: values[slug] * factor for slug in order}

    once = two_days(before, now, top=50)
    again = two_days(shuffled(before), shuffled(now), top=50)

    tiny = Decimal("1e-18")
    assert [row.provider for row in once.rows] == [row.provider for row in again.rows]
    for one, other in zip(once.rows, again.rows, strict=True):
        assert abs(one.figures.points.low - other.figures.points.low) < tiny
        assert one.figures.is_new is other.figures.is_new
        if one.figures.growth is not None:
            apart = abs(one.figures.growth.low - other.figures.growth.low)
            assert apart < tiny * (1 + abs(one.figures.growth.low))


@given(
    truths.filter(lambda truth: sum(truth.values()) > 0),
    st.integers(1, 9),
    st.integers(1, 9),
)
def test_share_view__shares_of_a_bucket_add_up_to_one(truth, limit, top):
    view = shared(
        series({LATEST: top_of(truth, limit)}),
        days_of(top=top, **ALONE),
        Granularity.DAY,
    )

    parts = [row.figures.share for row in view.rows]
    parts += [view.others.share] if view.others else []
    assert abs(sum(part.value for part in parts) - 1) < Decimal("1e-20")
    displayed = sum(round(part.value * 100, 1) for part in parts)
    assert abs(displayed - 100) <= Decimal("0.05") * len(parts)
