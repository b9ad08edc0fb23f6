"""Bounds instead of guesses, and the changes between them."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zenmux_bot.core.bounded import (
    NOTHING,
    Bounded,
    absent,
    add,
    change_of_share,
    compared,
    growth_of,
    share_of,
)

numbers = st.decimals(0, 10**15, places=2)


def exact(value):
    return Bounded.exact(Decimal(value))


def between(low, high):
    return Bounded(Decimal(low), Decimal(high))


def test_bounded__value_is_known_only_where_bounds_meet():
    assert exact(5).value == 5
    assert between(0, 5).value is None


def test_bounded__sum_and_difference_keep_all_that_is_possible():
    assert add([between(1, 2), exact(10)]) == between(11, 12)
    assert add([]) == NOTHING
    assert exact(10) - between(1, 2) == between(8, 9)


@pytest.mark.parametrize(
    ("others", "listed", "high"),
    [(40, [400, 60], 40), (60, [400, 60, 50], 50), (0, [400, 60], 0), (7, [], 7)],
    ids=["the remainder", "the smallest listed", "no remainder", "none listed"],
)
def test_bounded__absent_is_below_the_remainder_and_the_smallest(others, listed, high):
    absent_one = absent(Decimal(others), [Decimal(each) for each in listed])

    assert absent_one == between(0, high)


@pytest.mark.parametrize(
    ("value", "total", "share"),
    [
        (exact(1), exact(4), exact("0.25")),
        (between(1, 2), exact(4), between("0.25", "0.5")),
        (None, exact(4), None),
        (exact(1), None, None),
        (exact(0), exact(0), None),
        (exact(1), between(3, 4), None),
    ],
    ids=["known", "bounds", "no value", "no total", "total zero", "total unknown"],
)
def test_bounded__share(value, total, share):
    assert share_of(value, total) == share


def test_bounded__change_of_share_is_in_points_and_unknown_without_either():
    assert change_of_share(exact("0.22"), exact("0.2")) == exact("0.02")
    assert change_of_share(None, exact("0.2")) is None
    assert change_of_share(exact("0.2"), None) is None


@pytest.mark.parametrize(
    ("now", "before", "growth"),
    [
        (exact(480), exact(400), exact("0.2")),
        (exact(0), exact(400), exact(-1)),
        (exact(480), exact(0), None),
        (exact(480), None, None),
        (None, exact(400), None),
        (between(0, 5), exact(400), None),
        (exact(480), between(0, 5), None),
    ],
    ids=["more", "none left", "from zero", "no past", "no now", "hidden", "was hidden"],
)
def test_bounded__growth(now, before, growth):
    assert growth_of(now, before) == growth


@pytest.mark.parametrize(
    ("now", "before", "is_new"),
    [
        (exact(1), NOTHING, True),
        (NOTHING, NOTHING, False),
        (between(0, 3), NOTHING, False),
        (exact(1), between(0, 3), False),
        (exact(1), None, False),
        (None, NOTHING, False),
    ],
    ids=["new", "still none", "maybe", "maybe before", "nothing compared", "unknown"],
)
def test_bounded__new_is_said_only_of_certain_zeros_before(now, before, is_new):
    beside = compared(now, exact(10), before, exact(10))

    assert beside.is_new is is_new
    assert not (is_new and beside.growth)


def test_bounded__volumes_of_unequal_periods_are_not_set_against_each_other():
    beside = compared(exact(7), exact(10), exact(1), exact(2), commensurable=False)

    assert beside.growth is None
    assert beside.points == exact("0.2")


@given(
    now=numbers,
    before=numbers,
    more=numbers,
    factor=st.decimals("0.001", 1000, places=3),
)
def test_bounded__changes_are_the_same_at_any_scale(now, before, more, factor):
    total, total_before = now + more + 1, before + more + 1
    assume(before)

    once, scaled = (
        compared(
            exact(now * f), exact(total * f), exact(before * f), exact(total_before * f)
        )
        for f in (Decimal(1), factor)
    )

    tiny = Decimal("1e-15")
    assert abs(once.growth.low - scaled.growth.low) <= tiny * (1 + abs(once.growth.low))
    assert abs(once.points.low - scaled.points.low) <= tiny


@given(
    parts=st.lists(st.tuples(numbers, numbers, numbers).map(sorted), min_size=1),
)
def test_bounded__sum_of_bounds_holds_the_sum_of_what_they_hold(parts):
    total = add(between(low, high) for low, _, high in parts)

    assert total.low <= sum(true for _, true, _ in parts) <= total.high
