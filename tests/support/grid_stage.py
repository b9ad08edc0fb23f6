"""A bot for the workspaces of a grid, for tests of many."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
from clocks import ManualClock
from cryptography.fernet import Fernet
from grid import CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET, running_grid
from processes import until
from pydantic import SecretStr
from sqlalchemy import select

from zenmux_bot.config import Settings
from zenmux_bot.observability import Metrics
from zenmux_bot.server import running
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.store.database import open_database
from zenmux_bot.store.installations import bots
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.server import running_sandbox

NOW = datetime(2026, 11, 23, 7, 59, 50, tzinfo=UTC)


@dataclass
class Stage:
    """A bot for the workspaces of a grid."""

    grid: object
    sandbox: object
    clock: ManualClock
    bot: object
    url: str
    settings: Settings
    metrics: Metrics

    async def get(self, path: str, **cookies: str) -> aiohttp.ClientResponse:
        address = path if path.startswith("http") else f"{self.grid.bot_url}{path}"
        async with aiohttp.ClientSession(cookies=cookies) as session:
            reply = await session.get(address, allow_redirects=False)
            await reply.read()
            return reply

    async def begin(self) -> tuple[str, str]:
        """Open the install page, and return its link and the browser's cookie."""
        page = await self.get("/slack/install")
        link = re.search(r'href="([^"]+authorize[^"]+)"', await page.text())[1]
        cookie = page.headers["Set-Cookie"].split(";")[0].partition("=")[2]
        return link.replace("&amp;", "&"), cookie

    async def consent(self, link: str, team: str) -> str:
        """Consent, and return where Slack sends the browser."""
        return (await self.get(link, team=team)).headers["Location"]

    async def install(self, team: str) -> None:
        link, cookie = await self.begin()
        back = await self.consent(link, team)
        done = await self.get(back, **{"slack-app-oauth-state": cookie})
        assert done.status == 200

    async def rows(self, *tables) -> list:
        async with (
            open_database(self.url, exclusive=False) as database,
            database.reading() as connection,
        ):
            return [
                row
                for table in tables
                for row in (await connection.execute(select(table))).all()
            ]

    async def let_tokens_end(self) -> None:
        """Let the stored tokens be at the end of their twelve hours."""
        async with (
            open_database(self.url, exclusive=False) as database,
            database.writing() as connection,
        ):
            ended = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=1)
            await connection.execute(bots.update().values(bot_token_expires_at=ended))

    async def settled(self) -> None:
        """Wait until the bot has done what it began."""
        await until(self.bot_is_idle)

    async def bot_is_idle(self) -> bool:
        return self.metrics.registry.get_sample_value("zenmux_bot_running_tasks") == 0


@asynccontextmanager
async def staged(url: str, **changes):
    clock = ManualClock(NOW)
    fields = {"teams": {"T1": {"C1"}, "T2": {"C2"}}} | changes.pop("grid", {})
    async with (
        running_grid(**fields) as grid,
        running_sandbox(clock, requests_per_minute=600) as sandbox,
    ):
        settings = Settings(
            **{
                "zenmux_base_url": sandbox.base_url,
                "zenmux_management_api_key": SecretStr(SANDBOX_KEY),
                "slack_api_url": f"{grid.base_url}/api/",
                "slack_client_id": CLIENT_ID,
                "slack_client_secret": SecretStr(CLIENT_SECRET),
                "slack_signing_secret": SecretStr(SIGNING_SECRET),
                "zenmux_bot_encryption_key": (
                    SecretStr(Fernet.generate_key().decode()),
                ),
                "database_url": url,
                "host": "127.0.0.1",
                "port": 0,
            }
            | changes
        )
        metrics = Metrics()
        async with running(settings, clock, metrics, Tasks(patience=100)) as bot:
            grid.bot_url = f"http://127.0.0.1:{bot.port}"
            yield Stage(grid, sandbox, clock, bot, url, settings, metrics)
