from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_demo.sandbox.catalog import (
    AUTHORS,
    HOSTILE_LABEL,
    HOSTS,
    LEAVER,
    LEAVES,
    LONG_LABEL,
    MODELS,
)
from zenmux_demo.sandbox.params import Ask
from zenmux_demo.sandbox.statistics import leaderboard, market_share, timeseries
from zenmux_demo.sandbox.world import World, cost_of, days, noise, tokens_on

TODAY = date(2026, 11, 23)
WORLD = World()
OPUS_TOKENS = 11_552_678_615
OPUS_COST = 8_063_769_671_500
BY_SLUG = {model.slug: model for model in MODELS}


def test_the_same_day_is_the_same_in_every_world():
    assert World().column(date(2026, 6, 24)) == WORLD.column(date(2026, 6, 24))


def test_the_world_never_changes():
    """The figures that documents and screenshots show."""
    opus, day = BY_SLUG["anthropic/claude-opus-4.8"], date(2026, 11, 16)

    assert tokens_on(opus, day) == OPUS_TOKENS
    assert cost_of(opus, day, OPUS_TOKENS) == OPUS_COST


def test_noise_depends_on_its_words_alone_and_stays_below_one():
    values = [noise("a", number) for number in range(1000)]

    assert values == [noise("a", number) for number in range(1000)]
    assert 0 <= min(values) < 0.05
    assert 0.95 < max(values) < 1
    assert len(set(values)) == 1000


def test_weekends_are_about_half_of_weekdays():
    def platform(day: date) -> int:
        return sum(WORLD.column(day).tokens)

    for monday in days(date(2025, 10, 6), date(2026, 11, 16))[::7]:
        weekday = platform(monday + timedelta(days=2))
        weekend = platform(monday + timedelta(days=6))

        assert 0.35 < weekend / weekday < 0.6


def test_leaders_have_tens_of_billions_of_tokens_a_week():
    top = max(value for _, value in week_of(date(2026, 11, 16)))

    assert 10**10 < top < 10**11


def test_more_than_fifty_models_are_used_in_every_week_of_2026():
    assert all(
        len(week_of(monday)) > 50
        for monday in days(date(2026, 1, 5), date(2026, 11, 16))[::7]
    )


def test_newcomers_have_nothing_before_their_launch():
    newcomers = [model for model in MODELS if model.launched.year == 2026]

    assert len(newcomers) > 10
    for model in newcomers:
        assert tokens_on(model, model.launched - timedelta(days=1)) == 0
        assert tokens_on(model, model.launched) > 0


def test_a_provider_is_new_in_the_week_before_the_demo():
    assert BY_SLUG["poolside/malibu-2"].launched == date(2026, 11, 17)
    assert sum(model.author == "poolside" for model in MODELS) == 1


def test_one_provider_leaves_with_all_its_models():
    leavers = [model for model in MODELS if model.author == LEAVER]

    assert len(leavers) == 2
    for model in leavers:
        assert tokens_on(model, LEAVES) > 0
        assert tokens_on(model, LEAVES + timedelta(days=1)) == 0


def test_a_successor_takes_the_place_of_a_model_that_fades():
    old, new = BY_SLUG["openai/gpt-5.2"], BY_SLUG["openai/gpt-5.4"]
    before, after = date(2026, 3, 4), date(2026, 5, 6)

    assert old.fades == new.launched
    assert tokens_on(old, after) < tokens_on(old, before) / 2
    assert tokens_on(new, after) > tokens_on(old, after)


def test_a_rare_model_has_days_of_use_and_days_without():
    rare = BY_SLUG["nameless/once-in-a-while"]
    used = [tokens_on(rare, day) > 0 for day in days(FLOOR, date(2025, 12, 31))]

    assert 0.3 < sum(used) / len(used) < 0.7


@pytest.mark.parametrize("slug", [m.slug for m in MODELS if m.slug.endswith("-free")])
def test_free_models_have_tokens_and_no_cost(slug):
    model, day = BY_SLUG[slug], date(2026, 6, 1)

    assert tokens_on(model, day) > 0
    assert cost_of(model, day, tokens_on(model, day)) == 0


def test_cost_follows_the_list_price():
    """Between all input and all output."""
    for model in MODELS:
        tokens = 1_000_000
        cents = Decimal(cost_of(model, date(2026, 6, 1), tokens)).scaleb(-8) * 100
        low, high = sorted((model.price_in, model.price_out))

        assert low <= cents <= high


def test_labels_are_as_bad_as_labels_get():
    labels = {model.label for model in MODELS} | {a.label for a in AUTHORS.values()}

    assert HOSTILE_LABEL in labels
    assert "" in labels
    assert LONG_LABEL in labels
    assert len(LONG_LABEL) >= 149
    assert any("🚀" in label for label in labels)
    assert any("文心" in label for label in labels)


def test_the_catalog_fits_together():
    assert len({model.slug for model in MODELS}) == len(MODELS)
    assert {model.author for model in MODELS} == set(AUTHORS)
    assert {host for author in AUTHORS.values() for host in author.hosts} <= set(HOSTS)
    assert 18 <= len(AUTHORS) <= 24


@settings(deadline=None, max_examples=40)
@given(
    start=st.dates(FLOOR, date(2026, 12, 10)),
    length=st.integers(0, 59),
    metric=st.sampled_from(Metric),
    limit=st.integers(1, 50),
)
def test_all_statistics_have_the_same_total(start, length, metric, limit):
    query = {
        "metric": metric.value,
        "bucket_width": "1d",
        "starting_at": start.isoformat(),
        "ending_at": (start + timedelta(days=length)).isoformat(),
        "limit": str(limit),
    }
    ask = Ask(query=query, today=TODAY, newest=TODAY - timedelta(days=1))
    expected = naive_total(metric, start, start + timedelta(days=length))

    assert total(leaderboard(WORLD, ask)["entries"]) == expected
    for endpoint, kind in ((market_share, "authors"), (timeseries, "models")):
        series = endpoint(WORLD, ask)["series"]
        assert sum(total(bucket[kind]) for bucket in series) == expected


@pytest.mark.parametrize("metric", Metric)
def test_a_week_is_the_sum_of_its_days(metric):
    by_day, by_week = (
        market_share(
            WORLD,
            Ask(
                query={
                    "metric": metric.value,
                    "bucket_width": width,
                    "starting_at": "2026-11-09",
                    "ending_at": "2026-11-15",
                    "limit": "50",
                },
                today=TODAY,
                newest=TODAY - timedelta(days=1),
            ),
        )["series"]
        for width in ("1d", "1w")
    )
    sums: Counter[str] = Counter()
    for bucket in by_day:
        for entry in bucket["authors"]:
            sums[entry["author"]] += entry["value"]

    assert {e["author"]: e["value"] for e in by_week[0]["authors"]} == dict(sums)


def naive_total(metric: Metric, start: date, end: date) -> Decimal:
    units = 0
    for day in days(start, min(end, TODAY - timedelta(days=1))):
        for model in MODELS:
            tokens = tokens_on(model, day)
            counts_tokens = metric is Metric.TOKENS
            units += tokens if counts_tokens else cost_of(model, day, tokens)
    return Decimal(units) if metric is Metric.TOKENS else Decimal(units).scaleb(-8)


def total(entries: list[dict]) -> Decimal:
    return sum((Decimal(entry["value"]) for entry in entries), Decimal(0))


def week_of(monday: date) -> list:
    return WORLD.figures(Metric.TOKENS, monday, monday + timedelta(days=6))
