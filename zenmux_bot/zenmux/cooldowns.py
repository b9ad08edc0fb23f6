"""Which endpoints rest after a rate limit, and until when.

The API counts requests per endpoint, so a rest holds back all callers of one path and
nobody else: https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Cooldowns(Protocol):
    """The memory of rests; processes that share a key may share it."""

    async def get(self, path: str) -> datetime | None:
        """Return until when the endpoint rests, None if it never did."""
        ...

    async def set(self, path: str, until: datetime) -> None:
        """Let the endpoint rest."""
        ...


class MemoryCooldowns:
    """The rests that one process knows of."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    async def get(self, path: str) -> datetime | None:
        """Return until when the endpoint rests, None if it never did."""
        return self._until.get(path)

    async def set(self, path: str, until: datetime) -> None:
        """Let the endpoint rest."""
        self._until[path] = until
