from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.digests.schedule import (
    Cadence,
    Days,
    Schedule,
    due,
    instant,
    last_complete,
    next_occurrence,
    occurrence_by_hand,
    upcoming,
)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Africa/Casablanca",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
DAY = timedelta(days=1)


def daily(hour: int, minute: int, zone: str) -> Schedule:
    return Schedule(cadence=Cadence.DAILY, hour=hour, minute=minute, zone=zone)


def weekly(weekday: int, hour: int, minute: int, zone: str) -> Schedule:
    return Schedule(
        cadence=Cadence.WEEKLY, weekday=weekday, hour=hour, minute=minute, zone=zone
    )


def monthly(day: int, hour: int, zone: str) -> Schedule:
    return Schedule(cadence=Cadence.MONTHLY, day=day, hour=hour, zone=zone)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


schedules = st.builds(
    lambda cadence, weekday, day, hour, minute, zone: Schedule(
        cadence=cadence,
        weekday=weekday if cadence is Cadence.WEEKLY else None,
        day=day if cadence is Cadence.MONTHLY else None,
        hour=hour,
        minute=minute,
        zone=zone,
    ),
    st.sampled_from(Cadence),
    st.integers(0, 6),
    st.integers(1, 31),
    st.integers(0, 23),
    st.sampled_from((0, 1, 15, 30, 59)),
    st.sampled_from(ZONES),
)
instants = st.integers(0, 8 * 366 * 24 * 60).map(
    lambda minutes: datetime(2025, 9, 29, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("schedule", "after", "nominal", "expected"),
    [
        # An ordinary Monday.
        (
            weekly(0, 9, 0, "Europe/Berlin"),
            "2026-11-20T12:00",
            "2026-11-23T09:00[Europe/Berlin]",
            "2026-11-23T08:00",
        ),
        # Exactly its instant is not after it.
        (
            weekly(0, 9, 0, "Europe/Berlin"),
            "2026-11-23T08:00",
            "2026-11-30T09:00[Europe/Berlin]",
            "2026-11-30T08:00",
        ),
        # 02:30 does not exist: the first instant after the gap, 03:00.
        (
            daily(2, 30, "Europe/Berlin"),
            "2026-03-28T12:00",
            "2026-03-29T02:30[Europe/Berlin]",
            "2026-03-29T01:00",
        ),
        # 02:30 comes twice: the first one.
        (
            daily(2, 30, "Europe/Berlin"),
            "2026-10-24T12:00",
            "2026-10-25T02:30[Europe/Berlin]",
            "2026-10-25T00:30",
        ),
        # The second 02:30 is not another one.
        (
            daily(2, 30, "Europe/Berlin"),
            "2026-10-25T00:30",
            "2026-10-26T02:30[Europe/Berlin]",
            "2026-10-26T01:30",
        ),
        # Midnight does not exist in Santiago: 01:00.
        (
            daily(0, 0, "America/Santiago"),
            "2026-09-05T12:00",
            "2026-09-06T00:00[America/Santiago]",
            "2026-09-06T04:00",
        ),
        (
            daily(1, 30, "America/New_York"),
            "2026-10-31T12:00",
            "2026-11-01T01:30[America/New_York]",
            "2026-11-01T05:30",
        ),
        # Half an hour is skipped on Lord Howe.
        (
            daily(2, 15, "Australia/Lord_Howe"),
            "2026-10-03T12:00",
            "2026-10-04T02:15[Australia/Lord_Howe]",
            "2026-10-03T15:30",
        ),
        # February has no 31st.
        (
            monthly(31, 9, "UTC"),
            "2027-02-01T00:00",
            "2027-02-28T09:00[UTC]",
            "2027-02-28T09:00",
        ),
        (
            monthly(29, 9, "UTC"),
            "2028-02-01T00:00",
            "2028-02-29T09:00[UTC]",
            "2028-02-29T09:00",
        ),
        # Across the end of the year.
        (
            monthly(1, 9, "UTC"),
            "2026-12-01T09:00",
            "2027-01-01T09:00[UTC]",
            "2027-01-01T09:00",
        ),
    ],
)
def test_next_occurrence(schedule, after, nominal, expected):
    occurrence = next_occurrence(schedule, at(after))

    assert (occurrence.nominal, occurrence.at) == (nominal, at(expected))


def test_a_whole_day_that_a_zone_skips_runs_at_its_end():
    """Samoa had no 30 December 2011."""
    skipped, following = upcoming(
        daily(9, 0, "Pacific/Apia"), at("2011-12-29T19:00"), 2
    )

    assert (skipped.at, following.at) == (
        at("2011-12-30T10:00"),
        at("2011-12-30T19:00"),
    )


@pytest.mark.parametrize(
    ("schedule", "after", "first", "last"),
    [
        # The week that ended yesterday.
        (
            weekly(0, 9, 0, "Europe/Berlin"),
            "2026-11-22T12:00",
            date(2026, 11, 16),
            date(2026, 11, 22),
        ),
        # Monday 09:00 in Auckland is Sunday in UTC: that week is not over.
        (
            weekly(0, 9, 0, "Pacific/Auckland"),
            "2026-11-22T12:00",
            date(2026, 11, 9),
            date(2026, 11, 15),
        ),
        (
            weekly(1, 9, 0, "Pacific/Auckland"),
            "2026-11-22T12:00",
            date(2026, 11, 16),
            date(2026, 11, 22),
        ),
        # Sunday evening in New York is Monday in UTC, in winter and summer.
        (
            weekly(6, 20, 0, "America/New_York"),
            "2026-11-22T12:00",
            date(2026, 11, 16),
            date(2026, 11, 22),
        ),
        # 2026 has 53 ISO weeks; the last one ends in 2027.
        (
            weekly(0, 9, 0, "UTC"),
            "2027-01-03T12:00",
            date(2026, 12, 28),
            date(2027, 1, 3),
        ),
        (
            daily(9, 0, "Europe/Berlin"),
            "2026-03-01T00:00",
            date(2026, 2, 28),
            date(2026, 2, 28),
        ),
        # 05:00 in Tokyo is the day before in UTC.
        (
            daily(5, 0, "Asia/Tokyo"),
            "2026-11-22T12:00",
            date(2026, 11, 21),
            date(2026, 11, 21),
        ),
        (
            monthly(1, 9, "Europe/Berlin"),
            "2026-02-20T00:00",
            date(2026, 2, 1),
            date(2026, 2, 28),
        ),
        (
            monthly(1, 9, "Asia/Tokyo"),
            "2026-11-20T00:00",
            date(2026, 11, 1),
            date(2026, 11, 30),
        ),
        # 1 December 08:00 in Tokyo is 30 November in UTC.
        (
            monthly(1, 8, "Asia/Tokyo"),
            "2026-11-20T00:00",
            date(2026, 10, 1),
            date(2026, 10, 31),
        ),
    ],
)
def test_reported_days(schedule, after, first, last):
    assert next_occurrence(schedule, at(after)).days == Days(first=first, last=last)


@pytest.mark.parametrize(
    ("zone", "weekday", "hour"),
    [
        ("Australia/Sydney", 0, 10),
        ("Europe/Berlin", 0, 1),
        ("Europe/London", 0, 0),
        ("America/New_York", 6, 19),
    ],
)
def test_an_hour_that_is_monday_in_utc_in_one_season_only_loses_no_week(
    zone, weekday, hour
):
    """Judged by the offset of the day, one week would come twice, another never."""
    schedule = weekly(weekday, hour, 30, zone)

    reported = [o.days.first for o in upcoming(schedule, at("2026-01-01T00:00"), 110)]

    assert all(b - a == 7 * DAY for a, b in pairwise(reported))


@given(schedules, instants)
def test_occurrences_ascend_and_begin_after_the_instant(schedule, after):
    found = upcoming(schedule, after, 8)

    assert found[0].at > after
    assert all(a.at < b.at for a, b in pairwise(found))
    assert len({o.nominal for o in found}) == len(found)


@given(schedules, instants)
def test_no_slot_lies_between_two_occurrences(schedule, after):
    first, second = upcoming(schedule, after, 2)

    assert next_occurrence(schedule, first.at - timedelta(seconds=1)) == first
    assert next_occurrence(schedule, second.at - timedelta(seconds=1)) == second


@given(schedules, instants)
def test_local_time_is_the_one_asked_for_except_in_a_gap(schedule, after):
    occurrence = next_occurrence(schedule, after)

    zone = ZoneInfo(schedule.zone)
    asked = datetime.fromisoformat(occurrence.nominal.partition("[")[0])
    local = occurrence.at.astimezone(zone)
    if local.replace(tzinfo=None) != asked:
        before = (occurrence.at - timedelta(seconds=1)).astimezone(zone)
        assert before.replace(tzinfo=None) < asked < local.replace(tzinfo=None)
    assert local.fold == 0


@given(schedules, instants)
def test_consecutive_occurrences_report_consecutive_periods(schedule, after):
    found = upcoming(schedule, after, 14)

    assert all(b.days.first == a.days.last + DAY for a, b in pairwise(found))


@pytest.mark.parametrize("day", [1, 27, 28, 29, 30, 31])
@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "UTC", "Pacific/Kiritimati"])
@pytest.mark.parametrize("hour", [0, 12, 23])
def test_every_month_is_reported_once(day, zone, hour):
    found = upcoming(monthly(day, hour, zone), at("2026-01-01T00:00"), 40)

    assert all(b.days.first == a.days.last + DAY for a, b in pairwise(found))


