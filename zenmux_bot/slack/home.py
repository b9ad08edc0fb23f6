"""The Home tab: published when it is opened and when something on it changes.

https://docs.slack.dev/reference/methods/views.publish
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.answers.service import AnswerService
from zenmux_bot.conversations.home import Homes
from zenmux_bot.digests.ports import Asker
from zenmux_bot.errors import Refused, SlackFault
from zenmux_bot.render.home import DO, build_home
from zenmux_bot.slack.calls import call
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.outbox import Clients
from zenmux_bot.slack.posts import Posts, Spot, spot_of
from zenmux_bot.slack.tasks import Tasks

_DO = re.compile(rf"^{re.escape(DO)}")
_CONFLICT = "hash_conflict"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Whose:
    """A person of a workspace."""

    team_id: str
    user_id: str


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
        self._hashes: dict[Whose, str] = {}
        self._turns: WeakValueDictionary[Whose, asyncio.Lock] = WeakValueDictionary()

    def register(self, app: AsyncApp) -> None:
        """Listen to the tab being opened, its buttons, and what is done elsewhere."""
        app.event("app_home_opened")(self.on_opened)
        app.action(_DO)(self.on_do)
        self._desk.watch(self.changed)

    async def on_opened(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Publish the tab of whoever opens it."""
        await ack()
        event = body["event"]
        if event.get("tab") != "home":
            return
        whose = Whose(body["team_id"], event["user"])
        if shown := (event.get("view") or {}).get("hash"):
            self._hashes[whose] = shown
        self._tasks.start(self.publish(whose))

    async def on_do(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Run the command of a button; the answer comes directly."""
        await ack()
        self._tasks.start(self._do(spot_of(body), action.get("value") or ""))

    def changed(self, asker: Asker) -> None:
        """Publish somebody's tab anew after they did something with digests."""
        self._tasks.start(self.refresh(Whose(asker.team_id, asker.user_id)))

    async def refresh(self, whose: Whose) -> None:
        """Publish a tab anew, if it was ever opened."""
        if whose in self._hashes:
            await self.publish(whose)

    async def publish(self, whose: Whose) -> None:
        """Publish a tab as it is now.

        Several of one person follow one another here. Where another process was
        faster, which the hash tells, its view may be older than what is known now, so
        the tab is put together and published once more.
        """
        async with self._turns.setdefault(whose, asyncio.Lock()):
            try:
                await self._publish(whose, self._hashes.get(whose))
            except Refused as refusal:
                if refusal.code == _CONFLICT:
                    await self._publish_anyway(whose)
                else:
                    log.warning("home.failed", code=refusal.code)
            except SlackFault as fault:
                log.warning("home.failed", code=fault.code)

    async def _publish_anyway(self, whose: Whose) -> None:
        try:
            await self._publish(whose, None)
        except SlackFault as fault:
            log.warning("home.failed", code=fault.code)

    async def _publish(self, whose: Whose, expected: str | None) -> None:
        view = build_home(await self._homes.view(whose.team_id, whose.user_id))
        client = self._clients(whose.team_id)
        reply = await call(
            client.views_publish(user_id=whose.user_id, view=view, hash=expected)
        )
        self._hashes[whose] = str((reply["view"] or {}).get("hash") or "")

    async def _do(self, spot: Spot, command: str) -> None:
        served = await self._conversation.press(command, spot)
        await self._posts.tell(spot, served.message())
