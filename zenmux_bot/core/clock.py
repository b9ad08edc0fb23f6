"""Clocks, which are passed as arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that always shows one instant."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant."""
        return self.at


def end_of(day: date) -> datetime:
    """Return the last instant of a UTC day."""
    return datetime.combine(day, time.max, UTC)


@dataclass(slots=True)
class ShiftedClock:
    """A clock that runs on from a chosen instant.

    Attributes:
        base: The clock that drives this one.
        shift: How far ahead of it this one is.
    """

    base: Clock
    shift: timedelta = timedelta()

    @classmethod
    def starting_at(cls, instant: datetime, base: Clock) -> ShiftedClock:
        """Return a clock that shows ``instant`` now and runs on from there."""
        clock = cls(base)
        clock.set(instant)
        return clock

    def now(self) -> datetime:
        """Return the shifted instant in UTC."""
        return self.base.now() + self.shift

    def set(self, instant: datetime) -> None:
        """Show ``instant`` from now on."""
        self.shift = instant - self.base.now()
