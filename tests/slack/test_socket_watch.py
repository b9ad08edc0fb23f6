"""A Socket Mode connection that falls silent is made anew."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from zenmux_bot.slack.socket import PATIENCE, WATCH_SECONDS, keep_alive


class Over(Exception):
    """The looks that a test allows are over."""


class Line:
    """A connection that is heard or not, look by look."""

    def __init__(self, *heard: bool, refuses: bool = False) -> None:
        self._heard = list(heard)
        self._refuses = refuses
        self.reconnected_after: list[int] = []
        self.looks = 0

    async def sleep(self, seconds: float) -> None:
        assert seconds == WATCH_SECONDS
        if not self._heard:
            raise Over

    async def is_connected(self) -> bool:
        self.looks += 1
        return self._heard.pop(0)

    async def reconnect(self) -> None:
        self.reconnected_after.append(self.looks)
        if self._refuses:
            raise ConnectionError


async def watch(line: Line) -> list[str]:
    with capture_logs() as logs, pytest.raises(Over):
        await keep_alive(line, line.sleep)
    return [each["event"] for each in logs]


@pytest.mark.parametrize(
    ("heard", "reconnected_after"),
    [
        ([True] * 6, []),
        ([False] * (PATIENCE - 1) + [True], []),
        ([False, True] * 4, []),
        ([False] * PATIENCE, [PATIENCE]),
        ([False] * 2 * PATIENCE, [PATIENCE, 2 * PATIENCE]),
        ([True, *[False] * PATIENCE, True], [1 + PATIENCE]),
    ],
)
async def test_only_a_connection_that_stays_silent_is_made_anew(
    heard, reconnected_after
):
    line = Line(*heard)

    events = await watch(line)

    assert line.reconnected_after == reconnected_after
    assert events == ["socket.silent"] * len(reconnected_after)


async def test_where_that_fails_it_is_tried_again():
    line = Line(*[False] * 2 * PATIENCE, refuses=True)

    events = await watch(line)

    assert line.reconnected_after == [PATIENCE, 2 * PATIENCE]
    assert events == ["socket.silent", "socket.reconnect_failed"] * 2
