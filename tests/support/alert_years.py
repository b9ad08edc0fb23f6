"""A made-up year of daily volumes for alerts: drift, weekdays, noise, planted days."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.history.archive import Archive, Version

WEEKDAYS = (1.0, 1.04, 1.05, 1.03, 0.95, 0.55, 0.48)
NAMES = ("alpha", "beta", "gamma", "delta", "echo", "foxtrot")


def seen_on(day: date, hours: float = 3) -> datetime:
    """Return when a day's figures come in."""
    return datetime.combine(day + DAY, time(), UTC) + timedelta(hours=hours)


def volumes_of_year(
    seed: int, *, days: int = 365, noise: float = 0.06, names=NAMES
) -> dict[date, dict[str, int]]:
    """Return daily volumes by name, drifting apart and crossing now and then."""
    rng = random.Random(seed)
    level = {name: 1e9 * rng.uniform(0.5, 2) for name in names}
    drift = dict.fromkeys(names, 0.0)
    found = {}
    for index in range(days):
        day = FLOOR + DAY * index
        if index % 30 == 0:
            drift = {name: rng.gauss(0, 0.006) for name in names}
        for name in names:
            level[name] *= math.exp(drift[name])
        found[day] = {
            name: int(
                level[name] * WEEKDAYS[day.weekday()] * math.exp(rng.gauss(0, noise))
            )
            for name in names
        }
    for _ in range(6):
        # a day on which one name has half or twice its volume
        day = FLOOR + DAY * rng.randrange(60, days)
        name = rng.choice(names)
        found[day][name] = int(found[day][name] * rng.choice((0.4, 2.5)))
    return found


def archive_of(volumes, *, seen=seen_on, labels=None) -> Archive:
    """Return an archive in which each day came in by itself."""
    return Archive(
        [
            Version(day, seen(day), {name: Decimal(v) for name, v in values.items()})
            for day, values in volumes.items()
        ],
        labels,
    )
