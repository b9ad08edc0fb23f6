"""Passing requests for restricted commands on to administrators."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import SlackFault
from zenmux_bot.render.errors import ASK_ADMINS
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import escape
from zenmux_bot.slack.directory import SlackDirectory
from zenmux_bot.slack.payloads import actor_of, command_of
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.store.conversations import SeenEvents

MAX_ASKED = 3
"""How many administrators are asked; a workspace may have many."""

_REQUEST = (
    "<@{actor}> asks for “{command}”, which only admins can do. The answer goes to you "
    "alone; what you share of it is up to you."
)
_NOT_DELIVERED = Message("I couldn't reach an admin. Please ask one yourself.")
_LIMIT_REACHED = Message(
    "I pass on one request per person a day. Please ask an admin yourself."
)
_CHANNEL = re.compile(r"&lt;#(\w+)(\|[^&]*)?&gt;")

log = structlog.get_logger(__name__)


class AccessRequests:
    """Passes on what somebody may not do to administrators.

    Args:
        directory: Lists a workspace's administrators.
        admins: Ids of the administrators that the operator named; asked first.
        posts: Sends the requests.
        seen: Remembers who asked, since each person may ask once a day.
        tasks: Runs work after the acknowledgement.
        clock: The current time.
    """

    def __init__(
        self,
        *,
        directory: SlackDirectory,
        admins: Collection[str],
        posts: Posts,
        seen: SeenEvents,
        tasks: Tasks,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._named = tuple(sorted(admins))
        self._posts = posts
        self._seen = seen
        self._tasks = tasks
        self._clock = clock

    def register(self, app: AsyncApp) -> None:
        """Listen to the button of refusals."""
        app.action(ASK_ADMINS)(self.on_ask)

    async def on_ask(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Ask administrators."""
        await ack()
        self._tasks.start(self._ask(body, command_of(action)))

    async def _ask(self, body: dict[str, Any], command: str) -> None:
        reply = await self._pass_on(actor_of(body), command)
        # Replacing the button prevents a second request.
        await self._posts.reply(body, reply, replace_original=True)

    async def _pass_on(self, actor: Actor, command: str) -> Message:
        """Send a request to administrators, and return the reply to the asker."""
        now = self._clock.now()
        key = f"access-request:{actor.team_id}:{actor.user_id}:{now.date()}"
        if not await self._seen.first_time(key, now):
            return _LIMIT_REACHED
        words = escape(f"{COMMAND} {command}".removesuffix(" private"))
        words = _CHANNEL.sub(r"<#\1>", words)
        request = Message(_REQUEST.format(actor=actor.user_id, command=words))
        asked = [
            admin
            for admin in await self._admins_of(actor.team_id)
            if await self._posts.tell(Location(actor.team_id, user_id=admin), request)
        ]
        if not asked:
            return _NOT_DELIVERED
        return Message(f"I asked {', '.join(f'<@{each}>' for each in asked)}.")

    async def _admins_of(self, team_id: str) -> Sequence[str]:
        if self._named:
            return self._named[:MAX_ASKED]
        try:
            return await self._directory.admins(team_id, MAX_ASKED)
        except SlackFault as fault:
            log.warning("slack.admins_unknown", code=fault.code)
            return ()
