"""Socket Mode: a connection that falls silent is made anew."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from zenmux_bot.config import Settings
from zenmux_bot.demo.main import read_manifest
from zenmux_bot.demo.workspace.faults import Fail
from zenmux_bot.demo.workspace.server import SlackStandIn
from zenmux_bot.slack.app import make_app, make_session
from zenmux_bot.slack.socket import PATIENCE, Socket
from zenmux_bot.slack.teams import OneTeam, TeamsAuthorize


@pytest.fixture
async def slack(clock):
    async with SlackStandIn(clock=clock, manifest=read_manifest()).running() as slack:
        yield slack


async def test_a_silent_connection_is_made_anew(slack):
    settings = Settings(
        slack_api_url=slack.api_url, slack_bot_token=SecretStr(slack.bot_token)
    )
    looks: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(_seconds):
        await looks.get()

    async with make_session() as session:
        teams = OneTeam(settings, session, session)
        client = AsyncWebClient(
            slack.bot_token, base_url=slack.api_url, session=session
        )
        app = make_app(settings, client, TeamsAuthorize(teams))

        @app.command("/zenmux")
        async def answer(ack):
            await ack("heard")

        socket = Socket(app, slack.app_token, sleep=sleep)
        await socket.open()
        await slack.sockets.wait_opened()
        assert await socket.is_connected()
        # The library alone can't mend it: Slack gives out no new address for a while.
        slack.faults.always("apps.connections.open", Fail("internal_error"))
        await slack.sockets.drop()
        while await socket.is_connected():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.01)

        with capture_logs() as logs:
            for _ in range(PATIENCE - 1):
                looks.put_nowait(None)
            while not looks.empty():  # noqa: ASYNC110 - the watchdog takes them
                await asyncio.sleep(0)
            assert not [line for line in logs if line["event"] == "socket.silent"]
            slack.faults.clear()
            looks.put_nowait(None)
            await slack.sockets.wait_opened(2)
        assert [line["seconds"] for line in logs if line["event"] == "socket.silent"]
        reply = await slack.command("/zenmux help")
        assert reply.messages[0].text == "heard"
        await socket.close()
