"""What answers about models say of odd figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from answer_worlds import AS_OF

from zenmux_bot.domain.account import AccountView, Credits, Flow, PlanView, Quota
from zenmux_bot.domain.figures import Compared, Figure
from zenmux_bot.domain.generations import Bill, GenerationView, Item, Tokens
from zenmux_bot.domain.model_usage import ModelId, Usage, build_model
from zenmux_bot.domain.models import MarketShare, TimeSeries
from zenmux_bot.domain.performance import Door, PerformanceView, Served
from zenmux_bot.domain.periods import DAY, Comparison, Dates, Span, Versus, Window
from zenmux_bot.domain.queries import (
    AccountQuery,
    GenerationQuery,
    Measure,
    Metric,
    ModelQuery,
    PerformanceQuery,
    Request,
    Show,
    TrendQuery,
    Width,
)
from zenmux_bot.domain.rates import Rates
from zenmux_bot.domain.trends import build_trend
from zenmux_bot.domain.views import Basis
from zenmux_bot.render import slack
from zenmux_bot.render.account import report_account
from zenmux_bot.render.generation import report_generation
from zenmux_bot.render.model import report_model
from zenmux_bot.render.performance import report_performance
from zenmux_bot.render.rates import priced
from zenmux_bot.render.report import Column, Point, Table
from zenmux_bot.render.spark import spark_cell
from zenmux_bot.render.trend import report_trend

MONDAY = date(2026, 6, 8)
BEFORE = Span(MONDAY - 14 * DAY, MONDAY - DAY)


def basis(days, before=None):
    span = Span(MONDAY, MONDAY + (days - 1) * DAY)
    return Basis(
        command="model x/a",
        metric=Metric.TOKENS,
        window=Window(span),
        comparison=Comparison(before),
        versus=Versus.PREVIOUS,
        data_through=span.end,
        as_of=AS_OF,
    )


def model(values, days, *, before=None, blank=(), show=None, free=None):
    """Tell of a model from its volumes by number of day."""
    usage = Usage(
        {MONDAY + DAY * number: value for number, value in values.items()},
        MONDAY + 400 * DAY,
        frozenset(MONDAY + DAY * number for number in blank),
    )
    who = ModelId(slug="x/a", label="A", author="x", author_label="X", free=free)
    view = build_model(basis(days, before), who, usage, None)
    return report_model(view, Request(query=ModelQuery(model="a"), show=show))


def steady(first, last, value=5):
    return dict.fromkeys(range(first, last), Decimal(value))


def test_a_model_of_which_days_are_not_known():
    told = model(steady(0, 5), 6, blank=[5])

    assert (
        told.finding
        == "How much A (X) was used is not known: of 1 day there is no figure."
    )
    assert told.table.rows[0][1].text == "not known"
    assert "of 1 day it is not known whether it was used" in told.context


def test_a_new_model_is_new():
    told = model(steady(0, 14), 14, before=BEFORE)

    assert "A (X) has 70 tokens, new: nothing in the 14 days before." in told.finding


def test_without_the_platform_no_share_is_claimed():
    told = model(steady(0, 3), 3)

    assert "That is" not in told.finding
    assert "shares are not known: the platform's days are not all there" in told.context


def test_a_model_that_is_used_alike_every_day_has_no_busiest():
    assert "Busiest" not in model(steady(0, 14), 14).finding


def test_a_model_without_usage_has_no_chart():
    told = model({}, 7)

    assert told.chart is None
    assert told.finding == "A (X) was not used on these days."


def test_one_view_of_a_model_alone():
    assert model(steady(0, 9), 9, show=Show.TABLE).chart is None
    assert not model(steady(0, 9), 9, show=Show.CHART).is_table_shown


def test_long_usage_is_cut_and_it_is_said():
    told = model(steady(0, 70 * 7), 70 * 7)

    assert len(told.table.rows) == 62
    assert "table: the last 62 of 70 weeks" in told.context
    assert "chart: the last 20 weeks with figures" in told.context


def test_parts_of_weeks_say_how_many_days_they_have():
    told = model(steady(0, 62), 62)

    assert told.table.rows[0][0].text.endswith("(6 of 7 days)")


def trend(buckets, **more):
    first, last = min(buckets), max(buckets)
    body = {
        "metric": "tokens",
        "bucket_width": "1d",
        "starting_at": str(first),
        "ending_at": str(last),
        "series": [
            {
                "date": str(day),
                "models": [
                    {"model": slug, "value": value} for slug, value in values.items()
                ],
            }
            for day, values in buckets.items()
        ],
    }
    query = TrendQuery(period=Dates(first, last), **more)
    series = TimeSeries.model_validate(body).series
    about = replace(basis((last - first).days + 1), versus=Versus.NONE)
    view = build_trend(query, about, series, Width.DAY)
    return report_trend(view, Request(query=query))


def test_a_day_without_data_is_a_gap_in_the_table_and_is_said():
    told = trend({MONDAY: {"a": 5}, MONDAY + 2 * DAY: {"a": 5}})

    assert [cell.text for cell in told.table.rows[1][1:]] == ["–", "–"]
    assert "no data for 1 day, the first being Tue 9 Jun" in told.context


def test_a_model_not_listed_every_day_has_no_line():
    days = {MONDAY: {"a": 5, "b": 1}, MONDAY + DAY: {"a": 5, "__others__": 3}}

    told = trend(days)

    assert [name for name, _ in told.chart.series] == ["a"]
    assert any(each.startswith("≤ and ≥") for each in told.context)


def test_one_day_or_none_that_is_known_draws_no_line():
    day = {"a": 5, "__others__": 9}
    other = {"b": 5, "__others__": 9}

    assert trend({MONDAY: day}).chart is None
    assert trend({MONDAY: day, MONDAY + DAY: other}).chart is None


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ({"a": 9, "b": 9}, "b grew most (+80.0 %), a fell most (−10.0 %) in"),
        ({"a": 8, "b": 4}, "a fell most (−20.0 %)"),
        ({"a": 10, "b": 5}, None),
    ],
)
def test_who_moved_is_said_only_if_somebody_did(later, said):
    days = {MONDAY + DAY * n: {"a": 10, "b": 5} for n in range(7)}
    days |= {MONDAY + DAY * n: later for n in range(7, 14)}

    finding = trend(days).finding

    assert (said in finding) if said else ("most" not in finding)


def performance(*models, measure=Measure.TTFT):
    view = PerformanceView(
        command="performance",
        measure=measure,
        span=Span(MONDAY, MONDAY + 6 * DAY),
        data_through=MONDAY + 6 * DAY,
        as_of=AS_OF,
        stale=False,
        notes=(),
        models=models,
    )
    query = PerformanceQuery(measure=measure, period=Dates(MONDAY, MONDAY + 6 * DAY))
    return report_performance(view, Request(query=query, show=Show.CHART))


def served(*values, rank=1):
    doors = tuple(
        Door(host=f"h{n}", host_label=f"H{n}", value=None if v is None else Decimal(v))
        for n, v in enumerate(values)
    )
    return Served(rank=rank, model="x/a", label="A", doors=doors)


def test_models_without_figures_are_told_without_claims():
    told = performance(served(None), served(rank=None))

    assert told.finding == ""
    assert told.chart is None
    assert [cell.text for cell in told.table.rows[0]] == ["1", "A", "H0", "–"]
    assert not any(button.action == "ask:show" for button in told.buttons)


def test_a_host_that_makes_no_difference_is_not_mentioned():
    assert performance(served(400)).finding == "A is first: 400 ms at H0."


def test_hits_of_no_tokens_do_not_divide_by_zero():
    told = performance(served(0, 0), measure=Measure.CACHE)

    assert told.finding == "A is first: 0.00 % at H0."


@pytest.mark.parametrize(
    ("price", "written"),
    [
        ("2.345", "$2.34"),
        ("1234.5", "$1,234.50"),
        ("0", "$0.00"),
        ("0.38261", "$0.383"),
        ("0.0123456", "$0.0123"),
        ("0.00000012", "$0.000000"),
    ],
)
def test_prices_keep_three_digits_below_a_dollar(price, written):
    table = Table(caption="", columns=(Column("Model"),), rows=(), tail=((),))
    view = type(
        "View", (), {"rows": (), "rates": Rates(models={}, platform=Decimal(price))}
    )

    [[cell]] = priced(table, view).tail

    assert cell.text == written


def test_without_prices_a_table_stays_as_it_is():
    table = Table(caption="", columns=(), rows=())
    view = type("View", (), {"rates": None})

    assert priced(table, view) is table


@pytest.mark.parametrize(
    ("values", "blocks", "said"),
    [
        ([], "–", ""),
        ([None, None], "–", ""),
        ([0, 0], "__", "from 0 to 0, at most 0 on 8 Jun"),
        ([0, None, 8, 4], "_·█▅", "from 0 to 4, at most 8 on 10 Jun"),
    ],
)
def test_a_sparkline_tells_nothing_from_a_gap(values, blocks, said):
    daily = [
        (MONDAY + DAY * n, None if v is None else Decimal(v))
        for n, v in enumerate(values)
    ]

    cell = spark_cell(daily, str)

    assert (cell.text, cell.said) == (blocks, said)


def account(**changes):
    values = {
        "status": "",
        "plan": None,
        "quotas": (),
        "flow": None,
        "credits": None,
        "missing": {},
        "as_of": AS_OF,
        "stale": False,
    }
    return report_account(
        AccountView(**values | changes), Request(query=AccountQuery())
    )


def test_an_account_whose_plan_and_window_are_not_told():
    told = account(
        quotas=(
            Quota(name="5 hours", used=Decimal("0.1")),
            Quota(name="7 days"),
            Quota(name="month"),
        )
    )

    assert told.finding == "Nothing that is known needs attention."
    assert Point("Plan", "none, or not known") in told.points


def test_an_account_of_which_little_is_known():
    told = account(
        missing={"credits": "No."}, flow=Flow(base_usd=None, effective_usd=None)
    )

    assert (
        told.finding == "Nothing that is known needs attention. "
        "The credits could not be fetched: No."
    )
    assert [point.code for point in told.points] == ["One Flow"]
    assert told.table is None


def test_a_plan_without_a_price_and_credits_that_are_not_known():
    told = account(
        plan=PlanView(tier="x*y", amount_usd=None, interval="", expires_at=None),
        credits=Credits(total=None, top_up=None, bonus=None),
        quotas=(Quota(name="5 hours", used=Decimal("-0.1")),),
    )

    words = {point.code: point.words for point in told.points}
    assert words == {"Plan": "x*y", "Credits": "– (topped up –, bonus –)"}
    assert told.table.rows[0][2].text == "░" * 10
    assert "used" not in told.finding


def generation(**changes):
    values = {
        "command": "generation gen_1",
        "id": "gen_1",
        "model": "x/a",
        "api": "–",
        "created_at": None,
        "first_token_ms": None,
        "duration_ms": None,
        "tokens": None,
        "streamed": None,
        "finish_reason": "stop",
        "retries": None,
        "bill": None,
        "as_of": AS_OF,
        "stale": False,
    }
    query = GenerationQuery(id="gen_1")
    return report_generation(GenerationView(**values | changes), Request(query=query))


def test_a_request_of_which_little_is_known():
    told = generation()

    assert told.finding.startswith("x/a answered. Not billed yet")
    assert [point.code for point in told.points] == ["Model", "API", "Answer"]
    assert told.instants == ()


def test_a_bill_without_an_amount_is_said_to_be_one():
    told = generation(
        bill=Bill(
            billed=None,
            items=(
                Item(
                    name="p",
                    billed=None,
                    discount=Decimal("-0.1"),
                    before_discount=None,
                ),
            ),
        ),
        tokens=Tokens(
            prompt=None, cached=None, completion=None, reasoning=None, total=None
        ),
        streamed=False,
        retries=Decimal(2),
    )

    assert "ZenMux does not say how much" in told.finding
    words = {point.code: point.words for point in told.points}
    assert words["Tokens"] == "–"
    assert words["Answer"] == "ended with stop, not streamed, tried again 2 times"
    assert [cell.text for cell in told.table.rows[0]] == ["p", "–", "−$0.1", "–"]
    assert told.buttons == ()


def test_instants_are_in_the_readers_zone_and_nothing_in_them_is_obeyed():
    quota = Quota(name="<!channel> *x*", resets_at=AS_OF + timedelta(hours=1))

    message = slack.message(account(quotas=(quota,)))

    [section] = [block for block in message.blocks if block["type"] == "section"]
    assert "<!date^" in section["text"]["text"]
    assert "<!channel>" not in section["text"]["text"]


def test_market_share_of_all_days_makes_shares_known():
    buckets = MarketShare.model_validate(
        {
            "metric": "tokens",
            "bucket_width": "1d",
            "starting_at": "2026-06-08",
            "ending_at": "2026-06-08",
            "series": [
                {
                    "date": str(MONDAY),
                    "authors": [
                        {"author": "x", "value": 10},
                        {"author": "y", "value": 10},
                    ],
                }
            ],
        }
    ).series
    who = ModelId(slug="x/a", label="A", author="x", author_label="X")
    usage = Usage({MONDAY: Decimal(5)}, MONDAY)

    view = build_model(basis(1), who, usage, {each.date: each for each in buckets})

    assert isinstance(view.of_platform, Compared)
    assert view.of_platform.share == Figure.exact(Decimal("0.25"))
    told = report_model(view, Request(query=ModelQuery(model="a")))
    assert "That is 25.0 % of the platform and 50.0 % of X." in told.finding
