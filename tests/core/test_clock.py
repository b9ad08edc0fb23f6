"""Clocks: the machine's, and one that is set."""

from datetime import UTC, date, datetime, timedelta

from zenmux_bot.core.clock import FixedClock, ShiftedClock, SystemClock, end_of


def test_clock__machines_clock_is_in_utc_and_runs_on():
    first = SystemClock().now()

    assert first.tzinfo is UTC
    assert SystemClock().now() >= first


def test_clock__set_clock_runs_on_from_there(clock):
    instant = datetime(2027, 1, 1, tzinfo=UTC)
    shifted = ShiftedClock.starting_at(instant, clock)
    clock.advance(minutes=5)

    assert shifted.now() == instant + timedelta(minutes=5)
    shifted.set(instant)
    assert shifted.now() == instant


def test_fixed_clock__stands_at_the_end_of_a_day():
    now = FixedClock(end_of(date(2026, 11, 22))).now()

    assert now == datetime(2026, 11, 22, 23, 59, 59, 999999, tzinfo=UTC)
