"""What the check of ZenMux says while it gives no answers: each outage once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.core.clock import FixedClock
from zenmux_bot.errors import ServerFault, Unreachable
from zenmux_bot.zenmux.api import OneApi
from zenmux_bot.zenmux.outages import Outages

CLOCK = FixedClock(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))


class Down:
    """An API that gives one error to everything."""

    def __init__(self, error, outages):
        self._error, self._outages = error, outages

    async def fetch(self, request, *, patience):
        self._outages.failed(request.path, self._error)
        raise self._error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ServerFault("Bad Gateway", status=502), "(HTTP 502 since 09:30 UTC)."),
        (ServerFault("Busy", status=503), "(HTTP 503 since 09:30 UTC): Busy."),
        (
            Unreachable("No connection to zenmux.ai"),
            "(since 09:30 UTC): No connection to zenmux.ai.",
        ),
    ],
)
async def test_check__one_outage_is_told_once(error, said):
    outages = Outages(CLOCK)
    health = Health(OneApi(Down(error, outages)), CLOCK, outages=outages)

    zenmux, own, newest = (await health.check(None)).checks

    assert zenmux.found == f"ZenMux isn't responding {said}"
    assert {own.found, newest.found} == {"couldn't be checked."}
