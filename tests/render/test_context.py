"""The last line of every answer."""

from datetime import date

import pytest
from answer_worlds import basis_of, models_of

from zenmux_bot.core.periods import Comparison, Span
from zenmux_bot.render.context import command_line, context

BASIS = basis_of(models_of())
MAY = Span(date(2026, 5, 1), date(2026, 5, 31))


def test_context__names_days_source_and_notes():
    assert context(BASIS.noting("One note."), "ten of twenty") == (
        "15–21 Jun vs 8–14 Jun 2026",
        "data through 22 Nov 2026 UTC",
        "One note",
        "ten of twenty",
    )


def test_context__cost_is_list_price():
    assert "list price" in context(basis_of(models_of("cost")))
    assert "list price" not in context(BASIS)


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
                "the periods differ in length, so only shares are compared",
            ],
        ),
    ],
    ids=["not asked for", "not possible", "unequal"],
)
def test_context__what_is_compared(changes, first):
    found = context(basis_of(models_of(), **changes))

    assert list(found[: len(first)]) == first
    assert found[len(first)] == "data through 22 Nov 2026 UTC"


def test_command_line():
    assert command_line("share cost 8w") == "/zenmux share cost 8w"
