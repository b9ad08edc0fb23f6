from datetime import date
from decimal import Decimal

import pytest
from answer_worlds import AS_OF
from asked import recorded

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.trending.view import build_trending
from zenmux_bot.commands.queries import TrendingQuery
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, Comparison, Last, Unit, Versus
from zenmux_bot.core.windows import compare, resolve
from zenmux_bot.errors import NoData
from zenmux_bot.zenmux.models import Trending

ANCHOR = date(2026, 6, 24)


def built(data, *, by=Granularity.WEEK, top=10, compared=True):
    """Build the view of a body whose newest day is its anchor."""
    anchor = date.fromisoformat(data["ending_at"])
    today = anchor + DAY
    window = resolve(Last(7 if by is Granularity.WEEK else 1, Unit.DAY), today)
    basis = AnswerContext(
        command="trending",
        metric=Metric(data["metric"]),
        window=window,
        comparison=compare(window, Versus.PREVIOUS, today)
        if compared
        else Comparison(None),
        versus=Versus.PREVIOUS,
        data_through=anchor,
        as_of=AS_OF,
    )
    query = TrendingQuery(metric=Metric(data["metric"]), by=by, top=top)
    return build_trending(query, basis, Trending.model_validate(data))


def body(*entries):
    return {
        "metric": "tokens",
        "bucket_width": "1w",
        "ending_at": str(ANCHOR),
        "entries": [
            {"model": f"x/{number}", "value": 1, **entry}
            for number, entry in enumerate(entries, start=1)
        ],
    }


def points(values, end=ANCHOR):
    days = [end - DAY * back for back in reversed(range(len(values)))]
    return [
        {"period": f"{day:%Y%m%d}", "value": value}
        for day, value in zip(days, values, strict=True)
    ]


def naive(entry, window):
    """Return both sums of an entry's days, by position alone."""
    values = [each["value"] for each in entry["data_points"]]
    return sum(values[-window:]), sum(values[-2 * window : -window])


@pytest.mark.parametrize(
    ("name", "by", "window"),
    [
        ("trending_1w_tokens", Granularity.WEEK, 7),
        ("trending_1d_tokens", Granularity.DAY, 1),
        ("trending_doc_sample", Granularity.DAY, 1),
    ],
)
def test_trending_view__change_is_that_of_the_daily_figures(name, by, window):
    data = recorded(name)

    view = built(data, by=by)

    for row, entry in zip(view.rows, data["entries"], strict=True):
        now, before = naive(entry, window)
        assert row.own.value.value == now
        if before:
            assert row.own.growth.value == (Decimal(now) - before) / before
        else:
            assert row.own.is_new == (now > 0)
            assert row.own.growth is None


def test_trending_view__labels_of_the_api_are_shown_as_they_are():
    data = recorded("trending_doc_sample")

    [row] = built(data, by=Granularity.DAY).rows

    assert row.growth_label == "+40615.61%"
    assert row.growth_rate == Decimal("406.16")
    assert row.own.growth.value.quantize(Decimal("0.001")) == Decimal("-0.903")


def test_trending_view__stand_in_is_nowhere():
    data = recorded("trending_1d_tokens")
    invented = {
        str(entry["previous_value"])
        for entry in data["entries"]
        if entry["previous_value"] != entry["data_points"][-2]["value"]
    }

    said = str(built(data, by=Granularity.DAY))

    assert invented
    assert not [each for each in invented if each in said]


def test_trending_view__day_that_is_not_known_leaves_the_change_unknown():
    values = [*[5] * 6, None, *[6] * 7]

    [row] = built(body({"rank": 1, "data_points": points(values)})).rows

    assert row.own.value.value == 42
    assert (row.own.growth, row.own.is_new) == (None, False)
    assert [value for _, value in row.daily] == values


def test_trending_view__days_are_found_by_date_whatever_their_order_and_number():
    shuffled = [*reversed(points([1, *[5] * 7, *[10] * 7]))]
    strange = {"period": "20261340", "value": 99}

    [row] = built(body({"rank": 1, "data_points": [*shuffled, strange]})).rows

    assert len(row.daily) == 14
    assert row.own.growth.value == 1
    assert [day for day, _ in row.daily] == sorted(day for day, _ in row.daily)


def test_trending_view__without_days_nothing_is_claimed():
    [row] = built(body({"rank": 1, "total_value": 7})).rows

    assert row.value == 7
    assert row.own.value is None
    assert {value for _, value in row.daily} == {None}


def test_trending_view__rows_stand_by_rank_those_without_one_last():
    ranks = [{"rank": 2}, {"rank": None}, {"rank": 1}]

    view = built(body(*ranks), top=2)

    assert [row.rank for row in view.rows] == [1, 2]
    assert view.listed == 3


def test_trending_view__before_the_floor_there_is_nothing_to_compare_with():
    [row] = built(
        body({"rank": 1, "data_points": points([3] * 14)}), compared=False
    ).rows

    assert (row.own.value.value, row.own.growth) == (21, None)


def test_trending_view__empty_list_is_no_data():
    with pytest.raises(NoData):
        built(body())
