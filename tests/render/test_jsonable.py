"""Views as JSON."""

import json
from datetime import date
from decimal import Decimal

import pytest
from answer_worlds import (
    LATEST,
    REST,
    board,
    days_of,
    models_of,
    ranked,
    series,
    shared,
)

from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY
from zenmux_bot.render.jsonable import jsonable


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Bounded.exact(Decimal(69644279402)), 69644279402),
        (Bounded.exact(Decimal("15234.56")), 15234.56),
        (Bounded(Decimal(0), Decimal(60)), {"low": 0, "high": 60}),
        (None, None),
        (date(2026, 11, 9), "2026-11-09"),
        ({"a": (1, [2.5])}, {"a": [1, [2.5]]}),
        (Granularity.DAY, "1d"),
    ],
)
def test_jsonable__values(value, expected):
    assert jsonable(value) == expected


def test_jsonable__leaderboard():
    view = ranked(board({"a/x": 5}, others=3), board({"b/y": 5}, others=2))

    said = json.loads(json.dumps(jsonable(view)))

    assert said["rows"][0]["figures"]["value"] == 5
    assert said["rows"][0]["figures"]["points"] == {
        "low": 0.3392857142857143,
        "high": 0.625,
    }
    assert said["basis"]["window"]["span"] == {
        "start": "2026-06-15",
        "end": "2026-06-21",
    }
    assert said["basis"]["versus"] == "previous"
    assert said["basis"]["as_of"] == "2026-11-23T09:30:00+00:00"


def test_jsonable__share():
    buckets = series({LATEST - DAY: {"a": 1, REST: 1}, LATEST: {"a": 3, "b": 1}})
    query = days_of(versus=models_of().period)

    said = json.loads(json.dumps(jsonable(shared(buckets, query, Granularity.DAY))))

    assert said["buckets"][0]["shares"] == {"a": 0.75, "b": 0.25}
    assert said["basis"]["versus"] == "2026-06-15..2026-06-21"


def test_jsonable__unknown_type():
    with pytest.raises(TypeError, match="object has no JSON form"):
        jsonable(object())
