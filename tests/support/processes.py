"""Real bots in processes of their own, between the stand-ins, for tests of many."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from forking import Forked, fork
from secrecy import overhear

ROOT = Path(__file__).parents[2]
START_SECONDS = 120


@dataclass
class BotProcess:
    """A running bot and what it logged."""

    process: asyncio.subprocess.Process | Forked
    port: int | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    reading: asyncio.Task[None] | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        async for line in self.process.stderr:
            overhear(line.decode())
            try:
                logged = json.loads(line)
            except ValueError:
                logged = {"event": "no log", "text": line.decode()}
            self.lines.append(logged)
            if logged.get("event") == "bot.started":
                self.port = logged["port"]
                self.started.set()
        self.started.set()

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("event") == event]

    async def readiness(self) -> tuple[int, dict[str, Any]]:
        url = f"http://127.0.0.1:{self.port}/readyz"
        async with aiohttp.ClientSession() as session, session.get(url) as reply:
            return reply.status, await reply.json()

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()
        await self.ended()

    async def ended(self) -> int:
        """Wait for its own end; a signal to a dying process spoils its status."""
        async with asyncio.timeout(60):
            status = await self.process.wait()
            await self.reading
        return status

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()
        await self.reading


def environment(slack, sandbox, url: str, **changes: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "ZENMUX_BASE_URL": sandbox.base_url,
        "ZENMUX_MANAGEMENT_API_KEY": sandbox.key,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "DATABASE_URL": url,
        "HOST": "127.0.0.1",
        "PORT": "0",
        "LOG_FORMAT": "json",
        "SCHEDULER_TICK_SECONDS": "1",
        "DELIVERY_LEASE_SECONDS": "10",
        **changes,
    }


async def launch(
    env: dict[str, str], *args: str, root: Path | None = None
) -> BotProcess:
    """Start a bot, or the one in another folder, and wait until it runs or ends."""
    if root is None:
        process = await fork(ROOT / "bot.py", *args, env=env)
    else:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(root / "bot.py"),
            *args,
            env=env,
            cwd=root,
            stderr=asyncio.subprocess.PIPE,
        )
    bot = BotProcess(process)
    bot.reading = asyncio.create_task(bot.read())
    async with asyncio.timeout(START_SECONDS):
        await bot.started.wait()
    return bot


@asynccontextmanager
async def launched(
    env: dict[str, str], *args: str, root: Path | None = None
) -> AsyncIterator[BotProcess]:
    bot = await launch(env, *args, root=root)
    assert not bot.reading.done(), bot.lines
    try:
        yield bot
    finally:
        await bot.end()


async def until(condition, *, seconds: float = 60) -> None:
    """Wait until a coroutine function says yes."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - other processes set no events
            await asyncio.sleep(0.1)
