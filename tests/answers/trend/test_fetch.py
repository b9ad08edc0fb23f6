"""Trend and trending before the sandbox: what is asked, told and drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from asked import (
    FAILURES,
    RECORDED,
    SHARE,
    TREND,
    TRENDING,
    drawn,
    recording,
    service_with,
)

from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY
from zenmux_bot.render import limits


def days_of(sandbox, first, last, metric=Metric.TOKENS):
    """Return each day's volumes from the world itself, by a plain loop."""
    found = {}
    day = date.fromisoformat(first)
    while str(day) <= last:
        column = sandbox.world.column(day).of(metric)
        found[day] = {
            model.slug: Fraction(value)
            for model, value in zip(sandbox.world.models, column, strict=True)
            if value
        }
        day += DAY
    return found


async def test_trend_fetch__trend_asks_for_days_with_the_largest_list(service, sandbox):
    served = await service.answer("trend cost")

    [asked] = sandbox.asked(TREND)
    assert dict(asked.query) == {
        "metric": "cost",
        "bucket_width": "1d",
        "starting_at": "2026-10-26",
        "ending_at": "2026-11-22",
        "limit": "50",
    }
    assert served.view.width.word == "day"
    assert len(served.view.buckets) == 28


async def test_trend_fetch__trend_tells_the_worlds_own_figures(service, sandbox):
    served = await service.answer("trend tokens 28d top 5")

    world = days_of(sandbox, "2026-10-26", "2026-11-22")
    total = sum(value for day in world.values() for value in day.values())
    assert served.view.total.value == total
    sums = {}
    for day in world.values():
        for slug, value in day.items():
            sums[slug] = sums.get(slug, 0) + value
    best = sorted(sums, key=lambda slug: -sums[slug])[:5]
    assert [model.model for model in served.view.models] == best
    assert [model.value.value for model in served.view.models] == [
        sums[slug] for slug in best
    ]


async def test_trend_fetch__all_time_by_week_is_asked_in_two_parts_and_joined(
    service, sandbox, clock
):
    clock.instant = datetime(2026, 12, 1, 9, tzinfo=UTC)

    served = await service.answer("trend tokens all")

    assert len(sandbox.asked(TREND)) == 2
    assert len(served.view.buckets) == 62
    assert served.view.buckets[-1].is_part


async def test_trend_fetch__weeks_of_a_month_are_whole_and_it_is_said(service, sandbox):
    served = await service.answer("trend cost 2026-10 by week")

    [asked] = sandbox.asked(TREND)
    assert asked.query["starting_at"] == "2026-09-28"
    assert asked.query["ending_at"] == "2026-10-26"
    assert str(served.view.basis.span) == "2026-09-28..2026-11-01"
    assert "Weeks are whole ISO weeks" in " ".join(served.view.basis.notes)


async def test_trend_fetch__running_week_says_that_it_is_not_over(service, clock):
    clock.instant = datetime(2026, 11, 26, 9, tzinfo=UTC)

    served = await service.answer("trend tokens since 2026-11-02 by week")

    assert served.report.table.rows[3][0].text == "23–25 Nov to date"
    assert str(served.view.recent.now) == "2026-11-16..2026-11-22"


async def test_trend_fetch__late_data_end_the_trend_a_day_earlier(service, sandbox):
    sandbox.weather.late = True

    served = await service.answer("trend tokens 7d")

    assert str(served.view.basis.span) == "2026-11-15..2026-11-21"
    assert "isn't in yet" in served.report.headline


async def test_trend_fetch__trend_draws_a_chart_a_table_and_all_of_it_in_words(service):
    served = await service.answer("trend tokens 14d top 3")

    blocks, text = drawn(served)
    chart = blocks["data_visualization"]["chart"]
    assert len(chart["series"]) == 3
    assert len(chart["axis_config"]["categories"]) == 14
    table = blocks["data_table"]
    assert [cell["text"] for cell in table["rows"][0]] == [
        *("Day", "Claude Opus 4.8", "GPT-5.4", "Claude Sonnet 4.6", "Others", "Total")
    ]
    first_page = [row[0]["text"] for row in table["rows"][1 : table["page_size"] + 1]]
    assert first_page[:4] == ["Sum", "Share", "Change", "Sun 22 Nov"]
    for said in ("Sun 22 Nov", "Mon 9 Nov", "Sum", "Share", "Change", "22 Nov 2026"):
        assert said in text
    [first, *_], [menu] = served.report.buttons, served.report.menus
    shown = "2026-11-09..2026-11-22 top 3"
    assert first.command == f"trend cost {shown}"
    assert f"leaderboard tokens {shown}" in {each.command for each in menu.choices}


@pytest.mark.parametrize("text", ["trend tokens 28d table", "trend cost 28d chart"])
async def test_trend_fetch__one_view_alone(service, text):
    blocks, _ = drawn(await service.answer(text))

    has_table = bool({"table", "data_table"} & blocks.keys())
    assert has_table == text.endswith("table")
    assert ("data_visualization" in blocks) == text.endswith("chart")


