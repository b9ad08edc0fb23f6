"""Own spend and usage, each figure recomputed by a naive second program.

The second program reads ZenMux's raw answers as text, walks over days one by one and
knows nothing of the first.
"""

from __future__ import annotations

import asyncio
import json
from calendar import monthrange
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from own_api import BILLED, NOON, OwnApi

from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.answers.spend.days import resolve_own
from zenmux_bot.answers.spend.export import export_spend
from zenmux_bot.answers.spend.fetch import fetch_spend, fetch_usage
from zenmux_bot.answers.spend.report import report_spend
from zenmux_bot.answers.spend.view import Sum
from zenmux_bot.commands.parser import parse
from zenmux_bot.core.periods import Dates, Span, ToDate, Unit, Versus
from zenmux_bot.errors import BadInput, NoData
from zenmux_bot.render.numbers import signed_percent
from zenmux_demo.sandbox.own import own


def ask(words: str, api: OwnApi, names=None):
    request = parse(words, today=api.instant.date())
    context = FetchContext(api, api, timedelta(seconds=9), key_names=names or {})
    fetch = fetch_spend if request.query.name == "spend" else fetch_usage
    return asyncio.run(fetch(context, request.query)), request


def naive(first: date, last: date, now: datetime, bill_types: str = BILLED):
    """Add up amounts by model and by key, day by day."""
    sums = {"costByModel": defaultdict(Decimal), "costByApiKey": defaultdict(Decimal)}
    names = {"costByModel": "modelSlug", "costByApiKey": "apiKeyId"}
    day = first
    while day <= last:
        query = {
            "type": "cost",
            "query_dimension": "BIZ_DT",
            "query_time": day.strftime("%Y%m%d"),
            "bill_types": bill_types,
        }
        analysis = own("/cost", query, now)["analysis"]
        for cut, sum_ in sums.items():
            for row in analysis[cut]:
                sum_[row[names[cut]]] += Decimal(row["billAmount"])
        day += timedelta(days=1)
    return sums


@pytest.mark.parametrize(
    "today",
    [
        *(date(2026, month, 1) for month in (1, 6)),
        *(date(2026, month, monthrange(2026, month)[1]) for month in (2, 3, 11)),
        date(2026, 3, 30),
        date(2026, 11, 9),
        date(2026, 11, 10),
        date(2025, 12, 31),
    ],
)
def test_spend__month_to_date_is_what_a_naive_program_counts(today):
    now = datetime(today.year, today.month, today.day, 17, 40, tzinfo=UTC)
    view, _ = ask("spend by key", OwnApi(now))

    first = today.replace(day=1)
    billed = naive(first, today, now)["costByApiKey"]
    covered = naive(first, today, now, "subscription")["costByApiKey"]
    assert {row.id: row.value.value for row in view.rows} == billed
    assert {row.id: row.covered.value for row in view.rows} == covered
    assert view.total.value.value == sum(billed.values())
    assert view.total.covered.value == sum(covered.values())
    assert view.running == today
    if today.day == 1:
        assert view.comparison.span is None
        assert {row.growth for row in view.rows} == {None}
        return
    year, month = today.year, today.month - 1
    last = min(today.day - 1, monthrange(year, month)[1])
    before = naive(date(year, month, 1), date(year, month, last), now)["costByApiKey"]
    complete = naive(first, first.replace(day=last), now)["costByApiKey"]
    assert view.comparison.span == Span(date(year, month, 1), date(year, month, last))
    for row in view.rows:
        then, at = before.get(row.id, Decimal()), complete.get(row.id, Decimal())
        assert row.difference == at - then
        assert row.is_new is (at > 0 and then == 0)
        assert row.growth == (None if then == 0 else (at - then) / then)


