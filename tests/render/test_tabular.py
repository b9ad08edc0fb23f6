"""Files: every row says what it rests on, and no spreadsheet runs what is in it."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from answer_worlds import HOSTILE, board, models_of, ranked, series, shared
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.help.report import HelpView
from zenmux_bot.answers.leaderboard.view import Rates
from zenmux_bot.answers.registry import files_of
from zenmux_bot.answers.why.view import Driver, WhyView, split_change
from zenmux_bot.commands.queries import (
    Audience,
    HelpQuery,
    LeaderboardQuery,
    Request,
    ShareQuery,
    WhyQuery,
)
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import Dates
from zenmux_bot.render.tabular import safe

NOW, BEFORE = date(2026, 11, 22), date(2026, 11, 21)
TWO_DAYS = ShareQuery(
    period=Dates(BEFORE, NOW),
    top=2,
    versus=Dates(date(2026, 11, 19), date(2026, 11, 20)),
)
HIDDEN = "\u115f\u1160\u2800\u3164\uffa0"
MARKS = (
    " \xa0\u3000\u2028\ufeff\u200b\u2060\x00\x7f\x85\xad\u034f\u180e\u202a\u202e\u2066"
    "\u2069\ufe0f\U000e0020"
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")')


def rows(file):
    return list(csv.DictReader(io.StringIO(file.content.removeprefix("\ufeff"))))


def shares(query=TWO_DAYS, labels=()):
    buckets = series(
        {
            date(2026, 11, 19): {"acme": 50, "bolt": 50},
            date(2026, 11, 20): {"acme": 50, "bolt": 50},
            BEFORE: {"acme": 60, "bolt": 30, "__others__": 10},
            NOW: {"acme": 60, "core": 40},
        },
        labels,
    )
    return shared(buckets, query, Granularity.DAY)


def models(labels=()):
    query = models_of(providers=())
    now = board({"acme/a": 60, "bolt/b": 40}, labels=labels)
    before = board({"acme/a": 50}, others=50)
    return ranked(now, before, query=query), Request(query=query)


def test_attachments__about_columns():
    [whole, by_day, _] = files_of(shares(), Request(query=TWO_DAYS))

    for file in (whole, by_day):
        for row in rows(file):
            assert row["query"] == (
                "share tokens 2026-11-21..2026-11-22 top 2 vs 2026-11-19..2026-11-20"
            )
            assert (row["first_day"], row["last_day"]) == ("2026-11-21", "2026-11-22")
            assert row["compared_first_day"] == "2026-11-19"
            assert row["compared_last_day"] == "2026-11-20"
            assert row["unit"] == "tokens"
            assert row["source"] == "ZenMux, all customers together"
            assert row["data_through"] == "2026-11-22"
            assert row["as_of"] == "2026-11-23T09:30:00+00:00"
            assert row["is_stale"] == "no"


def test_attachments__share():
    [whole, by_day, _] = files_of(shares(), Request(query=TWO_DAYS))

    acme, core, others, total = rows(whole)
    assert acme["provider"] == "acme"
    assert acme["value"] == "120"
    assert acme["share_percent"] == "60.000000"
    assert acme["share_change_pp"] == "10.000000"
    assert acme["volume_change_percent"] == "20.000000"
    assert core["provider"] == "core"
    assert others["row"] == "others"
    assert (total["row"], total["value"]) == ("total", "200")
    assert [(r["bucket"], r["provider"], r["share_percent"]) for r in rows(by_day)] == [
        ("2026-11-21", "acme", "60.000000"),
        ("2026-11-21", "core", ""),
        ("2026-11-22", "acme", "60.000000"),
        ("2026-11-22", "core", "40.000000"),
    ]


def test_attachments__bounds():
    query = ShareQuery(period=Dates(BEFORE, NOW), providers=("core",))

    [whole, *_] = files_of(shares(query), Request(query=query))

    core = rows(whole)[0]
    assert core["value"] == ""
    assert (core["value_at_least"], core["value_at_most"]) == ("40", "50")
    assert core["share_percent"] == ""


def test_attachments__leaderboard():
    view, request = models()

    [file, _] = files_of(view, request)

    first, second, total = rows(file)
    assert (first["rank"], first["rank_before"]) == ("1", "1")
    assert (second["model"], second["rank_before"]) == ("bolt/b", "")
    assert total["value"] == "100"


def test_attachments__why():
    versus = Dates(BEFORE, BEFORE)
    query = WhyQuery(period=Dates(NOW, NOW), versus=versus)
    view = shares(ShareQuery(period=Dates(NOW, NOW), versus=versus))
    row = view.rows[0]
    unknown = Bounded(Decimal(0), Decimal("0.5"))
    why = WhyView(
        basis=view.basis,
        row=row,
        total=view.total,
        split=split_change(row.figures, view.total),
        drivers=(Driver(model="a/b", label="B", value=None, points=unknown),),
    )

    [file, _] = files_of(why, Request(query=query))

    provider, model, total = rows(file)
    parts = Decimal(provider["own_volume_pp"]) + Decimal(provider["all_others_pp"])
    assert abs(parts - Decimal(provider["share_change_pp"])) <= Decimal("1e-6")
    assert (model["model"], model["value"], model["share_change_pp"]) == ("a/b", "", "")
    assert total["row"] == "total"


def test_attachments__json():
    view, request = models()

    [_, file] = files_of(view, request)

    whole = json.loads(file.content)
    assert whole["kind"] == "leaderboard"
    assert whole["unit"] == "tokens"
    assert whole["basis"]["command"].startswith("leaderboard tokens")
    assert [row["model"] for row in whole["rows"]] == ["acme/a", "bolt/b"]


@pytest.mark.parametrize("label", [*FORMULAS, *HOSTILE])
def test_safe__formulas(label):
    view, request = models({"acme/a": label})

    [file, _] = files_of(view, request)

    cell = rows(file)[0]["label"]
    assert cell[:1] not in set("=+-@\t\r\n")


@given(text=st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_safe__other_text(text):
    first = unicodedata.normalize("NFKC", text.lstrip(HIDDEN)[:1])[:1]
    if first and first in "=+-@\N{MINUS SIGN}":
        assert safe(text) == f"'{text}"
    else:
        assert safe(text) == text


@pytest.mark.parametrize("sign", "=＝﹦⁼+＋﹢⁺-－﹣−@＠﹫", ids=ascii)
def test_safe__a_sign_of_any_width(sign):
    assert safe(f"{sign}1") == f"'{sign}1"


@pytest.mark.parametrize("mark", f"{HIDDEN}{MARKS}", ids=ascii)
def test_safe__after_invisible_characters(mark):
    assert safe(f"{mark}=1") == f"'{mark}=1"
    assert safe(f"{mark}a") == f"{mark}a"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (ShareQuery(), "zenmux-share-tokens-8w.json"),
        (
            LeaderboardQuery(providers=('../../etc "x" <b>',), top=5),
            "zenmux-leaderboard-tokens-7d-top-5-provider-..-..-etc-x-b.json",
        ),
        (
            LeaderboardQuery(providers=("月" * 100,)),
            "zenmux-leaderboard-tokens-7d-provider.json",
        ),
        (
            LeaderboardQuery(providers=("p" * 100,)),
            f"zenmux-leaderboard-tokens-7d-provider-{'p' * 42}.json",
        ),
    ],
)
def test_attachments__file_names(query, name):
    view = shares() if isinstance(query, ShareQuery) else models()[0]

    *_, file = files_of(view, Request(query=query))

    assert file.name == name


def test_attachments__name_without_audience():
    view, request = models()

    public = files_of(view, request.for_(Audience.PUBLIC))

    assert [file.name for file in public] == [
        file.name for file in files_of(view, request)
    ]


def test_attachments__no_figures():
    assert files_of(HelpView(None), Request(query=HelpQuery())) == ()


def test_attachments__rate_column():
    view, request = models()
    rates = Rates(models={"acme/a": Decimal("2.50")}, platform=None)

    [plain, _] = files_of(view, request)
    [priced, _] = files_of(replace(view, rates=rates), request)

    assert "usd_per_million_tokens" not in rows(plain)[0]
    prices = [row["usd_per_million_tokens"] for row in rows(priced)[:2]]
    assert prices == ["2.50", ""]
