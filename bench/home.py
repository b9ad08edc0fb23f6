"""The Home tab of an administrator whose workspace has a thousand digests.

A real bot over HTTP, a real database, and the workspace in the same process.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from pydantic import SecretStr
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.digests import NINE, subscribe
from bench.servers import channel_id
from zenmux_bot.config import Settings
from zenmux_bot.core.clock import ShiftedClock, SystemClock
from zenmux_bot.server import running
from zenmux_demo.main import HOST, read_manifest
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.server import running_sandbox
from zenmux_demo.workspace.model import Channel
from zenmux_demo.workspace.seed import BOT_USER_ID, MAYA
from zenmux_demo.workspace.server import SlackStandIn

DIGESTS = 1000
TIMES = 5


@dataclass(frozen=True)
class Opening:
    """What it takes to show the tab, from Slack's event until it is published.

    Attributes:
        seconds: By the clock on the wall, the workspace included.
        statements: Statements of the database.
    """

    seconds: float
    statements: int


def measure() -> Opening:
    """Open it several times, and return the one in the middle."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "home.db"
        asyncio.run(subscribe(database, DIGESTS))
        return asyncio.run(_measure(database))


async def _measure(database: Path) -> Opening:
    clock = ShiftedClock.starting_at(NINE + timedelta(hours=1), SystemClock())
    stand_in = SlackStandIn(clock=clock, manifest=read_manifest())
    async with running_sandbox(clock) as sandbox, stand_in.running() as slack:
        for number in range(DIGESTS):
            slack.state.channels[channel_id(number)] = Channel(
                id=channel_id(number), name=f"c{number}", members={MAYA, BOT_USER_ID}
            )
        settings = Settings(
            zenmux_base_url=sandbox.base_url,
            zenmux_management_api_key=SecretStr(SANDBOX_KEY),
            slack_api_url=slack.api_url,
            slack_bot_token=SecretStr(slack.bot_token),
            slack_signing_secret=SecretStr(slack.signing_secret),
            zenmux_bot_admins=MAYA,
            database_url=f"sqlite:///{database}",
            host=HOST,
            port=0,
        )
        # Half of a bot: nothing is posted meanwhile.
        async with running(settings, clock, worker=False) as bot:
            slack.connect_http(f"http://{HOST}:{bot.port}/slack/events")
            openings = [await _open(slack) for _ in range(TIMES + 1)]
    return Opening(
        median(each.seconds for each in openings[1:]),
        max(each.statements for each in openings[1:]),
    )


async def _open(slack: SlackStandIn) -> Opening:
    statements = []

    def count(*arguments: object) -> None:
        statements.append(arguments[2])

    published = _published(slack)
    event.listen(Engine, "before_cursor_execute", count)
    try:
        began = time.perf_counter()
        await slack.open_home(user=MAYA)
        await slack.wait_for(lambda: _published(slack) > published)
        return Opening(time.perf_counter() - began, len(statements))
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def _published(slack: SlackStandIn) -> int:
    calls = [call for call in slack.calls if call.method == "views.publish"]
    return sum(call.answer is not None for call in calls)
