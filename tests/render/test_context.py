"""The last line of every answer."""

from datetime import date

import pytest
from answer_worlds import LATEST, basis_of, days_of, models_of

from zenmux_bot.core.periods import Comparison, Dates, Versus
from zenmux_bot.render.context import command_line, context

BASIS = basis_of(models_of())


def test_context_names_days_source_and_notes():
    assert context(BASIS.noting("One note."), "ten of twenty") == (
        "Days: 15–21 Jun 2026",
        "compared with 8–14 Jun 2026",
        "data through 2026-11-22 UTC",
        "input and output tokens, platform-wide",
        "One note",
        "ten of twenty",
    )


def test_single_day_is_one():
    assert context(basis_of(days_of(end=LATEST)))[0] == "Day: 21 Jun 2026"


def test_cost_is_list_price():
    clauses = context(basis_of(models_of("cost")))

    assert "cost at list price, platform-wide" in clauses


@pytest.mark.parametrize(
    ("comparison", "words"),
    [
        (Comparison(None), []),
        (Comparison(None, "There is none."), ["There is none"]),
    ],
    ids=["not asked for", "not possible"],
)
def test_what_is_not_compared(comparison, words):
    basis = basis_of(models_of(), comparison=comparison)

    assert list(context(basis)[1:-2]) == words


def test_periods_of_unequal_length_are_said():
    query = models_of(versus=Dates(date(2026, 5, 1), date(2026, 5, 31)))

    assert "the periods differ in length, so volumes are not compared" in context(
        basis_of(query)
    )


def test_nothing_is_compared_with_none():
    assert len(context(basis_of(models_of(versus=Versus.NONE)))) == 3


def test_command_line():
    assert command_line("share cost 8w") == "/zenmux share cost 8w"
