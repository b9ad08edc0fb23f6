"""What a digest asks, when it is still, and which figures count as restated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.share.view import build_share
from zenmux_bot.commands.queries import MAX_TOP, ShareQuery, canonical
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import CalendarUnit, Comparison, Dates, Unit, Versus
from zenmux_bot.core.windows import compare, resolve
from zenmux_bot.digests.content import (
    days_query,
    figures_of,
    is_unchanged,
    models_query,
    period_of,
    published_query,
    restated,
    share_query,
    why_query,
    with_history,
)
from zenmux_bot.digests.delivery.entries import Entry
from zenmux_bot.digests.schedule import Cadence, Days, Occurrence, Schedule
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.zenmux.models import AuthorBucket

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
WEEK = Days(first=date(2026, 11, 9), last=date(2026, 11, 15))
OTHERS = "__others__"
SCHEDULES = {
    Cadence.WEEKLY: Schedule(cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="UTC"),
    Cadence.DAILY: Schedule(cadence=Cadence.DAILY, hour=9, zone="UTC"),
    Cadence.MONTHLY: Schedule(cadence=Cadence.MONTHLY, day=1, hour=9, zone="UTC"),
}


def subscription(cadence: Cadence = Cadence.WEEKLY, **changes) -> Subscription:
    fields = {
        "id": "d-7kq3",
        "team_id": "T1",
        "channel_id": "C1",
        "channel_name": "llm-costs",
        "owner_id": "U1",
        "metric": Metric.COST,
        "schedule": SCHEDULES[cadence],
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Subscription(**fields | changes)


def view_of(now: dict, before: dict | None = None, **asked):
    """The view of week 46 beside week 45."""
    query = ShareQuery(
        metric=Metric.COST, period=CalendarUnit(Unit.WEEK, WEEK.first), **asked
    )
    window = resolve(query.period, TODAY)
    comparison = compare(window, query.versus, TODAY)
    basis = AnswerContext(
        command=canonical(query),
        metric=query.metric,
        window=window,
        comparison=comparison if before else Comparison(None),
        versus=query.versus,
        data_through=WEEK.last,
        as_of=NOW,
    )
    weeks = {WEEK.first: now, WEEK.first - timedelta(weeks=1): before or {}}
    series = [
        TypeAdapter(AuthorBucket).validate_python(
            {
                "date": day.isoformat(),
                "authors": [
                    {"author": slug, "label": slug.upper(), "value": value}
                    for slug, value in volumes.items()
                ],
            }
        )
        for day, volumes in weeks.items()
    ]
    return build_share(query, basis, series, Granularity.WEEK)


@pytest.mark.parametrize(
    ("cadence", "days", "words"),
    [
        (Cadence.WEEKLY, WEEK, "2026-W46"),
        (
            Cadence.WEEKLY,
            Days(first=date(2026, 12, 28), last=date(2027, 1, 3)),
            "2026-W53",
        ),
        (
            Cadence.DAILY,
            Days(first=date(2026, 11, 15), last=date(2026, 11, 15)),
            "2026-11-15",
        ),
        (
            Cadence.MONTHLY,
            Days(first=date(2026, 10, 1), last=date(2026, 10, 31)),
            "2026-10",
        ),
    ],
)
def test_a_period_has_an_absolute_name_for_just_its_days(cadence, days, words):
    period = period_of(cadence, days)

    assert str(period) == words
    span = resolve(period, date(2027, 6, 1)).span
    assert (span.start, span.end) == (days.first, days.last)


def test_message_and_reply_ask_for_what_was_subscribed_to():
    who = subscription(top=5, providers=("google",))

    assert canonical(share_query(who, WEEK)) == (
        "share cost 2026-W46 top 5 provider google"
    )
    assert canonical(models_query(who, WEEK)) == (
        "leaderboard cost 2026-W46 top 5 provider google"
    )
    moved = view_of({"b": 30, "google": 20}, {"b": 30, "google": 10}).rows[1]
    assert canonical(why_query(who, WEEK, moved)) == (
        "why cost 2026-W46 provider google"
    )
    assert canonical(why_query(subscription(), WEEK, moved)) == "why cost 2026-W46"


@pytest.mark.parametrize(
    ("through", "start", "end"),
    [
        ("2026-11-15", "2026-11-02", "2026-11-15"),
        ("2025-10-03", "2025-09-29", "2025-10-03"),
    ],
)
def test_days_query__covers_two_weeks(through, start, end):
    query = days_query(Metric.COST, date.fromisoformat(through))

    assert query.period == Dates(date.fromisoformat(start), date.fromisoformat(end))
    assert (query.by, query.top, query.versus) == (
        *(Granularity.DAY, MAX_TOP, Versus.NONE),
    )


def test_a_chart_follows_the_rows_and_leaves_out_who_is_not_in_the_history():
    view = view_of({"a": 60, "b": 40})
    history = view_of({"b": 30, "c": 70})

    (bucket,) = with_history(view, history).buckets

    assert list(bucket.shares) == ["a", "b"]
    assert bucket.shares["a"] is None
    assert bucket.shares["b"].value == Decimal("0.3")
    assert with_history(view, None).buckets == ()


@pytest.mark.parametrize(
    ("before", "points", "still"),
    [
        ({"a": 50, "b": 50}, "0.1", True),
        ({"a": 49, "b": 51}, "1", False),
        ({"a": 49, "b": 51}, "1.1", True),
        ({"a": 51, "b": 49}, "0.9", False),
        # the mover is not among the rows shown
        ({"a": 50, "b": 45, "c": 5}, "4", False),
        # within bounds it may have moved
        ({"a": 50, OTHERS: 50}, "1", False),
        (None, "99", False),
    ],
)
def test_a_week_is_still_if_surely_no_share_moved_as_much(before, points, still):
    view = view_of({"a": 50, "b": 50}, before, top=1 if before and "c" in before else 2)

    assert is_unchanged(view, Decimal(points)) is still


@pytest.mark.parametrize("now", [{"x": 10, "y": 10}, {"x": 11, "y": 9}])
def test_is_still__movers_below_the_rows_that_tie(now):
    leaders = [f"p{number}" for number in range(5)]
    before = dict.fromkeys(leaders, 18) | {"x": 5, "y": 5}
    view = view_of(dict.fromkeys(leaders, 16) | now, before, top=5)

    assert not is_unchanged(view, Decimal(3))
    assert is_unchanged(view, Decimal(7))


def test_the_mover_is_who_moved_most_either_way():
    view = view_of({"a": 50, "b": 20, "c": 30}, {"a": 45, "b": 30, "c": 25})

    assert view.moved.provider == "b"
    assert view_of({"a": 1}).moved is None


def test_the_only_provider_shown_is_the_mover():
    now, before = {"a": 50, "b": 20, "c": 30}, {"a": 45, "b": 30, "c": 25}

    assert view_of(now, before, providers=("c",)).moved.provider == "c"
    assert view_of(now, providers=("c",)).moved is None


def test_the_figures_published_are_those_shown_exactly():
    view = view_of({"a": 60, "b": 39, OTHERS: 1}, {"a": 1}, top=1)

    assert figures_of(view) == {"cost:a": Decimal(60), "cost": Decimal(100)}


def entry(data_through: date | None) -> Entry:
    occurrence = Occurrence(nominal="x", at=NOW, days=WEEK)
    return Entry(
        id=1,
        subscription_id="d-7kq3",
        occurrence=occurrence,
        retry_at=NOW,
        planned_at=NOW,
        data_through=data_through,
    )


@pytest.mark.parametrize(
    ("data_through", "end"),
    [
        (None, WEEK.last),
        (WEEK.last, WEEK.last),
        (date(2026, 11, 14), date(2026, 11, 14)),
    ],
)
def test_an_earlier_digest_is_asked_about_on_the_days_it_had(data_through, end):
    query = published_query(entry(data_through), Metric.COST)

    assert query == ShareQuery(
        metric=Metric.COST,
        period=Dates(WEEK.first, end),
        top=MAX_TOP,
        versus=Versus.NONE,
    )


PUBLISHED = {"cost": Decimal(1000), "cost:a": Decimal(412), "cost:b": Decimal(300)}
SAME = {"a": 412, "b": 300, "c": 288}


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (SAME, []),
        # one step of the last digit shown is a rounding
        (SAME | {"a": 413, "c": 287}, []),
        (
            SAME | {"a": 414, "c": 286},
            [("A", Decimal("0.412"), Decimal("0.414"), True)],
        ),
        # all grew alike: no share changed
        (
            {"a": 824, "b": 600, "c": 576},
            [
                (None, Decimal(1000), Decimal(2000), False),
                ("A", Decimal(412), Decimal(824), False),
                ("B", Decimal(300), Decimal(600), False),
            ],
        ),
        # who is not listed now is unknown rather than nothing
        ({"a": 412, "c": 288, OTHERS: 300}, []),
    ],
)
def test_a_figure_is_restated_if_the_difference_shows(now, changes):
    found = restated(PUBLISHED, view_of(now))

    told = (
        []
        if found is None
        else [(c.label, c.before, c.after, c.is_share) for c in found.changes]
    )
    assert told == changes


def test_what_was_published_in_another_metric_is_not_compared():
    published = {f"tokens{name[4:]}": value * 2 for name, value in PUBLISHED.items()}

    assert restated(published, view_of(SAME)) is None


def test_a_figure_that_was_never_published_is_not_restated():
    published = {"cost": Decimal(1000), "cost:z": Decimal(5)}

    assert restated(published, view_of(SAME)) is None


def test_what_is_restated_says_of_which_days():
    found = restated(PUBLISHED, view_of(SAME | {"a": 500}))

    assert (found.span.start, found.span.end) == (WEEK.first, WEEK.last)
    assert found.metric is Metric.COST
