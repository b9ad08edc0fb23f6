"""Setting the defaults of the workspace and of channels, from the Home tab."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.conversations.preferences import OF_PEOPLE, Preferences
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.errors import SlackFault
from zenmux_bot.permissions import Permissions
from zenmux_bot.render.defaults_form import (
    CALLBACK,
    CHANNEL,
    METRIC,
    OWN_SPEND,
    FilledForm,
    OwnSpend,
    build_channel_form,
    build_workspace_form,
    read_defaults,
)
from zenmux_bot.render.forms import FormErrors
from zenmux_bot.render.home import SET_CHANNEL, SET_WORKSPACE, said_defaults
from zenmux_bot.render.message import Block, Message
from zenmux_bot.slack.directory import SlackDirectory
from zenmux_bot.slack.listeners.home import Home
from zenmux_bot.slack.listeners.menus import Menus
from zenmux_bot.slack.payloads import actor_of, form_values, team_of
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.tasks import Tasks, outcome_of
from zenmux_bot.store.audit import Audit

OPEN_SECONDS = 1.0
"""For Slack to say who somebody is, before the form opens without knowing it."""

_NOT_ADMIN = "Only admins of the workspace or of this app can set this."
_NOT_MEMBER = "Only members of the channel and admins can set this."
_NOT_SEEN = "I can't see that channel: type /invite @ZenMux there."
_UNSET = "none set"
_NOT_SAVED = "The defaults were not saved: {why}"

log = structlog.get_logger(__name__)


class DefaultsForms:
    """Opens the form and saves what is filled in.

    Args:
        preferences: Stores the defaults.
        permissions: Decides who may set a workspace's defaults.
        directory: Lists the members of channels, who may set theirs.
        home: Shows the defaults.
        menus: Fills the form's menus.
        posts: Confirms that a channel's defaults are set.
        tasks: Runs work after the acknowledgement.
        audit: Records who opened a channel for own spend.
        clock: The current time.
    """

    def __init__(
        self,
        *,
        preferences: Preferences,
        permissions: Permissions,
        directory: SlackDirectory,
        home: Home,
        menus: Menus,
        posts: Posts,
        tasks: Tasks,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._preferences = preferences
        self._permissions = permissions
        self._directory = directory
        self._home = home
        self._menus = menus
        self._posts = posts
        self._tasks = tasks
        self._audit = audit
        self._clock = clock

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons of the Home tab and to the form."""
        app.action(SET_WORKSPACE)(self.on_workspace)
        app.action(SET_CHANNEL)(self.on_channel)
        app.view(CALLBACK)(self.on_submit)

    async def on_workspace(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form with the workspace's defaults."""
        await ack()
        self._tasks.start(self._open_workspace(actor_of(body), body))

    async def on_channel(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form for a channel."""
        await ack()
        self._tasks.start(self._open_channel(actor_of(body), body))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Save what was filled in, or show its errors.

        Errors that take too long to find, such as in a channel with many members, are
        sent as a direct message.
        """
        actor = actor_of(body)
        try:
            filled = read_defaults(form_values(body))
        except FormErrors as error:
            await ack(response_action="errors", errors=error.errors)
            return
        task = self._tasks.start(self._save(actor, filled))
        await self._tasks.acknowledge_form(
            ack, task, dict, partial(self._tell, actor=actor, filled=filled)
        )

    async def _open_workspace(self, actor: Actor, body: dict[str, Any]) -> None:
        defaults = await self._preferences.of(Location(actor.team_id))
        await self._open(build_workspace_form(defaults), body)

    async def _open_channel(self, actor: Actor, body: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                is_admin = await self._permissions.is_admin(actor)
        except (SlackFault, TimeoutError):
            is_admin = False
        await self._open(build_channel_form(is_admin=is_admin), body)

    async def _open(self, view: Block, body: dict[str, Any]) -> None:
        self._menus.prepare(team_of(body))
        await self._posts.open_form_or_tell(body, view)

    async def _save(self, actor: Actor, filled: FilledForm) -> dict[str, str]:
        """Save what was filled in, or return its errors."""
        try:
            await self._check(actor, filled)
        except FormErrors as error:
            return error.errors
        place = Location(actor.team_id, filled.channel_id)
        kept = await self._preferences.of(place)
        wanted = filled.over(kept)
        names = OF_PEOPLE - {"own_spend"} if filled.keeps_own_spend else OF_PEOPLE
        await self._preferences.save(place, wanted, by=actor.user_id, names=names)
        if bool(wanted.own_spend) is not bool(kept.own_spend):
            await self._audit.add(
                actor.team_id,
                AuditEntry(
                    at=self._clock.now(),
                    actor=actor.user_id,
                    action="spend.allow" if wanted.own_spend else "spend.deny",
                    subject=filled.channel_id,
                    detail=await self._channel_name(place),
                ),
            )
        return {}

    async def _channel_name(self, place: Location) -> str:
        try:
            channel = await self._directory.channel(place.team_id, place.channel_id)
        except SlackFault:
            channel = None
        return "" if channel is None else f"#{channel.name}"

    async def _check(self, actor: Actor, filled: FilledForm) -> None:
        """Check that the actor may set these defaults.

        Raises:
            FormErrors: They may not, or Slack does not say.
        """
        channel = filled.channel_id
        block = CHANNEL if channel else METRIC
        try:
            if await self._permissions.is_admin(actor):
                return
            if not channel:
                raise FormErrors({block: _NOT_ADMIN})
            if filled.own_spend is not OwnSpend.KEEP:
                raise FormErrors({OWN_SPEND: _NOT_ADMIN})
            if not await self._directory.is_in(actor.team_id, channel, actor.user_id):
                raise FormErrors({block: _NOT_MEMBER})
        except SlackFault as fault:
            log.info("defaults.unchecked", code=fault.code)
            raise FormErrors({block: _NOT_SEEN}) from fault

    async def _tell(
        self, task: asyncio.Task[dict[str, str]], actor: Actor, filled: FilledForm
    ) -> None:
        tell = partial(self._posts.tell, actor.location)
        errors = await outcome_of(task, tell)
        if errors:
            why = " ".join(errors.values())
            await tell(Message(_NOT_SAVED.format(why=why)))
            return
        if filled.channel_id:
            place = Location(actor.team_id, filled.channel_id)
            said = said_defaults(await self._preferences.of(place)) or _UNSET
            await tell(Message(f"Defaults in <#{filled.channel_id}>: {said}."))
        await self._home.refresh(Actor(actor.team_id, actor.user_id))
