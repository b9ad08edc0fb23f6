"""Why a share moved: because of the provider's own volume, or of everyone else's.

A share is ``own / (own + rest)``. Either part can be changed first, with another
outcome; the effect of each is the mean of both orders (its Shapley value), which
favours neither and leaves nothing over.
https://en.wikipedia.org/wiki/Shapley_value
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.leaderboard.view import ModelRow
from zenmux_bot.answers.share.view import ProviderRow
from zenmux_bot.core.bounded import ZERO, Bounded, Compared

_PLACES = Decimal("1e-12")
_PRECISION = 60
"""Digits; more than the sum of two figures of the default 28 can have."""


@dataclass(frozen=True, slots=True)
class Split:
    """The two parts of a change of share, as fractions; together they are all of it.

    Attributes:
        own: By the provider's own volume.
        rest: By the volume of all others.
    """

    own: Decimal
    rest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A model of the provider, in both periods.

    Attributes:
        model: Its slug.
        label: Its display name.
        value: Its volume now, None if it is not listed any more.
        points: Change of its share of the platform; bounds where it is not listed.
        entered: It was not listed before.
        left: It is not listed any more.
    """

    model: str
    label: str
    value: Bounded | None
    points: Bounded | None
    entered: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyView:
    """Why one provider's share moved.

    Attributes:
        basis: What it rests on.
        row: The provider, compared.
        total: The platform, compared.
        split: The parts of the change, None if its figures are not known exactly.
        drivers: Its models, those that moved most first; None if there are no data.
        others: The other providers, to ask about next.
    """

    basis: AnswerContext
    row: ProviderRow
    total: Compared
    split: Split | None
    drivers: tuple[Driver, ...] | None
    others: tuple[ProviderRow, ...] = ()


def split_change(figures: Compared, total: Compared) -> Split | None:
    """Return the parts of a change of share.

    Args:
        figures: The provider's.
        total: The platform's.

    Returns:
        None if a share or the platform's growth is not known exactly.
    """
    share, points, growth = figures.share, figures.points, total.growth
    if share is None or points is None or growth is None:
        return None
    now, change, grown = share.value, points.value, growth.value
    if now is None or change is None or grown is None:
        return None
    with localcontext(prec=_PRECISION):
        before, scale = now - change, 1 + grown
        own = (
            (_share(now * scale, 1 - before) - before)
            + (now - _share(before, (1 - now) * scale))
        ) / 2
        own = own.quantize(_PLACES)
        return Split(own, change - own)


def _share(own: Decimal, rest: Decimal) -> Decimal:
    """Return a part of the whole, zero if the whole is zero."""
    return own / (own + rest) if own + rest else ZERO


def drivers(now: Iterable[ModelRow], before: Iterable[ModelRow]) -> tuple[Driver, ...]:
    """Return a provider's models by how much their shares moved.

    Args:
        now: The models listed now, compared with the period before.
        before: The models listed then, compared with the period now.
    """
    found = [
        Driver(
            model=row.model,
            label=row.label,
            value=row.figures.value,
            points=row.figures.points,
            entered=row.entered,
        )
        for row in now
    ]
    found += [
        Driver(
            model=row.model,
            label=row.label,
            value=None,
            points=_turned(row.figures.points),
            left=True,
        )
        for row in before
        if row.entered
    ]
    return tuple(sorted(found, key=lambda each: (-_moved(each.points), each.model)))


def _turned(points: Bounded | None) -> Bounded | None:
    """Return a change in the opposite direction."""
    return None if points is None else Bounded(-points.high, -points.low)


def _moved(points: Bounded | None) -> Decimal:
    """Return how much a share moved at least."""
    if points is None or points.low <= ZERO <= points.high:
        return ZERO
    return min(abs(points.low), abs(points.high))
