"""Setting what holds where nothing is said, from the Home tab."""

from __future__ import annotations

from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.errors import SlackFault
from zenmux_bot.permissions import Permissions
from zenmux_bot.render.defaults_form import (
    CALLBACK,
    CHANNEL,
    FormErrors,
    build_defaults_form,
    read_channel,
    read_defaults,
)
from zenmux_bot.render.home import SET_CHANNEL, SET_WORKSPACE, said_defaults
from zenmux_bot.render.message import Message
from zenmux_bot.slack.forms import NOT_OPENED, is_opened
from zenmux_bot.slack.home import Home
from zenmux_bot.slack.menus import Menus
from zenmux_bot.slack.posts import Posts, spot_of
from zenmux_bot.slack.tasks import Tasks

_NOT_ADMIN = "Only administrators of the workspace, or of me, set these."
_NOT_MEMBER = "Only those who are in the channel, and administrators, set these."
_NOT_SEEN = "I can't see that channel: type /invite @ZenMux there."

log = structlog.get_logger(__name__)


class Members(Protocol):
    """Knows who is in a channel; may raise SlackFault."""

    async def is_in(self, team_id: str, channel_id: str, user_id: str) -> bool:
        """Tell whether a person is in a channel that the bot can see."""
        ...


class DefaultsForms:
    """Opens the form and keeps what is filled in.

    Args:
        preferences: Keeps it.
        permissions: Knows who may set a workspace's.
        members: Knows who may set a channel's.
        home: Shows it.
        menus: Fill the form's menus.
        posts: Tells that a channel's are set.
        tasks: Keeps what runs on after an acknowledgement.
    """

    def __init__(
        self,
        *,
        preferences: Preferences,
        permissions: Permissions,
        members: Members,
        home: Home,
        menus: Menus,
        posts: Posts,
        tasks: Tasks,
    ) -> None:
        self._preferences = preferences
        self._permissions = permissions
        self._members = members
        self._home = home
        self._menus = menus
        self._posts = posts
        self._tasks = tasks

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons of the Home tab and to the form."""
        app.action(SET_WORKSPACE)(self.on_workspace)
        app.action(SET_CHANNEL)(self.on_channel)
        app.view(CALLBACK)(self.on_submit)

    async def on_workspace(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form with what the workspace has set."""
        await ack()
        self._tasks.start(self._open_workspace(body, client))

    async def on_channel(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form for a channel."""
        await ack()
        self._tasks.start(self._open(None, body, client))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Keep what was filled in, or say in the form what is wrong."""
        spot = spot_of(body)
        values = body["view"]["state"]["values"]
        channel = read_channel(values)
        try:
            wanted = read_defaults(values)
            await self._check(spot, channel)
        except FormErrors as error:
            await ack(response_action="errors", errors=error.errors)
            return
        scope = Location(spot.team_id, channel or "")
        await self._preferences.save(scope, wanted, by=spot.user_id)
        await ack()
        self._tasks.start(self._tell(spot, channel, wanted))

    async def _open_workspace(
        self, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        defaults = await self._preferences.of(Location(spot_of(body).team_id))
        await self._open(defaults, body, client)

    async def _open(
        self, defaults: Defaults | None, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        self._menus.prepare()
        view = build_defaults_form(defaults)
        if not await is_opened(client, body, view):
            await self._posts.tell(spot_of(body), NOT_OPENED)

    async def _check(self, spot: Location, channel: str | None) -> None:
        """Let pass whoever may set these.

        Raises:
            FormErrors: They may not, or nobody knows.
        """
        field = "metric" if channel is None else CHANNEL
        try:
            if await self._permissions.is_admin(Actor(spot.team_id, spot.user_id)):
                return
            if channel is None:
                raise FormErrors({field: _NOT_ADMIN})
            if not await self._members.is_in(spot.team_id, channel, spot.user_id):
                raise FormErrors({field: _NOT_MEMBER})
        except SlackFault as fault:
            log.info("defaults.unchecked", code=fault.code)
            raise FormErrors({field: _NOT_SEEN}) from fault

    async def _tell(
        self, spot: Location, channel: str | None, wanted: Defaults
    ) -> None:
        if channel is not None:
            said = f"Defaults in <#{channel}>: {said_defaults(wanted)}."
            await self._posts.tell(spot, Message(said))
        await self._home.refresh(Actor(spot.team_id, spot.user_id))
