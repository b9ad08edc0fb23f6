"""The local workspace with a scripted bot, for tests of the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
from aiohttp import web
from echo_bot import EchoBot
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.core.clock import ShiftedClock
from zenmux_demo.workspace.controls import Switch
from zenmux_demo.workspace.server import SlackStandIn

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

MANIFEST = {
    "display_information": {"name": "ZenMux"},
    "features": {
        "bot_user": {"display_name": "ZenMux"},
        "slash_commands": [
            {
                "command": "/zenmux",
                "description": "Statistics of the platform",
                "usage_hint": "share | leaderboard | help",
                "should_escape": True,
            },
            {"command": "/zenith", "description": "Another one"},
        ],
        "shortcuts": [
            {
                "name": "Ask ZenMux",
                "type": "global",
                "callback_id": "ask",
                "description": "Ask a question",
            },
            {
                "name": "Reply with statistics",
                "type": "message",
                "callback_id": "reply",
                "description": "Answer in its thread",
            },
        ],
    },
}


@asynccontextmanager
async def workspace(
    clock: ShiftedClock, outages: dict[str, bool]
) -> AsyncIterator[SlackStandIn]:
    async def set_clock(instant: datetime) -> None:
        clock.set(instant)

    async def turn(is_on: bool) -> None:  # noqa: FBT001 - the shape of a switch
        outages["api_down"] = is_on

    stand_in = SlackStandIn(
        clock=clock,
        manifest=MANIFEST,
        on_clock=set_clock,
        outages={"api_down": Switch(label="ZenMux API down", turn=turn)},
    )
    async with stand_in.running():
        yield stand_in


@asynccontextmanager
async def answering(slack: SlackStandIn) -> AsyncIterator[EchoBot]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=slack.bot_token, base_url=slack.api_url, session=session
        )
        echo = EchoBot(client)
        app = web.Application()
        app.router.add_post("/", echo.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        slack.connect_http(f"http://{host}:{port}/")
        yield echo
        await slack.settled()
        await runner.cleanup()
