"""Apps: ZenMux's growth as given, the bot's own change apart, shares of the entries."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from zenmux_bot.answers.apps.export import export_apps
from zenmux_bot.answers.apps.fetch import fetch_apps
from zenmux_bot.answers.apps.report import report_apps
from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.commands.parser import parse
from zenmux_bot.core.periods import Span
from zenmux_bot.errors import Unreachable
from zenmux_bot.render import numbers
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import AppsRequest, AppsTrendingRequest

FIXTURES = Path(__file__).parents[2] / "fixtures" / "zenmux"
NOW = datetime(2026, 6, 25, 9, tzinfo=UTC)
NEWEST = date(2026, 6, 24)


class FixtureApi:
    """Answers about apps with one recording, and nothing about the days before."""

    def __init__(self, name: str) -> None:
        body = (FIXTURES / name).read_text("utf-8")
        self.body, self.asked = json.loads(body, parse_float=Decimal), []
        self.earlier: dict | None = None

    def now(self) -> datetime:
        return NOW

    async def fetch(self, request, *, patience=None):
        if not isinstance(request, AppsRequest | AppsTrendingRequest):
            raise Unreachable("not here")
        body = self.body["data"]
        if isinstance(request, AppsRequest) and request.end < NEWEST:
            if self.earlier is None:
                raise Unreachable("not here")
            body = body | {"entries": self.earlier}
        else:
            self.asked.append(request)
        data = request.model.model_validate(body)
        return Answer(data=data, limit=request.limit, fetched_at=NOW)


def ask(words: str, name: str, earlier=None):
    api = FixtureApi(name)
    api.earlier = earlier
    request = parse(words, today=NOW.date())
    context = FetchContext(api, api, timedelta(seconds=1))
    return asyncio.run(fetch_apps(context, request.query)), request, api


WEEK = "apps_leaderboard_7d_tokens.json"
ALL = "apps_leaderboard_total_tokens.json"
TRENDING = "apps_trending_1w_tokens.json"


@pytest.mark.parametrize(
    ("words", "params"),
    [
        ("apps", {"metric": "tokens", "period": "7d"}),
        ("apps cost 30d", {"metric": "cost", "period": "30d"}),
        ("apps 1d", {"metric": "tokens", "period": "1d"}),
        ("apps all", {"metric": "tokens", "period": "total"}),
        ("apps trending", {"metric": "tokens", "bucket_width": "1w"}),
        ("apps trending cost day", {"metric": "cost", "bucket_width": "1d"}),
    ],
)
def test_fetch_apps__asks_for_the_window(words, params):
    _, _, api = ask(words, TRENDING if "trending" in words else WEEK)

    [asked] = set(api.asked)
    limit = "10" if "trending" in words else "11"
    assert asked.params() == params | {"ending_at": "2026-06-24", "limit": limit}


def test_build_apps__shares_are_of_all_entries():
    view, request, _ = ask("apps", WEEK)

    whole = sum(
        Decimal(entry["value"]) for entry in FixtureApi(WEEK).body["data"]["entries"]
    )
    assert view.total == whole
    assert view.rows[0].share == Decimal(9_100_000_000) / whole
    assert view.others.rank is None
    report = report_apps(view, request)
    assert "share: of their traffic" in report.context
    assert report.table.tail[0][1].text == "Others"


def test_build_apps__growth_is_given_and_none_is_not_zero():
    view, request, _ = ask("apps", WEEK)

    table = report_apps(view, request).table
    growth = [column.heading for column in table.columns].index("ZenMux growth")
    cells = {row[1].text: row[growth].text for row in table.rows}
    assert cells["Claude Code"] == "+18.2%"
    assert cells["New Agent <!here>"] == "–"
    assert view.own_days is None


def test_build_apps__the_bots_own_change_is_summed_from_days():
    view, request, _ = ask("apps trending", TRENDING)

    [litellm] = [row for row in view.rows if row.app == "litellm"]
    assert litellm.growth_label == "+41.75%"
    assert litellm.own.growth.value == 0
    headings = [column.heading for column in report_apps(view, request).table.columns]
    assert "ZenMux growth" in headings
    assert "Change" in headings
    assert "Share" not in headings


def test_build_apps__all_time_has_no_growth():
    view, request, _ = ask("apps all", ALL)

    headings = [column.heading for column in report_apps(view, request).table.columns]
    assert "ZenMux growth" not in headings
    assert view.others is None


def test_build_apps__top_folds_the_rest_into_others():
    view, _, _ = ask("apps top 2", WEEK)

    shown = sum(row.value for row in view.rows)
    assert len(view.rows) == 2
    assert shown + view.others.value == view.total
    rows = export_apps(view)[""]
    assert [row["row"] for row in rows] == ["app", "app", "others", "total"]


def entry(app: str, value: int) -> dict:
    return {"app": app, "label": app, "value": value}


def growths(view) -> dict[str, str]:
    rows = (*view.rows, view.others)
    shown = {row.app: numbers.growth(row.own) for row in rows}
    return shown | {"total": numbers.growth(view.whole)}


def test_build_apps__the_bots_own_change_is_that_of_the_window_before():
    leader = FixtureApi(WEEK).body["data"]["entries"][0]
    first, half = leader["app"], leader["value"] // 2

    view, request, _ = ask("apps top 1", WEEK, [entry(first, half)])

    assert view.basis.comparison.span == Span(date(2026, 6, 11), date(2026, 6, 17))
    assert growths(view) == {
        first: "+100.0%",
        "__others__": "new",
        "total": numbers.growth(view.whole),
    }
    report = report_apps(view, request)
    assert "more than the 7 days before" in report.headline
    assert [column.heading for column in report.table.columns][3:] == [
        "Change",
        "Share",
        "ZenMux growth",
    ]


def test_build_apps__an_app_that_was_not_listed_before_has_no_change():
    earlier = [entry("another", 10), entry("__others__", 5)]

    view, _, _ = ask("apps top 1", WEEK, earlier)

    assert growths(view)[view.rows[0].app] == "–"
    assert growths(view)["__others__"] == "–"
