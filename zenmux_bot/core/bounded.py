"""Figures that may be known only within bounds, and how two of them compare.

A provider that is absent from a top N has some volume between zero and the smallest
one listed. Such a figure is kept as its bounds, so that unknown is never taken for
zero; None means no data at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number between two bounds, both included; exact where they are equal."""

    low: Decimal
    high: Decimal

    @classmethod
    def exact(cls, value: Decimal) -> Bounded:
        """Return a figure that is known."""
        return cls(value, value)

    @property
    def value(self) -> Decimal | None:
        """Return the number if it is known, else None."""
        return self.low if self.low == self.high else None

    def __sub__(self, other: Bounded) -> Bounded:
        return Bounded(self.low - other.high, self.high - other.low)


NOTHING = Bounded(ZERO, ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A volume and its share, compared with the period before.

    Attributes:
        value: Tokens or USD.
        share: Fraction of the platform total, Others included; None if that is 0.
        points: Change of the share, as a fraction (0.01 is one percentage point).
        growth: Change of the volume, as a fraction (0.01 is one percent).
        is_new: There was no volume before, and there is some now.
    """

    value: Bounded | None
    share: Bounded | None = None
    points: Bounded | None = None
    growth: Bounded | None = None
    is_new: bool = False


def add(figures: Iterable[Bounded]) -> Bounded:
    """Return the sum of figures."""
    low = high = ZERO
    for figure in figures:
        low += figure.low
        high += figure.high
    return Bounded(low, high)


def absent(others: Decimal, listed: Iterable[Decimal]) -> Bounded:
    """Return the volume of a provider that a top N does not list.

    It is at most the remainder and at most the smallest listed volume.
    """
    return Bounded(ZERO, min([others, *listed]))


def share_of(value: Bounded | None, total: Bounded | None) -> Bounded | None:
    """Return ``value / total``, or None if that is undefined."""
    if value is None or total is None or not total.value:
        return None
    return Bounded(value.low / total.low, value.high / total.low)


def change_of_share(now: Bounded | None, before: Bounded | None) -> Bounded | None:
    """Return the difference of two shares, or None if one has no data."""
    return None if now is None or before is None else now - before


def growth_of(now: Bounded | None, before: Bounded | None) -> Bounded | None:
    """Return ``now / before - 1``, or None where a figure is unknown or zero."""
    if now is None or before is None or now.value is None or not before.value:
        return None
    return Bounded.exact((now.value - before.value) / before.value)


def compared(
    value: Bounded | None,
    total: Bounded | None,
    before: Bounded | None = None,
    total_before: Bounded | None = None,
    *,
    commensurable: bool = True,
) -> Compared:
    """Return a volume compared with the one before.

    Args:
        value: The volume now.
        total: The platform's volume now.
        before: The volume before; None if nothing is compared.
        total_before: The platform's volume before.
        commensurable: Both cover as many days, so volumes may be compared.
    """
    share = share_of(value, total)
    share_before = share_of(before, total_before)
    return Compared(
        value=value,
        share=share,
        points=change_of_share(share, share_before),
        growth=growth_of(value, before) if commensurable else None,
        is_new=before == NOTHING and value is not None and value.low > 0,
    )
