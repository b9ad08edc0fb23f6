"""The sandbox's answers have the fields and types of the vendor's own."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from zenmux_demo.sandbox.account import FRESH_GENERATION, SETTLED_GENERATION
from zenmux_demo.sandbox.api import endpoint_of

FIXTURES = Path(__file__).parents[2] / "fixtures" / "zenmux"
INDEX = json.loads((FIXTURES / "index.json").read_text())["fixtures"]
# Some cuts are empty in these.
ABRIDGED = ("own_cost_empty.json", "own_cost_month_covered.json", "own_cost_day.json")
DOCUMENTED = [
    entry
    for entry in INDEX
    if entry["basis"] in {"seed", "documented"} and entry["status"] == 200
    # a window that has not started is the state of an account, not a shape
    if entry["file"] not in ("subscription_detail_null_reset.json", *ABRIDGED)
]
IDENTIFIERS = {
    "generation.json": SETTLED_GENERATION,
    "generation_no_billing.json": FRESH_GENERATION,
}


@pytest.mark.parametrize("entry", DOCUMENTED, ids=lambda entry: entry["file"])
async def test_the_same_question_gets_the_same_shape(entry, sandbox, clock, http):
    clock.instant = morning_after(entry)
    expected = json.loads((FIXTURES / entry["file"]).read_text())
    query = dict(entry["query"])
    if "id" in query:
        query["id"] = IDENTIFIERS[entry["file"]]

    response = await http.get(
        sandbox.base_url.removesuffix("/api/v1/management") + entry["path"],
        params=query,
        headers={"Authorization": f"Bearer {sandbox.key}"},
    )

    assert response.status_code == 200
    assert response.headers["Content-Type"] == entry["content_type"]
    assert shape(response.json()) == shape(expected)


@pytest.mark.parametrize(
    "entry",
    [
        entry
        for entry in DOCUMENTED
        if entry["query"].keys() & {"starting_at", "ending_at"}
        if entry["file"] != "market_share_seed.json"  # abridged by its author
    ],
    ids=lambda entry: entry["file"],
)
async def test_the_same_question_gets_the_same_echo(entry, clock, data):
    clock.instant = morning_after(entry)
    expected = json.loads((FIXTURES / entry["file"]).read_text())["data"]

    actual = await data(endpoint_of(entry["path"]), **entry["query"])

    echoed = {"metric", "bucket_width", "starting_at", "ending_at", "total_buckets"}
    assert {k: v for k, v in actual.items() if k in echoed} == {
        k: v for k, v in expected.items() if k in echoed
    }
    if "bucket_width" in entry["query"] and "series" in expected:
        assert [(b["period"], b["date"]) for b in actual["series"]] == [
            (b["period"], b["date"]) for b in expected["series"]
        ]


def test_every_endpoint_is_compared():
    paths = {endpoint_of(entry["path"]) for entry in DOCUMENTED}

    assert len(paths) == 15


def test_shape_tells_answers_apart():
    assert shape({"a": 1}) == shape({"a": 2.5})
    assert shape({"a": 1}) != shape({"a": "1"})
    assert shape({"a": 1}) != shape({"a": 1, "b": 1})
    assert shape([{"a": 1}, {"a": 2}]) == shape([{"a": 3}])
    assert shape([{"a": 1}, {"b": 2}]) != shape([{"a": 3}])
    assert shape({"providers": {"x": 1}}) == shape({"providers": {"y": 2}})
    assert shape({"providers": {"x": 1}}) != shape({"providers": [1]})


def morning_after(entry: dict) -> datetime:
    """Return when the vendor's answer was given: most on 2026-06-25, one in 2027."""
    last = max(entry["query"].get("ending_at", ""), "2026-06-24")
    return datetime.fromisoformat(f"{last}T09:00:00+00:00") + timedelta(days=1)


def shape(value: object, name: str = "") -> object:
    """Reduce a value to its field names and types.

    The elements of a list share one shape, and so do the values of ``providers``,
    which is an object keyed by slug in one of its two forms.
    """
    if isinstance(value, dict) and name == "providers":
        return ("by slug", frozenset(map(shape, value.values())))
    if isinstance(value, dict):
        return frozenset((key, shape(item, key)) for key, item in value.items())
    if isinstance(value, list):
        return ("list", frozenset(map(shape, value)))
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return type(value).__name__
    return "number"