@given(schedules, instants)
def test_reported_days_are_over_in_utc_and_not_long_ago(schedule, after):
    occurrence = next_occurrence(schedule, after)

    age = occurrence.at.date() - occurrence.days.last
    limit = {Cadence.DAILY: 2, Cadence.WEEKLY: 8, Cadence.MONTHLY: 32}
    assert DAY <= age <= limit[schedule.cadence] * DAY


@given(schedules, instants, st.integers(0, 40))
def test_due_is_what_lies_between(schedule, since, days):
    now = since + days * DAY

    found = due(schedule, since, now)

    assert found == upcoming(schedule, since, len(found))
    assert next_occurrence(schedule, found[-1].at if found else since).at > now


@given(schedules, instants, st.lists(st.integers(0, 10_000_000), max_size=5))
def test_due__independent_of_polling(schedule, since, pauses):
    looks = [since]
    for seconds in pauses:
        looks.append(looks[-1] + timedelta(seconds=seconds / len(pauses)))

    piecewise = [o for a, b in pairwise(looks) for o in due(schedule, a, b)]

    assert piecewise == due(schedule, since, looks[-1])


@pytest.mark.parametrize(
    ("cadence", "newest", "first"),
    [
        (Cadence.DAILY, date(2026, 11, 22), date(2026, 11, 22)),
        (Cadence.WEEKLY, date(2026, 11, 22), date(2026, 11, 16)),
        (Cadence.WEEKLY, date(2026, 11, 21), date(2026, 11, 9)),
        (Cadence.MONTHLY, date(2026, 11, 30), date(2026, 11, 1)),
        (Cadence.MONTHLY, date(2026, 11, 29), date(2026, 10, 1)),
        (Cadence.MONTHLY, date(2027, 1, 15), date(2026, 12, 1)),
    ],
)
def test_last_complete(cadence, newest, first):
    assert last_complete(cadence, newest).first == first


