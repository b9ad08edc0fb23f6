"""One model before the sandbox: found by name, told with all that is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from asked import (
    FAILURES,
    LEADERBOARD,
    MODELS,
    RECORDED,
    SHARE,
    USAGE,
    drawn,
    recording,
    service_with,
)

from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY
from zenmux_bot.errors import AmbiguousName, UnknownName
from zenmux_demo.sandbox.replies import access_denied, gateway_page


def naive(sandbox, slugs, first, days, metric=Metric.TOKENS):
    """Return the sum of some models' days from the world itself."""
    total = 0
    for number in range(days):
        column = sandbox.world.column(date.fromisoformat(first) + DAY * number)
        for model, value in zip(sandbox.world.models, column.of(metric), strict=True):
            if any(model.slug.startswith(slug) for slug in slugs):
                total += value
    return total


@pytest.mark.parametrize(
    "name",
    [
        "anthropic/claude-opus-4.8",
        "claude-opus-4.8",
        "Claude Opus 4.8",
        "“Claude Opus 4.8”",
        "opus-4.8",
        "claude opus-4.8",
        "name claude-opus-4.8",
    ],
)
async def test_model_fetch__model_goes_by_slug_label_or_part(service, name):
    served = await service.answer(f"model {name} cost 7d")

    assert served.view.model.slug == "anthropic/claude-opus-4.8"
    assert served.report.command == "model anthropic/claude-opus-4.8 cost 7d"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("文心", "baidu/ernie-5.0-thinking"),
        ("🚀", "sample-labs/rocket"),
        ("👩🏽‍🚀", "sample-labs/rocket"),
        ("豆包 seed", "bytedance/doubao-seed-2.0-pro"),
        ("gpt 5.4", "openai/gpt-5.4"),
    ],
)
async def test_model_fetch__names_of_all_scripts_work(service, name, slug):
    served = await service.answer(f"model {name}")

    assert served.view.model.slug == slug


async def test_model_fetch__several_models_are_offered_the_most_used_first(service):
    served = await service.answer("model opus cost 7d")

    assert isinstance(served.error, AmbiguousName)
    assert [button.command for button in served.report.buttons] == [
        f"model anthropic/claude-opus-{version} cost 7d"
        for version in ("4.8", "4.6", "4.5")
    ]


async def test_model_fetch__typing_error_finds_its_neighbour(service):
    served = await service.answer("model clade-opus-4.8")

    assert isinstance(served.error, UnknownName)
    [first, *_] = served.report.buttons
    assert first.command == "model anthropic/claude-opus-4.8 tokens 28d"


async def test_model_fetch__slug_that_no_list_has_is_tried(service, sandbox):
    gone = await service.answer("model lumora/lumora-1-mini 2026-10")
    wrong = await service.answer("model lumora/lumora-9 2026-10")

    assert gone.view.model.label == "Lumora 1 mini"
    assert isinstance(wrong.error, UnknownName)
    assert sandbox.asked(USAGE)[-1].query["model"] == "lumora/lumora-9"


async def test_model_fetch__days_are_asked_in_windows_of_thirty_without_overlap(
    service, sandbox
):
    served = await service.answer("model gpt-5.4 tokens 28d")

    asked = [
        (each.query["starting_at"], each.query["ending_at"])
        for each in sandbox.asked(USAGE)
    ]
    assert asked == [("2026-09-28", "2026-10-27"), ("2026-10-28", "2026-11-22")]
    assert served.view.of_platform.value.value == naive(
        sandbox, ["openai/gpt-5.4"], "2026-10-26", 28
    )


async def test_model_fetch__shares_and_changes_are_those_of_the_world(service, sandbox):
    served = await service.answer("model gpt-5.4 tokens 7d")

    now = naive(sandbox, ["openai/gpt-5.4"], "2026-11-16", 7)
    before = naive(sandbox, ["openai/gpt-5.4"], "2026-11-09", 7)
    whole = naive(sandbox, [""], "2026-11-16", 7)
    openai = naive(sandbox, ["openai/"], "2026-11-16", 7)
    view = served.view
    assert float(view.of_platform.share.value) == pytest.approx(now / whole)
    assert float(view.of_provider.share.value) == pytest.approx(now / openai)
    assert float(view.of_platform.growth.value) == pytest.approx(now / before - 1)


async def test_model_fetch__free_variant_is_counted_in_and_it_is_said(service, sandbox):
    served = await service.answer("model stepfun/step-3.7-flash tokens 7d")

    both = naive(sandbox, ["stepfun/step-3.7-flash"], "2026-11-16", 7)
    assert served.view.of_platform.value.value == both
    assert "includes Step 3.7 Flash (Free)" in " ".join(served.report.context)


