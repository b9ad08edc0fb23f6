"""Why a share moved, against the definition and a second, naive program."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from answer_worlds import board, models_of, ranked
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.why.view import drivers, split_change
from zenmux_bot.core.bounded import ZERO, Bounded, Compared, compared
from zenmux_bot.core.periods import Versus

volumes = st.integers(0, 10**13) | st.integers(0, 3)


def exact(number):
    return Bounded.exact(Decimal(number))


def sides(own, rest, own_before, rest_before):
    """Return the provider and the platform, compared."""
    total, total_before = exact(own + rest), exact(own_before + rest_before)
    provider = compared(exact(own), total, exact(own_before), total_before)
    return provider, compared(total, total, total_before, total_before)


def naive(own, rest, own_before, rest_before):
    """Return the effect of the own volume: the mean of both orders."""

    def share(part, others):
        return Fraction(part, part + others) if part + others else Fraction(0)

    first = share(own, rest_before) - share(own_before, rest_before)
    last = share(own, rest) - share(own_before, rest)
    return (first + last) / 2


@pytest.mark.parametrize(
    ("now", "before", "own", "rest"),
    [
        ((50, 50), (50, 50), "0", "0"),
        ((50, 50), (50, 150), "0", "0.25"),  # only the others shrank
        ((150, 50), (50, 50), "0.25", "0"),  # only it grew
        ((100, 100), (50, 50), "0.166666666667", "-0.166666666667"),  # all doubled
        ((0, 100), (50, 50), "-0.416666666667", "-0.083333333333"),  # it left
        ((100, 100), (0, 100), "0.5", "0"),  # it came
        ((100, 0), (0, 100), "0.75", "0.25"),  # it took everything over
    ],
)
def test_why_view__change_is_split_between_its_own_volume_and_the_rest(
    now, before, own, rest
):
    split = split_change(*sides(*now, *before))

    assert (round(split.own, 12), round(split.rest, 12)) == (
        Decimal(own),
        Decimal(rest),
    )


@given(figures=st.tuples(volumes, volumes, volumes, volumes))
def test_why_view__both_parts_add_up_to_the_change_to_the_last_digit(figures):
    own, rest, own_before, rest_before = figures
    provider, platform = sides(*figures)
    split = split_change(provider, platform)

    if not own + rest or not own_before + rest_before:
        assert split is None
    else:
        assert split.own + split.rest == provider.points.value
        expected = naive(own, rest, own_before, rest_before)
        assert abs(Fraction(split.own) - expected) < Fraction(1, 10**11)


@given(figures=st.tuples(volumes, volumes, volumes, volumes))
def test_why_view__parts_of_the_way_back_are_those_of_the_way_there(figures):
    there = split_change(*sides(*figures))
    back = split_change(*sides(*figures[2:], *figures[:2]))

    if there is not None and back is not None:
        assert abs(there.own + back.own) <= Decimal("2e-12")


@pytest.mark.parametrize(
    ("provider", "platform"),
    [
        (Compared(value=None), Compared(value=exact(1), growth=exact(0))),
        (
            Compared(value=exact(1), share=exact(1), points=exact(0)),
            Compared(value=exact(1)),
        ),
        (
            Compared(
                value=exact(1), share=exact(1), points=Bounded(ZERO, Decimal("0.1"))
            ),
            Compared(value=exact(1), growth=exact(0)),
        ),
        (
            Compared(
                value=Bounded(ZERO, Decimal(1)),
                share=Bounded(ZERO, Decimal("0.1")),
                points=exact(0),
            ),
            Compared(value=exact(1), growth=exact(0)),
        ),
    ],
)
def test_why_view__what_is_not_known_exactly_is_not_split(provider, platform):
    assert split_change(provider, platform) is None


def rows(now, before):
    """Return the models of p now beside before, and before beside now."""
    query = models_of(providers=("p",), top=50, versus=Versus.PREVIOUS)
    there = ranked(board(now), board(before), query=query)
    back = ranked(board(before), board(now), query=query)
    return there.rows, back.rows


def test_why_view__models_are_ordered_by_how_much_they_moved():
    now = {"p/a": 50, "p/b": 20, "q/c": 30}
    before = {"p/a": 40, "p/b": 45, "q/c": 15}

    found = drivers(*rows(now, before))

    assert [(each.model, each.points.value) for each in found] == [
        ("p/b", Decimal("-0.25")),
        ("p/a", Decimal("0.1")),
    ]


def test_why_view__model_that_left_the_list_is_among_them():
    now = {"p/a": 60, "q/c": 40}
    before = {"p/a": 30, "p/gone": 30, "q/c": 40}

    found = drivers(*rows(now, before))

    gone = next(each for each in found if each.model == "p/gone")
    assert gone.left
    assert gone.value is None
    assert gone.points == exact("-0.3")


def test_why_view__model_that_came_is_known_within_bounds():
    query = models_of(providers=("p",), top=50)
    now = board({"p/a": 50, "p/new": 30, "q/c": 20})
    before = board({"p/a": 50, "q/c": 30}, others=20)
    there = ranked(now, before, query=query, limit=2)
    back = ranked(before, now, query=query)

    found = drivers(there.rows, back.rows)

    new = next(each for each in found if each.model == "p/new")
    assert new.entered
    assert (new.points.low, new.points.high) == (Decimal("0.1"), Decimal("0.3"))


def test_why_view__models_that_may_not_have_moved_come_last():
    query = models_of(providers=("p",), top=50)
    now = board({"p/a": 51, "p/new": 20, "q/c": 29})
    before = board({"p/a": 50, "q/c": 25}, others=25)
    there = ranked(now, before, query=query, limit=2)

    found = drivers(there.rows, ())

    assert [each.model for each in found] == ["p/a", "p/new"]
