"""What answers about models say of odd figures."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from answer_worlds import AS_OF

from zenmux_bot.answers.account.report import report_account
from zenmux_bot.answers.account.view import AccountView, Credits, Flow, PlanView, Quota
from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.generation.report import report_generation
from zenmux_bot.answers.generation.view import Bill, GenerationView, Item, Tokens
from zenmux_bot.answers.leaderboard.report import _priced as priced
from zenmux_bot.answers.leaderboard.view import Rates
from zenmux_bot.answers.model.report import report_model
from zenmux_bot.answers.model.view import ModelId, Usage, build_model
from zenmux_bot.answers.performance.report import report_performance
from zenmux_bot.answers.performance.view import HostRow, PerformanceView, ServedModel
from zenmux_bot.answers.registry import files_of
from zenmux_bot.answers.trend.report import report_trend
from zenmux_bot.answers.trend.view import build_trend
from zenmux_bot.commands.queries import (
    AccountQuery,
    GenerationQuery,
    ModelQuery,
    PerformanceQuery,
    Request,
    Show,
    TrendQuery,
)
from zenmux_bot.core.bounded import Bounded, Compared
from zenmux_bot.core.measures import Granularity, Measure, Metric
from zenmux_bot.core.periods import (
    DAY,
    Comparison,
    Dates,
    Last,
    Span,
    Unit,
    Versus,
    Window,
)
from zenmux_bot.render import slack
from zenmux_bot.render.charts import spark_cell
from zenmux_bot.render.report import Column, Point, Table
from zenmux_bot.zenmux.models import MarketShare, TimeSeries

MONDAY = date(2026, 6, 8)
BEFORE = Span(MONDAY - 14 * DAY, MONDAY - DAY)


def basis(days, before=None):
    span = Span(MONDAY, MONDAY + (days - 1) * DAY)
    return AnswerContext(
        command="model x/a",
        metric=Metric.TOKENS,
        window=Window(span),
        comparison=Comparison(before),
        versus=Versus.PREVIOUS,
        data_through=span.end,
        as_of=AS_OF,
    )


def view_of_model(values, days, *, before=None, blank=(), free=None):
    """Return one model's view from its volumes by number of day."""
    usage = Usage(
        {MONDAY + DAY * number: value for number, value in values.items()},
        MONDAY + 400 * DAY,
        frozenset(MONDAY + DAY * number for number in blank),
    )
    who = ModelId(slug="x/a", label="A", author="x", author_label="X", free=free)
    return build_model(basis(days, before), who, usage, None)


def model(values, days, *, show=None, **more):
    """Tell of a model."""
    view = view_of_model(values, days, **more)
    return report_model(view, Request(query=ModelQuery(model="a"), show=show))


def steady(first, last, value=5):
    return dict.fromkeys(range(first, last), Decimal(value))


def test_model_reports__model_of_which_days_are_not_known():
    told = model(steady(0, 5), 6, blank=[5])

    assert told.headline == (
        "All ZenMux customers together, A (X): not known, 1 day without a figure."
    )
    assert told.table.rows[0][1].text == "not known"
    assert "not known for 1 day" in told.context


def test_model_reports__new_model_is_new():
    told = model(steady(0, 14), 14, before=BEFORE)

    assert "A (X): 70 tokens, none in the 14 days before." in told.headline


def test_model_reports__without_the_platform_no_share_is_claimed():
    told = model(steady(0, 3), 3)

    assert "That is" not in told.finding
    assert "shares are not known: days of all of ZenMux are missing" in told.context


def test_model_reports__model_that_is_used_alike_every_day_has_no_busiest():
    assert "Busiest" not in model(steady(0, 14), 14).finding


def test_model_reports__model_without_usage_has_no_chart():
    told = model({}, 7)

    assert told.chart is None
    assert "did not use A (X) on these days." in told.headline


def test_model_reports__one_view_of_a_model_alone():
    assert model(steady(0, 9), 9, show=Show.TABLE).chart is None
    assert not model(steady(0, 9), 9, show=Show.CHART).is_table_shown


def test_model_reports__long_usage_is_cut_and_it_is_said():
    told = model(steady(0, 70 * 7), 70 * 7)

    assert len(told.table.rows) == 62
    assert "table: the last 62 of 70 weeks" in told.context
    assert len(told.chart.categories) <= 20


def test_model_reports__parts_of_weeks_say_their_days():
    told = model(steady(0, 62), 62)

    assert told.table.rows[0][0].text == "3–8 Aug"


def view_of_trend(buckets, *, width=Granularity.DAY, **more):
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
    return build_trend(query, about, series, width), Request(query=query)


def trend(buckets, **more):
    return report_trend(*view_of_trend(buckets, **more))


def test_model_reports__day_without_data_is_a_gap_in_the_table_and_is_said():
    told = trend({MONDAY: {"a": 5}, MONDAY + 2 * DAY: {"a": 5}})

    tuesday = told.table.rows[-2]
    assert [cell.text for cell in tuesday] == ["Tue 9 Jun", "–", "–"]
    assert "no data for 1 day, the first being Tue 9 Jun" in told.context


