"""When a digest is due and which days it reports: pure functions of a schedule.

Local times follow the IANA zone. A time that the clock skips runs at the first instant
after the gap; a time that it repeats runs once, the first time. A digest reports the
last day, ISO week or month in UTC that is over at its time of day both in summer and in
winter, so consecutive digests report consecutive periods.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
_LONGEST_MONTH = 31


class Cadence(StrEnum):
    """How often a digest is sent, and the length of the period it reports."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A recurring local time.

    Attributes:
        cadence: Daily, weekly or monthly.
        weekday: 0 (Monday) to 6 for weekly schedules, else None.
        day: 1 to 31 for monthly ones, else None. A shorter month has it on its
            last day, so 31 is the last day of every month.
        hour: 0 to 23, local.
        minute: 0 to 59.
        zone: IANA name of the time zone.

    Raises:
        ValueError: A field is out of range, missing or out of place.
    """

    cadence: Cadence
    weekday: int | None = None
    day: int | None = None
    hour: int
    minute: int = 0
    zone: str

    def __post_init__(self) -> None:
        time(self.hour, self.minute)
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError(f"unknown time zone {self.zone!r}") from error
        if (self.cadence is Cadence.WEEKLY) != (self.weekday in range(7)):
            raise ValueError(f"weekday {self.weekday!r} for {self.cadence}")
        if (self.cadence is Cadence.MONTHLY) != (
            self.day in range(1, _LONGEST_MONTH + 1)
        ):
            raise ValueError(f"day {self.day!r} for {self.cadence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Consecutive UTC days, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One run of a schedule.

    Attributes:
        nominal: Its identity within the schedule: the local time asked for and the
            zone, such as ``2026-11-23T09:00[Europe/Berlin]`` (RFC 9557).
        at: The instant it is due, in UTC.
        days: The days it reports.
    """

    nominal: str
    at: datetime
    days: Days


def occurrences(schedule: Schedule, after: datetime) -> Iterator[Occurrence]:
    """Yield the occurrences after an instant, in order, forever."""
    # Two days back: a zone that crosses the date line skips a whole day.
    start = after.astimezone(ZoneInfo(schedule.zone)).date() - 2 * _DAY
    for day in _days_from(schedule, start):
        nominal = datetime.combine(day, time(schedule.hour, schedule.minute))
        at = instant(nominal, schedule.zone)
        if at > after:
            yield Occurrence(
                nominal=f"{nominal.isoformat(timespec='minutes')}[{schedule.zone}]",
                at=at,
                days=_reported(schedule, nominal),
            )


def next_occurrence(schedule: Schedule, after: datetime) -> Occurrence:
    """Return the first occurrence later than ``after``."""
    return next(occurrences(schedule, after))


def due(schedule: Schedule, since: datetime, now: datetime) -> list[Occurrence]:
    """Return the occurrences later than ``since`` and not later than ``now``."""
    return list(takewhile(lambda o: o.at <= now, occurrences(schedule, since)))


def upcoming(schedule: Schedule, now: datetime, n: int) -> list[Occurrence]:
    """Return the next ``n`` occurrences."""
    return list(islice(occurrences(schedule, now), n))


def occurrence_by_hand(schedule: Schedule, now: datetime) -> Occurrence:
    """Return the occurrence that a person requests now.

    The minute is its identity, so a double click requests it once.
    """
    return Occurrence(
        nominal=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M}Z[by hand]",
        at=now,
        days=last_complete(schedule.cadence, now.astimezone(UTC).date() - _DAY),
    )


def last_complete(cadence: Cadence, newest: date) -> Days:
    """Return the last complete day, ISO week or month that ends by ``newest``."""
    if cadence is Cadence.DAILY:
        return Days(first=newest, last=newest)
    if cadence is Cadence.WEEKLY:
        sunday = newest - timedelta(days=newest.isoweekday() % 7)
        return Days(first=sunday - 6 * _DAY, last=sunday)
    last = (newest + _DAY).replace(day=1) - _DAY
    return Days(first=last.replace(day=1), last=last)


def instant(nominal: datetime, zone: str) -> datetime:
    """Return the UTC instant of a naive local time.

    A repeated time is taken the first time; a skipped one is the end of the gap.
    """
    tz = ZoneInfo(zone)
    early = nominal.replace(tzinfo=tz, fold=1).astimezone(UTC)
    late = nominal.replace(tzinfo=tz, fold=0).astimezone(UTC)
    # In a gap, and only there, fold=0 gives the later instant (PEP 495). The end of
    # the gap lies between the two.
    if early >= late:
        return late
    before = early.astimezone(tz).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(tz).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def _days_from(schedule: Schedule, start: date) -> Iterator[date]:
    """Yield the local dates of a schedule from ``start`` on."""
    if schedule.cadence is Cadence.MONTHLY:
        assert schedule.day is not None  # noqa: S101 - held by Schedule
        year, month = start.year, start.month
        while True:
            day = date(year, month, min(schedule.day, monthrange(year, month)[1]))
            if day >= start:
                yield day
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - December
    step = _DAY
    if schedule.weekday is not None:
        start += timedelta(days=(schedule.weekday - start.weekday()) % 7)
        step = 7 * _DAY
    while True:
        yield start
        start += step


def _reported(schedule: Schedule, nominal: datetime) -> Days:
    """Return the period that is over at a local time in every season.

    Monday 10:30 in Sydney is Monday in UTC in winter, but still Sunday in summer. With
    the day's own offset, one week would be reported twice and another never; with the
    zone's largest offset, each is reported once.
    """
    offset = _largest_offset(schedule.zone, nominal.year)
    own_offset = nominal - instant(nominal, schedule.zone).replace(tzinfo=None)
    offset = max(offset, own_offset)  # a zone may move ahead for good
    newest = (nominal - offset).date() - _DAY
    if schedule.cadence is Cadence.MONTHLY and schedule.day != _LONGEST_MONTH:
        # West of Greenwich, the evening of 28 February can be March in UTC.
        newest = min(newest, nominal.date() - _DAY)
    return last_complete(schedule.cadence, newest)


@lru_cache(maxsize=1024)
def _largest_offset(zone: str, year: int) -> timedelta:
    """Return how far a zone gets ahead of UTC in a year."""
    tz = ZoneInfo(zone)
    offsets = (
        datetime(year, month, day, tzinfo=tz).utcoffset()
        for month in range(1, 13)
        for day in (1, 15)
    )
    return max(offset for offset in offsets if offset is not None)
