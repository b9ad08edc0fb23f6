"""Lines that can be told apart, and sparklines."""

from datetime import date
from decimal import Decimal

import pytest

from zenmux_bot.render.charts import spark_cell, without_leader
from zenmux_bot.render.report import Cell

DAYS = [date(2026, 11, day) for day in (20, 21, 22)]


@pytest.mark.parametrize(
    ("peaks", "left_out"),
    [
        ({"A": 90, "B": 10}, ""),
        ({"A": 90, "B": 10, "C": 5}, "A"),
        ({"A": 20, "B": 10, "C": 5}, ""),
    ],
    ids=["few lines", "far above", "near"],
)
def test_without_leader__of_lines_far_below(peaks, left_out):
    lines = [(name, [peak, peak]) for name, peak in peaks.items()]

    kept, label = without_leader(lines)

    assert label == left_out
    assert [name for name, _ in kept] == [name for name in peaks if name != left_out]


@pytest.mark.parametrize(
    ("values", "cell"),
    [
        ((None, None, None), Cell("–")),
        ((None, 0, 8), Cell("·_█", said="from 0 to 8, at most 8 on 22 Nov")),
    ],
)
def test_spark_cell__tells_unknown_from_nothing(values, cell):
    figures = [None if value is None else Decimal(value) for value in values]

    assert spark_cell(list(zip(DAYS, figures, strict=True)), str) == cell
