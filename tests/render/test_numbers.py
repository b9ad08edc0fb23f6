"""Numbers as people read them."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.core.bounded import Bounded, Compared
from zenmux_bot.core.measures import Metric
from zenmux_bot.render import numbers


def exact(value):
    return Bounded.exact(Decimal(value))


def between(low, high):
    return Bounded(Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("15234.56", "$15,235"),
        ("0", "$0.00"),
        ("5", "$5.00"),
        ("0.1", "$0.10"),
        ("999.999", "$1,000.00"),
        ("-1234.5", "−$1,234"),
        ("0.004", "<$0.01"),
        ("-0.004", ">−$0.01"),
        ("0.006", "$0.01"),
        ("1E+15", "$1,000,000,000,000,000"),
        (
            "123456789012345678901234567890.129",
            "$123,456,789,012,345,678,901,234,567,890",
        ),
    ],
)
def test_money(value, words):
    assert numbers.money(Decimal(value)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", "0"),
        ("7", "7"),
        ("999", "999"),
        ("1E+2", "100"),
        ("12.5", "12.5"),
        ("0.25", "0.25"),
        ("999.4", "999"),
        ("999.6", "1.00K"),
        ("1000", "1.00K"),
        ("1234", "1.23K"),
        ("9996", "10.0K"),
        ("99960", "100K"),
        ("999499", "999K"),
        ("999950", "1.00M"),
        ("69644279402", "69.6B"),
        ("999999999999", "1.00T"),
        ("26512345678901", "26.5T"),
        ("1E+18", "1,000,000T"),
        ("1E+30", "1,000,000,000,000,000,000T"),
        ("-69644279402", "−69.6B"),
    ],
)
def test_compact(value, words):
    assert numbers.compact(Decimal(value)) == words


@given(st.integers(1000, 999_499_999_999_999))
def test_compact__three_significant_digits(value):
    words = numbers.compact(Decimal(value))

    digits, letter = words[:-1], words[-1]
    shown = Decimal(digits) * 1000 ** " KMBT".index(letter)
    assert len(digits.replace(".", "")) == 3
    assert abs(shown - value) <= value * Decimal("0.005001")


@pytest.mark.parametrize(
    ("value", "metric", "words"),
    [
        ("69644279402", Metric.TOKENS, "69.6B tokens"),
        ("9999.99", Metric.COST, "$10.0K"),
        ("1243567.8", Metric.COST, "$1.24M"),
        ("-1243567.8", Metric.COST, "−$1.24M"),
    ],
)
def test_brief_amount(value, metric, words):
    assert numbers.brief_amount(Decimal(value), metric) == words


@pytest.mark.parametrize(
    ("value", "divisor", "letter"),
    [
        ("0", 1, ""),
        ("0.5", 1, ""),
        ("12", 1, ""),
        ("12345", 1000, "K"),
        ("1E+20", 10**12, "T"),
    ],
)
def test_scale(value, divisor, letter):
    assert numbers.scale(Decimal(value)) == (divisor, letter)


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (None, "–"),
        (exact(0), "0"),
        (exact(5000), "5.00K"),
        (between(5000, 6000), "≥5.00K"),
        (between(0, 6000), "≤6.00K"),
    ],
)
def test_bounded__volumes(figure, words):
    assert numbers.bounded(figure, Metric.TOKENS) == words


@pytest.mark.parametrize(
    ("figure", "metric", "words"),
    [
        (None, Metric.TOKENS, "–"),
        (exact(5000), Metric.TOKENS, "5.00K"),
        (between(5000, 6000), Metric.COST, "≥$5.00K"),
        (exact(50000), Metric.COST, "$50.0K"),
    ],
)
def test_brief__volumes(figure, metric, words):
    assert numbers.brief(figure, metric) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, "–"),
        (exact(0), "0.0%"),
        (exact(1), "100.0%"),
        (exact("0.4878759"), "48.8%"),
        (between("0.011", "0.02"), "≥1.1%"),
        (between(0, "0.05"), "≤5.0%"),
    ],
)
def test_percent__shares(share, words):
    assert numbers.percent(share) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, "–"),
        (exact("0.018"), "+1.8 pp"),
        (exact("-0.025"), "−2.5 pp"),
        (exact(0), "±0.0 pp"),
        (exact("-0.0004"), "±0.0 pp"),
        (between("0.035", "0.075"), "+3.5 to +7.5 pp"),
        (between("-0.06", "-0.01"), "−6.0 to −1.0 pp"),
        (between("0.01001", "0.01002"), "+1.0 pp"),
    ],
)
def test_points__changes(change, words):
    assert numbers.points(change) == words


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (Compared(value=exact(1)), "–"),
        (Compared(value=exact(1), growth=exact("0.0634")), "+6.3%"),
        (Compared(value=exact(1), growth=exact(-1)), "−100.0%"),
        (Compared(value=exact(1), growth=exact("12345.678")), "+1,234,567.8%"),
        (Compared(value=exact(1), growth=between(0, 1)), "–"),
        (Compared(value=exact(1), is_new=True), "new"),
    ],
)
def test_growth(figures, words):
    assert numbers.growth(figures) == words


@given(st.decimals(-(10**9), 10**9))
def test_signed__sign(value):
    words = numbers.signed(value)

    assert re.fullmatch(r"[+−±][\d,]+\.\d", words)
    assert (words[0] == "±") == (not words.strip("±0."))


@pytest.mark.parametrize(
    ("climbed", "sign", "words"),
    [(2, "▲2", "up 2"), (-1, "▼1", "down 1"), (0, "–", "")],
)
def test_move(climbed, sign, words):
    assert numbers.move(climbed) == sign
    assert numbers.move_said(climbed) == words


def test_plural():
    assert numbers.plural(1, "model") == "1 model"
    assert numbers.plural(0, "model") == "0 models"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("-3.91%", "−3.9%"), ("+1234.56%", "+1,234.6%"), ("new", "new"), ("", "–")],
)
def test_given_growth__is_shown_as_other_changes(given, shown):
    assert numbers.given_growth(given) == shown
