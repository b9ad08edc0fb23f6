"""The welcome: one message when the bot is let into a channel, and never again.

https://docs.slack.dev/reference/events/member_joined_channel
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from zenmux_bot.answers.help.welcome import report_welcome
from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import SlackFault
from zenmux_bot.render.slack import message
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks

log = structlog.get_logger(__name__)


class WelcomedChannels(Protocol):
    """Remembers the channels that had their welcome."""

    async def first_time(self, team_id: str, channel_id: str, now: datetime) -> bool:
        """Return whether a channel was never welcomed, and remember it."""
        ...


class Welcome:
    """Says hello.

    Args:
        posts: Says it.
        welcomed: Knows where it was said.
        tasks: Keeps what runs on after an acknowledgement.
        clock: Tells the time.
    """

    def __init__(
        self, posts: Posts, welcomed: WelcomedChannels, tasks: Tasks, clock: Clock
    ) -> None:
        self._posts = posts
        self._welcomed = welcomed
        self._tasks = tasks
        self._clock = clock

    def register(self, app: AsyncApp) -> None:
        """Listen to people, and the bot, who join channels."""
        app.event("member_joined_channel")(self.on_joined)

    async def on_joined(
        self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        """Welcome a channel that the bot has joined."""
        await ack()
        event = body["event"]
        if event["user"] == context.bot_user_id:
            spot = Location(
                team_id=body["team_id"],
                channel_id=event["channel"],
                user_id=event.get("inviter") or "",
            )
            self._tasks.start(self._greet(spot))

    async def _greet(self, spot: Location) -> None:
        now = self._clock.now()
        if not await self._welcomed.first_time(spot.team_id, spot.channel_id, now):
            return
        try:
            await self._posts.post(spot, message(report_welcome()))
        except SlackFault as fault:
            log.info("welcome.failed", code=fault.code)
