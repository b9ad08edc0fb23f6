"""Files of answers before the sandbox."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from zenmux_bot.answers.registry import files_of
from zenmux_bot.commands.grammar import KINDS


async def first_file(service, text):
    served = await service.answer(text)
    [file, *_] = files_of(served.view, served.request)
    return served.view, list(
        csv.DictReader(io.StringIO(file.content.removeprefix("\ufeff")))
    )


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if "csv" in kind.takes], ids=lambda kind: kind.name
)
async def test_files__every_kind_that_takes_csv_has_a_file(service, kind):
    _, rows = await first_file(service, f"{kind.examples[0]} csv")

    assert rows


async def test_files__models_days_add_up_to_its_sum(service):
    _, rows = await first_file(service, "model gpt-5.4 cost 10d csv")

    days = [row for row in rows if row["row"] == "day"]
    [whole] = [row for row in rows if row["row"] == "sum"]
    assert len(days) == 10
    assert sum(Decimal(row["value"]) for row in days) == Decimal(whole["value"])
    assert whole["volume_change_percent"]
    assert {row["is_used"] for row in days} == {"yes"}


async def test_files__prices_have_a_column_where_they_were_asked_for(service):
    view, rows = await first_file(service, "leaderboard cost 2026-W41 rate csv")
    _, plain = await first_file(service, "leaderboard cost 2026-W41 csv")

    models = [row for row in rows if row["row"] == "model"]
    assert [Decimal(row["usd_per_million_tokens"]) for row in models] == [
        view.rates.models[row["model"]] for row in models
    ]
    assert "usd_per_million_tokens" not in plain[0]


async def test_files__account_has_no_files(service):
    served = await service.answer("account")

    assert files_of(served.view, served.request) == ()