def test_model_reports__model_not_listed_every_day_has_no_line():
    days = {MONDAY: {"a": 5, "b": 1}, MONDAY + DAY: {"a": 5, "__others__": 3}}

    told = trend(days)

    assert [name for name, _ in told.chart.series] == ["a"]
    assert any(each.startswith("≤ and ≥") for each in told.context)


def test_model_reports__one_day_or_none_that_is_known_draws_no_line():
    day = {"a": 5, "__others__": 9}
    other = {"b": 5, "__others__": 9}

    assert trend({MONDAY: day}).chart is None
    assert trend({MONDAY: day, MONDAY + DAY: other}).chart is None


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ({"a": 9, "b": 9}, "b grew most (+80.0%), a fell most (−10.0%) between"),
        ({"a": 8, "b": 4}, "a fell most (−20.0%)"),
        ({"a": 10, "b": 5}, None),
    ],
)
def test_model_reports__who_moved_is_said_only_if_somebody_did(later, said):
    days = {MONDAY + DAY * n: {"a": 10, "b": 5} for n in range(7)}
    days |= {MONDAY + DAY * n: later for n in range(7, 14)}

    finding = trend(days).finding

    assert (said in finding) if said else ("most" not in finding)


def performance(*models, measure=Measure.TTFT, query=None):
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
    week = Dates(MONDAY, MONDAY + 6 * DAY)
    query = query or PerformanceQuery(measure=measure, period=week)
    return report_performance(view, Request(query=query, show=Show.CHART))


def served(*values, rank=1):
    doors = tuple(
        HostRow(
            host=f"h{n}", host_label=f"H{n}", value=None if v is None else Decimal(v)
        )
        for n, v in enumerate(values)
    )
    return ServedModel(rank=rank, model="x/a", label="A", hosts=doors)


def test_model_reports__models_without_figures_are_told_without_claims():
    told = performance(served(None), served(rank=None))

    assert told.headline == "All ZenMux customers together."
    assert told.chart is None
    assert [cell.text for cell in told.table.rows[0]] == ["1", "A", "–", "H0"]


def test_model_reports__host_that_makes_no_difference_is_not_mentioned():
    told = performance(served(400))

    assert "A is first with 400 ms at H0." in told.headline
    assert "The host matters" not in told.finding


def test_model_reports__hits_of_no_tokens_do_not_divide_by_zero():
    told = performance(served(0, 0), measure=Measure.CACHE)

    assert "A is first with 0.00% at H0." in told.headline


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
def test_model_reports__prices_keep_three_digits_below_a_dollar(price, written):
    table = Table(caption="", columns=(Column("Model"),), rows=(), tail=((),))
    view = type(
        "View", (), {"rows": (), "rates": Rates(models={}, platform=Decimal(price))}
    )

    [[cell]] = priced(table, view).tail

    assert cell.text == written


def test_model_reports__without_prices_a_table_stays_as_it_is():
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
def test_model_reports__sparkline_tells_nothing_from_a_gap(values, blocks, said):
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


def test_model_reports__account_whose_plan_and_window_are_not_told():
    told = account(
        quotas=(
            Quota(name="5 hours", used=Decimal("0.1")),
            Quota(name="7 days"),
            Quota(name="month"),
        )
    )

    assert told.finding == "Nothing needs attention, as far as is known."
    assert Point("Plan", "none, or not known") in told.points


def test_model_reports__account_of_which_little_is_known():
    told = account(
        missing={"credits": "No."}, flow=Flow(base_usd=None, effective_usd=None)
    )

    assert (
        told.finding == "Nothing needs attention, as far as is known. "
        "The credits couldn't be loaded: No."
    )
    assert [point.label for point in told.points] == ["One Flow"]
    assert told.table is None


def test_model_reports__plan_without_a_price_and_credits_that_are_not_known():
    told = account(
        plan=PlanView(tier="x*y", amount_usd=None, interval="", expires_at=None),
        credits=Credits(total=None, top_up=None, bonus=None),
        quotas=(Quota(name="5 hours", used=Decimal("-0.1")),),
    )

    words = {point.label: point.words for point in told.points}
    assert words == {"Plan": "x*y", "Credits": "– (topped up –, bonus –)"}
    assert told.table.rows[0][-1].text == "░" * 10
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


def test_model_reports__request_of_which_little_is_known():
    told = generation()

    assert told.finding.startswith("x/a answered. There is no bill yet")
    assert [point.label for point in told.points] == ["Model", "API", "Answer"]
    assert told.instants == ()


def test_model_reports__bill_without_an_amount_is_said_to_be_one():
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

    assert "ZenMux doesn't say how much" in told.finding
    words = {point.label: point.words for point in told.points}
    assert words["Tokens"] == "–"
    assert words["Answer"] == "finish reason: stop, not streamed, retried 2 times"
    assert [cell.text for cell in told.table.rows[0]] == ["p", "–", "−$0.1", "–"]
    assert told.buttons == ()


def test_model_reports__instants_in_the_readers_zone_are_escaped():
    quota = Quota(name="<!channel> *x*", resets_at=AS_OF + timedelta(hours=1))

    message = slack.message(account(quotas=(quota,)))

    [section] = [block for block in message.blocks if block["type"] == "section"]
    assert "<!date^" in section["text"]["text"]
    assert "<!channel>" not in section["text"]["text"]


