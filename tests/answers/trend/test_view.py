from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from answer_worlds import AS_OF, naive_sum, near, top_of, truths
from asked import recorded
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.trend.view import build_trend, trend_width, whole_weeks
from zenmux_bot.commands.queries import TrendQuery
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, Comparison, Dates, Span, Versus, Window
from zenmux_bot.errors import NoData
from zenmux_bot.zenmux.models import TimeSeries

MONDAY = date(2026, 6, 8)


def series(buckets, labels=()):
    labels = dict(labels)
    return [
        {
            "date": str(day),
            "models": [
                {"model": slug, "label": labels.get(slug, slug), "value": value}
                for slug, value in values.items()
            ],
        }
        for day, values in buckets.items()
    ]


def trend(
    buckets, *, top=10, width=Granularity.DAY, end=None, metric="tokens", labels=()
):
    """Build the view of buckets by their first days."""
    first, last = min(buckets), end or max(buckets)
    query = TrendQuery(metric=Metric(metric), period=Dates(first, last), top=top)
    window = Window(Span(first, last))
    basis = AnswerContext(
        command="trend",
        metric=query.metric,
        window=window,
        comparison=Comparison(None),
        versus=Versus.NONE,
        data_through=last,
        as_of=AS_OF,
    )
    data = TimeSeries.model_validate(
        {
            "metric": metric,
            "bucket_width": width.value,
            "starting_at": str(first),
            "ending_at": str(last),
            "series": series(buckets, labels),
        }
    )
    return build_trend(query, basis, data.series, width)


def days(count, values):
    return {MONDAY + DAY * number: dict(values) for number in range(count)}


def test_trend_view__model_below_the_list_is_known_within_bounds_and_is_not_zero():
    view = trend(
        {
            MONDAY: {"a": 50, "b": 20, "__others__": 30},
            MONDAY + DAY: {"a": 60, "c": 25, "__others__": 15},
        }
    )

    second = {model.model: model for model in view.models}["b"]
    assert view.buckets[1].values["b"].value is None
    assert (second.value.low, second.value.high) == (20, 35)
    assert second.share.low == Decimal(20) / 200


def test_trend_view__absence_is_zero_where_there_is_no_remainder():
    view = trend({MONDAY: {"a": 5, "b": 2}, MONDAY + DAY: {"a": 6}})

    assert view.buckets[1].values["b"].value == 0
    assert view.models[1].value.value == 2


def test_trend_view__others_are_all_models_that_are_not_shown():
    view = trend({MONDAY: {"a": 50, "b": 20, "__others__": 30}}, top=1)

    assert view.buckets[0].others.value == 50
    assert view.others.value == 50
    assert view.listed == 2


def test_trend_view__missing_day_is_a_gap_and_nothing_is_compared_with_it():
    buckets = days(14, {"a": 1})
    del buckets[MONDAY + 3 * DAY]

    view = trend(buckets)

    gap = view.buckets[3]
    assert (gap.total, gap.values["a"], gap.others) == (None, None, None)
    assert view.total.value == 13
    assert view.recent is None


def test_trend_view__seven_days_are_compared_with_the_seven_before():
    buckets = days(14, {"a": 10, "b": 1})
    for number in range(7, 14):
        buckets[MONDAY + DAY * number] = {"a": 20, "b": 1}

    view = trend(buckets)

    assert view.recent.now == Span(MONDAY + 7 * DAY, MONDAY + 13 * DAY)
    assert view.recent.before == Span(MONDAY, MONDAY + 6 * DAY)
    assert [model.recent.growth.value for model in view.models] == [1, 0]
    assert view.recent.total.growth.value == Decimal(70) / 77
    assert view.models[0].recent.share.value == Decimal(140) / 147


def test_trend_view__thirteen_days_are_too_few_to_compare():
    assert trend(days(13, {"a": 1})).recent is None


def test_trend_view__running_week_is_a_part_and_is_not_compared():
    weeks = {MONDAY + 7 * number * DAY: {"a": 7 + number} for number in range(3)}

    view = trend(weeks, width=Granularity.WEEK, end=MONDAY + 16 * DAY)

    assert [bucket.is_part for bucket in view.buckets] == [False, False, True]
    assert view.buckets[-1].end == MONDAY + 16 * DAY
    assert view.recent.now == Span(MONDAY + 7 * DAY, MONDAY + 13 * DAY)
    assert view.models[0].recent.growth.value == Decimal(1) / 7


