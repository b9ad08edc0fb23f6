"""The Home tab: published when it is opened and when something on it changes.

https://docs.slack.dev/reference/methods/views.publish
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import structlog
from cachetools import LRUCache
from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.answers.service import AnswerService, Response
from zenmux_bot.commands.digest_commands import About, Verb
from zenmux_bot.commands.queries import DigestQuery
from zenmux_bot.conversations.home import Homes
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.digests.forms import build_form
from zenmux_bot.errors import Ambiguous, Refused, SlackFault
from zenmux_bot.render.errors import report_cut_off
from zenmux_bot.render.home import (
    DO,
    Notice,
    build_home,
    build_home_failure,
    home_failure,
)
from zenmux_bot.render.message import Message, with_command
from zenmux_bot.render.slack import message as build_message
from zenmux_bot.slack.calls import call
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.listeners.events import Event, Events
from zenmux_bot.slack.outbox import Clients
from zenmux_bot.slack.payloads import actor_of, command_of, fields, text_in
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks, outcome_of

MAX_TABS = 10_000
"""Tabs that are published again when something on them changes."""

_DO = re.compile(rf"^{re.escape(DO)}")
_NO_TAB = "not_enabled"
_SHOWN_HERE = frozenset(
    {
        Verb.PAUSE,
        Verb.RESUME,
        Verb.SEND,
        Verb.DELETE,
        Verb.RESTORE,
        Verb.TAKEOVER,
    }
)
"""Their results are shown on the tab; other answers come as messages."""

_SENT = "The answer is in the Messages tab."

log = structlog.get_logger(__name__)


class Home:
    """Publishes Home tabs, and runs the commands of their buttons.

    Args:
        homes: Builds the tabs.
        service: Notifies of changes.
        conversation: Runs the commands.
        posts: Sends their answers.
        clients: Returns the client of a workspace.
        tasks: Runs work after the acknowledgement.
    """

    def __init__(
        self,
        *,
        homes: Homes,
        service: AnswerService,
        conversation: Conversation,
        posts: Posts,
        clients: Clients,
        tasks: Tasks,
    ) -> None:
        self._homes = homes
        self._service = service
        self._conversation = conversation
        self._posts = posts
        self._clients = clients
        self._tasks = tasks
        self._hashes: LRUCache[Actor, str] = LRUCache(MAX_TABS)
        self._notices: LRUCache[Actor, Notice] = LRUCache(MAX_TABS)
        self._locks: WeakValueDictionary[Actor, asyncio.Lock] = WeakValueDictionary()

    def register(self, app: AsyncApp) -> None:
        """Listen to the tab's buttons, and to changes made elsewhere."""
        app.action(_DO)(self.on_do)
        self._service.watch(self.changed)

    def subscribe(self, events: Events) -> None:
        """Subscribe to the opening of the tab."""
        events.subscribe(("app_home_opened",), self.on_opened)

    def on_opened(self, event: Event) -> None:
        """Publish the tab for the person who opens it."""
        if event.fields.get("tab") != "home":
            return
        person = Actor(event.team_id, text_in(event.fields.get("user")))
        self._notices.pop(person, None)
        if shown := text_in(fields(event.fields.get("view")).get("hash")):
            self._hashes[person] = shown
        self._tasks.start(self.publish(person))

    async def on_do(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        """Run the command of a button or a menu."""
        await ack()
        self._tasks.start(self._do(body, command_of(action)))

    def changed(self, actor: Actor) -> None:
        """Publish a person's tab again after they changed digests."""
        self._tasks.start(self.refresh(actor), is_asked=False)

    async def refresh(self, actor: Actor) -> None:
        """Publish a tab again, if it was ever opened."""
        person = Actor(actor.team_id, actor.user_id)
        if person in self._hashes:
            await self.publish(person)

    async def publish(self, person: Actor) -> None:
        """Publish a tab as it is now, or say on it why that failed.

        Only one task at a time publishes a person's tab. If the hash shows that another
        process published it meanwhile, that view may be outdated, so the tab is built
        and published once more; likewise after a lost reply.
        """
        async with self._locks.setdefault(person, asyncio.Lock()):
            try:
                await self._publish(person, self._hashes.get(person))
            except (Refused, Ambiguous) as fault:
                log.info("home.published_again", code=fault.code)
                await self._publish_anyway(person)
            except SlackFault as fault:
                await self._publish_failure(person, fault.code)

    async def _publish_anyway(self, person: Actor) -> None:
        try:
            await self._publish(person, None)
        except SlackFault as fault:
            await self._publish_failure(person, fault.code)

    async def _publish_failure(self, person: Actor, code: str) -> None:
        """Say on the tab that it cannot be shown, or else in a direct message.

        In a workspace where the tab is turned off, nothing is said.
        """
        log.warning("home.failed", code=code)
        if code == _NO_TAB:
            return
        client = self._clients(person.team_id)
        command = await self._homes.command(person)
        view = with_command(build_home_failure(code), command)
        try:
            await call(client.views_publish(user_id=person.user_id, view=view))
        except SlackFault as fault:
            log.warning("home.failed", code=fault.code)
            await self._posts.tell(
                Location(person.team_id, user_id=person.user_id),
                Message(home_failure(code)),
            )

    async def _publish(self, person: Actor, expected: str | None) -> None:
        home = await self._homes.view(person, self._notices.get(person))
        view = with_command(build_home(home), await self._homes.command(person))
        client = self._clients(person.team_id)
        reply = await call(
            client.views_publish(user_id=person.user_id, view=view, hash=expected)
        )
        self._hashes[person] = str((reply["view"] or {}).get("hash") or "")

    async def _do(self, body: dict[str, Any], command: str) -> None:
        """Run a button's command, and show the result on the tab or as a message."""
        actor = actor_of(body)
        response = await outcome_of(
            self._conversation.press(command, actor),
            partial(self._posts.tell, actor.location),
            build_message(report_cut_off(command)),
        )
        person = Actor(actor.team_id, actor.user_id)
        if response.form is not None:
            form = build_form(response.form, response_url="")
            await self._posts.open_form_or_tell(body, form)
            return
        digest_id = _shown_digest(response)
        if digest_id:
            self._notices[person] = Notice(response.sentences, digest_id)
        else:
            is_sent = await self._posts.tell(actor.location, response.message())
            self._notices[person] = Notice(_SENT if is_sent else response.sentences)
        await self.publish(person)


def _shown_digest(response: Response) -> str:
    """Return the digest whose row shows the result; empty if none does.

    An answer that asks something back needs its buttons, so it comes as a message.
    """
    query = None if response.request is None else response.request.query
    if not isinstance(query, DigestQuery) or not isinstance(query.command, About):
        return ""
    if query.command.verb not in _SHOWN_HERE:
        return ""
    send = f"{DigestQuery.name} {Verb.SEND}"
    offered = [each.command for each in response.report.buttons]
    asks_back = query.command.verb is Verb.SEND and any(
        each.startswith(send) for each in offered
    )
    return "" if asks_back else query.command.id
