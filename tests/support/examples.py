"""Examples that the tests of store and delivery share."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime

from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import Subscription

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Monday 09:00 in Berlin."""

WEEKLY = Schedule(cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="Europe/Berlin")
DAILY = Schedule(cadence=Cadence.DAILY, hour=9, zone="Europe/Berlin")


def draft(**changes) -> Subscription:
    fields = {
        "id": "",
        "team_id": "T1",
        "channel_id": "C1",
        "channel_name": "llm-costs",
        "owner_id": "U1",
        "metric": Metric.COST,
        "schedule": WEEKLY,
        "created_at": FRIDAY,
        "updated_at": FRIDAY,
    }
    return Subscription(**fields | changes)


def counting_pick() -> Callable[[str], str]:
    """Pick characters so that the ids count up."""
    numbers = itertools.count()

    def pick(alphabet: str) -> str:
        place, digit = divmod(next(numbers), 4)
        return alphabet[place // len(alphabet) ** (3 - digit) % len(alphabet)]

    return pick
