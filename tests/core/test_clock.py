"""Clocks: the machine's, and one that is set."""

from datetime import UTC, datetime, timedelta

from zenmux_bot.core.clock import ShiftedClock, SystemClock


def test_the_machines_clock_is_in_utc_and_runs_on():
    first = SystemClock().now()

    assert first.tzinfo is UTC
    assert SystemClock().now() >= first


def test_a_set_clock_runs_on_from_there(clock):
    instant = datetime(2027, 1, 1, tzinfo=UTC)
    shifted = ShiftedClock.starting_at(instant, clock)
    clock.advance(minutes=5)

    assert shifted.now() == instant + timedelta(minutes=5)
    shifted.set(instant)
    assert shifted.now() == instant
