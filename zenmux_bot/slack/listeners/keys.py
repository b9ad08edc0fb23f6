"""Setting a workspace's ZenMux key from the Home tab."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.conversations.keys import WorkspaceKeyService
from zenmux_bot.core.actors import Actor
from zenmux_bot.errors import BadInput, BotError
from zenmux_bot.render.forms import MAX_ERROR
from zenmux_bot.render.key_form import (
    CALLBACK,
    CLEAR,
    KEY,
    OPEN,
    build_key_form,
    read_key,
)
from zenmux_bot.render.limits import cut
from zenmux_bot.render.message import Message
from zenmux_bot.slack.listeners.home import Home
from zenmux_bot.slack.payloads import actor_of, form_values, team_of
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks, outcome_of

_SET = "ZenMux accepts the key. This workspace uses it from now on."
_CLEARED = "The key is deleted. This workspace uses the operator's key again."

log = structlog.get_logger(__name__)


class KeyForms:
    """Opens the form, and sets the key.

    Args:
        service: Sets keys.
        home: Shows whose key is used.
        posts: Reports the result.
        tasks: Runs work after the acknowledgement.
    """

    def __init__(
        self,
        *,
        service: WorkspaceKeyService,
        home: Home,
        posts: Posts,
        tasks: Tasks,
    ) -> None:
        self._service = service
        self._home = home
        self._posts = posts
        self._tasks = tasks

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons of the Home tab and to the form."""
        app.action(OPEN)(self.on_open)
        app.action(CLEAR)(self.on_clear)
        app.view(CALLBACK)(self.on_submit)

    async def on_open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form."""
        await ack()
        self._tasks.start(self._open(body))

    async def on_clear(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Delete the key."""
        await ack()
        actor = actor_of(body)
        self._tasks.start(self._clear(actor))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Set the key if ZenMux accepts it, or show the error in the form."""
        actor = actor_of(body)
        text = read_key(form_values(body))
        task = self._tasks.start(self._set(actor, text))
        await self._tasks.acknowledge_form(
            ack, task, _errors, partial(self._tell, actor=actor)
        )

    async def _set(self, actor: Actor, text: str) -> str | None:
        """Set a key, or return what is wrong with it."""
        try:
            await self._service.set(actor.team_id, text, by=actor.user_id)
        except BadInput as error:
            return f"{error.problem} {error.allowed}".strip()
        except BotError as error:
            return str(error)
        return None

    async def _tell(self, task: asyncio.Task[str | None], actor: Actor) -> None:
        tell = partial(self._posts.tell, actor.location)
        problem = await outcome_of(task, tell)
        await tell(Message(problem or _SET))
        await self._home.refresh(Actor(actor.team_id, actor.user_id))

    async def _clear(self, actor: Actor) -> None:
        try:
            await self._service.clear(actor.team_id, by=actor.user_id)
        except BotError as error:
            await self._posts.tell(actor.location, Message(str(error)))
            return
        await self._posts.tell(actor.location, Message(_CLEARED))
        await self._home.refresh(Actor(actor.team_id, actor.user_id))

    async def _open(self, body: dict[str, Any]) -> None:
        state = await self._service.state(team_of(body))
        await self._posts.open_form_or_tell(body, build_key_form(state))


def _errors(problem: str | None) -> dict[str, str]:
    return {} if problem is None else {KEY: cut(problem, MAX_ERROR)}
