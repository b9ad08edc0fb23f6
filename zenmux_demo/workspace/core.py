"""The stand-in's parts, put together once, and the work they leave running."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from zenmux_bot.core.clock import Clock
from zenmux_demo.workspace import happenings
from zenmux_demo.workspace.delivery import Delivery
from zenmux_demo.workspace.events import Events
from zenmux_demo.workspace.faults import Faults
from zenmux_demo.workspace.files import Files
from zenmux_demo.workspace.manifest import Manifest
from zenmux_demo.workspace.model import Change, Channel, Json
from zenmux_demo.workspace.pacing import Pacer
from zenmux_demo.workspace.seed import APP_ID, build_channels, build_users
from zenmux_demo.workspace.sockets import SocketDelivery
from zenmux_demo.workspace.state import Workspace
from zenmux_demo.workspace.surfaces import Surfaces
from zenmux_demo.workspace.tickets import ResponseTicket, ResponseTickets, Triggers
from zenmux_demo.workspace.tokens import Tokens


class Core:
    """Everything that methods, acts and pages share.

    Args:
        clock: Dates messages and lets tickets expire.
        manifest: What the app asked for.
        acknowledge_seconds: How long the app may take to acknowledge.
        pacing: Hold the app to Slack's posting speed.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        manifest: Manifest,
        acknowledge_seconds: float,
        pacing: bool,
    ) -> None:
        self.clock = clock
        self.manifest = manifest
        self.state = Workspace(
            clock=clock,
            users=build_users(manifest.bot_name),
            channels=build_channels(),
        )
        self.surfaces = Surfaces(self.state)
        self.triggers = Triggers(clock)
        self.response_tickets = ResponseTickets(clock)
        self.files = Files(self.state)
        self.faults = Faults()
        self.pacer = Pacer(clock) if pacing else None
        self.tokens = Tokens(manifest.scopes)
        self.sockets = SocketDelivery(app_id=APP_ID, limit_seconds=acknowledge_seconds)
        self.http: Delivery | None = None
        self.events = Events(
            clock=clock, manifest=manifest, delivery=lambda: self.delivery
        )
        self.base_url = ""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._changed = asyncio.Event()
        self.state.watchers.append(lambda _: self.wake())
        self.state.watchers.append(self._tell_app_of_own_messages)

    @property
    def delivery(self) -> Delivery:
        """Return the way to the app: HTTP once a URL is set, else Socket Mode."""
        return self.http or self.sockets

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background until it ends or the stand-in stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def emit(self, event: Json) -> None:
        """Tell the app in the background, if it subscribed to this."""
        if self.events.wants(event):
            self.spawn(self.events.deliver(event))

    def join(self, channel: Channel, user: str) -> None:
        """Let somebody into a channel and tell of it."""
        channel.members.add(user)
        self.state.tell(Change(kind="channels"))
        self.emit(happenings.joined(channel, user, self.state.next_ts()))

    async def settled(self) -> None:
        """Wait until nothing runs in the background."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Cancel what runs in the background."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Wake whoever waits for something to change."""
        self._changed.set()

    async def changed(self) -> None:
        """Wait until something changes."""
        self._changed.clear()
        await self._changed.wait()

    def response_url(self, ticket: ResponseTicket) -> str:
        """Return the address of a response ticket."""
        return f"{self.base_url}/response/{ticket.id}"

    def file_url(self, file_id: str) -> str:
        """Return where the bytes of a file are served."""
        return f"{self.base_url}/ui/file/{file_id}"

    def _tell_app_of_own_messages(self, change: Change) -> None:
        """Slack sends the app its own messages too; people's are sent by acts."""
        message = change.message
        if message is None or not message.is_bot or message.is_ephemeral:
            return
        channel = self.state.channels[message.channel]
        if change.kind == "message":
            event = happenings.posted(message, channel)
        elif change.kind == "message_changed" and change.previous is not None:
            event = happenings.edited(message, change.previous, channel)
        else:
            return
        self.emit(event)