@pytest.mark.parametrize(
    ("words", "first", "last", "before"),
    [
        ("last month", (2026, 10, 1), (2026, 10, 31), ((2026, 9, 1), (2026, 9, 30))),
        ("7d", (2026, 11, 16), (2026, 11, 22), ((2026, 11, 9), (2026, 11, 15))),
        ("2w", (2026, 11, 9), (2026, 11, 22), ((2026, 10, 26), (2026, 11, 8))),
        ("2026-10-28..2026-11-10 vs none", (2026, 10, 28), (2026, 11, 10), None),
        ("2026-Q3", (2026, 7, 1), (2026, 9, 30), ((2026, 4, 1), (2026, 6, 30))),
        ("ytd vs none", (2026, 1, 1), (2026, 11, 23), None),
        (
            "2026-11 vs 2026-09-01..2026-09-22",
            (2026, 11, 1),
            (2026, 11, 23),
            ((2026, 9, 1), (2026, 9, 22)),
        ),
        ("since 2026-11-20 vs none", (2026, 11, 20), (2026, 11, 23), None),
    ],
)
def test_spend__every_period_is_cut_from_months(words, first, last, before):
    view, _ = ask(f"spend {words}", OwnApi())

    billed = naive(date(*first), date(*last), NOON)["costByModel"]
    assert view.span == Span(date(*first), date(*last))
    assert {row.id: row.value.value for row in view.rows} == billed
    if before is None:
        assert view.comparison.span is None
    else:
        then = naive(date(*before[0]), date(*before[1]), NOON)["costByModel"]
        assert view.comparison.span == Span(date(*before[0]), date(*before[1]))
        assert view.total.before.value == sum(then.values())


def test_spend__days_and_hours_add_up_to_the_same_sum():
    api = OwnApi()
    by_day, _ = ask("spend by day", api)
    by_hour, _ = ask("spend by hour", api)
    by_type, _ = ask("spend by type", api)

    sums = [sum(r.value.value for r in v.rows) for v in (by_day, by_type)]
    assert sums == [by_day.total.value.value] * 2
    assert by_hour.total.value.value == by_day.rows[-1].value.value
    assert [row.running for row in by_day.rows] == [False] * 22 + [True]
    assert len(by_hour.rows) == 13
    assert by_hour.rows[-1].running


def test_spend__top_folds_the_rest():
    every, _ = ask("spend", OwnApi())
    some, _ = ask("spend top 2", OwnApi())

    assert some.rows == every.rows[:2]
    assert some.others.id == str(len(every.rows) - 2)
    rest = sum(row.value.low for row in every.rows[2:])
    assert some.others.value == Sum(rest)
    assert some.total == every.total


def test_spend__the_driver_is_the_key_that_ran_away():
    view, request = ask("spend", OwnApi(), {"key_7f2": "CI pipeline"})

    assert view.driver.label == "CI pipeline"
    assert view.driver.day == date(2026, 11, 17)
    finding = report_spend(view, request).finding
    assert (
        "Largest driver: API key CI pipeline, +$201.33, most of it on 17 Nov."
        in finding
    )


def test_report_spend__months_of_unequal_length_are_compared_per_day():
    view, request = ask("spend last month", OwnApi())
    days = [span.days for span in (view.span, view.comparison.span)]
    daily = (1 + view.total.growth) * days[1] / days[0] - 1

    assert days == [31, 30]
    headline = report_spend(view, request).headline
    assert headline.endswith(f"(September 2026), {signed_percent(daily)} a day.")
    same, request = ask("spend 7d", OwnApi())
    assert "a day" not in report_spend(same, request).headline


def test_spend__averages_are_of_what_is_billed():
    month, _ = ask("spend", OwnApi())
    days, _ = ask("spend 2026-11-03..2026-11-15 vs none", OwnApi())

    for view, first, last in ((month, 1, 23), (days, 3, 15)):
        spent, tokens, requests = Decimal(), 0, 0
        for day in range(first, last + 1):
            query = {
                "query_dimension": "BIZ_DT",
                "query_time": f"202611{day:02}",
                "bill_types": BILLED,
            }
            cost = own("/cost", query | {"type": "cost"}, NOON)["summary"]
            used = own("/usage", query | {"type": "usage"}, NOON)
            spent += Decimal(cost["totalCost"])
            requests += int(cost["requestCounts"])
            tokens += int(used["tokensTotal"])
        assert view.per_million == spent * 1_000_000 / tokens
        assert view.per_request == spent / requests


