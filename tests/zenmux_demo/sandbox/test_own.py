"""The sandbox's own account: strict about parameters, and every cut adds up."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

MONTH = {"type": "cost", "query_dimension": "BIZ_MTH", "query_time": "202611"}
HOSTS = MONTH | {"type": "provider_cost", "model_slugs": "openai/gpt-5.4"}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/cost", MONTH, 200),
        ("/cost", HOSTS, 200),
        ("/usage", MONTH | {"type": "usage"}, 200),
        ("/usage", HOSTS | {"type": "provider"}, 200),
        ("/usage", MONTH | {"type": "performance"}, 200),
        ("/cost", MONTH | {"api_key_ids": "key_7f2,key_a91"}, 200),
        ("/cost", MONTH | {"query_time": "202501"}, 200),
        ("/cost", MONTH | {"query_dimension": "BIZ_HOUR"}, 400),
        ("/cost", MONTH | {"query_time": "202613"}, 400),
        ("/cost", MONTH | {"query_time": "2026-11"}, 400),
        ("/cost", MONTH | {"type": "usage"}, 400),
        ("/cost", MONTH | {"limit": 10}, 400),
        ("/cost", MONTH | {"bill_types": "free"}, 400),
        ("/cost", HOSTS | {"model_slugs": ""}, 400),
        ("/cost", HOSTS | {"model_slugs": "a/b,c/d"}, 400),
        ("/cost", {}, 400),
        ("/cost", MONTH | {"api_key_ids": "key_0b4"}, 403),
        ("/cost", MONTH | {"api_key_ids": "key_of_others"}, 403),
    ],
)
async def test_own__parameters(get, path, query, status):
    assert (await get(path, **query)).status_code == status


async def test_own__organization(get, sandbox):
    sandbox.organization = True

    assert (await get("/cost", **MONTH)).status_code == 403
    assert (await get("/flow_rate")).status_code == 200


async def test_own__sixty_requests_a_minute_for_both(get):
    statuses = [(await get("/cost", **MONTH)).status_code for _ in range(60)]
    limited = await get("/usage", **MONTH | {"type": "usage"})

    assert set(statuses) == {200}
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "60")


@pytest.mark.parametrize("bill_types", ["metered,fallbackMetered", "subscription", ""])
async def test_own__every_cut_is_the_same_sum(data, bill_types):
    cost = await data("/cost", **MONTH, bill_types=bill_types)

    total = Decimal(cost["summary"]["totalCost"])
    for rows in cost["analysis"].values():
        assert sum(Decimal(row["billAmount"]) for row in rows) == total
    for cut in ("costByModel", "costByApiKey"):
        counts = [int(row["requestCounts"]) for row in cost["analysis"][cut]]
        assert sum(counts) == int(cost["summary"]["requestCounts"])


async def test_own__hours_add_up_to_the_day_that_is_running(data, clock):
    clock.instant = datetime.fromisoformat("2026-11-18T09:17:00Z")
    month = await data("/cost", **MONTH)

    for day in ("20261117", "20261118"):
        hours = await data(
            "/cost", type="cost", query_dimension="BIZ_DT", query_time=day
        )
        rows = month["analysis"]["costByModel"]
        amounts = [Decimal(r["billAmount"]) for r in rows if r["bizTime"] == day]
        assert sum(amounts) == Decimal(hours["summary"]["totalCost"])


async def test_own__without_data_sums_are_null(data):
    cost = await data("/cost", **MONTH | {"query_time": "202501"})

    assert set(cost["summary"].values()) == {None}
    assert set(map(len, cost["analysis"].values())) == {0}


async def test_apps__others_close_the_leaderboard_and_growth_is_a_percentage(data):
    week = await data("/statistics/apps/leaderboard", metric="tokens", period="7d")
    whole = await data("/statistics/apps/leaderboard", metric="cost", period="total")

    assert [e["app"] for e in week["entries"]][-1] == "__others__"
    assert len(week["entries"]) == 11
    first = week["entries"][0]
    assert first["growth_label"] == f"{first['growth_rate']:+.2f}%"
    assert {e["growth_label"] for e in whole["entries"]} == {""}


@pytest.mark.parametrize("limit", ["0", "-1", "many", "10", "99"])
async def test_apps__limits_that_make_no_sense_are_ignored(data, limit):
    query = {"metric": "tokens", "bucket_width": "1w", "limit": limit}
    apps = await data("/statistics/apps/trending", **query)

    assert len(apps["entries"]) == 10
    assert {len(entry["data_points"]) for entry in apps["entries"]} == {14}
