from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from answer_worlds import AS_OF
from asked import recorded
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.model.view import ModelId, Usage, build_model
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, Comparison, Span, Versus, Window
from zenmux_bot.zenmux.models import MarketShare, ModelUsage

MONDAY = date(2026, 6, 8)
OPUS = ModelId(slug="x/a", label="A", author="x", author_label="X")


def usage(values, *, start=MONDAY, through=None, blank=()):
    """Return usage by day; a missing key is a day that is not listed."""
    listed = {start + DAY * number: value for number, value in values.items()}
    series = [{"date": str(day), "value": value} for day, value in listed.items()]
    data = ModelUsage.model_validate(
        {
            "model": "x/a",
            "metric": "tokens",
            "starting_at": str(start),
            "ending_at": str(start),
            "value": 0,
            "series": series,
        }
    )
    through = through or start + 400 * DAY
    return Usage.of(data.series, through, blank)


def platform(days, *, own=10, total=100, start=MONDAY):
    return {
        bucket.date: bucket
        for bucket in MarketShare.model_validate(
            {
                "metric": "tokens",
                "bucket_width": "1d",
                "starting_at": str(start),
                "ending_at": str(start),
                "series": [
                    {
                        "date": str(start + DAY * number),
                        "authors": [
                            {"author": "x", "value": own},
                            {"author": "y", "value": total - own},
                        ],
                    }
                    for number in range(days)
                ],
            }
        ).series
    }


def built(days, uses, whole=None, *, before=None, start=MONDAY):
    """Build the view of some days."""
    span = Span(start, start + (days - 1) * DAY)
    basis = AnswerContext(
        command="model x/a",
        metric=Metric.TOKENS,
        window=Window(span),
        comparison=Comparison(before),
        versus=Versus.PREVIOUS,
        data_through=span.end,
        as_of=AS_OF,
    )
    return build_model(basis, OPUS, uses, whole)


def test_model_view__day_that_is_not_listed_was_not_used():
    view = built(3, usage({0: 5, 2: 6}), platform(3))

    assert [each.value for each in view.buckets] == [5, 0, 6]
    assert [each.is_used for each in view.buckets] == [True, False, True]
    assert (view.unused, view.unknown) == (1, 0)
    assert view.of_platform.value.value == 11
    assert view.buckets[1].of_platform.value == 0


def test_model_view__day_after_the_newest_is_not_known():
    view = built(3, usage({0: 5, 1: 5}, through=MONDAY + DAY), platform(3))

    assert view.buckets[2].value is None
    assert (view.unused, view.unknown) == (0, 1)
    assert view.of_platform.value is None


def test_model_view__day_without_any_data_of_the_platform_is_not_known():
    gap = MONDAY + DAY

    view = built(3, usage({0: 5, 2: 5}, blank=[gap]), platform(3))

    assert view.buckets[1].value is None
    assert view.unknown == 1


def test_model_view__figure_left_out_is_not_known():
    view = built(2, usage({0: 5, 1: None}), platform(2))

    assert view.buckets[1].value is None
    assert view.of_platform.value is None


def test_model_view__used_for_nothing_differs_from_not_used():
    view = built(2, usage({0: 0}), platform(2))

    assert [each.is_used for each in view.buckets] == [True, False]
    assert [each.value for each in view.buckets] == [0, 0]
    assert view.unused == 1


def test_model_view__shares_are_those_of_the_same_days():
    view = built(4, usage(dict.fromkeys(range(4), 5)), platform(4, own=20, total=50))

    assert view.of_platform.share.value == Decimal(1) / 10
    assert view.of_provider.share.value == Decimal(1) / 4


def test_model_view__both_periods_are_compared():
    whole = platform(2) | platform(2, own=20, total=100, start=MONDAY - 2 * DAY)
    uses = usage({-2: 4, -1: 4, 0: 5, 1: 5})

    view = built(2, uses, whole, before=Span(MONDAY - 2 * DAY, MONDAY - DAY))

    assert view.of_platform.growth.value == Decimal(1) / 4
    assert view.of_platform.points.value == Decimal("0.01")
    assert view.of_provider.points.value == Decimal(5) / 10 - Decimal(4) / 20


def test_model_view__nothing_before_is_new():
    view = built(2, usage({0: 5, 1: 5}), before=Span(MONDAY - 2 * DAY, MONDAY - DAY))

    assert view.of_platform.is_new
    assert view.of_platform.growth is None


def test_model_view__without_the_platform_shares_are_not_known():
    view = built(2, usage({0: 5, 1: 5}))

    assert view.of_platform.value.value == 10
    assert (view.of_platform.share, view.of_provider.share) == (None, None)


def test_model_view__day_missing_from_the_platform_leaves_the_share_open():
    whole = platform(3)
    del whole[MONDAY + DAY]

    view = built(3, usage(dict.fromkeys(range(3), 5)), whole)

    assert view.of_platform.share is None
    assert view.buckets[0].of_platform.value == Decimal(5) / 100


def test_model_view__weekdays_are_averaged_over_two_weeks_at_least():
    values = {number: 10 if number % 7 < 5 else 4 for number in range(14)}

    fortnight = built(14, usage(values))
    thirteen = built(13, usage(values))

    assert [each.mean for each in fortnight.weekdays] == [10] * 5 + [4] * 2
    assert thirteen.weekdays == ()


def test_model_view__model_with_idle_days_has_no_weekday_pattern():
    values = {number: 10 for number in range(14) if number != 3}

    assert built(14, usage(values)).weekdays == ()


def test_model_view__long_periods_are_by_week_with_the_days_that_are_in_them():
    start = MONDAY + 2 * DAY

    view = built(61, usage(dict.fromkeys(range(61), 1), start=start), start=start)

    assert view.width is Granularity.WEEK
    assert [each.value for each in view.buckets] == [5, *[7] * 8]
    assert view.buckets[0].start == start
    assert built(60, usage({})).width is Granularity.DAY


@pytest.mark.parametrize(
    "name", ["model_usage_tokens", "model_usage_cost", "model_usage_gaps"]
)
def test_model_view__recordings_add_up_to_their_own_value(name):
    body = recorded(name)
    first, last = (
        date.fromisoformat(body[key]) for key in ("starting_at", "ending_at")
    )
    uses = Usage.of(ModelUsage.model_validate(body).series, last)

    view = built((last - first).days + 1, uses, start=first)

    assert view.of_platform.value.value == body["value"]
    assert view.unused == (last - first).days + 1 - len(body["series"])


@given(
    listed=st.dictionaries(st.integers(-20, 19), st.none() | st.integers(0, 10**12)),
    through=st.integers(-20, 25),
    blank=st.sets(st.integers(-20, 19)),
)
def test_model_view__naive_program_finds_the_same(listed, through, blank):
    uses = usage(
        listed,
        through=MONDAY + DAY * through,
        blank=[MONDAY + DAY * number for number in blank],
    )

    view = built(20, uses, before=Span(MONDAY - 20 * DAY, MONDAY - DAY))

    def naive(first, last):
        total = Fraction(0)
        for number in range(first, last):
            if number in listed:
                if listed[number] is None:
                    return None
                total += listed[number]
            elif number > through or number in blank:
                return None
        return total

    now, before = naive(0, 20), naive(-20, 0)
    figures = view.of_platform
    assert (None if figures.value is None else figures.value.value) == now
    if now is None or not before:
        assert figures.growth is None
    else:
        assert abs(Fraction(figures.growth.value) - (now - before) / before) < 1e-12
    assert sum(each.value is None for each in view.buckets) == view.unknown