def test_asking_by_hand_twice_in_a_minute_is_asking_once():
    schedule = weekly(0, 9, 0, "Europe/Berlin")

    one = occurrence_by_hand(schedule, at("2026-11-25T10:00:05"))
    other = occurrence_by_hand(schedule, at("2026-11-25T10:00:55"))
    later = occurrence_by_hand(schedule, at("2026-11-25T10:01:00"))

    assert one.nominal == other.nominal != later.nominal
    assert one.days == Days(first=date(2026, 11, 16), last=date(2026, 11, 22))


def test_an_instant_is_found_to_the_second_in_a_gap():
    assert instant(datetime.fromisoformat("2026-03-29T02:59"), "Europe/Berlin") == at(
        "2026-03-29T01:00"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"cadence": Cadence.WEEKLY, "hour": 9, "zone": "UTC"},
        {"cadence": Cadence.WEEKLY, "weekday": 7, "hour": 9, "zone": "UTC"},
        {"cadence": Cadence.DAILY, "weekday": 0, "hour": 9, "zone": "UTC"},
        {"cadence": Cadence.MONTHLY, "day": 0, "hour": 9, "zone": "UTC"},
        {"cadence": Cadence.MONTHLY, "day": 32, "hour": 9, "zone": "UTC"},
        {"cadence": Cadence.DAILY, "day": 1, "hour": 9, "zone": "UTC"},
        {"cadence": Cadence.DAILY, "hour": 24, "zone": "UTC"},
        {"cadence": Cadence.DAILY, "hour": 9, "minute": 60, "zone": "UTC"},
        {"cadence": Cadence.DAILY, "hour": 9, "zone": "Mars/Olympus"},
        {"cadence": Cadence.DAILY, "hour": 9, "zone": "../etc/passwd"},
        {"cadence": Cadence.DAILY, "hour": 9, "zone": ""},
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(fields):
    with pytest.raises(ValueError):  # noqa: PT011 - any sentence will do
        Schedule(**fields)
