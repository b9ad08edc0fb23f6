"""The welcome message, posted once when the bot joins a channel.

https://docs.slack.dev/reference/events/member_joined_channel
"""

from __future__ import annotations

import structlog

from zenmux_bot.answers.help.welcome import report_welcome
from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import SlackFault
from zenmux_bot.render.slack import message
from zenmux_bot.slack.listeners.events import Event, Events
from zenmux_bot.slack.payloads import text_in
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.store.conversations import WelcomedChannels

log = structlog.get_logger(__name__)


class Welcome:
    """Posts the welcome message.

    Args:
        posts: Posts it.
        welcomed: Remembers where it was posted.
        tasks: Runs work after the acknowledgement.
        clock: The current time.
        model: The language model that reads questions, if any.
    """

    def __init__(
        self,
        posts: Posts,
        welcomed: WelcomedChannels,
        tasks: Tasks,
        clock: Clock,
        *,
        model: str | None = None,
    ) -> None:
        self._posts = posts
        self._welcomed = welcomed
        self._tasks = tasks
        self._clock = clock
        self._model = model

    def subscribe(self, events: Events) -> None:
        """Subscribe to people, and the bot, joining channels."""
        events.subscribe(("member_joined_channel",), self.on_joined)

    def on_joined(self, event: Event) -> None:
        """Welcome a channel that the bot has joined."""
        if event.is_about_the_bot:
            channel = Location(
                event.team_id,
                event.channel_id,
                user_id=text_in(event.fields.get("inviter")),
            )
            self._tasks.start(self._greet(channel))

    async def _greet(self, channel: Location) -> None:
        now = self._clock.now()
        team_id, channel_id = channel.team_id, channel.channel_id
        if not await self._welcomed.first_time(team_id, channel_id, now):
            return
        try:
            await self._posts.post(channel, message(report_welcome(model=self._model)))
        except SlackFault as fault:
            log.info("welcome.failed", code=fault.code)
