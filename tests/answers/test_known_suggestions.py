"""Names while somebody types: at once, from memory, or not at all."""

from __future__ import annotations

import asyncio
import time

import pytest
from asked import LEADERBOARD, MODELS
from pydantic import SecretStr

from zenmux_bot.answers.known import Suggestions
from zenmux_bot.bootstrap import open_apis
from zenmux_bot.config import Settings
from zenmux_bot.zenmux.api import OneApi
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.faults import Hold
from zenmux_demo.sandbox.replies import access_denied


@pytest.fixture
async def suggestions(clock, sandbox):
    settings = Settings(
        zenmux_base_url=sandbox.base_url,
        zenmux_management_api_key=SecretStr(SANDBOX_KEY),
    )
    async with open_apis(settings, clock) as apis:
        yield Suggestions(OneApi(apis.of(settings.zenmux_management_api_key)), clock)


async def typed_on(suggestions, typed):
    """Return what is found once the API has answered."""
    async with asyncio.timeout(30):
        while True:
            _, models = await suggestions.names("T1", typed) or ((), ())
            if models:
                return models
            await asyncio.sleep(0)


async def test_known_suggestions__models_and_providers_are_found(suggestions):
    await typed_on(suggestions, "opus")

    _, [opus, *_] = await suggestions.names("T1", "opus")
    [provider], _ = await suggestions.names("T1", "anthr")

    assert opus.label == "Claude Opus 4.8"
    assert (provider.slug, provider.label) == ("anthropic", "Anthropic")


async def test_known_suggestions__slow_api_answers_at_the_next_keystroke(
    suggestions, sandbox
):
    holds = [Hold(), Hold()]
    sandbox.weather.expect(LEADERBOARD, holds[0])
    sandbox.weather.expect(MODELS, holds[1])

    first = await suggestions.names("T1", "opus")
    for hold in holds:
        await hold.reached.wait()
        hold.released.set()
    later = await typed_on(suggestions, "opus")

    assert first is None
    assert later[0].label == "Claude Opus 4.8"


async def test_known_suggestions__from_memory_it_takes_no_time(suggestions, sandbox):
    await typed_on(suggestions, "gpt")
    async with asyncio.timeout(30):
        # The list of models may come behind the leaderboard.
        while len(sandbox.requests) < 2:  # noqa: ASYNC110 - nothing tells of them
            await asyncio.sleep(0)
    asked = len(sandbox.requests)

    began = time.process_time()
    for typed in ("g", "gp", "gpt", "gpt-", "gpt-5"):
        assert any(await suggestions.names("T1", typed))
    took = (time.process_time() - began) / 5

    assert took < 0.1
    assert len(sandbox.requests) == asked


async def test_known_suggestions__without_the_api_there_is_nothing_to_choose(
    suggestions, sandbox
):
    sandbox.weather.expect(LEADERBOARD, access_denied())
    sandbox.weather.expect(MODELS, access_denied())

    assert await suggestions.names("T1", "opus") is None
