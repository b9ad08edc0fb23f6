"""Budgets and the runway: tables of figures to what would be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median

import pytest

from zenmux_bot.budgets.evaluate import (
    Budget,
    due_events,
    ended_month,
    forecast,
    mark_reported,
    stand,
)
from zenmux_bot.budgets.runway import Crossing, check_credits, check_window, runway
from zenmux_bot.zenmux.models import RollingQuota

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
TODAY = NOW.date()
BUDGET = Budget(
    id="b-7kq3",
    team_id="T1",
    channel_id="C1",
    owner_id="U1",
    amount=Decimal(1000),
    created_at=NOW,
)
WEEKDAYS = (10, 11, 12, 11, 10, 4, 3)


def usual(first=date(2026, 10, 1), last=TODAY, factor=1) -> dict[date, Decimal]:
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return {day: Decimal(WEEKDAYS[day.weekday()] * factor) for day in days}


def standing(billed, budget=BUDGET):
    by_day = {TODAY: Decimal(billed)}
    return stand(budget, by_day, TODAY, is_exact=True, as_of=NOW)


def test_mark_reported__mark_and_forecast():
    """Both are remembered when both are told at once."""
    found = stand(
        replace(BUDGET, amount=Decimal(250)), usual(), TODAY, is_exact=True, as_of=NOW
    )

    told = mark_reported(due_events(found))

    assert (told.told_mark, told.told_forecast) == ("2026-11:50", "2026-11")


@pytest.mark.parametrize(
    ("now", "created", "told", "expected"),
    [
        ((12, 1, 0), (11, 16), None, date(2026, 11, 30)),
        ((12, 1, 12), (11, 16), "2026-11:80", date(2026, 11, 30)),
        ((12, 1, 13), (11, 16), None, None),
        ((11, 30, 23), (10, 1), None, None),
        ((12, 1, 3), (12, 1), None, None),  # it did not see November
        ((12, 1, 3), (11, 16), "2026-12:50", None),
    ],
)
def test_ended_month__late_bills(now, created, told, expected):
    set_at = datetime(2026, *created, tzinfo=UTC)
    budget = replace(BUDGET, created_at=set_at, told_mark=told)

    assert ended_month(budget, datetime(2026, *now, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("billed", "told", "said"),
    [
        (499, None, []),
        (500, None, [50]),
        (799, "2026-11:50", []),
        (800, "2026-11:50", [80]),
        (1000, "2026-11:80", [100]),
        (1300, None, [100]),  # a jump names the highest
        (1300, "2026-11:100", []),
        (990, "2026-11:100", []),  # a correction tells no lower mark
        (600, "2026-10:100", [50]),  # a new month begins anew
    ],
)
def test_due_events__marks(billed, told, said):
    events = due_events(standing(billed, replace(BUDGET, told_mark=told)))

    assert [event.mark for event in events] == said
    for event in events:
        assert event.key == f"budget:b-7kq3:2026-11:{event.mark}"
        assert due_events(standing(billed, mark_reported([event]))) == []


@pytest.mark.parametrize(
    ("amount", "told", "said"),
    [
        (250, None, True),
        (250, "2026-11", False),
        (250, "2026-10", True),
        (400, None, False),
        (100, None, False),  # it is passed already: the mark says so
    ],
)
def test_due_events__forecast(amount, told, said):
    budget = replace(
        BUDGET, amount=Decimal(amount), told_mark="2026-11:100", told_forecast=told
    )
    found = stand(budget, usual(), TODAY, is_exact=True, as_of=NOW)

    events = due_events(found)

    assert (events != []) is said
    for event in events:
        assert event.key == "budget:b-7kq3:2026-11:forecast"
        assert due_events(replace(found, budget=mark_reported([event]))) == []


def test_forecast__by_weekday():
    by_day = usual()
    by_day[date(2026, 11, 11)] += 500  # one night ran away
    by_day[TODAY] = Decimal(4)

    found = forecast(by_day, TODAY)

    billed = sum(v for day, v in by_day.items() if day >= date(2026, 11, 1))
    totals = []
    for week in range(1, 5):
        rest = Decimal()
        for day in range(16, 31):
            that = date(2026, 11, day)
            monday = TODAY - timedelta(7 * week)
            amount = by_day[monday + timedelta(that.weekday())]
            rest += amount - 4 if that == TODAY else amount
        totals.append(billed + rest)
    assert (found.middle, found.low, found.high) == (
        median(totals),
        min(totals),
        max(totals),
    )
    assert found.high - found.middle >= 900
    assert found.middle == found.low


@pytest.mark.parametrize(
    ("first", "known"),
    [(date(2026, 11, 2), True), (date(2026, 11, 3), False), (TODAY, False)],
)
def test_forecast__needs_two_weeks(first, known):
    assert (forecast(usual(first), TODAY) is not None) is known


def test_forecast__last_evening():
    last = date(2026, 11, 30)
    by_day = usual(last=last)

    found = forecast(by_day, last)

    assert (
        found.low
        == found.high
        == sum(value for day, value in by_day.items() if day >= date(2026, 11, 1))
    )


def test_runway__range():
    by_day = usual()
    for day in range(9, 16):
        by_day[date(2026, 11, day)] *= 2

    found = runway(Decimal(sum(WEEKDAYS)), by_day, TODAY)

    figures = (found.days, found.fewest, found.most)
    assert [float(days) for days in figures] == pytest.approx([7, 3.5, 7])


@pytest.mark.parametrize("by_day", [{}, usual(date(2026, 11, 10))])
def test_runway__new_account(by_day):
    assert runway(Decimal(100), by_day, TODAY) is None


def test_check_credits__once_until_a_top_up():
    told, state = [], Crossing()
    for balance in (300, 120, 110, 30, 20, 10, 0, -5, 400, 390, 100, 90):
        found = runway(Decimal(balance), usual(), TODAY)
        state, mark = check_credits(Crossing.load(state.dump()), found)
        told.append((mark, state.times) if mark else None)

    assert told == [
        *(None, (14, 0), None, None, (3, 0), None, None, None),
        *(None, None, (14, 1), None),
    ]


def test_check_window__once_until_a_reset():
    told, state = [], Crossing()
    noon = datetime(2026, 11, 16, 12, tzinfo=UTC)
    for used, hours in (
        *((0.5, 0), (0.8, 0), (0.9, 0), (0.96, 0), (1.1, 0), (0.97, 0)),
        *((0.01, 5), (0.79, 5), (0.95, 5), (0.96, 5), (None, 5)),
    ):
        window = RollingQuota(
            usage_percentage=None if used is None else str(used),
            resets_at=(noon + timedelta(hours=hours)).isoformat(),
        )
        state, mark = check_window(Crossing.load(state.dump()), window)
        told.append((mark, state.times) if mark else None)

    assert told == [
        *(None, (80, 0), None, (95, 0), None, None),
        *(None, None, (95, 1), None, None),
    ]
