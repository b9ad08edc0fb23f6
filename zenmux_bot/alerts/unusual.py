"""What a day's volume usually is: plain arithmetic over the days before it.

Volumes are taken as logarithms, so that half and double are equally far. Expected is
the median of the last seven days plus the weekday's effect, which is the median over
eight weeks of how far that weekday was from its own last seven days. The scale is the
median absolute deviation of the last 56 such residuals. The judged day is in none.
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
"""A level rests on at least so many of the seven days."""

SIGMA = 1.4826
"""What makes the median absolute deviation of normal noise a standard deviation."""

LEAST_SCALE = 0.02
"""A series without any noise would find every change unusual."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far a day is from what was expected.

    Attributes:
        expected: The volume that was expected.
        z: How many standard deviations away it is; minus infinity without any volume.
        move: The change against what was expected, as a fraction.
    """

    expected: float
    z: float
    move: float


class Series:
    """One name's daily volumes, and what was computed of them so far.

    Args:
        volumes: By day; a day that is not there is unknown.
        expected: Days that are judged, but do not count as usual.
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
    """Return how unusual a day is, None where too little is known."""
    judged, level = series.volumes.get(day), series.level(day)
    if judged is None or level is None:
        return None
    before = [day - DAY * step for step in range(1, LEVEL_DAYS + RESIDUALS + 1)]
    if sum(each in series.logs for each in before) < LEAST_DAYS:
        return None
    away = {
        each: series.logs[each] - base
        for each in before[:RESIDUALS]
        if each in series.logs and (base := series.level(each)) is not None
    }
    by_weekday: dict[int, list[float]] = {}
    for each, distance in away.items():
        by_weekday.setdefault(each.weekday(), []).append(distance)
    effect = {weekday: median(found) for weekday, found in by_weekday.items()}
    if day.weekday() not in effect:
        return None
    residuals = [distance - effect[each.weekday()] for each, distance in away.items()]
    middle = median(residuals)
    spread = median(abs(residual - middle) for residual in residuals)
    scale = max(SIGMA * spread, LEAST_SCALE)
    expected = level + effect[day.weekday()]
    if judged <= 0:
        return Deviation(math.exp(expected), -math.inf, -1.0)
    distance = math.log(judged) - expected
    return Deviation(math.exp(expected), distance / scale, math.expm1(distance))