async def test_trend_fetch__largest_trend_fits_in_slack(service):
    served = await service.answer("trend cost all by day top 50")

    message = served.message()
    [table] = [each for each in message.blocks if each["type"] == "data_table"]
    cells = [cell for row in table["rows"] for cell in row]
    assert len(table["rows"]) <= limits.DATA_TABLE_ROWS
    assert len(table["rows"][0]) == limits.DATA_TABLE_COLUMNS
    assert sum(len(cell["text"]) for cell in cells) <= limits.DATA_TABLE_CHARACTERS
    assert len(message.text) <= limits.MESSAGE_TEXT_ADVISED
    said = " ".join(served.report.context)
    assert "table: the first 17 models" in said
    assert "table: the last 62 of 420 days" in said


async def test_trend_fetch__models_without_a_column_are_in_others(service):
    served = await service.answer("trend cost 7d top 20")

    columns = [column.heading for column in served.report.table.columns]
    sums = served.report.table.rows[0]
    parts = sum(cell.number for cell in sums[1:-1])
    assert columns[-2:] == ["Others", "Total"]
    assert parts == pytest.approx(sums[-1].number)


@pytest.mark.parametrize(
    ("text", "width", "newest"),
    [
        ("trending", "1w", "2026-11-22"),
        ("movers cost day top 3", "1d", "2026-11-22"),
        ("trending by week", "1w", "2026-11-22"),
    ],
)
async def test_trend_fetch__trending_is_anchored_on_the_newest_day(
    service, sandbox, text, width, newest
):
    await service.answer(text)

    [asked] = sandbox.asked(TRENDING)
    assert (asked.query["bucket_width"], asked.query["ending_at"]) == (width, newest)


async def test_trend_fetch__late_data_move_the_anchor(service, sandbox):
    sandbox.weather.late = True

    served = await service.answer("trending tokens")

    assert sandbox.asked(TRENDING)[-1].query["ending_at"] == "2026-11-21"
    assert str(served.view.basis.span) == "2026-11-15..2026-11-21"


async def test_trend_fetch__trendings_own_change_is_that_of_the_world(service, sandbox):
    served = await service.answer("trending tokens week top 50")

    now = days_of(sandbox, "2026-11-16", "2026-11-22").values()
    before = days_of(sandbox, "2026-11-09", "2026-11-15").values()
    for row in served.view.rows:
        new = sum(day.get(row.model, 0) for day in now)
        old = sum(day.get(row.model, 0) for day in before)
        assert row.own.value.value == new
        if old:
            assert abs(Fraction(row.own.growth.value) - (new - old) / old) < 1e-12
        else:
            assert row.own.is_new


async def test_trend_fetch__day_beside_the_day_before_is_warned_of(service):
    day, week = [
        (await service.answer(f"trending tokens {window}")).report.finding
        for window in ("day", "week")
    ]

    assert "Mondays look like growth" in day
    assert "Mondays" not in week


async def test_trend_fetch__vendors_sample_tells_both_growths_apart(clock):
    clock.instant = datetime(2026, 6, 22, 9, tzinfo=UTC)
    async with service_with(
        clock, {TRENDING: recording("trending_doc_sample")}
    ) as service:
        served = await service.answer("trending cost day")

    [row] = served.report.table.rows
    headings = [column.heading for column in served.report.table.columns]
    shown = dict(zip(headings, (cell.text for cell in row), strict=True))
    assert shown["ZenMux growth"] == "+40,615.6%"
    assert shown["Change"] == "−90.3%"
    assert shown["7 days"] == "▁▁▂▇██▂"
    assert "from &lt;$0.01 to $1.63, at most $16.87 on 20 Jun" in served.message().text
    assert "0.004" not in str(served.message())
    assert "smoothed" in " ".join(served.report.context)


@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        (TREND, "timeseries_weekly_tokens", "trend tokens 8w by week"),
        (TREND, "timeseries_daily_cost", "trend cost 14d"),
        (TRENDING, "trending_1d_tokens", "trending tokens day"),
        (TRENDING, "trending_1w_tokens", "trending tokens week"),
    ],
)
async def test_trend_fetch__every_recording_is_shown(clock, path, name, text):
    clock.instant = RECORDED
    async with service_with(clock, {path: recording(name)}) as service:
        served = await service.answer(text)

    assert served.ok, served.report.finding
    assert served.as_json()["kind"] == text.split()[0]
    assert served.message().text


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("text", ["trend", "trending"])
async def test_trend_fetch__every_failure_is_a_reply(clock, failure, text):
    clock.instant = RECORDED
    reply = recording(failure)
    async with service_with(
        clock, {TREND: reply, TRENDING: reply, SHARE: reply}
    ) as service:
        served = await service.answer(text)

    assert not served.ok
    assert served.report.finding
