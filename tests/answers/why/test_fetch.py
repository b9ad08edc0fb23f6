"""Explaining a share: what is asked of the others, and what is said when they fail."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from answer_worlds import basis_of, board, ranked, series, shared

from zenmux_bot.answers.why.fetch import explain
from zenmux_bot.commands.queries import LeaderboardQuery, ShareQuery, WhyQuery
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import FLOOR, Dates, Versus
from zenmux_bot.errors import (
    AmbiguousName,
    BadInput,
    NoData,
    UnknownName,
    Unreachable,
)

PATIENCE = timedelta(seconds=1)
NOW, BEFORE = date(2026, 11, 22), date(2026, 11, 21)
DAY_22 = Dates(NOW, NOW)


@dataclass
class World:
    """Answers from two days; remembers which models were asked for."""

    now: dict[str, int]
    before: dict[str, int]
    models: dict[date, dict[str, int]] = field(default_factory=dict)
    failure: Exception | None = None
    asked: list[LeaderboardQuery] = field(default_factory=list)

    async def share(self, query: ShareQuery, *, patience: timedelta):
        assert patience == PATIENCE
        buckets = series({BEFORE: self.before, NOW: self.now})
        return shared(buckets, query, Granularity.DAY)

    async def leaderboard(self, query: LeaderboardQuery, *, patience: timedelta):
        assert patience == PATIENCE
        self.asked.append(query)
        if self.failure:
            raise self.failure
        now, before = (
            board(self.models[day]) for day in (query.period.start, query.versus.start)
        )
        return ranked(now, before, query=query)


@pytest.fixture
def world():
    return World(
        now={"acme": 60, "bolt": 40},
        before={"acme": 50, "bolt": 50},
        models={
            NOW: {"acme/a": 60, "bolt/b": 40},
            BEFORE: {"acme/a": 40, "bolt/b": 50, "acme/old": 10},
        },
    )


async def why(world, **changes):
    query = WhyQuery(**{"period": DAY_22} | changes)
    return await explain(world, query, patience=PATIENCE)


async def test_a_provider_is_explained_by_its_models_of_both_periods(world):
    view = await why(world, provider="acme")

    assert view.row.provider == "acme"
    assert view.row.figures.points.value == Decimal("0.1")
    assert view.split.own + view.split.rest == Decimal("0.1")
    assert [(each.model, each.left) for each in view.drivers] == [
        ("acme/a", False),
        ("acme/old", True),
    ]
    assert [each.provider for each in view.others] == ["bolt"]
    assert view.basis.command == "why tokens 2026-11-22 provider acme"
    assert [(each.period, each.versus) for each in world.asked] == [
        (DAY_22, Dates(BEFORE, BEFORE)),
        (Dates(BEFORE, BEFORE), DAY_22),
    ]


async def test_without_a_name_it_is_whoever_moved_most(world):
    world.now = {"acme": 50, "bolt": 30, "core": 20}
    world.before = {"acme": 50, "bolt": 45, "core": 5}

    view = await why(world)

    assert view.row.provider in {"bolt", "core"}
    assert view.basis.command == "why tokens 2026-11-22"


async def test_nobody_is_chosen_where_nobody_moved(world):
    world.now = world.before

    with pytest.raises(NoData, match="moved most"):
        await why(world)


async def test_a_provider_that_left_is_explained_too(world):
    world.now = {"acme": 100}

    view = await why(world, provider="bolt")

    assert view.row.figures.points.value == Decimal("-0.5")


async def test_an_unknown_name_is_answered_with_whole_commands(world):
    with pytest.raises(UnknownName) as caught:
        await why(world, provider="acne")

    assert caught.value.suggestions == ("why tokens 2026-11-22 provider acme",)


async def test_several_names_are_offered_not_guessed(world):
    world.now = {"acme": 60, "acme-labs": 40}

    with pytest.raises(AmbiguousName) as caught:
        await why(world, provider="acm")

    assert set(caught.value.suggestions) == {
        "why tokens 2026-11-22 provider acme",
        "why tokens 2026-11-22 provider acme-labs",
    }


async def test_nothing_to_compare_with_is_refused_with_a_way_out(world):
    with pytest.raises(BadInput) as caught:
        await why(world, provider="acme", versus=Versus.NONE)

    assert caught.value.suggestions == ("why tokens 2026-11-22 provider acme",)


async def test_days_without_a_period_before_cannot_be_explained(world):
    first = Dates(FLOOR, FLOOR)

    async def share(query, *, patience):
        view = shared(
            series({NOW: world.now}), ShareQuery(period=DAY_22), Granularity.DAY
        )
        return replace(view, basis=basis_of(query))

    world.share = share
    with pytest.raises(NoData, match="no data before 2025-09-29"):
        await why(world, period=first)


@pytest.mark.parametrize(
    ("failure", "drivers"),
    [
        (UnknownName("No such provider."), ()),
        (NoData("Nothing."), None),
        (Unreachable("timed out"), None),
        (AmbiguousName("Several."), None),
    ],
)
async def test_what_is_not_known_of_its_models_is_no_failure(world, failure, drivers):
    world.failure = failure

    view = await why(world, provider="acme")

    assert view.drivers == drivers
    assert view.split is not None
