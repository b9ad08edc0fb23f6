"""Bounds: bodies that are too long or too slow, and a Slack that never answers."""

from __future__ import annotations

import asyncio
import gzip
import time

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.conftest import staged
from zenmux_bot.demo.workspace.faults import Hang
from zenmux_bot.demo.workspace.seed import MAYA
from zenmux_bot.slack import app, http
from zenmux_bot.slack.http import MAX_BODY_BYTES
from zenmux_bot.store.database import open_database

BOMB = gzip.compress(bytes(100 * 1024 * 1024))


async def send(stage, body, **headers):
    """Send a body, and return the status."""
    url = f"http://127.0.0.1:{stage.bot.port}/slack/events"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(int(time.time())),
        "X-Slack-Signature": "v0=00",
        **headers,
    }
    session = aiohttp.ClientSession(auto_decompress=False)
    async with session, session.post(url, data=body, headers=headers) as reply:
        return reply.status


async def test_a_request_without_a_length_is_cut_off(http_stage):
    async def pieces():
        for _ in range(MAX_BODY_BYTES // 65536 + 1):
            yield bytes(65536)

    assert await send(http_stage, pieces()) == 413


async def test_a_packed_request_is_bounded_unpacked(http_stage):
    assert len(BOMB) < MAX_BODY_BYTES
    headers = {"Content-Encoding": "gzip"}

    assert await send(http_stage, BOMB, **headers) in {400, 413}


async def test_a_request_that_trickles_in_is_cut_off(http_stage, monkeypatch):
    monkeypatch.setattr(http, "BODY_SECONDS", 0.1)
    never = asyncio.Event()

    async def pieces():
        yield b"command=%2Fzenmux"
        await never.wait()

    assert await send(http_stage, pieces()) == 408


@pytest.fixture
def impatient_stage(clock, tmp_path, monkeypatch):
    monkeypatch.setattr(app, "_TIMEOUTS", aiohttp.ClientTimeout(total=3))
    return staged(clock, tmp_path, socket_mode=False)


@pytest.mark.parametrize(
    ("route", "command", "said"),
    [
        ("response_url", "leaderboard cost 7d", "Models by tokens"),
        ("upload", "leaderboard cost 7d csv", "The files could not be sent"),
        ("files.getUploadURLExternal", "share csv", "The files could not be sent"),
        ("chat.postMessage", "leaderboard cost 7d", "Slack did not confirm"),
    ],
)
async def test_a_slack_that_never_answers_is_given_up(
    impatient_stage, route, command, said
):
    async with impatient_stage as stage:
        stage.slack.faults.script(route, Hang())
        reply = await stage.slack.command(f"/zenmux {command}")
        if "csv" not in command:
            action = "publish" if route.startswith("chat") else "ask:metric"
            await stage.slack.press(reply.messages[0], action)

        def told():
            [direct] = [
                each.id
                for each in stage.slack.state.channels.values()
                if each.id.startswith("D") and MAYA in each.members
            ]
            places = (reply.messages[0].channel, direct)
            seen = [m for place in places for m in stage.slack.messages(place)]
            return [m for m in seen if said.lower() in m.text.lower()]

        await stage.slack.wait_for(told)


async def test_an_error_of_the_database_shows_no_values(tmp_path):
    async with open_database(f"sqlite:///{tmp_path}/x.db") as database:
        with pytest.raises(DBAPIError) as failed:
            async with database.reading() as connection:
                await connection.execute(text("SELECT :it FROM nowhere"), {"it": "sk"})

    assert "sk" not in str(failed.value)
