"""Which endpoints are cooling down after a rate limit, and until when.

The API counts requests per endpoint, so a cooldown holds back all callers of one path
and nobody else: https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from zenmux_bot.zenmux.account_requests import OWN_PATHS

_OWN_COUNTER = "/cost"


def counter_of(path: str) -> str:
    """Return the path that a request to ``path`` is counted under.

    An account's ``/usage`` and ``/cost`` share one counter.
    """
    return _OWN_COUNTER if path in OWN_PATHS else path


class Cooldowns(Protocol):
    """The memory of cooldowns; processes that share a key may share it."""

    async def get(self, path: str) -> datetime | None:
        """Return until when the endpoint cools down, None if it never did."""
        ...

    async def set(self, path: str, until: datetime) -> None:
        """Let the endpoint cool down."""
        ...


class MemoryCooldowns:
    """The cooldowns that one process knows of."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    async def get(self, path: str) -> datetime | None:
        """Return until when the endpoint cools down, None if it never did."""
        return self._until.get(path)

    async def set(self, path: str, until: datetime) -> None:
        """Let the endpoint cool down."""
        self._until[path] = until
