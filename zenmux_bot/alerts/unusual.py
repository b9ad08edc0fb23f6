"""What a day's volume usually is: plain arithmetic over the days before it.

Volumes are taken as logarithms, so that half and double are equally far. Expected is
the median of the last seven days plus the weekday's effect, which is the median over
eight weeks of how far that weekday was from its own last seven days. The scale is the
median absolute deviation of the last 56 such residuals. The judged day is in none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
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
class Surprise:
    """How far a day is from what was expected.

    Attributes:
        expected: The volume that was expected.
        z: How many standard deviations away it is; minus infinity without any volume.
        move: The change against what was expected, as a fraction.
    """

    expected: float
    z: float
    move: float


def surprise(volumes: Mapping[date, float], day: date) -> Surprise | None:
    """Return how unusual a day is, None where too little is known.

    Args:
        volumes: By day; a day that is not there is unknown. Days to be left out of
            what is usual are left out of it.
        day: The day that is judged.
    """
    judged = volumes.get(day)
    if judged is None:
        return None
    span = LEVEL_DAYS + RESIDUALS
    logs = {
        each: math.log(volume)
        for step in range(1, span + 1)
        if (volume := volumes.get(each := day - DAY * step, 0.0)) > 0
    }
    level = _level(logs, day)
    if len(logs) < LEAST_DAYS or level is None:
        return None
    away = {
        each: logs[each] - base
        for step in range(1, RESIDUALS + 1)
        if (each := day - DAY * step) in logs
        and (base := _level(logs, each)) is not None
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
        return Surprise(math.exp(expected), -math.inf, -1.0)
    distance = math.log(judged) - expected
    return Surprise(math.exp(expected), distance / scale, math.expm1(distance))


def _level(logs: Mapping[date, float], day: date) -> float | None:
    """Return the median of the seven days before a day."""
    found = [
        logs[each]
        for step in range(1, LEVEL_DAYS + 1)
        if (each := day - DAY * step) in logs
    ]
    return median(found) if len(found) >= LEAST_LEVEL_DAYS else None
