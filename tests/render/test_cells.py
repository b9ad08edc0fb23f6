"""Names, cells and sentences that answers share."""

from datetime import date
from decimal import Decimal

import pytest
from answer_worlds import basis_of, models_of
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.core.bounded import Bounded, Compared
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import Comparison, Span
from zenmux_bot.render import cells
from zenmux_bot.render.limits import cut
from zenmux_bot.render.report import Cell


def exact(value):
    return Bounded.exact(Decimal(value))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A", "B", "C", "D", "E"], "A, B, C and 2 more"),
    ],
)
def test_named__list(labels, words):
    assert cells.named(labels) == words


def test_name__long():
    assert cells.name("x" * 61) == "x" * 59 + "…"
    assert cells.name("x" * 60) == "x" * 60


@pytest.mark.parametrize(
    ("text", "size", "words"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("a bcd", 3, "a…"),
        ("ab", 1, "…"),
        ("", 0, ""),
    ],
)
def test_cut(text, size, words):
    assert cut(text, size) == words


@given(
    st.lists(st.text(max_size=8) | st.sampled_from(["a", "a 2", "aaaaaa"])),
    st.integers(6, 9),
)
def test_unique__distinct_and_fitting(labels, size):
    distinct = cells.unique(labels, size)

    assert len(set(distinct)) == len(labels)
    assert all(len(label) <= size for label in distinct)


def test_unique__single():
    assert cells.unique(["a", "a", "a 2", "b"], 20) == ("a", "a 2", "a 2 2", "b")


def test_cells__numbers():
    figures = Compared(
        value=exact("1234.5"),
        share=exact("0.25"),
        points=exact("0.01"),
        growth=exact("0.5"),
    )

    assert cells.figure_cells(figures, Metric.COST) == (
        Cell("$1,234", 1234.5),
        Cell("25.0%", 0.25),
    )
    assert cells.points_cell(figures) == Cell("+1.0 pp", 0.01)
    assert cells.growth_cell(figures) == Cell("+50.0%", 0.5)


def test_cells__unknown():
    nothing = Compared(value=None)

    assert cells.figure_cells(nothing, Metric.COST) == (Cell("–"), Cell("–"))
    assert cells.points_cell(nothing) == Cell("–")
    assert cells.growth_cell(nothing) == Cell("–")


@pytest.mark.parametrize(
    ("total", "changes", "words"),
    [
        (Compared(value=None), {}, "All ZenMux customers together."),
        (
            Compared(value=exact(5000)),
            {},
            "All ZenMux customers together: 5.00K tokens.",
        ),
        (
            Compared(value=exact(5000), is_new=True),
            {},
            ("All ZenMux customers together: 5.00K tokens, none in the 7 days before."),
        ),
        (
            Compared(value=exact(5000), growth=exact("0.02")),
            {},
            (
                "All ZenMux customers together: 5.00K tokens, 2.0% more than the 7 "
                "days before."
            ),
        ),
        (
            Compared(value=exact(5000), growth=exact("-0.02")),
            {"late": "Sun 21 Jun isn't in yet; this is the week before"},
            (
                "All ZenMux customers together (Sun 21 Jun isn't in yet; this is the "
                "week before): 5.00K tokens, 2.0% less than the 7 days before."
            ),
        ),
        (
            Compared(value=exact(5000), growth=exact("0.0001")),
            {"comparison": Comparison(Span(date(2026, 6, 1), date(2026, 6, 8)))},
            (
                "All ZenMux customers together: 5.00K tokens, the same as the 7 days "
                "before (+14.3% a day)."
            ),
        ),
    ],
    ids=["unknown", "alone", "new", "compared", "late", "unequal days"],
)
def test_headline(total, changes, words):
    assert cells.headline(total, basis_of(models_of(), **changes)) == words


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        (["0.5", "0.5"], []),
        (["0.3333", "0.3333", "0.3334"], []),
        (["0.1666"] * 6, ["shares are rounded"]),
        (["0.3333", None], []),
    ],
)
def test_rounding__says_why_shares_are_far_from_adding_up(shares, words):
    figures = [
        Compared(value=exact(1), share=None if each is None else exact(each))
        for each in shares
    ]

    assert cells.rounding(figures, Compared(value=exact(1), share=exact(1))) == words


def test_volume_column__read_aloud():
    assert cells.volume_column(Metric.TOKENS).said == "tokens"
    assert cells.volume_column(Metric.COST).said == ""


BASIS = basis_of(models_of())
MAY = Span(date(2026, 5, 1), date(2026, 5, 31))


def test_context__names_days_source_and_notes():
    assert cells.context(BASIS.noting("One note."), "ten of twenty") == (
        "15–21 Jun vs 8–14 Jun 2026",
        "data through 22 Nov 2026 UTC",
        "One note",
        "ten of twenty",
    )


def test_context__cost_is_list_price():
    assert "list price" in cells.context(basis_of(models_of("cost")))
    assert "list price" not in cells.context(BASIS)


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"comparison": Comparison(None)}, ["15–21 Jun 2026"]),
        (
            {"comparison": Comparison(None, "There is none.")},
            ["15–21 Jun 2026", "There is none"],
        ),
        (
            {"comparison": Comparison(MAY, commensurable=False)},
            [
                "15–21 Jun vs May 2026",
                "the periods differ in length, so volumes are not compared",
            ],
        ),
    ],
    ids=["not asked for", "not possible", "unequal"],
)
def test_context__what_is_compared(changes, first):
    found = cells.context(basis_of(models_of(), **changes))

    assert list(found[: len(first)]) == first
    assert found[len(first)] == "data through 22 Nov 2026 UTC"
