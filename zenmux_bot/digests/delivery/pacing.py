"""Keeping to Slack's posting limits.

One message a second in a channel, and a ceiling for the workspace; ``Retry-After``
rests posting in one workspace and no other.
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
    """What is limited by itself: Slack counts each method, and posts by channel."""

    POSTING = auto()
    NOTIFYING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far apart posts are.

    Attributes:
        channel: Within a channel.
        team: Within a workspace; Slack allows "several hundred" a minute.
    """

    channel: timedelta = timedelta(seconds=1)
    team: timedelta = timedelta(seconds=0.2)


class Pace:
    """Says when the next message may be posted.

    Args:
        limits: How far apart posts are.
        monotonic: Seconds that no change of the clock disturbs.
        sleep: Waits for as many of them.
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
        # The channel first: whoever waits for one must not hold up the others.
        await self._take((team_id, channel_id), self._limits.channel)
        await self._take(team_id, self._limits.team)

    def rest(
        self, team_id: str, retry_after: timedelta, use: Use = Use.POSTING
    ) -> None:
        """Post nothing in a workspace for a while: Slack said so."""
        until = self._monotonic() + retry_after.total_seconds()
        key = (use, team_id)
        self._rest_until[key] = max(until, self._rest_until.get(key, until))

    def resting(self, use: Use = Use.POSTING) -> frozenset[str]:
        """Return the workspaces that wait out a limit now."""
        now = self._monotonic()
        self._rest_until = {k: at for k, at in self._rest_until.items() if at > now}
        return frozenset(team_id for each, team_id in self._rest_until if each is use)

    async def _take(self, key: Hashable, spacing: timedelta) -> None:
        """Take the next free moment of ``key`` and wait for it."""
        now = self._monotonic()
        at = max(now, self._free_at.get(key, now))
        self._free_at[key] = at + spacing.total_seconds()
        if len(self._free_at) > _PRUNE_ABOVE:
            self._free_at = {k: free for k, free in self._free_at.items() if free > now}
        if at > now:
            await self._sleep(at - now)