def test_usage__counts_tokens_of_all_bill_types():
    view, request = ask("usage by key", OwnApi())

    raw = own(
        "/usage",
        {"type": "usage", "query_dimension": "BIZ_MTH", "query_time": "202611"},
        NOON,
    )
    assert view.total.value.value == int(raw["tokensTotal"])
    assert view.total.requests.value == int(raw["requestCounts"])
    assert view.total.covered is None
    assert "$" not in report_spend(view, request).finding


def _null_amounts(request, data):
    for rows in data["analysis"].values():
        for row in rows:
            if "gpt-5.4" in (row["modelSlug"] or ""):
                row["billAmount"] = None
    return data


def test_spend__null_is_not_zero():
    view, request = ask("spend", OwnApi(change=_null_amounts))

    [gpt] = [row for row in view.rows if row.id == "openai/gpt-5.4"]
    assert gpt.value == Sum(Decimal(), is_exact=False)
    assert (gpt.growth, gpt.share, gpt.is_new) == (None, None, False)
    assert not view.total.value.is_exact
    assert view.total.growth is None
    table = report_spend(view, request).table
    cells = {row[0].text: row[1].text for row in (*table.rows, *table.tail)}
    assert cells["openai/gpt-5.4"] == "–"
    assert cells["Total"].startswith("≥$")


def test_spend__before_the_account_there_is_nothing():
    with pytest.raises(NoData):
        ask("spend 2025-09-29..2025-09-30", OwnApi())

    view, _ = ask("spend 2025-10", OwnApi())
    assert view.comparison.span is None
    assert {row.is_new for row in view.rows} == {False}


def test_spend__billed_and_covered_are_never_added():
    view, request = ask("spend", OwnApi())
    both = view.total.value.low + view.total.covered.low

    report = report_spend(view, request)
    text = json.dumps([report.finding, str(report.table), report.context])
    assert f"{both:,.0f}" not in text
    assert f"{view.total.value.low:,.0f}" in text
    assert f"{view.total.covered.low:,.0f}" in text
    rows = export_spend(view)[""]
    assert rows[-1]["billed_usd"] == f"{view.total.value.low:f}"


def test_spend__hosts_of_a_model():
    view, request = ask("spend model opus by host", OwnApi())
    report = report_spend(view, request)

    assert [row.id for row in view.rows] == ["anthropic", "amazon-bedrock"]
    assert view.rows[1].value.value is None
    assert view.uptime == Decimal("0.9968")
    assert view.total.value.is_exact
    assert view.rows[0].latency is not None
    assert report.table.tail[-1][2].text == "100.0%"
    said = " ".join(report.context)
    assert "ZenMux gives no amount for this host, only its share" in said
    assert "compared with" not in said


def test_spend__filters_find_names_and_parts():
    names = {"key_7f2": "CI pipeline"}
    by_name, _ = ask('spend key "ci pipe" by day', OwnApi(), names)
    by_id, _ = ask("spend key key_7f2 by day", OwnApi(), names)

    assert by_name.rows == by_id.rows
    assert by_name.key == "CI pipeline"
    expected = naive(date(2026, 11, 1), date(2026, 11, 23), NOON)["costByApiKey"]
    assert by_name.total.value.value == expected["key_7f2"]


def test_spend__a_key_that_is_gone_is_cut_from_the_whole():
    view, _ = ask("spend 2026-09 key key_0b4 by day", OwnApi())
    expected = naive(date(2026, 9, 1), date(2026, 9, 30), NOON)["costByApiKey"]
    assert view.total.value.value == expected["key_0b4"]

    with pytest.raises(BadInput) as caught:
        ask("spend 2026-09 key key_0b4", OwnApi())
    assert caught.value.suggestions == ("spend 2026-09 by day key key_0b4",)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("spend model nosuchmodel", "nosuchmodel"),
        ("spend key nosuchkey", "nosuchkey"),
        ("spend 2026-10-05..2026-11-15 model opus by host", "whole months"),
    ],
)
def test_spend__what_cannot_be_shown_is_said(words, problem):
    with pytest.raises(BadInput) as caught:
        ask(words, OwnApi())
    assert problem in caught.value.problem
    for suggestion in caught.value.suggestions:
        ask(suggestion, OwnApi())


