"""Explaining a share: what is asked of the others, and what is said when they fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from answer_worlds import AS_OF, board, series
from clocks import ManualClock

from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.answers.why.fetch import fetch_why
from zenmux_bot.commands.queries import WhyQuery
from zenmux_bot.core.periods import FLOOR, Dates, Versus
from zenmux_bot.errors import (
    AmbiguousName,
    BadInput,
    NoData,
    UnknownName,
    Unreachable,
)
from zenmux_bot.zenmux.models import Answer, MarketShare
from zenmux_bot.zenmux.requests import MarketShareRequest

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
    asked: list[date] = field(default_factory=list)

    async def fetch(self, request, *, patience):
        assert patience == PATIENCE
        if isinstance(request, MarketShareRequest):
            days = {BEFORE: self.before, NOW: self.now, FLOOR: self.now}
            there = {day: days[day] for day in days if request.start <= day}
            data = MarketShare(
                metric="tokens",
                bucket_width="1d",
                starting_at=str(request.start),
                ending_at=str(request.end),
                series=series(there),
            )
            return Answer(data=data, limit=None, fetched_at=AS_OF)
        self.asked.append(request.start)
        if self.failure:
            raise self.failure
        data = board(self.models[request.start])
        return Answer(data=data, limit=None, fetched_at=AS_OF)


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
    usual = {"period": DAY_22, "versus": Dates(BEFORE, BEFORE)}
    query = WhyQuery(**usual | changes)
    context = FetchContext(world, ManualClock(AS_OF + timedelta(days=30)), PATIENCE)
    return await fetch_why(context, query)


async def test_why_fetch__provider_is_explained_by_its_models_of_both_periods(world):
    view = await why(world, provider="acme")

    assert view.row.provider == "acme"
    assert view.row.figures.points.value == Decimal("0.1")
    assert view.split.own + view.split.rest == Decimal("0.1")
    assert [(each.model, each.left) for each in view.drivers] == [
        ("acme/a", False),
        ("acme/old", True),
    ]
    assert [each.provider for each in view.others] == ["bolt"]
    assert view.basis.command == "why tokens 2026-11-22 provider acme vs 2026-11-21"
    assert sorted(world.asked) == [BEFORE, BEFORE, NOW, NOW]


async def test_why_fetch__without_a_name_it_is_whoever_moved_most(world):
    world.now = {"acme": 50, "bolt": 30, "core": 20}
    world.before = {"acme": 50, "bolt": 45, "core": 5}

    view = await why(world)

    assert view.row.provider in {"bolt", "core"}
    assert view.basis.command == "why tokens 2026-11-22 vs 2026-11-21"


async def test_why_fetch__nobody_is_chosen_where_nobody_moved(world):
    world.now = world.before

    with pytest.raises(BadInput, match="clearly moved most") as refused:
        await why(world)

    assert "provider acme" in refused.value.suggestions[0]


async def test_why_fetch__provider_that_left_is_explained_too(world):
    world.now = {"acme": 100}

    view = await why(world, provider="bolt")

    assert view.row.figures.points.value == Decimal("-0.5")


async def test_why_fetch__unknown_name_is_answered_with_whole_commands(world):
    with pytest.raises(UnknownName) as caught:
        await why(world, provider="acne")

    assert caught.value.suggestions == (
        "why tokens 2026-11-22 provider acme vs 2026-11-21",
    )


async def test_why_fetch__several_names_are_offered_not_guessed(world):
    world.now = {"acme": 60, "acme-labs": 40}

    with pytest.raises(AmbiguousName) as caught:
        await why(world, provider="acm")

    assert set(caught.value.suggestions) == {
        "why tokens 2026-11-22 provider acme vs 2026-11-21",
        "why tokens 2026-11-22 provider acme-labs vs 2026-11-21",
    }


async def test_why_fetch__nothing_to_compare_with_is_refused_with_a_way_out(world):
    with pytest.raises(BadInput) as caught:
        await why(world, provider="acme", versus=Versus.NONE)

    assert caught.value.suggestions == ("why tokens 2026-11-22 provider acme",)


async def test_why_fetch__days_without_a_period_before_cannot_be_explained(world):
    with pytest.raises(BadInput, match="nothing to compare 29 Sep 2025") as refused:
        await why(world, period=Dates(FLOOR, FLOOR), versus=Versus.PREVIOUS)

    assert "no figures before 29 Sep 2025" in refused.value.allowed


@pytest.mark.parametrize(
    ("failure", "drivers"),
    [
        (UnknownName("No such provider."), ()),
        (NoData("Nothing."), None),
        (Unreachable("timed out"), None),
        (AmbiguousName("Several."), None),
    ],
)
async def test_why_fetch__what_is_not_known_of_its_models_is_no_failure(
    world, failure, drivers
):
    world.failure = failure

    view = await why(world, provider="acme")

    assert view.drivers == drivers
    assert view.split is not None
