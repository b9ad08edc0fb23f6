"""The Home tab: published when it is opened and when something on it changes.

https://docs.slack.dev/reference/methods/views.publish
"""

from __future__ import annotations

import asyncio
import re
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.answers.service import AnswerService
from zenmux_bot.conversations.home import Homes
from zenmux_bot.core.actors import Actor
from zenmux_bot.errors import Refused, SlackFault
from zenmux_bot.render.home import DO, build_home
from zenmux_bot.slack.calls import call
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.events import Event, Events
from zenmux_bot.slack.outbox import Clients
from zenmux_bot.slack.payloads import actor_of, command_of, fields, text_in
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks

_DO = re.compile(rf"^{re.escape(DO)}")
_CONFLICT = "hash_conflict"

log = structlog.get_logger(__name__)


class Home:
    """Publishes Home tabs, and runs what their buttons carry.

    Args:
        homes: Puts them together.
        desk: Tells when something on them changed.
        conversation: Runs commands.
        posts: Brings their answers.
        clients: Gives the client of a workspace.
        tasks: Keeps what runs on after an acknowledgement.
    """

    def __init__(
        self,
        *,
        homes: Homes,
        desk: AnswerService,
        conversation: Conversation,
        posts: Posts,
        clients: Clients,
        tasks: Tasks,
    ) -> None:
        self._homes = homes
        self._desk = desk
        self._conversation = conversation
        self._posts = posts
        self._clients = clients
        self._tasks = tasks
        self._hashes: dict[Actor, str] = {}
        self._turns: WeakValueDictionary[Actor, asyncio.Lock] = WeakValueDictionary()

    def register(self, app: AsyncApp) -> None:
        """Listen to the tab being opened, its buttons, and what is done elsewhere."""
        app.action(_DO)(self.on_do)
        self._desk.watch(self.changed)

    def follow(self, events: Events) -> None:
        """Follow people who open the tab."""
        events.follow(("app_home_opened",), self.on_opened)

    def on_opened(self, event: Event) -> None:
        """Publish the tab of whoever opens it."""
        if event.fields.get("tab") != "home":
            return
        actor = Actor(event.team_id, text_in(event.fields.get("user")))
        if shown := text_in(fields(event.fields.get("view")).get("hash")):
            self._hashes[actor] = shown
        self._tasks.start(self.publish(actor))

    async def on_do(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Run the command of a button; the answer comes directly."""
        await ack()
        self._tasks.start(self._do(actor_of(body), command_of(action)))

    def changed(self, asker: Actor) -> None:
        """Publish somebody's tab anew after they did something with digests."""
        self._tasks.start(self.refresh(Actor(asker.team_id, asker.user_id)))

    async def refresh(self, actor: Actor) -> None:
        """Publish a tab anew, if it was ever opened."""
        if actor in self._hashes:
            await self.publish(actor)

    async def publish(self, actor: Actor) -> None:
        """Publish a tab as it is now.

        Several of one person follow one another here. Where another process was
        faster, which the hash tells, its view may be older than what is known now, so
        the tab is put together and published once more.
        """
        async with self._turns.setdefault(actor, asyncio.Lock()):
            try:
                await self._publish(actor, self._hashes.get(actor))
            except Refused as refusal:
                if refusal.code == _CONFLICT:
                    await self._publish_anyway(actor)
                else:
                    log.warning("home.failed", code=refusal.code)
            except SlackFault as fault:
                log.warning("home.failed", code=fault.code)

    async def _publish_anyway(self, actor: Actor) -> None:
        try:
            await self._publish(actor, None)
        except SlackFault as fault:
            log.warning("home.failed", code=fault.code)

    async def _publish(self, actor: Actor, expected: str | None) -> None:
        view = build_home(await self._homes.view(actor.team_id, actor.user_id))
        client = self._clients(actor.team_id)
        reply = await call(
            client.views_publish(user_id=actor.user_id, view=view, hash=expected)
        )
        self._hashes[actor] = str((reply["view"] or {}).get("hash") or "")

    async def _do(self, actor: Actor, command: str) -> None:
        response = await self._conversation.press(command, actor)
        await self._posts.tell(actor.location, response.message())
