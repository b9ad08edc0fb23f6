"""Posting speed: one message a second to a channel, short bursts tolerated.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from zenmux_bot.core.clock import Clock

INTERVAL = timedelta(seconds=1)
BURST = 4


class Pacer:
    """Counts posts for each channel by the given clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._free_at: dict[str, datetime] = {}

    def seconds_to_wait(self, channel: str) -> int:
        """Count a post and return 0, or the seconds to wait if it is too early."""
        now = self._clock.now()
        free_at = max(self._free_at.get(channel, now), now)
        ahead = free_at - now
        if ahead >= BURST * INTERVAL:
            return math.ceil((ahead - (BURST - 1) * INTERVAL) / INTERVAL)
        self._free_at[channel] = free_at + INTERVAL
        return 0
