"""Each documented rule of the API, asked of the running sandbox."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from zenmux_demo.sandbox.account import FRESH_GENERATION, SETTLED_GENERATION
from zenmux_demo.sandbox.api import ACCOUNT, ENDPOINTS, SANDBOX_KEY, STATISTICS

LEADERBOARD = "/statistics/leaderboard"
SHARE = "/statistics/market_share"
SERIES = "/statistics/timeseries"
TRENDING = "/statistics/trending"
USAGE = "/statistics/model_usage"
PERFORMANCE = "/statistics/performance"
OPUS = "anthropic/claude-opus-4.8"


BASE = {
    LEADERBOARD: {"metric": "cost"},
    SHARE: {"metric": "cost", "bucket_width": "1d"},
    SERIES: {"metric": "cost", "bucket_width": "1d"},
    TRENDING: {"metric": "cost", "bucket_width": "1d"},
    USAGE: {
        "model": OPUS,
        "metric": "cost",
        "starting_at": "2026-11-01",
        "ending_at": "2026-11-22",
    },
    PERFORMANCE: {
        "metric": "ttft",
        "starting_at": "2026-11-01",
        "ending_at": "2026-11-22",
    },
    "/statistics/apps/leaderboard": {"metric": "cost"},
    "/statistics/apps/trending": {"metric": "cost", "bucket_width": "1d"},
}
RANGED = (LEADERBOARD, SHARE, SERIES, USAGE, PERFORMANCE)
LIMITED = (LEADERBOARD, SHARE, SERIES, TRENDING)


@pytest.mark.parametrize("path", STATISTICS)
async def test_what_is_asked_right_is_answered(path, get):
    assert (await get(path, **BASE[path])).status_code == 200


@pytest.mark.parametrize(
    ("path", "change", "word"),
    [
        *[(path, {"metric": None}, "metric is required") for path in BASE],
        *[(path, {"metric": "dollars"}, "metric must be one of") for path in BASE],
        *[
            (path, {"bucket_width": width}, "bucket_width")
            for path in (SHARE, SERIES, TRENDING)
            for width in (None, "1m")
        ],
        *[
            (path, {"starting_at": day}, "starting_at must be a date")
            for path in RANGED
            for day in ("2026-13-01", "20261101", "2026-W45-1", "yesterday")
        ],
        *[
            (path, {"starting_at": "2026-11-10", "ending_at": "2026-11-09"}, "after")
            for path in RANGED
        ],
        *[
            (path, {"limit": limit}, "limit must be")
            for path in LIMITED
            for limit in ("", "0", "51", "-1", "ten", "²", "1.5", "9" * 5000)
        ],
        *[
            (path, {name: None}, f"{name} is required")
            for path in (USAGE, PERFORMANCE)
            for name in ("starting_at", "ending_at")
        ],
        *[
            (path, {"starting_at": "2026-10-23"}, "30 days")
            for path in (USAGE, PERFORMANCE)
        ],
        *[
            (path, {"ending_at": "2026-11-24"}, "after today")
            for path in (USAGE, PERFORMANCE)
        ],
        (USAGE, {"model": None}, "model is required"),
        (USAGE, {"starting_at": "2025-09-28", "ending_at": "2025-10-01"}, "before"),
        (TRENDING, {"ending_at": "2026-11-23"}, "between"),
        (TRENDING, {"ending_at": "2025-09-28"}, "between"),
        (
            SHARE,
            {"starting_at": "2026-09-23", "ending_at": "2026-11-22"},
            "60 buckets",
        ),
        (
            SERIES,
            {"bucket_width": "1w", "starting_at": "2025-09-29"},
            "60 buckets",
        ),
        (LEADERBOARD, {"ending_at": "2025-09-28"}, "after"),
        (
            SHARE,
            {
                "bucket_width": "1w",
                "starting_at": "2026-11-12",
                "ending_at": "2026-11-11",
            },
            "after",
        ),
        (SHARE, {"ending_at": "0001-01-01"}, "after"),
    ],
)
async def test_what_is_asked_wrong_is_refused(path, change, word, get):
    query = {k: v for k, v in (BASE[path] | change).items() if v is not None}

    response = await get(path, **query)

    assert response.status_code == 400
    error = response.json()["error"]
    assert error.keys() == {"code", "type", "message"}
    assert (error["code"], error["type"]) == ("400", "invalid_params")
    assert word in error["message"]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (SHARE, {"starting_at": "2026-09-24", "ending_at": "2026-11-22"}),
        (SHARE, {"bucket_width": "1w", "starting_at": "2025-10-06"}),
        (USAGE, {"starting_at": "2026-10-24"}),
        (PERFORMANCE, {"starting_at": "2026-10-24"}),
        (USAGE, {"ending_at": "2026-11-23"}),
        (TRENDING, {"ending_at": "2025-09-29"}),
        (LEADERBOARD, {"limit": "50"}),
        (LEADERBOARD, {"limit": "1"}),
    ],
)
async def test_the_edge_of_what_is_allowed_is_allowed(path, change, get):
    assert (await get(path, **(BASE[path] | change))).status_code == 200


async def test_leaderboard_is_all_time_up_to_today_by_default(data):
    answer = await data(LEADERBOARD, metric="tokens")

    assert answer["starting_at"] == "2025-09-29"
    assert answer["ending_at"] == "2026-11-23"
    assert len(answer["entries"]) == 11


@pytest.mark.parametrize("limit", [1, 10, 50])
async def test_leaderboard_descends_and_ends_with_the_rest(limit, data):
    answer = await data(
        LEADERBOARD, metric="cost", starting_at="2026-11-16", limit=limit
    )
    *top, rest = answer["entries"]

    assert [entry["rank"] for entry in top] == list(range(1, limit + 1))
    assert [e["value"] for e in top] == sorted((e["value"] for e in top), reverse=True)
    assert rest.pop("value") > 0
    assert rest == {
        "rank": limit + 1,
        "model": "__others__",
        "label": "Others",
        "author": "",
        "author_label": "",
    }


async def test_nothing_is_folded_when_nothing_is_left(data):
    entries = (
        await data(
            LEADERBOARD,
            metric="tokens",
            starting_at="2025-09-29",
            ending_at="2025-09-29",
            limit=50,
        )
    )["entries"]

    assert 20 < len(entries) < 50
    assert all(entry["model"] != "__others__" for entry in entries)


async def test_a_start_before_the_floor_is_clamped(data):
    for path in (LEADERBOARD, SHARE, SERIES, PERFORMANCE):
        answer = await data(
            path,
            **(BASE[path] | {"starting_at": "2020-01-01", "ending_at": "2025-10-05"}),
        )

        assert answer["starting_at"] == "2025-09-29"


async def test_market_share_names_every_provider_at_limit_50(data):
    answer = await data(
        SHARE,
        metric="tokens",
        bucket_width="1w",
        starting_at="2026-11-16",
        ending_at="2026-11-16",
        limit=50,
    )
    authors = [entry["author"] for entry in answer["series"][0]["authors"]]

    assert 18 <= len(authors) < 50
    assert "__others__" not in authors


@pytest.mark.parametrize(("path", "kind"), [(SHARE, "author"), (SERIES, "model")])
async def test_the_top_is_chosen_in_each_bucket(path, kind, data):
    answer = await data(
        path, metric="tokens", bucket_width="1w", starting_at="2026-02-02", limit=3
    )
    leaders = {
        tuple(entry[kind] for entry in bucket[f"{kind}s"][:3])
        for bucket in answer["series"]
    }

    assert len(leaders) > 1
    for bucket in answer["series"]:
        assert len(bucket[f"{kind}s"]) == 4
        assert bucket[f"{kind}s"][-1][kind] == "__others__"


async def test_models_are_folded_even_at_limit_50(data):
    answer = await data(
        SERIES, metric="tokens", bucket_width="1w", starting_at="2026-11-16", limit=50
    )

    assert answer["series"][0]["models"][-1]["model"] == "__others__"


@pytest.mark.parametrize(
    ("asked", "echoed", "periods"),
    [
        (("2026-03-01", "2026-03-02"), ("2026-02-23", "2026-03-02"), "202609 202610"),
        (("2026-01-01", "2026-01-04"), ("2025-12-29", "2025-12-29"), "202601"),
        (("2025-09-01", "2025-10-01"), ("2025-09-29", "2025-09-29"), "202540"),
        (("2026-11-15", "2026-11-22"), ("2026-11-09", "2026-11-16"), "202646 202647"),
    ],
)
async def test_weeks_are_snapped_to_mondays(asked, echoed, periods, data):
    start, end = asked

    answer = await data(
        SHARE, metric="tokens", bucket_width="1w", starting_at=start, ending_at=end
    )

    assert (answer["starting_at"], answer["ending_at"]) == echoed
    assert " ".join(bucket["period"] for bucket in answer["series"]) == periods
    assert answer["total_buckets"] == len(answer["series"])


async def test_weeks_carry_the_iso_year(clock, data):
    clock.instant = datetime(2027, 1, 12, tzinfo=UTC)

    answer = await data(
        SHARE, metric="cost", bucket_width="1w", starting_at="2026-12-21"
    )

    assert [bucket["period"] for bucket in answer["series"]] == [
        "202652",
        "202653",
        "202701",
        "202702",
    ]


async def test_daily_buckets_default_to_28_before_today(data):
    answer = await data(SHARE, metric="cost", bucket_width="1d")

    assert (answer["starting_at"], answer["ending_at"]) == ("2026-10-26", "2026-11-23")
    assert answer["series"][-1]["period"] == "20261122"
    assert answer["total_buckets"] == 28


async def test_the_running_week_is_partial(clock, data):
    clock.advance(days=3)
    days = await data(LEADERBOARD, metric="tokens", starting_at="2026-11-23", limit=1)
    week = await data(
        SERIES, metric="tokens", bucket_width="1w", starting_at="2026-11-26", limit=1
    )

    assert week["series"][0]["date"] == "2026-11-23"
    assert sum(entry["value"] for entry in week["series"][0]["models"]) == sum(
        entry["value"] for entry in days["entries"]
    )


async def test_data_end_yesterday_and_appear_the_day_after(clock, data):
    query = BASE[SHARE] | {"starting_at": "2026-11-22", "ending_at": "2026-11-24"}

    before = await data(SHARE, **query)
    clock.advance(days=1)
    after = await data(SHARE, **query)

    assert [bucket["date"] for bucket in before["series"]] == ["2026-11-22"]
    assert [b["date"] for b in after["series"]] == ["2026-11-22", "2026-11-23"]
    assert after["series"][0] == before["series"][0]


async def test_late_aggregation_leaves_yesterday_out_everywhere(sandbox, data):
    sandbox.weather.late = True
    yesterday = {"starting_at": "2026-11-22", "ending_at": "2026-11-22"}

    for path in (LEADERBOARD, SHARE, SERIES, USAGE, PERFORMANCE):
        answer = await data(path, **(BASE[path] | yesterday))
        assert answer.get("entries", answer.get("series")) == []
    assert (await data(TRENDING, **BASE[TRENDING]))["entries"] == []


async def test_before_the_floor_there_is_nothing(clock, data):
    clock.instant = datetime(2025, 9, 29, 12, tzinfo=UTC)

    assert (await data(LEADERBOARD, metric="cost"))["entries"] == []
    assert (await data(SHARE, **BASE[SHARE]))["series"] == []


async def test_cost_has_eight_places_at_most_and_tokens_none(get):
    costs = (await get(LEADERBOARD, metric="cost", limit=50)).text
    tokens = (await get(LEADERBOARD, metric="tokens", limit=50)).text

    places = [-Decimal(v).as_tuple().exponent for v in values_of(costs)]
    assert 6 <= max(places) <= 8
    assert all(value.isdecimal() for value in values_of(tokens))


@pytest.mark.parametrize("metric", ["tokens", "cost"])
@pytest.mark.parametrize(("width", "points"), [("1d", 7), ("1w", 14)])
async def test_trending_compares_neighbouring_windows(metric, width, points, data):
    answer = await data(TRENDING, metric=metric, bucket_width=width, limit=50)
    window = 1 if width == "1d" else 7

    assert answer["ending_at"] == "2026-11-22"
    assert 10 < len(answer["entries"]) < 50
    for rank, entry in enumerate(answer["entries"], start=1):
        figures = [point["value"] for point in entry["data_points"]]
        periods = [point["period"] for point in entry["data_points"]]
        assert entry["rank"] == rank
        assert entry["value"] == entry["total_value"]
        assert entry["value"] == pytest.approx(sum(figures[-window:]))
        assert periods == sorted(periods)
        assert len(periods) == points
        assert periods[-1] == "20261122"


async def test_trending_growth_is_a_ratio_and_its_label_a_percentage(data):
    for entry in (await data(TRENDING, **BASE[TRENDING]))["entries"]:
        percent = entry["growth_label"]

        assert percent[0] in "+-"
        assert float(percent.rstrip("%")) / 100 == pytest.approx(
            entry["growth_rate"], abs=0.0051
        )


async def test_trending_invents_a_base_for_newcomers(data):
    entries = (await data(TRENDING, metric="tokens", bucket_width="1w"))["entries"]
    newcomer = next(e for e in entries if e["model"] == "poolside/malibu-2")

    assert newcomer["rank"] == 1
    assert newcomer["previous_value"] > 0
    assert [point["value"] for point in newcomer["data_points"][:8]] == [0] * 8


async def test_trending_starts_at_the_floor(data):
    answer = await data(TRENDING, **(BASE[TRENDING] | {"ending_at": "2025-09-30"}))

    for entry in answer["entries"]:
        assert [p["period"] for p in entry["data_points"]] == ["20250929", "20250930"]


async def test_usage_is_the_sum_of_its_series(get):
    body = (await get(USAGE, **BASE[USAGE])).text
    first, *series = map(Decimal, values_of(body))

    assert len(series) == 22
    assert first == sum(series)


async def test_usage_leaves_out_days_without_use(data):
    answer = await data(USAGE, **(BASE[USAGE] | {"model": "nameless/once-in-a-while"}))
    dates = [point["date"] for point in answer["series"]]

    assert 0 < len(dates) < 22
    assert dates == sorted(dates)


async def test_usage_counts_the_free_variant_in(data):
    week = {"starting_at": "2026-11-16", "ending_at": "2026-11-22"}
    paid, free = "stepfun/step-3.7-flash", "stepfun/step-3.7-flash-free"
    ranked = await data(LEADERBOARD, metric="tokens", limit=50, **week)
    apart = {entry["model"]: entry["value"] for entry in ranked["entries"]}

    merged = await data(USAGE, model=paid, metric="tokens", **week)

    assert merged["label"] == "Step 3.7 Flash"
    assert merged["value"] == apart[paid] + apart[free]


async def test_usage_shows_days_of_a_free_model_at_no_cost(data):
    answer = await data(USAGE, **(BASE[USAGE] | {"model": "z-ai/glm-4.6v-flash-free"}))

    assert answer["value"] == 0
    assert len(answer["series"]) == 22


async def test_usage_of_an_unknown_model_is_empty_and_no_error(data):
    answer = await data(USAGE, **(BASE[USAGE] | {"model": "no/such"}))

    assert (answer["label"], answer["value"], answer["series"]) == ("no/such", 0, [])


@pytest.mark.parametrize(
    ("metric", "descending"), [("throughput", True), ("ttft", False)]
)
async def test_performance_lists_hosts_best_first(metric, descending, data):
    entries = (await data(PERFORMANCE, **(BASE[PERFORMANCE] | {"metric": metric})))[
        "entries"
    ]
    best = [entry["providers"][0]["value"] for entry in entries]

    assert len(entries) == 10
    assert best == sorted(best, reverse=descending)
    for entry in entries:
        figures = [host["value"] for host in entry["providers"]]
        assert figures == sorted(figures, reverse=descending)
        for host in entry["providers"]:
            value, label = host["value"], host["value_label"]
            assert label == (f"{value:.2f}" if descending else f"{value}ms")


async def test_performance_of_caches_is_keyed_by_host(data):
    entries = (
        await data(PERFORMANCE, **(BASE[PERFORMANCE] | {"metric": "cache_hit"}))
    )["entries"]

    assert len(entries) == 10
    for entry in entries:
        apis = [api for host in entry["providers"].values() for api in host["apis"]]
        assert entry["top_provider"]["value"] == max(api["value"] for api in apis)
        for api in apis:
            assert api["value"] == round(api["cache_tokens"] / api["prompt_tokens"], 4)
            assert api["value_label"] == f"{api['value']:.2%}"
    tops = [entry["top_provider"]["value"] for entry in entries]
    assert tops == sorted(tops, reverse=True)


async def test_silent_models_have_no_speed(data):
    for metric in ("throughput", "ttft"):
        entries = (await data(PERFORMANCE, **(BASE[PERFORMANCE] | {"metric": metric})))[
            "entries"
        ]
        assert not any("mbed" in entry["model"] for entry in entries)


async def test_windows_of_the_plan_run_with_the_clock(clock, data):
    first = (await data("/subscription/detail"))["quota_5_hour"]
    clock.advance(hours=1)
    second = (await data("/subscription/detail"))["quota_5_hour"]

    assert second["usage_percentage"] > first["usage_percentage"]
    assert second["resets_at"] == first["resets_at"] == "2026-11-23T12:15:05.000Z"
    assert first["used_flows"] + first["remaining_flows"] == pytest.approx(800)


async def test_balance_is_the_sum_of_its_parts(data):
    balance = await data("/payg/balance")

    assert balance["total_credits"] == pytest.approx(
        balance["top_up_credits"] + balance["bonus_credits"]
    )


@pytest.mark.parametrize(
    ("key", "identifier", "billed"),
    [
        (None, SETTLED_GENERATION, True),
        (None, FRESH_GENERATION, False),
        ("sk-ai-v1-any", SETTLED_GENERATION, True),
        ("sk-ss-v1-any", SETTLED_GENERATION, False),
    ],
)
async def test_generation_has_no_envelope_and_bills_late(
    key, identifier, billed, sandbox, http
):
    response = await http.get(
        f"{sandbox.base_url}/generation",
        params={"id": identifier},
        headers={"Authorization": f"Bearer {key or sandbox.key}"},
    )
    body = response.json()

    assert body["generationId"] == identifier
    assert ("usage" in body) is billed
    assert ("ratingResponses" in body) is billed


@pytest.mark.parametrize(
    ("query", "status"), [({}, 400), ({"id": ""}, 400), ({"id": "gen_unknown"}, 404)]
)
async def test_generation_wants_a_known_id(query, status, get):
    response = await get("/generation", **query)

    assert response.status_code == status
    assert response.json()["error"]["code"] == str(status)


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer wrong",
        "Bearer sk-mg-v1-another",
        "Basic eDp5",
        SANDBOX_KEY,
    ],
)
async def test_a_wrong_key_is_denied_everywhere(path, authorization, sandbox, http):
    headers = {} if authorization is None else {"Authorization": authorization}

    response = await http.get(sandbox.base_url + path, headers=headers)

    assert response.status_code == 403
    assert response.json() == DENIED


@pytest.mark.parametrize("path", sorted({*STATISTICS, *ACCOUNT}))
@pytest.mark.parametrize("kind", ["sk-ai-v1-any", "sk-ss-v1-any"])
async def test_a_standard_key_opens_generation_only(path, kind, sandbox, http):
    response = await http.get(
        sandbox.base_url + path, headers={"Authorization": f"Bearer {kind}"}
    )

    assert response.status_code == 403
    assert response.json() == DENIED


async def test_the_model_list_needs_no_key(sandbox, http):
    address = sandbox.base_url.replace("/management", "/models")

    listed = (await http.get(address)).json()

    assert listed["object"] == "list"
    assert not any(m["owned_by"] == "lumora" for m in listed["data"])
    assert all(m["id"].startswith(m["owned_by"] + "/") for m in listed["data"])
    opus = next(m for m in listed["data"] if m["id"] == OPUS)
    assert opus["display_name"] == "Anthropic: Claude Opus 4.8"
    assert opus["created"] == 1777507200
    assert opus["pricings"]["prompt"][0]["value"] == 5


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nope", 404), ("POST", LEADERBOARD, 405), ("HEAD", LEADERBOARD, 405)],
)
async def test_other_paths_and_methods_are_refused(method, path, status, sandbox, http):
    response = await http.request(method, sandbox.base_url + path)

    assert response.status_code == status


async def test_every_answer_has_its_own_request_id_and_the_clock(sandbox, http, get):
    answers = [
        await get("/flow_rate"),
        await get(LEADERBOARD),
        await get("/nope"),
        await http.get(sandbox.base_url + "/flow_rate"),
        await http.get(sandbox.base_url.replace("/management", "/models")),
    ]

    assert [answer.status_code for answer in answers] == [200, 400, 404, 403, 200]
    assert len({answer.headers["X-ZenMux-RequestId"] for answer in answers}) == 5
    assert answers[0].headers["Date"] == "Mon, 23 Nov 2026 09:00:00 GMT"


DENIED = {
    "error": {
        "code": "403",
        "type": "access_denied",
        "message": "You have no permission to access this resource",
    }
}


def values_of(body: str) -> list[str]:
    """Return the figures as they were written, before any parser."""
    return [part.split("}")[0].split(",")[0] for part in body.split('"value": ')[1:]]
