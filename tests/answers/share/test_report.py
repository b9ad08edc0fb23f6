"""The market share in words, table and chart."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from answer_worlds import (
    LATEST,
    REST,
    TODAY,
    days_of,
    recorded_series,
    series,
    shared,
    slugs,
    volumes,
)
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.share.report import findings, report_share
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import Request, ShareQuery, Show
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, CalendarUnit, Dates, Unit, Versus

BEFORE = {"anthropic": 400, "openai": 300, "google": 200, "x-ai": 60, REST: 40}
NOW = {"anthropic": 480, "openai": 330, "google": 240, "stepfun": 90, REST: 60}


def two_days(before, now, **more):
    """Return the view of two days compared, and its request."""
    query = days_of(**more)
    buckets = series({LATEST - DAY: before, LATEST: now})
    return shared(buckets, query, Granularity.DAY), Request(query=query)


def told(before, now, *, show=None, **more):
    """Return the report of two days compared."""
    view, request = two_days(before, now, **more)
    return report_share(view, replace(request, show=show))


def over(count, values, *, show=None, **more):
    """Return the report of many days that are all alike."""
    query = days_of(count=count, versus=Versus.NONE, **more)
    buckets = series({LATEST - number * DAY: values for number in range(count)})
    view = shared(buckets, query, Granularity.DAY)
    return report_share(view, Request(query=query, show=show))


def texts(rows):
    return [[cell.text for cell in row] for row in rows]


def test_share_report__worked_example():
    report = told(BEFORE, NOW)

    assert [column.heading for column in report.table.columns] == [
        "Provider",
        "Share",
        "Change",
        "Tokens",
        "Tokens change",
    ]
    assert texts(report.table.rows) == [
        ["ANTHROPIC", "40.0%", "±0.0 pp", "480", "+20.0%"],
        ["OPENAI", "27.5%", "−2.5 pp", "330", "+10.0%"],
        ["GOOGLE", "20.0%", "±0.0 pp", "240", "+20.0%"],
        ["STEPFUN", "7.5%", "+3.5 to +7.5 pp", "90", "–"],
    ]
    assert texts(report.table.tail) == [
        ["Others", "5.0%", "−5.0 to −1.0 pp", "60", "–"],
        ["Total", "100.0%", "–", "1.20K", "+20.0%"],
    ]
    assert report.headline == (
        "All ZenMux customers together: 1.20K tokens, 20.0% more than 20 Jun 2026."
    )
    assert report.finding == "ANTHROPIC leads with 40.0% of tokens (±0.0 pp)."
    assert report.context[-2:] == (
        "4 of more than 4 providers, 95.0% of tokens",
        "≥, ≤ and ranges: not in ZenMux's top 50 all the time, so not exact",
    )


def test_share_report__who_is_not_listed_now():
    (row,) = texts(told(BEFORE, NOW, providers=("x-ai",)).table.rows)

    assert row == ["X-AI", "≤5.0%", "−6.0 to −1.0 pp", "≤60", "–"]


def test_share_report__vendors_example():
    period = CalendarUnit(Unit.WEEK, date(2025, 12, 29))
    query = ShareQuery(period=period, versus=Versus.NONE)
    view = shared(recorded_series("market_share_seed"), query, Granularity.WEEK)

    report = report_share(view, Request(query=query))

    assert report.title == "Market share by tokens, 29 Dec 2025 – 4 Jan 2026"
    assert texts((*report.table.rows, *report.table.tail)) == [
        ["Anthropic", "48.8%", "273M"],
        ["OpenAI", "33.2%", "185M"],
        ["Google", "17.7%", "98.8M"],
        ["Others", "0.4%", "1.96M"],
        ["Total", "100.0%", "559M"],
    ]
    assert report.chart is None


@pytest.mark.parametrize(
    ("before", "now", "sentence"),
    [
        (
            {"a": 50, "b": 30, "c": 20},
            {"a": 45, "b": 30, "c": 25},
            (
                "A leads with 45.0% of tokens (−5.0 pp). "
                "C gained most (+5.0 pp), A lost most."
            ),
        ),
        (
            {"a": 500, "b": 300, "c": 200},
            {"a": 510, "b": 300, "c": 190},
            (
                "A leads with 51.0% of tokens (+1.0 pp). "
                "A gained most, C lost most (−1.0 pp)."
            ),
        ),
        (
            {"a": 50000, "b": 50000},
            {"a": 50001, "b": 49999},
            "A leads with 50.0% of tokens (±0.0 pp).",
        ),
        (
            {"a": 50, "b": 50},
            {"a": 50, "b": 50},
            "A has 50.0% of tokens (±0.0 pp).",
        ),
        ({}, {"a": 3, "b": 1}, "A leads with 75.0% of tokens."),
    ],
    ids=[
        "leader lost",
        "leader gained",
        "too little to see",
        "a tie",
        "nothing before",
    ],
)
def test_share_report__finding(before, now, sentence):
    assert told(before, now).finding.startswith(sentence)


def test_findings__a_mover_below_the_table_is_marked():
    report = told({"a": 80, "b": 15, "c": 5}, {"a": 80, "b": 8, "c": 12}, top=1)

    assert "C (below the top 1) gained most (+7.0 pp)" in report.finding


def test_share_report__newcomers_to_the_top_are_named():
    before = {"a": 9, "b": 8, "c": 1, "d": 1}

    one = told(before, {"a": 9, "b": 1, "c": 8, "d": 1}, top=2)
    two = told(before, {"a": 1, "b": 1, "c": 9, "d": 8}, top=2)

    assert "C is new in the top 2." in one.finding
    assert "C and D are new in the top 2." in two.finding


@pytest.mark.parametrize(
    ("now", "rank"),
    [
        ({"a": 6, "b": 4}, "B has 40.0% of tokens (−10.0 pp), rank 2 of 2."),
        ({"a": 5, "b": 4, REST: 1}, "rank 2 of more than 2."),
        ({"a": 5, "b": 5}, "B has 50.0% of tokens (±0.0 pp)."),
    ],
    ids=["all listed", "more there", "a tie"],
)
def test_share_report__provider_filter(now, rank):
    report = told({"a": 5, "b": 5}, now, providers=("b",))

    assert report.title.startswith("B: market share by tokens")
    assert rank in report.finding
    assert "gained" not in report.finding
    assert [row[0] for row in texts(report.table.tail)] == ["All of ZenMux"]


def test_share_report__chart_of_the_four_largest():
    report = over(3, {"a": 5, "b": 4, "c": 3, "d": 2, "e": 1})

    chart = report.chart
    assert [name for name, _ in chart.series] == ["A", "B", "C", "D"]
    assert chart.series[0][1] == (33.33, 33.33, 33.33)
    assert chart.categories == ("19 Jun", "20 Jun", "21 Jun")
    assert (chart.kind, chart.x_label, chart.y_label) == (
        "line",
        "Day (UTC)",
        "% of tokens",
    )
    assert report.is_table_shown


def test_share_report__one_bucket_makes_no_line():
    report = over(1, {"a": 5}, show=Show.CHART)

    assert report.chart is None
    assert report.is_table_shown


def test_share_report__hidden_share_is_not_drawn():
    buckets = series({LATEST - DAY: {"a": 5, REST: 3}, LATEST: {"a": 5, "b": 3}})
    query = days_of(count=2, versus=Versus.NONE)

    report = report_share(shared(buckets, query, Granularity.DAY), Request(query=query))

    assert [name for name, _ in report.chart.series] == ["A"]
    assert texts(report.table.rows)[1] == ["B", "≥18.8%", "≥3"]


def test_share_report__chart_without_a_line_is_none():
    view, request = two_days({"a": 1, REST: 1}, {"b": 1, REST: 1})
    hidden = replace(
        view, buckets=tuple(replace(b, shares={"b": None}) for b in view.buckets * 2)
    )

    assert report_share(hidden, request).chart is None


@pytest.mark.parametrize(
    ("show", "chart", "table"),
    [(None, True, True), (Show.TABLE, False, True), (Show.CHART, True, False)],
)
def test_share_report__one_view_where_only_one_is_wanted(show, chart, table):
    report = over(3, {"a": 5}, show=show)

    assert (report.chart is not None, report.is_table_shown) == (chart, table)
    assert report.table is not None


@pytest.mark.parametrize(
    ("count", "by", "notes"),
    [
        (3, None, []),
        (28, Granularity.DAY, ["chart: the last 20 of 28 days"]),
        (28, None, []),
        (24, None, ["chart: only a part of the week from 29 May"]),
        (24 * 7, Granularity.WEEK, ["chart: the last 20 of 24 weeks"]),
    ],
    ids=["short", "many days", "whole weeks", "part of a week", "many weeks"],
)
def test_share_report__what_the_chart_leaves_out_is_said(count, by, notes):
    report = over(count, {"a": 5}, by=by)

    assert [clause for clause in report.context if clause.startswith("chart")] == notes


def test_share_report__parts_at_both_ends_are_said():
    query = ShareQuery(
        period=Dates(date(2026, 6, 3), date(2026, 6, 24)),
        by=Granularity.WEEK,
        versus=Versus.NONE,
    )
    buckets = series(
        {date(2026, 6, 3) + number * DAY: {"a": 1} for number in range(22)}
    )

    report = report_share(shared(buckets, query, Granularity.DAY), Request(query=query))

    assert "chart: only a part of the weeks from 3 Jun and 22 Jun" in report.context
    assert report.chart.x_label == "Week from (UTC)"


def test_share_report__buttons_carry_commands_that_parse():
    commands = [
        button.command
        for button in told(BEFORE, NOW, providers=("openai",)).buttons
        if button.action != "digest:form"
    ]

    asked = [parse(command, today=TODAY).query for command in commands]
    assert {getattr(each, "provider", None) or each.providers[0] for each in asked} == {
        "openai"
    }


@given(
    st.dictionaries(slugs, volumes.filter(bool), min_size=2),
    st.dictionaries(slugs, volumes.filter(bool), min_size=2),
    st.integers(1, 9),
)
def test_share_report__every_clause_of_the_finding_is_true(before, now, top):
    view, _ = two_days(before, now, top=top)
    total, total_before = sum(now.values()), sum(before.values())
    points = {
        slug.upper(): Decimal(now.get(slug, 0)) / total
        - Decimal(before.get(slug, 0)) / total_before
        for slug in now | before
    }
    leader = max(now.values())

    for sentence in findings(view):
        if " leads with " in sentence:
            assert now[sentence.split()[0].lower()] == leader
            assert list(now.values()).count(leader) == 1
        for clause in sentence.rstrip(".").split(", "):
            who = clause.split()[0]
            if " gained most" in clause:
                assert points[who] == max(points.values()) > 0
            if " lost most" in clause:
                assert points[who] == min(points.values()) < 0


@pytest.mark.parametrize(
    ("now", "together"),
    [
        ({"a": 6, "b": 3, "c": 1}, "90.0%"),
        ({"a": 6, "c": 1, REST: 3}, "≥60.0%"),
    ],
    ids=["known", "one of them not listed"],
)
def test_share_report__several_providers_are_told_together(now, together):
    before = {"a": 5, "b": 4, "c": 1}

    assert told(before, now, providers=("a", "b")).finding.startswith(
        "A has the most of them: 60.0% of tokens (+10.0 pp). "
        f"Together they have {together}."
    )


@pytest.mark.parametrize(
    ("before", "now", "by", "kind", "names"),
    [
        (
            {"a": 60, "b": 30, "c": 10},
            {"a": 50, "b": 30, "c": 20},
            None,
            "bar",
            ["Change in pp"],
        ),
        (
            {"a": 60, "b": 30, "c": 10},
            {"a": 60, "b": 30, "c": 10},
            None,
            None,
            [],
        ),
    ],
    ids=["what moved", "one day without a move"],
)
def test_chart__shows_what_the_sentences_tell(before, now, by, kind, names):
    chart = told(before, now, by=by).chart

    assert (chart and chart.kind) == kind
    assert [name for name, _ in chart.series] == names if chart else not names


def test_chart__leaves_out_a_leader_that_presses_the_others():
    chart = over(3, {"a": 90, "b": 5, "c": 3, "d": 2}).chart

    assert chart.title == "Share of tokens by day, without A"
    assert [name for name, _ in chart.series] == ["B", "C", "D"]
