"""The servers under measure, each in a process of its own: floor, bot, naive bot.

``python -m bench.servers KIND`` prints one line of JSON (address, signing secret) and
serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack

import httpx
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.config import Settings
from zenmux_bot.demo.main import read_manifest
from zenmux_bot.demo.sandbox import SANDBOX_KEY, running_sandbox
from zenmux_bot.demo.workspace.server import SlackStandIn
from zenmux_bot.domain.clock import SystemClock
from zenmux_bot.logs import configure_logs
from zenmux_bot.serve import running

UPSTREAM_SECONDS = 0.1
SIZE = 6_000
"""Bytes of the constant message: those of a leaderboard of ten rows."""


async def serve(kind: str) -> None:
    """Run a server and say where it is."""
    clock = SystemClock()
    stand_in = SlackStandIn(clock=clock, manifest=read_manifest())
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(stand_in.running())
        if kind == "bot":
            port, sandbox = await _bot(stack, slack, clock)
        else:
            sandbox = await stack.enter_async_context(
                running_sandbox(clock, requests_per_minute=10**9)
            )
            listener = _constant if kind == "floor" else _naive(sandbox)
            port = await _bolt(stack, slack, listener)
        print(
            json.dumps(
                {
                    "url": f"http://127.0.0.1:{port}/slack/events",
                    "secret": slack.signing_secret,
                }
            ),
            flush=True,
        )
        await asyncio.to_thread(sys.stdin.read)
        print(json.dumps({"upstream": len(sandbox.requests)}), flush=True)


async def _bot(stack, slack, clock):
    sandbox = await stack.enter_async_context(
        running_sandbox(clock, requests_per_minute=10**9)
    )
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    settings = Settings(
        zenmux_base_url=sandbox.base_url,
        zenmux_management_api_key=SecretStr(SANDBOX_KEY),
        slack_api_url=slack.api_url,
        slack_bot_token=SecretStr(slack.bot_token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        database_url=f"sqlite:///{folder}/bench.db",
        host="127.0.0.1",
        port=0,
    )
    bot = await stack.enter_async_context(running(settings, clock))
    return bot.port, sandbox


async def _bolt(stack, slack, listener):
    """Run a bare Bolt app with one listener."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    app.command("/zenmux")(listener)
    runner = web.AppRunner(app.web_app(), access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner.addresses[0][1]


async def _constant(ack):
    await ack(text="x" * SIZE)


def _naive(sandbox):
    """Return the vendor's snippet in a handler: one upstream call for each command."""

    async def listener(ack, respond):
        del respond
        async with httpx.AsyncClient() as http:
            await asyncio.sleep(UPSTREAM_SECONDS)
            reply = await http.get(
                f"{sandbox.base_url}/statistics/leaderboard",
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
    began = time.perf_counter()
    asyncio.run(serve(sys.argv[1]))
