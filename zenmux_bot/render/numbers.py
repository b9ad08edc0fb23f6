"""Format numbers for people: units, signs, and a dash for unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

from zenmux_bot.core.bounded import Bounded, Compared
from zenmux_bot.core.measures import Metric

UNKNOWN = "–"
MINUS = "−"
_HUNDRED = Decimal(100)
_PERCENT = re.compile(r"[+-]?\d+(\.\d+)?%")
_THOUSAND = Decimal(1000)
_CENT = Decimal("0.01")
_CENTS_BELOW = 1000
_SCALES = tuple((_THOUSAND**step, letter) for step, letter in enumerate(("", *"KMBT")))
_PLACES = (_CENT, Decimal("0.1"), Decimal(1))


def amount(value: Decimal, metric: Metric) -> str:
    """Return a volume: tokens as ``69.6B``, USD as ``$15,235``."""
    return money(value) if metric is Metric.COST else compact(value)


def brief_amount(value: Decimal, metric: Metric) -> str:
    """Return a volume for a sentence: ``69.6B tokens``, ``$1.24M``."""
    if metric is Metric.TOKENS:
        return f"{compact(value)} tokens"
    if abs(value) < _CENTS_BELOW:
        return money(value)
    return f"{_sign(value)}${compact(value.copy_abs())}"


def money(value: Decimal) -> str:
    """Return USD, with cents below $1,000."""
    return _dollars(value, 2 if abs(value) < _CENTS_BELOW else 0)


def cents(value: Decimal) -> str:
    """Return USD to the cent, as on a bill, whatever its size."""
    return _dollars(value, 2)


def _dollars(value: Decimal, places: int) -> str:
    """Return USD; less than a cent is not nothing."""
    rounded = f"{value.copy_abs():,.{places}f}"
    if value and not rounded.strip("0."):
        return f"{'>' if value < 0 else '<'}{_sign(value)}${_CENT}"
    return f"{_sign(value)}${rounded}"


def compact(value: Decimal) -> str:
    """Return a number with three significant digits and K, M, B or T."""
    size = value.copy_abs()
    if size < _THOUSAND and size == size.to_integral_value():
        return f"{_sign(value)}{size:.0f}"
    divisor, letter = scale(size)
    digits = _three(size / divisor)
    if digits == _THOUSAND:
        # 999,600 is 1.00M, not 1,000K
        divisor, letter = scale(divisor * _THOUSAND)
        digits = _three(size / divisor)
    return f"{_sign(value)}{digits:,f}{letter}"


def scale(value: Decimal) -> tuple[Decimal, str]:
    """Return the divisor for figures as large as ``value``, and its letter."""
    return _SCALES[min(max(value.adjusted() // 3, 0), len(_SCALES) - 1)]


def _three(size: Decimal) -> Decimal:
    """Round to three significant digits, at most two of them decimals."""
    rounded = size.quantize(_place(size), ROUND_HALF_EVEN)
    if rounded.adjusted() == size.adjusted():
        return rounded
    # 9.996 became 10.00, which has one digit too many.
    return rounded.quantize(_place(rounded))


def _place(size: Decimal) -> Decimal:
    """Return the value of the last digit that counts."""
    return _PLACES[min(max(size.adjusted(), 0), 2)]


def _sign(value: Decimal) -> str:
    return MINUS if value < 0 else ""


def bounded(figure: Bounded | None, metric: Metric) -> str:
    """Return a volume, a bound of it, or a dash."""
    return _bounded(figure, lambda value: amount(value, metric))


def brief(figure: Bounded | None, metric: Metric) -> str:
    """Return a volume with three digits, a bound, or a dash."""
    if metric is Metric.TOKENS:
        return _bounded(figure, compact)
    return _bounded(figure, lambda value: brief_amount(value, metric))


def percent(share: Bounded | None) -> str:
    """Return a share such as ``41.2%``, a bound of it, or a dash."""
    return _bounded(share, lambda value: f"{value * _HUNDRED:.1f}%")


def _bounded(figure: Bounded | None, write: Callable[[Decimal], str]) -> str:
    if figure is None:
        return UNKNOWN
    value = figure.value
    if value is not None:
        return write(value)
    return f"≥{write(figure.low)}" if figure.low > 0 else f"≤{write(figure.high)}"


def points(change: Bounded | None) -> str:
    """Return a change of share such as ``+1.8 pp``, its bounds, or a dash."""
    if change is None:
        return UNKNOWN
    low, high = signed(change.low * _HUNDRED), signed(change.high * _HUNDRED)
    return f"{low} pp" if low == high else f"{low} to {high} pp"


def growth(figures: Compared) -> str:
    """Return a change of volume such as ``+6.3%``, ``new``, or a dash."""
    if figures.is_new:
        return "new"
    if figures.growth is None or figures.growth.value is None:
        return UNKNOWN
    return signed_percent(figures.growth.value)


def signed_percent(fraction: Decimal) -> str:
    """Return a change of volume such as ``+6.3%``."""
    return f"{signed(fraction * _HUNDRED)}%"


def given_growth(label: str) -> str:
    """Return ZenMux's own growth, ``-3.91%``, as the bot writes it: ``−3.9%``.

    Anything but a number, such as ``new``, is kept; an empty label is a dash.
    """
    if not _PERCENT.fullmatch(label):
        return label or UNKNOWN
    return f"{signed(Decimal(label.rstrip('%')))}%"


def more(growth: Decimal) -> str:
    """Return a change of volume in words: ``6.3% more than``."""
    size = f"{abs(growth * _HUNDRED):,.1f}"
    if not size.strip("0.,"):
        return "the same as"
    return f"{size}% {'less' if growth < 0 else 'more'} than"


def tenths(share: Decimal) -> int:
    """Return a share as it is shown, in tenths of a percent."""
    return int((share * _HUNDRED).quantize(Decimal("0.1")) * 10)


def signed(value: Decimal) -> str:
    """Return a number with one decimal and always a sign; ``±`` for zero."""
    rounded = f"{abs(value):,.1f}"
    if not rounded.strip("0.,"):
        return f"±{rounded}"
    return f"{MINUS if value < 0 else '+'}{rounded}"


def move(climbed: int) -> str:
    """Return a change of rank: ``▲2``, ``▼1``, or a dash for none."""
    if not climbed:
        return UNKNOWN
    return f"▲{climbed}" if climbed > 0 else f"▼{-climbed}"


def move_said(climbed: int) -> str:
    """Return a change of rank in words: ``up 2``; empty for none."""
    if not climbed:
        return ""
    return f"up {climbed}" if climbed > 0 else f"down {-climbed}"


def plural(count: int, noun: str) -> str:
    """Return ``1 model`` or ``2 models``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
