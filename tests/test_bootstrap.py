"""What the parts are given when they are put together."""

import subprocess
import sys
from pathlib import Path

import aiohttp

from zenmux_bot.bootstrap import POST_SECONDS, open_workspaces
from zenmux_bot.config import Settings


async def test_open_workspaces__posts_have_a_time_out_of_their_own(clock):
    settings = Settings(slack_bot_token="xoxb-1")

    async with (
        aiohttp.ClientSession() as session,
        open_workspaces(settings, clock, database=None, session=session) as workspaces,
    ):
        teams = workspaces.teams

        assert teams.posting_client("T1").session.timeout.total == POST_SECONDS
        assert teams.client("T1").session is session


UNUSED = (
    *("alembic", "asyncpg", "cryptography", "pygments", "rich"),
    *("sqlalchemy.dialects.postgresql", "zenmux_bot.slack.installed"),
    *("zenmux_bot.slack.installing", "zenmux_bot.slack.socket"),
)


def test_bootstrap__one_workspace_over_http_loads_nothing_for_others(tmp_path):
    code = f"""
import asyncio, sys
import zenmux_bot.cli
from zenmux_bot import bootstrap
from zenmux_bot.config import Settings
from zenmux_bot.core.clock import SystemClock
from zenmux_bot.slack.tasks import Tasks

async def main():
    url = "sqlite:///{tmp_path}/bot.db"
    settings = Settings(
        slack_bot_token="xoxb-1", slack_signing_secret="s", database_url=url
    )
    async with bootstrap.open_bot(settings, SystemClock(), Tasks()) as bot:
        bootstrap.make_listeners(bot)
        bootstrap.make_jobs(bot, bootstrap.make_delivery(bot))

asyncio.run(main())
print(sorted({{*{UNUSED}}} & {{*sys.modules}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[1],
    )

    assert done.stdout.strip() == "[]", done.stderr
