"""How often methods may be called.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from zenmux_bot.core.clock import Clock

INTERVAL = timedelta(seconds=1)
BURST = 4


# Apps that are distributed and not in the Marketplace:
# https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps
HISTORY_INTERVAL = timedelta(minutes=1)
HISTORY_MESSAGES = 15


class Pacer:
    """One message a second to a channel; short bursts are tolerated."""

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


class HistoryLimit:
    """One call a minute for each method that reads what was said."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._free_at: dict[str, datetime] = {}

    def seconds_to_wait(self, method: str) -> int:
        """Count a call and return 0, or the seconds to wait if it is too early."""
        now = self._clock.now()
        ahead = self._free_at.get(method, now) - now
        if ahead > timedelta():
            return math.ceil(ahead / timedelta(seconds=1))
        self._free_at[method] = now + HISTORY_INTERVAL
        return 0
