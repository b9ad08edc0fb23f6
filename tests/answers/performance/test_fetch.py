"""Performance and prices before the sandbox."""

from __future__ import annotations

from fractions import Fraction

import pytest
from asked import (
    FAILURES,
    LEADERBOARD,
    PERFORMANCE,
    RECORDED,
    drawn,
    recording,
    service_with,
)

from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY
from zenmux_bot.errors import BadInput
from zenmux_demo.sandbox.replies import access_denied


@pytest.mark.parametrize(
    ("text", "metric", "start"),
    [
        ("performance", "throughput", "2026-11-16"),
        ("perf speed 30d", "throughput", "2026-10-24"),
        ("performance latency last week", "ttft", "2026-11-16"),
        ("perf cache yesterday", "cache_hit", "2026-11-22"),
    ],
)
async def test_performance_fetch__each_measure_is_asked_for_its_days(
    service, sandbox, text, metric, start
):
    served = await service.answer(text)

    [asked] = sandbox.asked(PERFORMANCE)
    assert dict(asked.query) == {
        "metric": metric,
        "starting_at": start,
        "ending_at": "2026-11-22",
    }
    assert served.ok


@pytest.mark.parametrize(
    ("period", "newest"),
    [
        ("31d", "2026-10-24..2026-11-22"),
        ("3m", "2026-10-02..2026-10-31"),
        ("2026-Q3", "2026-09-01..2026-09-30"),
    ],
)
async def test_performance_fetch__more_than_thirty_days_are_refused_with_the_nearest(
    service, sandbox, period, newest
):
    served = await service.answer(f"performance ttft {period}")

    assert isinstance(served.error, BadInput)
    assert "30 days at most" in served.report.finding
    assert [button.command for button in served.report.buttons] == [
        f"performance ttft {newest}",
        "performance ttft 30d",
    ]
    assert sandbox.asked(PERFORMANCE) == []
    assert (await service.answer(served.report.buttons[0].command)).ok


async def test_performance_fetch__every_host_has_a_row_with_its_unit(service):
    served = await service.answer("performance throughput")

    headings = [column.heading for column in served.report.table.columns]
    assert headings == ["#", "Model", "Tokens/s", "Host"]
    rows = served.report.table.rows
    assert len(rows) == sum(len(model.hosts) for model in served.view.models)
    assert "tokens per second" in served.report.headline


async def test_performance_fetch__cache_hits_say_the_api_and_combine_all_hosts(service):
    served = await service.answer("performance cache")

    rows = [[cell.text for cell in row] for row in served.report.table.rows]
    whole = [row for row in rows if row[3] == "all"]
    assert whole
    assert {row[4] for row in whole} == {"–"}
    assert "all hosts and APIs" in " ".join(served.report.context)


async def test_performance_fetch__performance_is_drawn_and_leads_on(service):
    served = await service.answer("performance ttft chart")

    blocks, text = drawn(served)
    chart = blocks["data_visualization"]["chart"]
    assert chart["type"] == "bar"
    assert len(chart["axis_config"]["categories"]) == 10
    assert not {"table", "data_table"} & blocks.keys()
    [first, *_], [menu] = served.report.buttons, served.report.menus
    days = "2026-11-16..2026-11-22"
    assert first.command == f"performance throughput {days} chart"
    assert f"performance cache {days} chart" in {each.command for each in menu.choices}
    assert served.view.models[0].label in text


async def test_performance_fetch__late_data_end_a_day_earlier(service, sandbox):
    sandbox.weather.late = True

    served = await service.answer("performance")

    assert str(served.view.span) == "2026-11-15..2026-11-21"
    assert "isn't in yet" in served.report.headline


@pytest.mark.parametrize("measure", ["throughput", "ttft", "cache"])
async def test_performance_fetch__every_recording_is_shown(clock, measure):
    clock.instant = RECORDED
    name = "performance_cache_hit" if measure == "cache" else f"performance_{measure}"
    async with service_with(clock, {PERFORMANCE: recording(name)}) as service:
        served = await service.answer(f"performance {measure} 2026-W25")

    assert served.ok
    assert served.as_json()["kind"] == "performance"
    first = served.report.table.rows[0]
    assert first[1].text in served.message().text


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("measure", ["throughput", "cache"])
async def test_performance_fetch__every_failure_is_a_reply(clock, failure, measure):
    clock.instant = RECORDED
    async with service_with(clock, {PERFORMANCE: recording(failure)}) as service:
        served = await service.answer(f"performance {measure} 7d")

    assert not served.ok
    assert served.report.finding


async def test_performance_fetch__prices_are_those_of_the_world(service, sandbox):
    served = await service.answer("leaderboard tokens 2026-W41 top 5 rate")

    sums = {}
    monday = served.view.basis.span.start
    for metric in Metric:
        for number in range(7):
            column = sandbox.world.column(monday + DAY * number).of(metric)
            for model, value in zip(sandbox.world.models, column, strict=True):
                key = model.slug, metric
                sums[key] = sums.get(key, 0) + value
    for row in served.view.rows:
        cost = Fraction(sums[row.model, Metric.COST], 10**8)
        expected = cost / sums[row.model, Metric.TOKENS] * 10**6
        price = Fraction(served.view.rates.models[row.model])
        assert abs(price - expected) < Fraction(1, 10**12)
    values = [row.figures.value.value for row in served.view.rows]
    assert values == sorted(values, reverse=True)


async def test_performance_fetch__column_says_what_it_is(service):
    served = await service.answer("leaderboard cost 2026-W41 rate vs none")

    said = "average list price per million tokens, all kinds mixed"
    assert served.report.table.columns[-1].heading == "$ per 1M tokens"
    assert said in " ".join(served.report.context)
    assert f"{said} $" in served.message().text


async def test_performance_fetch__both_metrics_are_of_the_same_days(service, sandbox):
    await service.answer("leaderboard cost 2026-W41 top 5 vs none rate")

    asked = [dict(each.query) for each in sandbox.asked(LEADERBOARD)]
    assert sorted(each.pop("metric") for each in asked) == ["cost", "tokens"]
    assert asked[0] == asked[1]
    assert asked[0]["limit"] == "50"


async def test_performance_fetch__without_the_other_metric_the_ranking_is_shown(
    service, sandbox
):
    async def refuse_tokens(request, answer):
        refused = request.query["metric"] == "tokens"
        return access_denied() if refused else answer()

    sandbox.weather.expect(LEADERBOARD, *[refuse_tokens] * 9)

    served = await service.answer("leaderboard cost 2026-W41 vs none rate")

    assert served.ok
    assert served.view.rates is None
    assert "prices are not known" in " ".join(served.report.context)
