"""A Socket Mode connection: made anew when it falls silent, and terse where it must."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from pydantic import SecretStr
from stage import staged
from structlog.testing import capture_logs

from zenmux_bot.config import Settings
from zenmux_bot.slack import socket as sockets
from zenmux_bot.slack.app import make_app, make_client
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.socket import PATIENCE, WATCH_SECONDS, Socket, keep_alive, paced
from zenmux_bot.slack.teams import OneTeam, TeamsAuthorize
from zenmux_demo.main import read_manifest
from zenmux_demo.workspace.seed import MAYA
from zenmux_demo.workspace.server import SlackStandIn


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


async def test_paced__addresses_asked_for_often():
    now, slept = 0.0, []

    async def sleep(seconds):
        nonlocal now
        now += seconds
        slept.append(seconds)

    async def ask():
        return "wss://x"

    ask_in_time = paced(ask, sleep=sleep, monotonic=lambda: now)
    for _ in range(9):
        assert await ask_in_time() == "wss://x"
    now += 60
    await ask_in_time()

    assert slept == [1, 2, 4, 8, 15, 15]


async def test_paced__slack_out_of_reach_is_not_told_here():
    async def sleep(_seconds):
        pass

    async def ask():
        raise ConnectionError

    ask_in_time = paced(ask, sleep=sleep)
    with capture_logs() as logs:
        for _ in range(5):
            with pytest.raises(ConnectionError):
                await ask_in_time()

    assert logs == []


@pytest.fixture
async def slack(clock):
    async with SlackStandIn(clock=clock, manifest=read_manifest()).running() as slack:
        yield slack


async def acknowledge(ack):
    await ack()


@pytest.fixture
async def line(slack):
    """A socket that is not open yet."""
    settings = Settings(
        slack_api_url=slack.api_url, slack_bot_token=SecretStr(slack.bot_token)
    )
    async with aiohttp.ClientSession() as session:
        teams = OneTeam(settings, session, session)
        app = make_app(settings, make_client(settings, session), TeamsAuthorize(teams))
        app.command("/zenmux")(acknowledge)
        line = Socket(app, slack.app_token, Posts(teams.client, session))
        yield line
        await line.close()


async def test_an_answer_that_the_acknowledgement_may_not_carry_comes_behind_it(
    clock, tmp_path
):
    async with staged(clock, tmp_path, socket_mode=True) as stage:
        stage.slack.sockets.takes_answers = False

        reply = await stage.slack.command("/zenmux leaderboard cost 7d")

        assert (reply.status, reply.body, reply.messages) == (200, None, ())
        [answer] = await stage.slack.wait_for(stage.slack.messages)
        assert answer.text.startswith("Top 10 models")
        assert answer.reader == MAYA


async def test_an_envelope_that_says_nothing_of_it_is_answered_at_once(clock, tmp_path):
    async with staged(clock, tmp_path, socket_mode=True) as stage:
        stage.slack.sockets.takes_answers = None

        reply = await stage.slack.command("/zenmux leaderboard cost 7d")

        assert reply.body["text"].startswith("Top 10 models")


def addresses(slack) -> int:
    return sum(call.method == "apps.connections.open" for call in slack.calls)


async def test_each_connection_has_an_address_of_its_own(slack, line):
    await line.open()

    async with asyncio.timeout(60):
        await line.reconnect()

    assert await line.is_connected()
    assert addresses(slack) == 2
    assert (await slack.command("/zenmux help")).status == 200


async def test_an_address_that_leads_nowhere_is_given_up(slack, line, monkeypatch):
    monkeypatch.setattr(sockets, "CONNECT_SECONDS", 0.5)
    issue, spent = slack.sockets.issue_ticket, ["link-spent"]
    monkeypatch.setattr(
        slack.sockets, "issue_ticket", lambda: spent.pop() if spent else issue()
    )

    async with asyncio.timeout(60):
        await line.open()

    assert await line.is_connected()
    assert addresses(slack) == 2
