"""Numbers as people read them: units, signs, and a dash for what is not known."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from zenmux_bot.domain.figures import Compared, Figure
from zenmux_bot.domain.queries import Metric

UNKNOWN = "–"
MINUS = "−"
_HUNDRED = Decimal(100)
_SCALES = (
    (Decimal(10) ** 12, "T"),
    (Decimal(10) ** 9, "B"),
    (Decimal(10) ** 6, "M"),
    (Decimal(10) ** 3, "K"),
)
_CENT = Decimal("0.01")


def amount(value: Decimal, metric: Metric) -> str:
    """Return a volume: tokens as ``69.6B``, USD as ``$15,234.56``."""
    return money(value) if metric is Metric.COST else compact(value)


def brief_amount(value: Decimal, metric: Metric) -> str:
    """Return a volume for a sentence: ``69.6B tokens``, ``$1.24M``."""
    if metric is Metric.COST:
        return money(value) if abs(value) < 10_000 else f"${compact(value)}"  # noqa: PLR2004 - as long as the cents matter
    return f"{compact(value)} tokens"


def money(value: Decimal) -> str:
    """Return USD with two decimals and separators; below a cent, as it is."""
    if 0 < abs(value) < _CENT:
        return f"${value:.2g}" if value > 0 else f"{MINUS}${-value:.2g}"
    return f"{MINUS if value < 0 else ''}${abs(value):,.2f}"


def compact(value: Decimal) -> str:
    """Return a number with three significant digits and K, M, B or T."""
    size = abs(value)
    for scale, letter in _SCALES:
        # 999,600 has three digits as 1.00M, not as 1,000K
        if size >= scale or _three(size / (scale / 1000)) >= 1000:  # noqa: PLR2004 - the next scale
            return f"{_sign(value)}{_three(size / scale)}{letter}"
    return f"{_sign(value)}{_three(size)}" if size % 1 else f"{_sign(value)}{size:f}"


def _three(size: Decimal) -> Decimal:
    """Round to three significant digits, at most two of them decimals."""
    decimals = max(2 - max(size.adjusted(), 0), 0)
    return size.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def _sign(value: Decimal) -> str:
    return MINUS if value < 0 else ""


def bounded(figure: Figure | None, metric: Metric) -> str:
    """Return a volume, its lower bound, or a dash."""
    if figure is None:
        return UNKNOWN
    if figure.value is not None:
        return amount(figure.value, metric)
    return f"≥ {amount(figure.low, metric)}" if figure.low > 0 else UNKNOWN


def percent(share: Figure | None) -> str:
    """Return a share such as ``41.2 %``, its lower bound, or a dash."""
    if share is None:
        return UNKNOWN
    if share.value is not None:
        return f"{share.value * _HUNDRED:.1f} %"
    return f"≥ {share.low * _HUNDRED:.1f} %" if share.low > 0 else UNKNOWN


def points(change: Figure | None) -> str:
    """Return a change of share such as ``+1.8 pp``, or a dash."""
    if change is None or change.value is None:
        return UNKNOWN
    return f"{signed(change.value * _HUNDRED)} pp"


def growth(figures: Compared) -> str:
    """Return a change of volume such as ``+6.3 %``, ``new``, or a dash."""
    if figures.is_new:
        return "new"
    if figures.growth is None or figures.growth.value is None:
        return UNKNOWN
    return f"{signed(figures.growth.value * _HUNDRED)} %"


def signed(value: Decimal) -> str:
    """Return a number with one decimal and always a sign; ``±`` for nothing."""
    rounded = f"{abs(value):,.1f}"
    if not rounded.strip("0.,"):
        return f"±{rounded}"
    return f"{MINUS if value < 0 else '+'}{rounded}"


def move(climbed: int) -> str:
    """Return a change of rank: ``▲2``, ``▼1``, or a dash for none."""
    if not climbed:
        return UNKNOWN
    return f"▲{climbed}" if climbed > 0 else f"▼{-climbed}"


def plural(count: int, noun: str) -> str:
    """Return ``1 model`` or ``2 models``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
