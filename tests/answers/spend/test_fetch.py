"""When the figures of own spend were given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zenmux_bot.answers.spend.fetch import as_of
from zenmux_bot.zenmux.freshness import FOREVER
from zenmux_bot.zenmux.models import Answer

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)
SOON = NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ([(EARLIER, FOREVER), (NOW, SOON)], NOW),
        ([(EARLIER, SOON), (NOW, SOON)], EARLIER),
        ([(EARLIER, FOREVER)], EARLIER),
    ],
)
def test_as_of__closed_months_do_not_count(given, moment):
    answers = [
        Answer(data=None, limit=None, fetched_at=fetched, good_until=until)
        for fetched, until in given
    ]

    assert as_of(answers) == moment
