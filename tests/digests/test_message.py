"""What a digest says, from figures made up for the purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.leaderboard.view import build_leaderboard
from zenmux_bot.answers.share.view import build_share
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import Span
from zenmux_bot.core.windows import compare, resolve
from zenmux_bot.digests.content import (
    Change,
    Restated,
    chart_of,
    models_query,
    restated,
    share_query,
    weeks_query,
    with_history,
)
from zenmux_bot.digests.message import (
    report_digest,
    report_empty,
    report_period,
    report_reply,
)
from zenmux_bot.digests.schedule import Cadence, Days, Occurrence, Schedule
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.render import slack
from zenmux_bot.zenmux.models import AuthorBucket, Leaderboard
from zenmux_demo.workspace.validation import problems

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
WEEK = Days(first=date(2026, 11, 9), last=date(2026, 11, 15))
MONDAY = Occurrence(nominal="2026-11-16T09:00[Europe/Berlin]", at=NOW, days=WEEK)
SCHEDULES = {
    Cadence.WEEKLY: Schedule(
        cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="Europe/Berlin"
    ),
    Cadence.DAILY: Schedule(cadence=Cadence.DAILY, hour=9, zone="Europe/Berlin"),
    Cadence.MONTHLY: Schedule(
        cadence=Cadence.MONTHLY, day=1, hour=9, zone="Europe/Berlin"
    ),
}
# Thousands of USD in the week, and in the week before.
STORY = {
    "anthropic": ("510.88", "459.60"),
    "openai": ("297.60", "316.15"),
    "google": ("260.40", "216.99"),
    "mistralai": ("99.20", "81.00"),
    "qwen": ("71.92", "92.76"),
}
LABELS = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "google": "Google",
    "mistralai": "Mistral",
    "qwen": "Qwen",
}


def digest_report(view, subscription, occurrence, *, late):
    told = report_period(view, subscription, occurrence)
    return report_digest(told, subscription, occurrence, late=late)


def subscription(**changes) -> Subscription:
    fields = {
        "id": "d-7kq3",
        "team_id": "T1",
        "channel_id": "C1",
        "channel_name": "llm-costs",
        "owner_id": "U1",
        "metric": Metric.COST,
        "schedule": SCHEDULES[Cadence.WEEKLY],
        "top": 4,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Subscription(**fields | changes)


def bucket(day: date, volumes: dict[str, str]) -> AuthorBucket:
    return TypeAdapter(AuthorBucket).validate_python(
        {
            "date": day.isoformat(),
            "authors": [
                {"author": slug, "label": LABELS.get(slug, slug), "value": value}
                for slug, value in volumes.items()
            ],
        }
    )


def thousands(index: int, story=STORY) -> dict[str, str]:
    return {slug: str(Decimal(v[index]) * 1000) for slug, v in story.items()}


def basis(query, today: date = date(2026, 11, 16)) -> AnswerContext:
    window = resolve(query.period, today)
    return AnswerContext(
        command=canonical(query),
        metric=query.metric,
        window=window,
        comparison=compare(window, query.versus, today),
        versus=query.versus,
        data_through=today - timedelta(days=1),
        as_of=NOW,
    )


def digest_view(who: Subscription, story=STORY):
    """The view of week 46, with eight weeks of history."""
    query = share_query(who, WEEK)
    series = [
        bucket(WEEK.first - timedelta(weeks=1), thousands(1, story)),
        bucket(WEEK.first, thousands(0, story)),
    ]
    past = weeks_query(who.metric, WEEK.last)
    weeks = [
        bucket(WEEK.first - timedelta(weeks=back), thousands(back % 2, story))
        for back in range(8)
    ]
    history = chart_of(build_share(past, basis(past), weeks, Granularity.WEEK), 8)
    view = build_share(query, basis(query), series, Granularity.WEEK)
    return with_history(view, history)


def report(who: Subscription | None = None, *, late: bool = False, story=STORY):
    who = who or subscription()
    return digest_report(digest_view(who, story), who, MONDAY, late=late)


def test_report_digest__headline_in_words():
    told = report()

    assert told.title == "Market share by cost, week 46 (9–15 Nov 2026)"
    assert told.finding == (
        "Anthropic leads with 41.2% of cost (+1.8 pp). Google gained most (+2.4 pp), "
        "OpenAI lost most (−3.1 pp). Mistral is new in the top 4."
    )


def test_report_digest__no_comparison_no_change():
    who = subscription()
    query = share_query(who, WEEK)
    view = build_share(
        query, basis(query), [bucket(WEEK.first, thousands(0))], Granularity.WEEK
    )

    told = digest_report(with_history(view, None), who, MONDAY, late=False)

    assert told.finding == "Anthropic leads with 41.2% of cost."
    assert told.chart is None
    assert [column.heading for column in told.table.columns] == [
        "Provider",
        "Share",
        "Cost",
    ]
    assert "why" not in [button.action for button in told.buttons]


def test_shares_stand_before_volumes_in_the_table():
    table = report().table

    assert [column.heading for column in table.columns] == [
        "Provider",
        "Share",
        "Change",
        "Cost",
        "Cost change",
    ]
    assert [cell.text for cell in table.rows[0]] == [
        "Anthropic",
        "41.2%",
        "+1.8 pp",
        "$510,880",
        "+11.2%",
    ]
    assert [row[0].text for row in table.tail] == ["Others", "Total"]
    assert table.columns[table.key].heading == "Provider"


def test_the_chart_shows_the_weeks_before_of_this_weeks_leaders():
    chart = report().chart

    assert chart.categories == (
        *("21 Sep", "28 Sep", "5 Oct", "12 Oct", "19 Oct", "26 Oct", "2 Nov", "9 Nov"),
    )
    assert [name for name, _ in chart.series] == [
        "Anthropic",
        "OpenAI",
        "Google",
        "Mistral",
    ]


def test_the_small_print_names_the_digest_and_the_newest_day():
    context = report().context

    assert "digest d-7kq3" in context
    assert "data through 15 Nov 2026 UTC" in context
    assert not any("late" in clause for clause in context)


def test_a_late_one_says_when_it_was_due_in_its_own_zone():
    assert report(late=True).context[0] == (
        "late: was due 16 Nov 2026 09:00 Europe/Berlin"
    )


def test_the_buttons_ask_about_the_same_week_whenever_they_are_pressed():
    buttons = {button.action: button.command for button in report().buttons}

    assert buttons == {
        "ask:models": "leaderboard cost 2026-W46 top 4",
        "ask:metric": "share tokens 2026-W46 top 4",
        "ask:csv": "share cost 2026-W46 top 4 csv",
        "ask:why": "why cost 2026-W46",
    }
    for command in buttons.values():
        assert canonical(parse(command, today=date(2027, 11, 16))) == command


@pytest.mark.parametrize(
    ("metric", "label"),
    [(Metric.COST, "Tokens instead"), (Metric.TOKENS, "Cost instead")],
)
def test_the_other_metric_is_offered_by_its_name(metric, label):
    buttons = report(subscription(metric=metric)).buttons

    assert label in [button.label for button in buttons]


def test_a_digest_of_one_provider_is_about_it_alone():
    told = report(subscription(providers=("google",)))

    assert told.title == "Google: market share by cost, week 46 (9–15 Nov 2026)"
    assert told.finding.startswith("Google has 21.0% of cost (+2.4 pp)")
    assert "why cost 2026-W46 provider google" in [
        button.command for button in told.buttons
    ]


@pytest.mark.parametrize(
    ("cadence", "first", "last", "newest", "title"),
    [
        (
            Cadence.DAILY,
            date(2026, 11, 15),
            date(2026, 11, 15),
            date(2026, 11, 15),
            "Market share by cost, Sunday, 15 Nov 2026",
        ),
        (
            Cadence.WEEKLY,
            date(2026, 12, 28),
            date(2027, 1, 3),
            date(2027, 1, 3),
            "Market share by cost, week 53 (28 Dec 2026 – 3 Jan 2027)",
        ),
        (
            Cadence.MONTHLY,
            date(2026, 10, 1),
            date(2026, 10, 31),
            date(2026, 11, 15),
            "Market share by cost, October 2026",
        ),
        (
            Cadence.MONTHLY,
            date(2026, 10, 1),
            date(2026, 10, 31),
            date(2026, 10, 30),
            "Market share by cost, October 2026 (1–30 Oct 2026)",
        ),
    ],
)
def test_each_cadence_names_its_period(cadence, first, last, newest, title):
    who = subscription(schedule=SCHEDULES[cadence])
    occurrence = replace(MONDAY, days=Days(first=first, last=last))
    query = share_query(who, occurrence.days)
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    series = [bucket(day, thousands(0)) for day in days if day <= newest]
    there = basis(query, newest + timedelta(days=1))
    view = build_share(query, there, series, Granularity.DAY)

    told = digest_report(with_history(view, None), who, occurrence, late=False)

    assert told.title == title
    is_cut = newest < last
    assert ("in yet" in told.headline) is is_cut
    assert canonical(parse(told.command, today=date(2027, 11, 16))) == told.command


def test_nothing_is_said_with_its_reason():
    told = report_empty(subscription(), MONDAY, "No data.", late=True)

    assert told.title == "Market share by cost, week 46 (9–15 Nov 2026)"
    assert told.finding == "Nothing to report this time. No data."
    assert told.context == (
        "late: was due 16 Nov 2026 09:00 Europe/Berlin",
        "digest d-7kq3",
    )


def leaderboard():
    query = models_query(subscription(), WEEK)
    board = Leaderboard.model_validate(
        {
            "metric": "cost",
            "starting_at": "2026-11-09",
            "ending_at": "2026-11-15",
            "entries": [
                {
                    "rank": 1,
                    "model": "openai/gpt-5.4",
                    "label": "GPT-5.4",
                    "author": "openai",
                    "author_label": "OpenAI",
                    "value": 12,
                }
            ],
        }
    )
    return build_leaderboard(query, basis(query), board, None), query


RESTATED = Restated(
    metric=Metric.COST,
    span=Span(date(2026, 11, 2), date(2026, 11, 8)),
    changes=(
        Change(label=None, before=Decimal(1_210_000), after=Decimal(1_240_000)),
        Change(
            label="Anthropic",
            before=Decimal("0.412"),
            after=Decimal("0.4164"),
            is_share=True,
        ),
    ),
)
CORRECTION = (
    "Restated by ZenMux since the digest of 2–8 Nov 2026: platform $1.21M → $1.24M, "
    "Anthropic 41.2% → 41.6%."
)


def test_the_reply_is_the_leaderboard_and_public():
    board, query = leaderboard()

    told = report_reply(board, query, None)

    assert told.title == "Top model by cost, 9–15 Nov 2026"
    assert "publish" not in [button.action for button in told.buttons]
    assert "Restated" not in told.finding


def test_report_reply__restated_figures():
    board, query = leaderboard()

    assert report_reply(board, query, RESTATED).finding.endswith(CORRECTION)
    assert report_reply(None, query, RESTATED).finding == CORRECTION
    assert report_reply(None, query, None) is None


AMOUNTS = st.decimals(1, 10**13, places=8)


@given(before=AMOUNTS, others=AMOUNTS, factor=st.decimals("0.5", "2", places=5))
@pytest.mark.parametrize("metric", Metric)
def test_what_is_called_restated_reads_differently(metric, before, others, factor):
    published = {f"{metric}": before + others, f"{metric}:a": before}
    who = subscription(metric=metric)
    query = share_query(who, WEEK)
    now = {"a": str(before * factor), "b": str(others)}
    view = build_share(query, basis(query), [bucket(WEEK.first, now)], Granularity.WEEK)

    found = restated(published, view)

    assume(found is not None)
    words = report_reply(None, models_query(who, WEEK), found).finding
    told = [each.rstrip(".") for each in words.split(": ", 1)[1].split(", a ")]
    pairs = [each.removeprefix("platform ").split(" → ") for each in told]
    assert all(was.removeprefix("a ") != now for was, now in pairs)


def test_many_restated_figures_are_counted():
    _, query = leaderboard()
    changes = tuple(replace(RESTATED.changes[0], label=f"P{n}") for n in range(7))

    told = report_reply(None, query, replace(RESTATED, changes=changes))

    assert told.finding.endswith("P4 $1.21M → $1.24M and 2 more.")


def test_the_largest_digest_with_hostile_names_is_taken_by_slack():
    story = {
        f"provider-{n}" + "x" * 60: (str(900 - n), str(800 + n % 7)) for n in range(48)
    }
    story |= {"<!channel> *b*": ("990", "900"), "\u202e": ("980", "950")}
    who = subscription(top=50)

    message = slack.message(report(who, late=True, story=story))

    assert problems(list(message.blocks), "message") == []
    assert "<!channel>" not in message.text
    assert len(message.text) <= 4000
