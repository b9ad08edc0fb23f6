"""Which endpoints are out: by what was asked last, whatever the clock does."""

from datetime import timedelta

import pytest

from zenmux_bot.errors import (
    BadAnswer,
    KeyRefused,
    RateLimited,
    ServerFault,
    Unreachable,
)
from zenmux_bot.zenmux.outages import FORGOTTEN_AFTER, Outages

COST, SHARE, BOARD = "/cost", "/statistics/market_share", "/statistics/leaderboard"


@pytest.fixture
def outages(clock):
    return Outages(clock)


def found(outages, path):
    outage = outages.find(path.__eq__)
    return "" if outage is None else str(outage)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ServerFault("", status=502),
            "ZenMux isn't responding (HTTP 502 since 09:00 UTC)",
        ),
        (Unreachable("slow"), "ZenMux isn't responding (since 09:00 UTC)"),
        (
            BadAnswer("", status=200),
            "ZenMux sends unreadable answers (since 09:00 UTC)",
        ),
        (RateLimited("", status=429), ""),
    ],
)
def test_outages__say_since_when_and_how(outages, clock, error, said):
    outages.failed(COST, error)
    clock.advance(minutes=2)

    assert found(outages, COST) == said


def test_outages__are_those_of_an_endpoint_once_another_answers(outages, clock):
    outages.failed(COST, ServerFault("", status=502))
    assert found(outages, SHARE)

    clock.advance(seconds=1)
    outages.answered(SHARE)

    assert not found(outages, SHARE)
    assert found(outages, COST)


def test_outages__end_with_the_first_endpoint_that_recovers(outages, clock):
    for path in (COST, BOARD):
        outages.failed(path, Unreachable(""))
    kept_at = clock.now()
    clock.advance(seconds=1)

    outages.answered(COST, kept_at)
    assert set(outages.failing()) == {COST, BOARD}
    outages.answered(COST, clock.now())
    assert not outages.failing()


@pytest.mark.parametrize(
    ("error", "is_over"),
    [
        (RateLimited("", status=422), True),
        (KeyRefused("", status=403), True),
        (KeyRefused("No key is set"), False),
    ],
)
def test_outages__whoever_refuses_does_answer(outages, clock, error, is_over):
    outages.failed(COST, Unreachable(""))
    clock.advance(seconds=1)

    outages.failed(COST, error)

    assert bool(found(outages, COST)) is not is_over


@pytest.mark.parametrize("jump", [FORGOTTEN_AFTER * 2, timedelta(days=-1)])
def test_outages__are_forgotten_where_the_clock_jumps(outages, clock, jump):
    outages.failed(COST, Unreachable(""))

    clock.instant += jump

    assert not found(outages, COST)