async def test_model_fetch__what_is_not_used_and_what_is_free_are_told_apart(service):
    rare = await service.answer("model once in a while 21d")
    free = await service.answer("model xiaomi/mimo-v2-flash-free cost 7d")
    gone = await service.answer("model lumora/lumora-1 tokens 14d")

    assert "Not used on 13 of 21 days." in rare.report.finding
    assert "not used" in rare.message().text
    assert "not used" not in free.message().text
    assert "$0.00" in free.report.headline
    assert "did not use Lumora 1" in gone.report.headline
    assert "It was used in the 14 days before." in gone.report.finding


async def test_model_fetch__late_data_are_not_taken_for_disuse(service, sandbox):
    sandbox.weather.late = True

    served = await service.answer("model gpt-5.4 tokens 7d")

    assert str(served.view.basis.span) == "2026-11-15..2026-11-21"
    assert (served.view.unused, served.view.unknown) == (0, 0)


async def test_model_fetch__without_the_platform_the_model_is_still_told(
    service, sandbox
):
    sandbox.weather.expect(SHARE, *[access_denied()] * 9)

    served = await service.answer("model gpt-5.4 tokens 2026-10")

    assert served.ok
    assert served.view.of_platform.share is None
    assert "shares are not known" in " ".join(served.report.context)


async def test_model_fetch__without_the_lists_a_slug_still_works(service, sandbox):
    sandbox.weather.expect(LEADERBOARD, *[access_denied()] * 9)
    sandbox.weather.expect(MODELS, *[gateway_page(502)] * 20)

    served = await service.answer("model gpt-5.4 tokens 2026-10")

    assert not served.ok
    assert type(served.error).__name__ == "KeyRefused"


async def test_model_fetch__one_list_is_enough(service, sandbox):
    sandbox.weather.expect(LEADERBOARD, *[access_denied()] * 9)

    served = await service.answer("model gpt-5.4 tokens 2026-10")

    assert served.view.model.label == "GPT-5.4"
    assert served.view.model.author_label == "OpenAI"


async def test_model_fetch__model_is_drawn_with_chart_table_and_neighbours(service):
    served = await service.answer("model gpt-5.4 tokens 14d")

    blocks, text = drawn(served)
    assert len(blocks["data_visualization"]["chart"]["series"]) == 1
    assert len(blocks["data_table"]["rows"]) == 15
    assert blocks["data_table"]["page_size"] == 7
    [first, *_], [menu] = served.report.buttons, served.report.menus
    commands = {each.command for each in menu.choices}
    days = "2026-11-09..2026-11-22"
    assert first.command == f"model openai/gpt-5.4 cost {days}"
    assert f"leaderboard tokens {days} provider openai" in commands
    assert f"why tokens {days} provider openai" in commands
    assert "Busiest on" in text
    for said in ("Sun 22 Nov", "Mon 9 Nov"):
        assert said in text


async def test_model_fetch__year_is_drawn_by_week_within_slacks_limits(service):
    served = await service.answer("model gpt-5-mini cost all")

    assert served.view.width.word == "week"
    assert len(served.report.table.rows) <= 62
    assert len(served.report.chart.categories) == 20


async def test_model_fetch__model_row_leads_to_its_model(service):
    for text in ("trend", "trending", "leaderboard"):
        served = await service.answer(f"{text} cost")
        [menu] = served.report.menus
        commands = [each.command for each in menu.choices]
        assert any("model anthropic/claude-opus-4.8 cost" in each for each in commands)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("model_usage_tokens", "2026-05-26..2026-06-24"),
        ("model_usage_cost", "2026-06-18..2026-06-24"),
        ("model_usage_gaps", "2026-06-18..2026-06-24"),
    ],
)
async def test_model_fetch__every_recording_is_shown(clock, name, days):
    clock.instant = RECORDED
    bodies = {USAGE: recording(name), MODELS: recording("models_list")}
    async with service_with(clock, bodies) as service:
        metric = "cost" if name.endswith("cost") else "tokens"
        served = await service.answer(f"model claude-opus-4.8 {metric} {days}")

    assert served.view.model.author_label == "Anthropic"
    assert served.as_json()["kind"] == "model"
    assert served.message().text


async def test_model_fetch__model_that_the_api_does_not_know_is_a_name_to_fix(clock):
    clock.instant = datetime(2026, 6, 25, 9, tzinfo=UTC)
    bodies = {USAGE: recording("model_usage_zero"), MODELS: recording("models_list")}
    async with service_with(clock, bodies) as service:
        served = await service.answer("model example/no-such-model 7d")

    assert isinstance(served.error, UnknownName)


@pytest.mark.parametrize("failure", FAILURES)
async def test_model_fetch__every_failure_is_a_reply(clock, failure):
    clock.instant = RECORDED
    bodies = {USAGE: recording(failure), MODELS: recording("models_list")}
    async with service_with(clock, bodies) as service:
        served = await service.answer("model claude-opus-4.8 7d")

    assert not served.ok
    assert served.report.finding
