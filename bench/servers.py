"""The servers under measure and around it, each in a process of its own.

``python -m bench.servers KIND`` prints one line of JSON (where it is, and its
secrets) and serves until its standard input ends; then it prints what it counted.

``world`` is what a bot needs: the sandbox and the workspace. ``floor`` is a bare Bolt
app, and ``naive`` is the vendor's snippet in a handler, beside a sandbox of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from datetime import datetime

import httpx
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.core.clock import ShiftedClock, SystemClock
from zenmux_bot.observability import configure_logs
from zenmux_demo.main import read_manifest
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.server import running_sandbox
from zenmux_demo.workspace.model import Channel
from zenmux_demo.workspace.seed import BOT_USER_ID, MAYA
from zenmux_demo.workspace.server import SlackStandIn

UPSTREAM_SECONDS = 0.1


def channel_id(number: int) -> str:
    """Return the id of a channel made for the digests."""
    return f"C{number:09}"


async def serve(kind: str, argument: str) -> None:
    """Run a server and say where it is."""
    clock = ShiftedClock(SystemClock())
    channels = 0
    if kind == "world" and argument:
        instant, count = argument.split("/")
        clock.set(datetime.fromisoformat(instant))
        channels = int(count)
    stand_in = SlackStandIn(clock=clock, manifest=read_manifest(), pacing=True)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        sandbox = await enter(running_sandbox(clock, requests_per_minute=10**9))
        slack = await enter(stand_in.running())
        for number in range(channels):
            slack.state.channels[channel_id(number)] = Channel(
                id=channel_id(number), name=f"c{number}", members={MAYA, BOT_USER_ID}
            )
        there = {"secret": slack.signing_secret}
        if kind == "world":
            there |= {
                "api": slack.api_url,
                "token": slack.bot_token,
                "zenmux": sandbox.base_url,
                "key": SANDBOX_KEY,
            }
        else:
            listener = (
                _constant(int(argument))
                if kind == "floor"
                else _naive(sandbox.base_url)
            )
            port = await _bolt(stack, slack, listener)
            there["url"] = f"http://127.0.0.1:{port}/slack/events"
        print(json.dumps(there), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        times = sorted(
            float(message.ts)
            for number in range(channels)
            for message in slack.state.messages(channel_id(number))
        )
        print(json.dumps({"upstream": len(sandbox.requests), "posts": times}))


async def _bolt(stack: AsyncExitStack, slack: SlackStandIn, listener) -> int:
    """Run a bare Bolt app with one listener."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    app.command("/zenmux")(listener)
    runner = web.AppRunner(app.web_app(), access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner.addresses[0][1]


def _constant(size: int):
    """Return a handler that says as many bytes as the bot does."""
    text = "x" * size

    async def listener(ack):
        await ack(text=text)

    return listener


def _naive(base_url: str):
    """Return the vendor's snippet in a handler: one upstream call for each command."""

    async def listener(ack):
        async with httpx.AsyncClient() as http:
            await asyncio.sleep(UPSTREAM_SECONDS)
            reply = await http.get(
                f"{base_url}/statistics/leaderboard",
                params={"metric": "cost", "limit": 10},
                headers={"Authorization": f"Bearer {SANDBOX_KEY}"},
            )
        rows = reply.json()["data"]["entries"]
        await ack(
            text="\n".join(f"{r['rank']} {r['label']} {r['value']}" for r in rows)
        )

    return listener


if __name__ == "__main__":
    configure_logs(level="error")
    asyncio.run(serve(sys.argv[1], "".join(sys.argv[2:])))
