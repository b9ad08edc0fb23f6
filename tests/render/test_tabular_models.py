"""Files of answers about models: every figure, exact, with what it rests on."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from asked import PERFORMANCE, RECORDED, TREND, TRENDING, recording, service_with

from zenmux_bot.answers.registry import files_of


def rows(file):
    return list(csv.DictReader(io.StringIO(file.content.removeprefix("\ufeff"))))


async def files(clock, path, name, text):
    """Return the files of an answer made from a recording, and its view."""
    clock.instant = RECORDED
    async with service_with(clock, {path: recording(name)}) as service:
        served = await service.answer(text)
    return files_of(served.view, served.request), served.view


async def test_export__trend(clock):
    (sums, buckets, whole), view = await files(
        clock, TREND, "timeseries_daily_cost", "trend cost 14d csv"
    )

    assert [file.name for file in (sums, buckets, whole)] == [
        "zenmux-trend-cost-14d.csv",
        "zenmux-trend-cost-14d-by-day.csv",
        "zenmux-trend-cost-14d.json",
    ]
    models = [row for row in rows(sums) if row["row"] == "model"]
    assert [row["model"] for row in models] == [each.model for each in view.models]
    for row, model in zip(models, view.models, strict=True):
        own = [each for each in rows(buckets) if each["model"] == row["model"]]
        assert len(own) == 14
        if model.value.value is not None:
            assert sum(Decimal(each["value"]) for each in own) == Decimal(row["value"])
            assert Decimal(row["value"]) == model.value.value
        else:
            assert row["value"] == ""
            assert Decimal(row["value_at_most"]) == model.value.high
    assert {row["unit"] for row in rows(sums)} == {"USD at list price"}
    assert json.loads(whole.content)["kind"] == "trend"


async def test_export__trending(clock):
    (models, days, whole), view = await files(
        clock, TRENDING, "trending_doc_sample", "trending cost day csv"
    )
    # the recording ends on another day than the request, so its figures are beside it
    [row] = rows(models)

    assert row["zenmux_growth_label"] == "'+40615.61%"
    assert row["own_change_percent"] == ""
    assert len(rows(days)) == 7
    assert "0.00401241" not in models.content + days.content + whole.content
    assert view.rows[0].model == row["model"]


@pytest.mark.parametrize("measure", ["throughput", "ttft", "cache"])
async def test_export__performance(clock, measure):
    name = "performance_cache_hit" if measure == "cache" else f"performance_{measure}"
    (hosts, whole), view = await files(
        clock, PERFORMANCE, name, f"performance {measure} 7d csv"
    )

    found = [(row["model"], row["host"], row["api"]) for row in rows(hosts)]
    assert found == [
        (model.model, door.host, door.api)
        for model in view.models
        for door in model.hosts
    ]
    values = [door.value for model in view.models for door in model.hosts]
    assert [Decimal(row["value"]) for row in rows(hosts)] == values
    assert json.loads(whole.content)["unit"] == rows(hosts)[0]["unit"]
