"""The stand-in's parts, put together once, and the work they leave running."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Literal

from zenmux_bot.core.clock import Clock
from zenmux_demo.workspace import payloads
from zenmux_demo.workspace.delivery import Answer, Delivery, Envelope
from zenmux_demo.workspace.events import Events
from zenmux_demo.workspace.faults import Faults
from zenmux_demo.workspace.files import Files
from zenmux_demo.workspace.manifest import Installation, Manifest
from zenmux_demo.workspace.model import Change, Channel, Json, Refusal
from zenmux_demo.workspace.rate_limits import HistoryLimit, Pacer
from zenmux_demo.workspace.seed import APP_ID, build_channels, build_users
from zenmux_demo.workspace.sockets import SocketDelivery
from zenmux_demo.workspace.state import Workspace
from zenmux_demo.workspace.surfaces import Surfaces
from zenmux_demo.workspace.tickets import ResponseTicket, ResponseTickets, Triggers
from zenmux_demo.workspace.tokens import Tokens

MAX_PAGE = 999

# What Slack refuses whatever the state of the workspace.
MALFORMED = frozenset(
    {
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_errors",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_options",
        "invalid_response_action",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_blocks_too_many",
        "msg_too_long",
        "no_text",
        "push_limit_reached",
        "too_many_attachments",
        "used_url",
        "view_too_large",
    }
)


class Core:
    """Everything that methods, acts and pages share.

    Args:
        clock: Dates messages and lets tickets expire.
        manifest: What the app asked for.
        acknowledge_seconds: How long the app may take to acknowledge.
        pacing: Hold the app to Slack's posting speed.
        installation: How the app was installed.

    Attributes:
        page_limit: How many entries a page of a list has at most.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        manifest: Manifest,
        acknowledge_seconds: float,
        pacing: bool,
        installation: Installation,
    ) -> None:
        self.clock = clock
        self.manifest = manifest
        self.for_org = installation.for_org
        self.page_limit = MAX_PAGE
        self.history_limit = (
            HistoryLimit(clock) if installation.is_distributed else None
        )
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
        self.tokens = Tokens(
            installation.granted_scopes(manifest), for_org=self.for_org
        )
        self.sockets = SocketDelivery(app_id=APP_ID, limit_seconds=acknowledge_seconds)
        self.http: Delivery | None = None
        self.events = Events(
            clock=clock,
            manifest=manifest,
            delivery=lambda: self.delivery,
            is_shared=self._is_shared,
            for_org=self.for_org,
        )
        self.base_url = ""
        self.violations: list[str] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._changed = asyncio.Event()
        self.state.watchers.append(lambda _: self.wake())
        self.state.watchers.append(self._tell_app_of_own_messages)

    @property
    def delivery(self) -> Delivery:
        """Return the way to the app: HTTP once a URL is set, else Socket Mode."""
        return self.http or self.sockets

    async def interact(
        self, kind: Literal["slash_commands", "interactive"], payload: Json
    ) -> Answer:
        """Send the app a command or an interaction and wait for its answer."""
        return await self.delivery.send(
            Envelope(
                kind=kind,
                payload=payloads.of_org(payload) if self.for_org else payload,
            )
        )

    def note(self, refusal: Refusal) -> None:
        """Remember a refusal of something that the app must never send."""
        if refusal.code in MALFORMED:
            self.violations.append(f"{refusal.code} {refusal.extra.get('errors', '')}")

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
        self.emit(payloads.joined(channel, user, self.state.next_ts()))

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

    def _is_shared(self, channel_id: str) -> bool:
        channel = self.state.channels.get(channel_id)
        return channel is not None and channel.is_shared

    def _tell_app_of_own_messages(self, change: Change) -> None:
        """Slack sends the app its own messages too; people's are sent by acts."""
        message = change.message
        if message is None or not message.is_bot or message.is_ephemeral:
            return
        channel = self.state.channels[message.channel]
        if change.kind == "message":
            event = payloads.posted(message, channel)
        elif change.kind == "message_changed" and change.previous is not None:
            event = payloads.edited(message, change.previous, channel)
        else:
            return
        self.emit(event)
