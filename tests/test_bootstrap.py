"""What the parts are given when they are put together."""

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
