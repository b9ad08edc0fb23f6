"""A running bot as a process: it starts, answers, and ends in good order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from contextlib import AsyncExitStack

import aiohttp
import pytest
from ports import free_port
from processes import BotProcess, environment, launch

from zenmux_bot.config import Settings
from zenmux_bot.errors import ConfigError
from zenmux_bot.observability import Metrics
from zenmux_bot.server import SHUTDOWN_SECONDS, running, serve
from zenmux_demo.main import read_manifest
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.faults import Hold
from zenmux_demo.workspace.faults import Hang, Page
from zenmux_demo.workspace.server import SlackStandIn


@pytest.fixture
async def slack(clock):
    # the bot takes two seconds of Slack's three; a busy machine takes the rest
    stand_in = SlackStandIn(
        clock=clock, manifest=read_manifest(), acknowledge_seconds=60
    )
    async with stand_in.running() as slack:
        yield slack


async def start(
    slack, sandbox, folder, *, refused: bool = False, **changes: str
) -> BotProcess:
    """Start the bot, and wait until it runs, or has ended if it is refused."""
    changes = {"ZENMUX_BOT_NOW": "2026-11-23T09:30:00Z"} | changes
    url = f"sqlite:///{folder}/bot.db"
    bot = await launch(environment(slack, sandbox, url, **changes))
    assert bot.reading.done() == refused, bot.lines
    return bot


@pytest.mark.parametrize("socket_mode", [False, True])
async def test_serve__sigterm_finishes_running_answers(
    slack, sandbox, tmp_path, socket_mode
):
    changes = {"SLACK_APP_TOKEN": slack.app_token} if socket_mode else {}
    bot = await start(slack, sandbox, tmp_path, **changes)
    if not socket_mode:
        slack.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
    hold = Hold()
    sandbox.weather.expect("/statistics/leaderboard", hold)
    await slack.command("/zenmux leaderboard cost 7d")

    bot.process.terminate()
    hold.released.set()

    assert await bot.ended() == 0, bot.lines
    assert [m for m in slack.messages() if "Top 10 models" in m.text]
    assert "Unclosed" not in str(bot.lines)


async def test_serve__sigterm_acknowledges_every_command(slack, sandbox, tmp_path):
    bot = await start(slack, sandbox, tmp_path, SLACK_APP_TOKEN=slack.app_token)
    hold = Hold()
    sandbox.weather.expect("/statistics/leaderboard", hold)
    command = asyncio.create_task(slack.command("/zenmux leaderboard cost 7d"))
    await hold.reached.wait()

    bot.process.terminate()

    reply = await command
    assert [m.text.partition(" ")[0] for m in reply.messages] == ["Fetching"]
    hold.released.set()
    await bot.ended()
    assert [m for m in slack.messages() if "Top 10 models" in m.text]


@pytest.mark.parametrize(
    ("name", "token"),
    [("SLACK_BOT_TOKEN", "xoxb-wrong"), ("SLACK_APP_TOKEN", "xapp-wrong")],
)
async def test_serve__refused_token_is_one_line(slack, sandbox, tmp_path, name, token):
    bot = await start(slack, sandbox, tmp_path, refused=True, **{name: token})

    assert await bot.ended() == 1
    assert f"{name}: refused by Slack" in str(bot.lines)
    assert "Unclosed" not in str(bot.lines)


def by_socket(slack, sandbox, folder, port: int, host="127.0.0.1") -> Settings:
    return Settings(
        zenmux_base_url=sandbox.base_url,
        zenmux_management_api_key=SANDBOX_KEY,
        slack_api_url=slack.api_url,
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        database_url=f"sqlite:///{folder}/bot.db",
        host=host,
        port=port,
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_running__taken_port_leaves_nothing_open(
    slack, sandbox, tmp_path, clock, host
):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as taken:
        port = taken.getsockname()[1]
        settings = by_socket(slack, sandbox, tmp_path, port, host=host)
        said = rf"PORT: port {port} of {host} cannot .* \(Address already in use\);"

        with pytest.raises(ConfigError, match=said):
            async with running(settings, clock):
                pass

    # what is left open complains as it goes
    gc.collect()


async def test_running__listens_on_ipv6(slack, sandbox, tmp_path, clock):
    settings = by_socket(slack, sandbox, tmp_path, 0, host="::1")

    async with running(settings, clock) as bot, aiohttp.ClientSession() as session:
        async with session.get(f"http://[::1]:{bot.port}/healthz") as reply:
            assert reply.status == 200
        async with session.get(f"http://[::1]:{bot.port}/metrics") as reply:
            assert reply.status == 200


async def test_readiness__socket_that_is_not_open_yet(slack, sandbox, tmp_path, clock):
    hang = Hang()
    slack.faults.script("apps.connections.open", hang)
    port = free_port()
    settings = by_socket(slack, sandbox, tmp_path, port)

    async def ask(session, path: str) -> tuple[int, dict]:
        async with session.get(f"http://127.0.0.1:{port}{path}") as reply:
            return reply.status, await reply.json()

    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        bot = running(settings, clock)
        entering = asyncio.create_task(stack.enter_async_context(bot))
        await hang.reached.wait()

        assert await ask(session, "/healthz") == (200, {"ok": True})
        status, parts = await ask(session, "/readyz")
        assert (status, parts["socket"]) == (503, False)

        hang.release()
        await entering
        _, parts = await ask(session, "/readyz")
        assert parts["socket"] is True


async def test_readiness__slack_is_asked_again_who_the_bot_is(
    slack, sandbox, tmp_path, clock
):
    slack.faults.script("auth.test", Page(), Page())
    settings = by_socket(slack, sandbox, tmp_path, 0)

    async with running(settings, clock) as bot, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{bot.port}/readyz"
        seen = []
        for _ in range(2):
            async with session.get(url) as reply:
                seen.append(reply.status)

    assert seen == [503, 200]


async def test_serve__sigterm_ends_a_start_that_waits_for_slack(
    slack, sandbox, tmp_path, clock
):
    hang = Hang()
    slack.faults.script("apps.connections.open", hang)
    settings = by_socket(slack, sandbox, tmp_path, free_port())
    bot = asyncio.create_task(serve(settings, clock, Metrics(), web=True, worker=True))
    await hang.reached.wait()

    os.kill(os.getpid(), signal.SIGTERM)

    async with asyncio.timeout(SHUTDOWN_SECONDS / 2):
        await bot
    hang.release()


async def test_serve__slack_down_at_the_start_is_no_refusal(slack, sandbox, tmp_path):
    slack.faults.script("auth.test", Page())

    bot = await start(slack, sandbox, tmp_path)
    slack.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
    await slack.command("/zenmux help")

    await bot.end()
    assert [m for m in slack.messages() if "ZenMux statistics" in m.text]
