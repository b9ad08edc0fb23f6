"""What ZenMux's answers may hold, field by field."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from zenmux_bot.zenmux.models import (
    Balance,
    CacheHit,
    Generation,
    Leaderboard,
    LeaderboardEntry,
    MarketShare,
    ModelList,
    OwnRow,
    RollingQuota,
    Subscription,
    TrendingEntry,
    UsageDay,
)

RANGE = {"metric": "tokens", "starting_at": "2026-06-15", "ending_at": "2026-06-21"}


def entry(**fields):
    return TypeAdapter(LeaderboardEntry).validate_python(
        {"model": "a/b", "value": 1, **fields}
    )


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (69644279402, Decimal(69644279402)),
        (Decimal("15163.64284455"), Decimal("15163.64284455")),
        ("12.50", Decimal("12.50")),
        (" 1e3 ", Decimal(1000)),
        (0, Decimal(0)),
        (None, None),
    ],
)
def test_models__volume_is_an_exact_number_or_unknown(raw, value):
    assert entry(value=raw).value == value


@pytest.mark.parametrize(
    "raw",
    [
        1.5,
        True,
        "",
        "many",
        "1_000",
        "１",
        "NaN",
        "Infinity",
        "1e1000",
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e31"),
        Decimal("1e-61"),
        10**31,
        [],
        {},
    ],
)
def test_models__what_is_no_sane_number_is_refused(raw):
    with pytest.raises(ValidationError):
        entry(value=raw)


def test_models__volume_is_never_negative_but_a_growth_may_be():
    trending = {"model": "a/b", "value": 1, "data_points": None}

    falling = TrendingEntry.model_validate({**trending, "growth_rate": Decimal("-0.3")})

    assert falling.growth_rate == Decimal("-0.3")
    assert falling.data_points == ()
    with pytest.raises(ValidationError):
        TrendingEntry.model_validate({**trending, "value": -1})


def test_models__overdue_balance_is_negative():
    assert Balance.model_validate({"total_credits": "-1.27"}).total_credits < 0


def test_models__value_may_be_null_but_not_missing():
    with pytest.raises(ValidationError):
        TypeAdapter(LeaderboardEntry).validate_python({"model": "a/b"})


@pytest.mark.parametrize(
    "raw",
    ["2026-6-1", "20260601", "2026-06-31", "2026-06-01T00:00:00Z", 1780000000, None],
)
def test_models__day_is_written_one_way(raw):
    with pytest.raises(ValidationError):
        TypeAdapter(UsageDay).validate_python({"date": raw, "value": 1})


def test_models__day_is_a_date():
    assert TypeAdapter(UsageDay).validate_python(
        {"date": "2026-06-01", "value": 1}
    ).date == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2026-07-12T08:26:56.000Z", datetime(2026, 7, 12, 8, 26, 56, tzinfo=UTC)),
        ("2026-07-12T08:26:56Z", datetime(2026, 7, 12, 8, 26, 56, tzinfo=UTC)),
        ("2026-07-12T10:26:56+02:00", datetime(2026, 7, 12, 8, 26, 56, tzinfo=UTC)),
        ("2026-07-12T08:26:56", datetime(2026, 7, 12, 8, 26, 56, tzinfo=UTC)),
        (None, None),
    ],
)
def test_models__moment_is_aware_and_in_utc(raw, moment):
    read = RollingQuota.model_validate({"resets_at": raw}).resets_at

    assert read == moment
    assert read is None or read.tzinfo is UTC


@pytest.mark.parametrize("raw", ["soon", 1780000000, "0001-01-01T00:00:00+02:00"])
def test_models__what_is_no_moment_is_refused(raw):
    with pytest.raises(ValidationError):
        RollingQuota.model_validate({"resets_at": raw})


def test_models__labels_may_be_null_and_hostile_but_not_unprintable():
    read = entry(label=None, author="<!channel>", author_label="a\ud800b")

    assert (read.label, read.author, read.author_label) == ("", "<!channel>", "a?b")


def test_models__slug_must_be_there():
    with pytest.raises(ValidationError):
        entry(model=None)


@pytest.mark.parametrize(
    ("raw", "rank"), [(1, 1), ("2", 2), (Decimal("3.0"), 3), (None, None)]
)
def test_models__rank_is_an_integer_or_unknown(raw, rank):
    assert entry(rank=raw).rank == rank


def test_models__null_list_is_empty_and_a_missing_one_is_refused():
    assert Leaderboard.model_validate({**RANGE, "entries": None}).entries == ()
    with pytest.raises(ValidationError):
        Leaderboard.model_validate(RANGE)


def test_models__one_bad_entry_is_named():
    with pytest.raises(ValidationError) as caught:
        Leaderboard.model_validate(
            {**RANGE, "entries": [{"model": "a/b", "value": 1}, {"model": "c/d"}]}
        )

    assert caught.value.errors()[0]["loc"] == ("entries", 1, "value")


def test_models__unknown_fields_are_ignored():
    body = {**RANGE, "bucket_width": "1d", "series": [], "novelty": {"a": 1}}

    assert MarketShare.model_validate(body).series == ()


def test_models__answers_are_frozen():
    with pytest.raises(FrozenInstanceError):
        entry().value = Decimal(2)


def test_models__cache_hits_come_by_host():
    read = CacheHit.model_validate(
        {
            **RANGE,
            "entries": [
                {
                    "model": "a/b",
                    "providers": {"host": {"apis": [{"api": "messages", "value": 0}]}},
                }
            ],
        }
    )

    assert read.entries[0].providers["host"].apis[0].value == 0
    assert read.entries[0].top_provider is None


@pytest.mark.parametrize("missing", [{}, {"plan": None, "quota_5_hour": None}])
def test_models__parts_of_a_subscription_may_be_unknown(missing):
    read = Subscription.model_validate({"account_status": "healthy", **missing})

    assert read.plan is None
    assert read.quota_5_hour is None


def test_models__generation_without_a_bill_says_so():
    read = Generation.model_validate({"generationId": "g", "model": "a/b"})

    assert (read.usage, read.rating, read.created_at) == (None, None, None)


def test_models__generation_spells_its_time_either_way():
    for name in ("createAt", "createdAt"):
        read = Generation.model_validate(
            {"generationId": "g", "model": "a/b", name: "2026-06-24T06:00:00Z"}
        )
        assert read.created_at == datetime(2026, 6, 24, 6, tzinfo=UTC)


def test_models__list_of_models_is_a_list():
    with pytest.raises(ValidationError):
        ModelList.model_validate({"object": "list"})


def test_models__model_that_is_listed_twice_would_count_twice():
    twice = [{"model": "a/b", "value": 1}, {"model": "a/b", "value": 2}]

    with pytest.raises(ValidationError, match="each model once"):
        Leaderboard.model_validate({**RANGE, "entries": twice})


@pytest.mark.parametrize(
    ("time", "is_right"),
    [
        ("20261103", True),
        ("2026110323", True),
        ("202611032359", True),
        ("20261399", False),
        ("2026-11-03", False),
        ("202611", False),
        ("", False),
    ],
)
def test_own_row__time_is_a_day_or_within_one(time, is_right):
    row = {"bizTime": time, "modelSlug": "a/b", "billAmount": "1.50"}

    if is_right:
        assert OwnRow.model_validate(row).biz_time == time
    else:
        with pytest.raises(ValidationError):
            OwnRow.model_validate(row)
