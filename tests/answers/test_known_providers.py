"""Finding providers by name in the sandbox's own figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from zenmux_bot.answers.known import KnownProviders
from zenmux_bot.bootstrap import open_apis
from zenmux_bot.config import Settings
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_bot.errors import AmbiguousName, KeyRefused, UnknownName
from zenmux_bot.zenmux.api import OneApi
from zenmux_demo.sandbox.api import SANDBOX_KEY


@pytest.fixture
async def known(sandbox, clock):
    settings = Settings(
        zenmux_base_url=sandbox.base_url,
        zenmux_management_api_key=SecretStr(SANDBOX_KEY),
    )
    async with open_apis(settings, clock) as apis:
        yield KnownProviders(
            OneApi(apis.of(settings.zenmux_management_api_key)),
            clock,
            patience=timedelta(minutes=5),
        )


@pytest.mark.parametrize("name", ["anthropic", "anthro"])
@pytest.mark.parametrize("metric", Metric)
async def test_known_providers__provider_is_found_by_its_name_or_a_part(
    known, name, metric
):
    assert await known.slug_of("T1", name, metric) == "anthropic"


async def test_known_providers__misspelt_one_has_neighbours(known):
    with pytest.raises(UnknownName) as caught:
        await known.slug_of("T1", "anthropc", Metric.COST)

    assert "anthropic" in caught.value.suggestions


async def test_known_providers__part_of_several_is_ambiguous(known):
    with pytest.raises(AmbiguousName):
        await known.slug_of("T1", "a", Metric.COST)


async def test_known_providers__in_the_first_week_there_is_nothing_before_the_floor(
    known, clock
):
    clock.instant = datetime(FLOOR.year, FLOOR.month, FLOOR.day + 1, 12, tzinfo=UTC)

    with pytest.raises(UnknownName):
        await known.slug_of("T1", "qqqq", Metric.COST)


async def test_known_providers__without_a_key_nobody_knows(sandbox, clock):
    settings = Settings(
        zenmux_base_url=sandbox.base_url,
        zenmux_management_api_key=SecretStr("sk-mg-v1-wrong"),
    )
    async with open_apis(settings, clock) as apis:
        with pytest.raises(KeyRefused):
            await KnownProviders(
                OneApi(apis.of(settings.zenmux_management_api_key)), clock
            ).slug_of("T1", "anthropic", Metric.COST)