def test_model_reports__market_share_of_all_days_makes_shares_known():
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
    assert view.of_platform.share == Bounded.exact(Decimal("0.25"))
    told = report_model(view, Request(query=ModelQuery(model="a")))
    assert "That is 25.0% of all of ZenMux and 50.0% of X." in told.finding


def test_model_reports__model_that_is_no_longer_used_was():
    told = model(steady(-14, 0), 14, before=BEFORE)

    assert "did not use A (X) on these days." in told.headline
    assert told.finding == "It was used in the 14 days before."


def test_model_reports__model_says_how_it_changed_and_when_it_is_used():
    weekend = {day: Decimal(9) for day in range(14) if day % 7 == 5}
    values = steady(-14, 14) | weekend

    told = model(values, 14, before=BEFORE, free="A (free)")

    assert "more than the 14 days before." in told.headline
    assert "Busiest on Saturdays (9 tokens on average)" in told.finding
    assert any("includes A (free)" in each for each in told.context)


def test_model_reports__model_that_is_used_now_and_then_says_how_often():
    assert "Not used on 2 of 14 days." in model(steady(0, 12), 14).finding


def test_model_reports__trend_with_more_than_fits_says_what_is_left_out():
    values = {f"m{number:02}": 30 - number for number in range(20)}

    told = trend({MONDAY + DAY * n: values for n in range(64)}, top=20)

    assert "table: the first 17 models" in told.context
    assert "table: the last 62 of 64 days" in told.context
    assert len(told.chart.categories) == 10


def test_model_reports__weeks_of_a_trend_have_their_names():
    told = trend({MONDAY: {"a": 5}, MONDAY + 7 * DAY: {"a": 6}}, width=Granularity.WEEK)

    weeks = [row[0].text for row in told.table.rows]
    assert weeks == ["Sum", "Share", "15 Jun to date", "8–14 Jun"]


def test_model_reports__longest_days_of_performance_offer_no_longer_ones():
    query = PerformanceQuery(period=Last(30, Unit.DAY))

    def labels(report):
        return [each.label for menu in report.menus for each in menu.choices]

    assert "Last 30 days" not in labels(performance(served(1), query=query))
    assert "Last 30 days" in labels(performance(served(1)))


def test_model_reports__account_that_needs_attention_says_why():
    told = account(
        status="monitored",
        plan=PlanView(
            tier="max", amount_usd=Decimal(100), interval="month", expires_at=AS_OF
        ),
        quotas=(
            Quota(
                name="5 hours",
                used=Decimal("0.9"),
                used_flows=Decimal(9),
                max_flows=Decimal(10),
                used_usd=Decimal(1),
                max_usd=Decimal(2),
            ),
        ),
        flow=Flow(base_usd=Decimal("0.03"), effective_usd=Decimal("0.04")),
        credits=Credits(total=Decimal("-1.27"), top_up=None, bonus=None),
    )

    assert told.finding == (
        "Attention: the account's status is monitored. "
        "Attention: 90.0% of the 5-hour window is used. "
        "Attention: the credit balance is −$1.27. "
        "This account's rate for a Flow differs from its plan's; both are below."
    )
    words = {point.label: point.words for point in told.points}
    assert words["Plan"] == "max, $100.00 a month"
    assert words["One Flow"] == "$0.04 for this account, $0.03 on the plan"
    [row] = told.table.rows
    assert [cell.text for cell in row[2:4]] == ["9 of 10", "$1.00 of $2.00"]
    assert [each.words for each in told.instants] == ["The plan's period ends:"]


def test_model_reports__request_of_which_all_is_known():
    told = generation(
        created_at=AS_OF,
        first_token_ms=Decimal(910),
        duration_ms=Decimal(4180),
        bill=Bill(billed=Decimal("0.0103")),
        tokens=Tokens(
            prompt=Decimal(1376),
            cached=None,
            completion=Decimal(410),
            reasoning=None,
            total=Decimal(1786),
        ),
    )

    assert told.finding == "x/a used 1,786 tokens. Billed: $0.0103."
    words = {point.label: point.words for point in told.points}
    assert words["Time"] == "first token after 0.91 s, done after 4.18 s"
    assert told.table is None
    assert len(told.instants) == 1


def test_model_reports__file_of_a_model_has_its_days_and_their_sum():
    view = view_of_model(steady(0, 2), 3)

    file, _ = files_of(view, Request(query=ModelQuery(model="a")))

    rows = list(csv.DictReader(io.StringIO(file.content.removeprefix("\ufeff"))))
    assert [(row["row"], row["value"], row["is_used"]) for row in rows] == [
        ("day", "5", "yes"),
        ("day", "5", "yes"),
        ("day", "0", "no"),
        ("sum", "10", ""),
    ]


def test_model_reports__file_of_a_trend_that_is_not_compared_has_no_changes():
    file, *_ = files_of(*view_of_trend({MONDAY: {"a": 5}}))

    assert "recent_change_percent" not in file.content
