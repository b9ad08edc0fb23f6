"""Recall and false alarms of *unusual* on seeded series with planted events."""

from __future__ import annotations

import random
import sys

from alert_years import WEEKDAYS, archive_of

from zenmux_bot.alerts.engine import EventKind, rehearse
from zenmux_bot.commands.alert_commands import Unusual
from zenmux_bot.core.periods import DAY, FLOOR

SERIES = 12
FACTORS = (0.5, 2.0)


def quiet_year(seed):
    """Return a year with weekdays and 6 % of noise, and nothing else."""
    rng = random.Random(seed)
    return {
        FLOOR + DAY * index: {
            name: int(1e9 * WEEKDAYS[index % 7] * rng.lognormvariate(0, 0.06))
            for name in ("a", "b")
        }
        for index in range(365)
    }


def test_unusual__recall_and_false_alarms(capsys):
    """Halvings and doublings are found, and about one episode a year is false."""
    found = planted = episodes = 0
    for seed in range(SERIES):
        volumes = quiet_year(seed)
        quiet = rehearse(Unusual("a"), archive_of(volumes)).events
        episodes += sum(event.kind is EventKind.FIRED for event in quiet)
        days = sorted(volumes)[70:360:58]
        for index, day in enumerate(days):
            volumes[day]["a"] = int(volumes[day]["a"] * FACTORS[index % 2])
        told = rehearse(Unusual("a"), archive_of(volumes)).fired_days
        planted += len(days)
        found += sum(day in told for day in days)
    with capsys.disabled():
        sys.stdout.write(
            f"\nunusual: {found} of {planted} found, {episodes / SERIES:.2f} false "
            "episodes a year\n"
        )

    assert found / planted >= 0.95
    assert episodes / SERIES <= 1.2