@pytest.mark.parametrize(
    ("period", "today", "span", "complete", "before"),
    [
        (
            ToDate(Unit.MONTH),
            date(2026, 11, 30),
            Span(date(2026, 11, 1), date(2026, 11, 30)),
            Span(date(2026, 11, 1), date(2026, 11, 29)),
            Span(date(2026, 10, 1), date(2026, 10, 29)),
        ),
        (
            ToDate(Unit.MONTH),
            date(2026, 3, 31),
            Span(date(2026, 3, 1), date(2026, 3, 31)),
            Span(date(2026, 3, 1), date(2026, 3, 28)),
            Span(date(2026, 2, 1), date(2026, 2, 28)),
        ),
        (
            Dates(date(2026, 11, 23), date(2026, 11, 23)),
            date(2026, 11, 23),
            Span(date(2026, 11, 23), date(2026, 11, 23)),
            None,
            None,
        ),
        (
            ToDate(Unit.WEEK),
            date(2026, 11, 29),
            Span(date(2026, 11, 23), date(2026, 11, 29)),
            Span(date(2026, 11, 23), date(2026, 11, 28)),
            Span(date(2026, 11, 16), date(2026, 11, 21)),
        ),
        # The year before begins amid its days, so the two are no equals.
        (
            ToDate(Unit.YEAR),
            date(2026, 11, 30),
            Span(date(2026, 1, 1), date(2026, 11, 30)),
            Span(date(2026, 1, 1), date(2026, 11, 29)),
            None,
        ),
    ],
)
def test_resolve_own__compares_complete_days(period, today, span, complete, before):
    days = resolve_own(period, Versus.PREVIOUS, today)

    assert (days.span, days.running) == (span, today)
    assert (days.complete, days.comparison.span) == (complete, before)


def test_spend__asks_each_month_once_and_covered_of_the_present_alone():
    api = OwnApi()
    ask("spend", api)

    asked = sorted((r.time, ",".join(r.bill_types)) for r in api.asked)
    assert asked == [
        ("202610", BILLED),
        ("202611", BILLED),
        ("202611", "subscription"),
    ]


@pytest.mark.parametrize("words", ["spend", "spend last month", "spend 7d by key"])
def test_report_spend__buttons_mean_the_days_that_are_shown(words):
    """The same button, pressed on the day and a week later, is about the same days."""
    api = OwnApi()
    view, request = ask(words, api)
    report = report_spend(view, request)
    by_day = next(
        each.command for each in report.menus[0].choices if each.label == "By day"
    )

    now, _ = ask(by_day, api)
    later, _ = ask(by_day, OwnApi(NOON + timedelta(days=7)))

    assert now.span == later.span == view.span
    assert now.total.value == view.total.value
    assert now.total.growth == view.total.growth
    assert later.running is None
    assert later.comparison.span.start == view.comparison.span.start
    assert later.total.growth is not None


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("spend", "digest form monthly top 10 spend"),
        ("spend last month by key", "digest form monthly top 10 spend by key"),
        ("spend last month by day top 5", "digest form monthly top 5 spend"),
        ("spend 7d", "digest form weekly top 10 spend"),
        ("spend yesterday", "digest form daily top 10 spend"),
        ("spend model opus", None),
        ("spend key key_7f2", None),
        ("usage", None),
    ],
)
def test_report_spend__a_digest_that_tells_the_same_is_offered(words, form):
    view, request = ask(words, OwnApi())

    choices = report_spend(view, request).menus[0].choices

    assert [c.command for c in choices if c.label == "Make this a digest"] == (
        [] if form is None else [form]
    )
    assert form is None or parse(form, today=NOON.date())
