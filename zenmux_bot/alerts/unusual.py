"""What a day's volume usually is, computed from the days before it.

Volumes are compared as logarithms, so half and double are equally far. The expected
volume is the median of the last seven days plus the weekday's effect: the median over
eight weeks of how far that weekday was from its own last seven days. The scale is the
median absolute deviation of the last 56 such residuals. None includes the day itself.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from zenmux_bot.core.periods import DAY

LEVEL_DAYS = 7
RESIDUALS = 56
LEAST_DAYS = 28
LEAST_LEVEL_DAYS = 4
"""A level needs at least this many of the seven days."""

SIGMA = 1.4826
"""Scales a median absolute deviation to the standard deviation of normal noise."""

LEAST_SCALE = 0.02
"""Without a minimum, every change in a noiseless series would be unusual."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far a day is from its expected volume.

    Attributes:
        expected: The volume that was expected.
        z: The distance in standard deviations; minus infinity if the volume is zero.
        move: The change against the expected volume, as a fraction.
    """

    expected: float
    z: float
    move: float


class Series:
    """One name's daily volumes, with cached medians.

    Args:
        volumes: By day; a missing day is unknown.
        expected: Days left out when computing what is usual.
    """

    def __init__(
        self, volumes: Mapping[date, float], expected: Collection[date] = frozenset()
    ) -> None:
        self.volumes = volumes
        self.logs = {
            day: math.log(volume)
            for day, volume in volumes.items()
            if volume > 0 and day not in expected
        }
        self._levels: dict[date, float | None] = {}

    def level(self, day: date) -> float | None:
        """Return the median of the seven days before a day."""
        if day not in self._levels:
            found = [
                self.logs[each]
                for step in range(1, LEVEL_DAYS + 1)
                if (each := day - DAY * step) in self.logs
            ]
            is_enough = len(found) >= LEAST_LEVEL_DAYS
            self._levels[day] = median(found) if is_enough else None
        return self._levels[day]


def deviation(series: Series, day: date) -> Deviation | None:
    """Return how unusual a day is, None if too little is known."""
    judged, level = series.volumes.get(day), series.level(day)
    if judged is None or level is None:
        return None
    before = [day - DAY * step for step in range(1, LEVEL_DAYS + RESIDUALS + 1)]
    if sum(each in series.logs for each in before) < LEAST_DAYS:
        return None
    distances = {
        each: series.logs[each] - base
        for each in before[:RESIDUALS]
        if each in series.logs and (base := series.level(each)) is not None
    }
    by_weekday: dict[int, list[float]] = {}
    for each, distance in distances.items():
        by_weekday.setdefault(each.weekday(), []).append(distance)
    effect = {weekday: median(found) for weekday, found in by_weekday.items()}
    if day.weekday() not in effect:
        return None
    residuals = [
        distance - effect[each.weekday()] for each, distance in distances.items()
    ]
    middle = median(residuals)
    spread = median(abs(residual - middle) for residual in residuals)
    scale = max(SIGMA * spread, LEAST_SCALE)
    expected = level + effect[day.weekday()]
    if judged <= 0:
        return Deviation(math.exp(expected), -math.inf, -1.0)
    distance = math.log(judged) - expected
    return Deviation(math.exp(expected), distance / scale, math.expm1(distance))
