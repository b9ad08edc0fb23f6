"""The one clock of the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass
class ManualClock:
    """A clock that moves only when told to, and when somebody sleeps by it.

    Attributes:
        instant: What it shows.
        naps: How long each sleep was, in seconds.
    """

    instant: datetime = MONDAY
    naps: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.instant

    def seconds(self) -> float:
        return self.instant.timestamp()

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.advance(seconds=seconds)
