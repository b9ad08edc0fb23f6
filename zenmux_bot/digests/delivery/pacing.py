"""Keeping to Slack's posting limits.

One message a second in a channel, and a limit for the workspace; ``Retry-After`` only
pauses posting in one workspace.
https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

_PRUNE_ABOVE = 10_000


class Use(Enum):
    """Uses with separate limits: Slack counts each method, and posts by channel."""

    POSTING = auto()
    NOTIFYING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The minimum time between posts.

    Attributes:
        channel: Within a channel.
        team: Within a workspace; Slack allows "several hundred" a minute.
    """

    channel: timedelta = timedelta(seconds=1)
    team: timedelta = timedelta(seconds=0.2)


class Pace:
    """Delays posts to keep to the limits.

    Args:
        limits: The minimum time between posts.
        monotonic: Seconds that clock changes don't affect.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._sleep = sleep
        self._free_at: dict[Hashable, float] = {}
        self._rest_until: dict[tuple[Use, str], float] = {}

    async def wait(self, team_id: str, channel_id: str) -> None:
        """Wait until the channel and its workspace may get one more message."""
        # The channel first, so that waiting for one does not delay the others.
        await self._take((team_id, channel_id), self._limits.channel)
        await self._take(team_id, self._limits.team)

    def rest(
        self, team_id: str, retry_after: timedelta, use: Use = Use.POSTING
    ) -> None:
        """Pause posting in a workspace, as Slack asked."""
        until = self._monotonic() + retry_after.total_seconds()
        key = (use, team_id)
        self._rest_until[key] = max(until, self._rest_until.get(key, until))

    def resting(self, use: Use = Use.POSTING) -> frozenset[str]:
        """Return the workspaces that are paused now."""
        now = self._monotonic()
        self._rest_until = {k: at for k, at in self._rest_until.items() if at > now}
        return frozenset(team_id for each, team_id in self._rest_until if each is use)

    async def _take(self, key: Hashable, spacing: timedelta) -> None:
        """Reserve the next free slot of ``key`` and wait for it."""
        now = self._monotonic()
        at = max(now, self._free_at.get(key, now))
        self._free_at[key] = at + spacing.total_seconds()
        if len(self._free_at) > _PRUNE_ABOVE:
            self._free_at = {k: free for k, free in self._free_at.items() if free > now}
        if at > now:
            await self._sleep(at - now)