def test_trend_view__no_bucket_with_data_is_no_data():
    with pytest.raises(NoData):
        trend({MONDAY: {}})


def test_trend_view__figure_left_out_makes_the_bucket_unknown():
    view = trend({MONDAY: {"a": 1, "b": None}, MONDAY + DAY: {"a": 1, "b": 2}})

    assert view.buckets[0].total is None
    assert view.total.value == 3


def test_trend_view__newest_label_is_shown_and_the_slug_where_there_is_none():
    view = trend({MONDAY: {"x/a": 2, "x/b": 1}}, labels={"x/b": "\u202e", "x/a": ""})

    assert [model.label for model in view.models] == ["x/a", "x/b"]


@pytest.mark.parametrize(
    ("by", "count", "width"),
    [
        (None, 28, Granularity.DAY),
        (None, 60, Granularity.DAY),
        (None, 61, Granularity.WEEK),
        (Granularity.DAY, 400, Granularity.DAY),
        (Granularity.WEEK, 7, Granularity.WEEK),
    ],
)
def test_trend_view__buckets_are_as_wide_as_asked_or_as_serves(by, count, width):
    span = Span(MONDAY, MONDAY + (count - 1) * DAY)

    assert trend_width(TrendQuery(by=by), span) is width


@pytest.mark.parametrize(
    ("start", "end", "newest", "first", "last"),
    [
        ((2026, 6, 8), (2026, 6, 14), (2026, 6, 24), (2026, 6, 8), (2026, 6, 14)),
        ((2026, 6, 10), (2026, 6, 16), (2026, 6, 24), (2026, 6, 8), (2026, 6, 21)),
        ((2026, 6, 10), (2026, 6, 24), (2026, 6, 24), (2026, 6, 8), (2026, 6, 24)),
        ((2025, 9, 29), (2025, 9, 30), (2026, 6, 24), (2025, 9, 29), (2025, 10, 5)),
    ],
)
def test_trend_view__weeks_are_whole_and_end_on_the_newest_day(
    start, end, newest, first, last
):
    window = Window(Span(date(*start), date(*end)))

    whole = whole_weeks(window, date(*newest))

    assert whole.span == Span(date(*first), date(*last))
    assert bool(whole.notes) == (whole.span != window.span)


@given(
    data=st.data(),
    limit=st.integers(1, 9),
    top=st.integers(1, 9),
)
def test_trend_view__naive_program_finds_the_same(data, limit, top):
    true = data.draw(
        st.lists(truths, min_size=1, max_size=16).filter(
            lambda each: any(sum(bucket.values()) for bucket in each)
        )
    )
    seen = {
        MONDAY + DAY * number: top_of(bucket, limit)
        for number, bucket in enumerate(true)
    }

    view = trend(seen, top=top, end=MONDAY + DAY * (len(true) - 1))

    there = [bucket for bucket in seen.values() if sum(bucket.values())]
    sums, _, total = naive_sum(there)
    assert near(view.total, total)
    for model in view.models:
        expected = sums[model.model]
        assert near(model.value, expected.low, expected.high)
        truth = sum(bucket.get(model.model, 0) for bucket in true)
        assert model.value.low <= truth <= model.value.high
    shown = {model.model for model in view.models}
    rest = sum(
        value for bucket in true for slug, value in bucket.items() if slug not in shown
    )
    assert view.others.low <= rest <= view.others.high


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("timeseries_weekly_tokens", Granularity.WEEK),
        ("timeseries_daily_cost", Granularity.DAY),
    ],
)
def test_trend_view__recordings_add_up(name, width):
    body = recorded(name)
    buckets = {
        date.fromisoformat(each["date"]): {
            entry["model"]: entry["value"] for entry in each["models"]
        }
        for each in body["series"]
    }

    view = trend(
        buckets,
        width=width,
        metric=body["metric"],
        end=max(buckets) + (6 * DAY if width is Granularity.WEEK else 0 * DAY),
    )

    sums, _, total = naive_sum(
        [{s: Fraction(v) for s, v in each.items()} for each in buckets.values()]
    )
    assert near(view.total, total)
    assert [model.model for model in view.models] == sorted(
        sums, key=lambda slug: (-sums[slug].low, slug)
    )[: len(view.models)]
    for model in view.models:
        assert near(model.value, sums[model.model].low, sums[model.model].high)
