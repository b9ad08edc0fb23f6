from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.delivery.entries import State
from zenmux_bot.digests.delivery.planning import plan
from zenmux_bot.digests.schedule import Cadence, Days, Schedule
from zenmux_bot.digests.subscriptions import Subscription

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def subscription():
    return Subscription(
        id="d-7kq3",
        team_id="T1",
        channel_id="C1",
        channel_name="llm-costs",
        owner_id="U1",
        metric=Metric.COST,
        schedule=Schedule(cadence=Cadence.DAILY, hour=9, zone="Europe/Berlin"),
        created_at=MONDAY,
        updated_at=MONDAY,
    )


def test_before_the_hour_nothing_is_entered(subscription):
    planned = plan(subscription, MONDAY, MONDAY + DAY / 2, set())

    assert (planned.entries, planned.notifications) == ((), ())
    assert (planned.planned_until, planned.next_at) == (MONDAY, MONDAY + DAY)


def test_what_is_due_is_entered(subscription):
    planned = plan(subscription, MONDAY - DAY, MONDAY, set())

    (entry,) = planned.entries
    assert (entry.state, entry.occurrence.at) == (State.DUE, MONDAY)
    assert (planned.planned_until, planned.next_at) == (MONDAY, MONDAY + DAY)
    assert planned.notifications == ()


@pytest.mark.parametrize(("missed", "words"), [(1, "one send"), (3, "3 sends")])
def test_plan__only_newest_missed_is_due_and_owner_notified(
    subscription, missed, words
):
    planned = plan(subscription, MONDAY - (missed + 1) * DAY, MONDAY, set())

    states = [entry.state for entry in planned.entries]
    assert states == [State.SKIPPED] * missed + [State.DUE]
    assert all("only the newest" in entry.reason for entry in planned.entries[:-1])
    (notification,) = planned.notifications
    assert notification.recipient == "U1"
    assert words in notification.text


def test_a_period_that_is_covered_is_not_reported_again(subscription):
    sunday = date(2026, 11, 22)

    planned = plan(
        subscription, MONDAY - DAY, MONDAY, {Days(first=sunday, last=sunday)}
    )

    (entry,) = planned.entries
    assert (entry.state, entry.reason) == (
        State.SKIPPED,
        "22 Nov 2026 went out before the schedule was changed",
    )
    assert len(planned.notifications) == 1
