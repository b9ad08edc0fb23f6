"""The stand-in as one handle: start it, connect a bot, be the people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Self, TypeVar

import aiohttp
from aiohttp import web

from zenmux_bot.core.clock import Clock, SystemClock
from zenmux_bot.render import limits
from zenmux_demo.workspace import guard
from zenmux_demo.workspace.acts import Acts
from zenmux_demo.workspace.api import MAX_UPLOAD_BYTES, Api, ApiCall
from zenmux_demo.workspace.controls import Controls, Suggestion, Switch
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.delivery import HttpDelivery
from zenmux_demo.workspace.events import Event
from zenmux_demo.workspace.faults import Faults
from zenmux_demo.workspace.manifest import Installation, read_manifest
from zenmux_demo.workspace.model import Message, View
from zenmux_demo.workspace.seed import COSTS, MAYA
from zenmux_demo.workspace.sockets import SocketDelivery
from zenmux_demo.workspace.state import Workspace
from zenmux_demo.workspace.tokens import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from zenmux_demo.workspace.ui import Ui

T = TypeVar("T")

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 1.0


class SlackStandIn(Acts):
    """A workspace on loopback, and the people in it.

    Args:
        clock: Dates messages and lets tickets expire.
        manifest: The app's manifest as a mapping.
        port: Where to listen; 0 lets the system choose.
        pacing: Hold the app to one message a second and channel.
        installation: How the app was installed; in this workspace if None.
        acknowledge_seconds: How long the app may take to acknowledge.
        signing_clock: Dates signatures; apps compare them with the real time.
        on_clock: Sets the clock when the page asks for it.
        outages: The faults outside Slack that the page switches, by name.
        suggestions: What the page offers to ask.
    """

    bot_token = BOT_TOKEN
    app_token = APP_TOKEN
    signing_secret = SIGNING_SECRET

    def __init__(
        self,
        *,
        clock: Clock,
        manifest: Mapping[str, Any],
        port: int = 0,
        pacing: bool = False,
        installation: Installation | None = None,
        acknowledge_seconds: float = limits.ACKNOWLEDGE_SECONDS,
        signing_clock: Clock | None = None,
        on_clock: Callable[[datetime], Awaitable[None]] | None = None,
        outages: Mapping[str, Switch] | None = None,
        suggestions: Sequence[Suggestion] = (),
    ) -> None:
        super().__init__(
            Core(
                clock=clock,
                manifest=read_manifest(manifest),
                acknowledge_seconds=acknowledge_seconds,
                pacing=pacing,
                installation=installation or Installation(),
            )
        )
        self._port = port
        self._acknowledge_seconds = acknowledge_seconds
        self._signing_clock = signing_clock or SystemClock()
        self._api = Api(self.core)
        controls = Controls(
            set_clock=on_clock, outages=outages or {}, suggestions=suggestions
        )
        self._ui = Ui(self, controls)
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Listen until the block ends."""
        app = web.Application(
            middlewares=[guard.guard], client_max_size=MAX_UPLOAD_BYTES
        )
        app.on_response_prepare.append(guard.add_headers)
        self._api.add_routes(app)
        self._ui.add_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        site = web.TCPSite(runner, HOST, self._port)
        try:
            await site.start()
            host, port = runner.addresses[0][:2]
            self.core.base_url = f"http://{host}:{port}"
            async with aiohttp.ClientSession() as self._session:
                try:
                    yield self
                finally:
                    await self._stop()
        finally:
            await runner.cleanup()

    async def _stop(self) -> None:
        self.core.faults.clear()
        self._ui.stream.stop()
        await self.core.stop()
        await self.core.sockets.disconnect("link_disabled")

    def connect_http(self, url: str) -> None:
        """Deliver by signed HTTP requests to this URL instead of Socket Mode."""
        if self._session is None:
            raise RuntimeError("the stand-in is not running")
        self.core.http = HttpDelivery(
            session=self._session,
            url=url,
            secret=self.signing_secret,
            clock=self._signing_clock,
            limit_seconds=self._acknowledge_seconds,
        )

    @property
    def api_url(self) -> str:
        """Return the base URL of the Web API, with a slash at the end."""
        return f"{self.core.base_url}/api/"

    @property
    def page_url(self) -> str:
        """Return the address of the page."""
        return f"{self.core.base_url}/"

    @property
    def calls(self) -> list[ApiCall]:
        """Return every call of the app so far, response URLs included."""
        return self._api.calls

    @property
    def events(self) -> list[Event]:
        """Return every event that was sent."""
        return self.core.events.sent

    @property
    def violations(self) -> list[str]:
        """Return what of the app broke Slack's rules so far."""
        too_long = ["frame too long"] * self.core.sockets.frames_too_long
        return [*self.core.violations, *too_long]

    @property
    def state(self) -> Workspace:
        """Return the people, channels and messages."""
        return self.core.state

    @property
    def faults(self) -> Faults:
        """Return the faults in store."""
        return self.core.faults

    @property
    def sockets(self) -> SocketDelivery:
        """Return the app's Socket Mode connections."""
        return self.core.sockets

    def messages(self, channel: str = COSTS, *, user: str = MAYA) -> list[Message]:
        """Return what a person sees in a channel and its threads, oldest first."""
        return self.core.state.messages(channel, reader=user)

    def modal(self, user: str = MAYA) -> View | None:
        """Return the modal that a person sees."""
        stack = self.core.surfaces.stack(user)
        return stack[-1] if stack else None

    def home(self, user: str = MAYA) -> View | None:
        """Return a person's Home tab."""
        return self.core.surfaces.home(user)

    async def settled(self) -> None:
        """Wait until all events under way are delivered."""
        await self.core.settled()

    async def wait_for(self, condition: Callable[[], T], *, seconds: float = 60) -> T:
        """Wait until a condition holds, looking after every change and call."""
        async with asyncio.timeout(seconds):
            while not (found := condition()):
                await self.core.changed()
        return found
