"""Bounds: bodies that are too long or too slow, and a Slack that never answers."""

from __future__ import annotations

import asyncio
import gzip
import time

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stage import staged

from zenmux_bot.server import MAX_BODY_BYTES
from zenmux_bot.slack import app, http
from zenmux_bot.store.database import open_database
from zenmux_demo.workspace.faults import Hang
from zenmux_demo.workspace.seed import MAYA, direct_channel


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
    bomb = gzip.compress(bytes(100 * 1024 * 1024))
    assert len(bomb) < MAX_BODY_BYTES
    headers = {"Content-Encoding": "gzip"}

    assert await send(http_stage, bomb, **headers) in {400, 413}


async def test_a_request_that_trickles_in_is_cut_off(http_stage, monkeypatch):
    monkeypatch.setattr(http, "BODY_SECONDS", 0.1)
    never = asyncio.Event()

    async def pieces():
        yield b"command=%2Fzenmux"
        await never.wait()

    assert await send(http_stage, pieces()) == 408


async def test_a_slack_that_never_answers_is_given_up(clock, tmp_path, monkeypatch):
    monkeypatch.setattr(app, "SECONDS", 3.0)
    cases = [
        ("response_url", "leaderboard cost 7d", "did not confirm my last answer"),
        ("upload", "leaderboard cost 7d csv", "The files could not be sent"),
        ("files.getUploadURLExternal", "share csv", "The files could not be sent"),
        ("chat.postMessage", "leaderboard cost 7d", "Slack did not confirm"),
    ]

    async def wait_out(route: str, command: str, said: str) -> None:
        folder = tmp_path / route
        folder.mkdir()
        async with staged(clock, folder, socket_mode=False) as stage:
            stage.slack.faults.script(route, Hang())
            reply = await stage.slack.command(f"/zenmux {command}")
            if "csv" not in command:
                if route.startswith("chat"):
                    await stage.slack.press(reply.messages[0], "publish")
                else:
                    await stage.slack.select(reply.messages[0], "ask:more", "By tokens")
            here = reply.messages[0].channel
            await stage.slack.wait_for(lambda: was_said(stage.slack, here, said))

    await asyncio.gather(*(wait_out(*case) for case in cases))


def was_said(slack, channel, text):
    """Tell whether it was said in the channel, or to the asker alone."""
    direct = direct_channel(MAYA)
    seen = [m for place in (channel, direct) for m in slack.messages(place)]
    return any(text.lower() in m.text.lower() for m in seen)


async def test_an_error_of_the_database_shows_no_values(tmp_path):
    async with open_database(f"sqlite:///{tmp_path}/x.db") as database:
        with pytest.raises(DBAPIError) as failed:
            async with database.reading() as connection:
                await connection.execute(text("SELECT :it FROM nowhere"), {"it": "sk"})

    assert "sk" not in str(failed.value)
