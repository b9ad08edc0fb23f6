"""The leaderboard, beside the period before."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from answer_worlds import (
    HOSTILE,
    REST,
    basis_of,
    board,
    models_of,
    near,
    ranked,
    recorded_board,
    slugs,
    top_of,
    truths,
    volumes,
)
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import Dates, Versus
from zenmux_bot.errors import AmbiguousName, NoData, UnknownName

ALONE = models_of(versus=Versus.NONE, top=5)


def exact(value):
    return Bounded.exact(Decimal(value))


def plain(recorded):
    """Return a recording as slugs and fractions."""
    return {entry.model: Fraction(entry.value) for entry in recorded.entries}


def places(values):
    """Rank by plain loops: one more than there are larger ones."""
    named = {slug: value for slug, value in values.items() if slug != REST}
    return {
        slug: 1 + sum(other > value for other in named.values())
        for slug, value in named.items()
    }


@pytest.mark.parametrize("metric", ["tokens", "cost"])
def test_leaderboard_view__recordings_compare_as_a_naive_program_finds(metric):
    now = recorded_board(f"leaderboard_{metric}")
    before = recorded_board(f"leaderboard_{metric}_prev")
    values, values_before = plain(now), plain(before)
    total, total_before = sum(values.values()), sum(values_before.values())
    ranks, ranks_before = places(values), places(values_before)
    hidden = min(values_before.values())

    view = ranked(now, before, query=models_of(metric), limit=10)

    assert near(view.total.value, total)
    assert near(view.total.growth, total / total_before - 1)
    assert near(view.others.value, values[REST])
    assert not view.complete
    assert [row.model for row in view.rows] == sorted(ranks, key=ranks.get)
    for row in view.rows:
        slug, figures = row.model, row.figures
        share = values[slug] / total
        assert row.rank == ranks[slug]
        assert row.rank_before == ranks_before.get(slug)
        assert row.entered is (slug not in values_before)
        assert near(figures.value, values[slug])
        assert near(figures.share, share)
        if slug in values_before:
            share_before = values_before[slug] / total_before
            assert near(figures.points, share - share_before)
            assert near(figures.growth, values[slug] / values_before[slug] - 1)
        else:
            assert near(figures.points, share - hidden / total_before, share)
            assert figures.growth is None
            assert not figures.is_new


def test_leaderboard_view__vendors_example_to_the_cent():
    view = ranked(recorded_board("leaderboard_cost_seed"), query=models_of("cost"))

    assert [
        (row.rank, row.label, str(row.figures.value.value)) for row in view.rows
    ] == [
        (1, "Claude Opus 4.6", "15234.56"),
        (2, "GPT-4.1", "12890.12"),
        (3, "Claude Sonnet 4.6", "9876.54"),
        (4, "Gemini 2.5 Pro", "7654.32"),
        (5, "DeepSeek R1", "5432.10"),
    ]
    assert view.others.value == exact("3456.78")
    assert view.total.value == exact("54544.42")


def test_leaderboard_view__list_without_others_is_complete_and_absence_means_zero():
    now = recorded_board("leaderboard_no_others")
    newcomer, *rest = now.entries
    before = now.model_copy(update={"entries": tuple(rest)})

    view = ranked(now, before, query=models_of(top=50))

    assert view.complete
    assert view.others is None
    assert view.listed == len(now.entries)
    assert view.rows[0].model == newcomer.model
    assert view.rows[0].entered
    assert view.rows[0].figures.is_new


@pytest.mark.parametrize(
    "now",
    [recorded_board("leaderboard_empty"), board({"a/b": 0}), board({}, others=7)],
    ids=["empty", "all zero", "nothing but others"],
)
def test_leaderboard_view__no_data_is_said_not_shown_as_zero(now):
    with pytest.raises(NoData, match="no figures by tokens for 15–21 Jun 2026"):
        ranked(now)


@pytest.mark.parametrize("before", [board({}), board({"a/b": 0}, others=0)])
def test_leaderboard_view__period_before_without_data_is_not_compared(before):
    view = ranked(board({"a/b": 5}), before)

    comparison = view.basis.comparison
    assert comparison.span is None
    assert comparison.reason == "No data for 8–14 Jun 2026 to compare with."
    assert view.limit_before is None
    (row,) = view.rows
    assert (row.rank_before, row.climbed, row.entered) == (None, None, False)
    assert row.figures == replace(row.figures, points=None, growth=None, is_new=False)


def test_others__change_is_that_of_all_but_the_rows():
    view = ranked(board({"a/b": 5}, others=5), board({"a/b": 6}, others=4))

    assert view.others.points == exact("0.1")
    assert view.others.growth == exact("0.25")


def test_leaderboard_view__others_holds_what_the_rows_leave_out():
    view = ranked(board({"a/b": 5, "c/d": 3}, others=2), query=models_of(top=1))

    assert view.others.value == exact(5)
    assert (view.listed, view.matching) == (2, 2)


def test_leaderboard_view__order_and_ranks_of_the_api_are_not_trusted():
    now = board({REST: 9, "a/small": 1, "a/large": 7})

    view = ranked(now, query=ALONE)

    assert [(row.rank, row.model) for row in view.rows] == [
        (1, "a/large"),
        (2, "a/small"),
    ]


def test_leaderboard_view__unknown_volume_is_last_without_a_rank_and_total_is_unknown():
    now = board({"a/x": None, "a/y": 3}, others=1)

    view = ranked(now, board({"a/x": 4, "a/y": 2}))

    assert [(row.model, row.rank) for row in view.rows] == [("a/y", 1), ("a/x", None)]
    assert view.rows[0].figures.value == exact(3)
    assert view.rows[0].figures.growth == exact("0.5")
    assert view.rows[1].figures.value is None
    assert view.rows[1].climbed is None
    assert (view.total.value, view.others) == (None, None)
    assert "ZenMux left figures out" in view.basis.notes[-1]


def test_leaderboard_view__unknown_others_make_the_list_incomplete():
    entries = (*board({"a/x": 4}).entries, *board({REST: None}).entries)

    view = ranked(board({"a/x": 4}).model_copy(update={"entries": entries}))

    assert not view.complete
    assert view.total.value is None


@pytest.mark.parametrize(
    "before",
    [board({"a/x": 4, "b/z": None}), board({"a/x": 4, REST: None})],
    ids=["a model's", "the remainder's"],
)
def test_leaderboard_view__unknown_figure_before_hides_who_is_not_listed(before):
    view = ranked(board({"a/x": 5, "a/y": 3}), before)

    listed, absent = view.rows
    assert listed.figures.growth == exact("0.25")
    assert listed.figures.points is None
    assert absent.entered
    assert (absent.figures.growth, absent.figures.is_new) == (None, False)


def test_leaderboard_view__volumes_of_periods_of_unequal_length_are_not_compared():
    query = models_of(versus=Dates(date(2026, 5, 1), date(2026, 5, 31)))

    view = ranked(board({"a/x": 5, "b/y": 5}), board({"a/x": 4, "b/y": 1}), query=query)

    assert view.rows[0].figures.growth is None
    assert view.rows[0].figures.points == exact("-0.3")
    assert view.rows[0].climbed == 0


def test_leaderboard_view__provider_filter_keeps_ranks_and_shares_of_the_platform():
    now = board({"a/x": 5, "b/y": 3, "b/z": 2}, authors={"b/y": "b", "b/z": "b"})

    view = ranked(now, query=models_of(providers=("b",), top=1))

    assert [(row.rank, row.model) for row in view.rows] == [(2, "b/y")]
    assert (view.providers, view.others, view.matching) == (("B",), None, 2)
    assert view.rows[0].figures.share == exact("0.3")


@pytest.mark.parametrize(
    ("name", "error"), [("nobody", UnknownName), ("o", AmbiguousName)]
)
def test_leaderboard_view__provider_that_is_not_one(name, error):
    with pytest.raises(error):
        ranked(board({"one/x": 5, "two/y": 3}), query=models_of(providers=(name,)))


def test_leaderboard_view__labels_are_made_harmless():
    labels = {f"a/{number}": label for number, label in enumerate(HOSTILE)}
    now = board(dict.fromkeys(labels, 1) | {"\n/x": 1}, labels=labels)

    view = ranked(now, query=models_of(top=50))

    for row in view.rows:
        assert row.label
        assert row.label.isprintable() or "\u200d" in row.label
    assert {row.model: row.label for row in view.rows}["a/6"] == "a/6"


def test_leaderboard_view__basis_notes_add_up():
    basis = basis_of(models_of(), notes=("one.",))

    assert basis.noting("two.").notes == ("one.", "two.")
    assert basis.span == basis.window.span


@given(truths, truths, st.integers(1, 9), st.integers(1, 5))
def test_leaderboard_view__bounds_hold_the_truth(now, before, limit, limit_before):
    if not sum(now.values()) or not sum(before.values()):
        return
    view = ranked(
        board(top_of(now, limit)),
        board(top_of(before, limit_before)),
        limit=limit_before,
    )

    total, total_before = sum(now.values()), sum(before.values())
    shares = Decimal(0)
    for row in view.rows:
        slug, figures = row.model, row.figures
        was = before.get(slug, 0)
        points = Fraction(now[slug], total) - Fraction(was, total_before)
        slack = Fraction(1, 10**20)
        low, high = Fraction(figures.points.low), Fraction(figures.points.high)
        assert low - slack <= points <= high + slack
        if figures.growth is not None:
            assert near(figures.growth, Fraction(now[slug], was) - 1)
        if figures.is_new:
            assert was == 0 < now[slug]
        if row.entered:
            level = sum(
                value >= was for rival, value in before.items() if rival != slug
            )
            assert level >= limit_before or not was
        shares += figures.share.low
    rest = view.others.share.low if view.others else 0
    assert abs(shares + rest - 1) < Decimal("1e-20")


@given(
    st.dictionaries(slugs, volumes.filter(bool), min_size=1),
    st.dictionaries(slugs, volumes.filter(bool), min_size=1),
    st.decimals("0.01", 1000, places=2),
    st.randoms(use_true_random=False),
)
def test_leaderboard_view__changes_do_not_depend_on_order_or_scale(
    now, before, factor, random
):
    def shuffled(values, scale):
        order = list(values)
        random.shuffle(order)
        return board({slug: values[slug] * scale for slug in order})

    once = ranked(board(now), board(before))
    again = ranked(shuffled(now, factor), shuffled(before, factor))

    assert len(once.rows) == len(again.rows)
    for one, other in zip(once.rows, again.rows, strict=True):
        assert (one.model, one.climbed, one.entered) == (
            other.model,
            other.climbed,
            other.entered,
        )
        assert abs(one.figures.points.low - other.figures.points.low) < Decimal("1e-18")


def test_leaderboard_view__cost_adds_up_in_decimals():
    view = ranked(
        board({"a/x": Decimal("0.1"), "a/y": Decimal("0.2")}),
        query=models_of(Metric.COST),
    )

    assert view.total.value == exact("0.3")
