"""Tokens that are renewed while the database comes and goes."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.oauth.installation_store import Bot

from zenmux_bot.slack.installed import InstalledTeams


@dataclass
class Flaky:
    """Installations in a database that is unavailable when told to be."""

    bot: Bot
    away_for: int = 0
    naps: list[float] = field(default_factory=list)

    async def bot_of_team(self, _team_id: str) -> Bot:
        return self.bot

    async def async_save_bot(self, bot: Bot) -> None:
        if self.away_for > 0:
            self.away_for -= 1
            raise OSError
        self.bot = bot

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)


class Rotator:
    """Takes each refresh token once, as Slack does."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def perform_bot_token_rotation(self, *, bot: Bot, **_: Any) -> Bot:
        assert bot.bot_refresh_token not in self.taken
        self.taken.append(bot.bot_refresh_token)
        number = len(self.taken) + 1
        return bot_with(f"xoxe-{number}", token=f"xoxb-{number}", hours=12)


def bot_with(refresh: str, *, token: str, hours: float) -> Bot:
    return Bot(
        team_id="T1",
        bot_token=token,
        bot_id="B1",
        bot_user_id="UBOT",
        bot_refresh_token=refresh,
        bot_token_expires_at=int(time.time() + hours * 3600),
        installed_at=time.time(),
    )


@asynccontextmanager
async def at_once(_name: str):
    yield


async def test_rotation__saves_token_after_database_failure(clock):
    kept = Flaky(bot_with("xoxe-1", token="xoxb-1", hours=1), away_for=3)
    teams = InstalledTeams(
        installations=kept,
        rotator=Rotator(),
        lock=at_once,
        unavailable=(OSError,),
        clock=clock,
        base_url="http://127.0.0.1/",
        session=None,
        posting_session=None,
        sleep=kept.sleep,
    )

    assert await teams.token("T1") == "xoxb-2"
    assert kept.bot.bot_refresh_token == "xoxe-2"
    assert kept.naps
