"""Socket Mode: envelopes over WebSockets, each to one of the open connections.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from time import perf_counter
from typing import Any, Literal

from aiohttp import WSCloseCode, WSMsgType, web

from zenmux_bot.render import limits
from zenmux_demo.workspace.delivery import Answer, Envelope
from zenmux_demo.workspace.model import Json

_Acknowledgement = asyncio.Future[Any]
DisconnectReason = Literal[
    "warning", "refresh_requested", "link_disabled", "too_many_websockets"
]

CONNECTION_SECONDS = 3600

# A frame from the app above this closes the connection with code 1009, "Max frame
# length of 20480 has been exceeded"; measured on real Slack, not documented:
# https://github.com/revelrylabs/slax/pull/614 (2026-08-27)
# https://github.com/slack-go/slack/issues/1196
FRAME_BYTES = 20_480

# The envelope counts as unacknowledged and is sent again on the next connection.
REDELIVERIES = 3


class _FrameTooLongError(Exception):
    """The app's answer to an envelope closed the connection."""


class SocketDelivery:
    """The app's open connections.

    Args:
        app_id: Told in the greeting.
        limit_seconds: How long the app may take to acknowledge.

    Attributes:
        takes_answers: Acknowledgements may carry a body, but for those of events;
            with None so they may, and envelopes say nothing of it.
        frames_too_long: How many frames of the app closed their connection.
    """

    def __init__(self, *, app_id: str, limit_seconds: float) -> None:
        self._app_id = app_id
        self._limit_seconds = limit_seconds
        self.takes_answers: bool | None = True
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._connections: list[web.WebSocketResponse] = []
        self._turn = 0
        self._waiting: dict[str, tuple[web.WebSocketResponse, _Acknowledgement]] = {}
        self._opened = 0
        self.frames_too_long = 0
        self._changed = asyncio.Event()

    @property
    def connections(self) -> int:
        """Return how many connections are open."""
        return len(self._connections)

    def issue_ticket(self) -> str:
        """Give out the right to open one connection."""
        ticket = f"link-{next(self._numbers)}"
        self._tickets.add(ticket)
        return ticket

    async def wait_opened(self, count: int = 1) -> None:
        """Wait until that many connections have been opened since the start."""
        while self._opened < count:
            self._changed.clear()
            await self._changed.wait()

    async def send(self, envelope: Envelope) -> Answer:
        """Send an envelope over the next connection and wait for its ack."""
        if not self._connections:
            return Answer(failure="connection_failed")
        envelope_id = f"envelope-{next(self._numbers)}"
        takes = self.takes_answers is not False and envelope.kind != "events_api"
        frame = _frame(envelope, envelope_id, takes=takes)
        if self.takes_answers is None:
            del frame["accepts_response_payload"]
        start = perf_counter()
        try:
            async with asyncio.timeout(self._limit_seconds):
                said = await self._exchange_again(frame, envelope_id)
        except (TimeoutError, _FrameTooLongError):
            return Answer(
                failure="http_timeout", elapsed_seconds=perf_counter() - start
            )
        except ConnectionError:
            return Answer(failure="connection_failed")
        return Answer(
            status=200,
            body=said if takes else None,
            elapsed_seconds=perf_counter() - start,
        )

    async def _exchange_again(self, frame: Json, envelope_id: str) -> Any:
        """Redeliver a frame while its acknowledgement closes the connection."""
        for _ in range(REDELIVERIES):
            with contextlib.suppress(_FrameTooLongError):
                return await self._exchange(frame, envelope_id)
        return await self._exchange(frame, envelope_id)

    async def _exchange(self, frame: Json, envelope_id: str) -> Any:
        while not self._connections:
            self._changed.clear()
            await self._changed.wait()
        self._turn += 1
        connection = self._connections[self._turn % len(self._connections)]
        waiting: _Acknowledgement = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (connection, waiting)
        try:
            await connection.send_json(frame)
            return await waiting
        finally:
            del self._waiting[envelope_id]

    async def disconnect(self, reason: DisconnectReason) -> None:
        """Tell every connection to go; close it unless it is only a warning."""
        for connection in list(self._connections):
            await connection.send_json(_farewell(reason))
            if reason != "warning":
                await connection.close(code=WSCloseCode.GOING_AWAY)

    async def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in list(self._connections):
            await connection.close(code=WSCloseCode.ABNORMAL_CLOSURE)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="This link was used or never given out.")
        self._tickets.remove(ticket)
        # aiohttp refuses messages of this size and above.
        connection = web.WebSocketResponse(max_msg_size=FRAME_BYTES + 1)
        await connection.prepare(request)
        if len(self._connections) >= limits.SOCKET_CONNECTIONS:
            # https://github.com/slackapi/bolt-js/issues/2225
            await connection.send_json(_farewell("too_many_websockets"))
            await connection.close(code=WSCloseCode.GOING_AWAY)
            return connection
        self._connections.append(connection)
        await connection.send_json(self._greeting())
        self._opened += 1
        self._changed.set()
        try:
            async for frame in connection:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledge(frame.data)
        finally:
            self._connections.remove(connection)
            error = connection.exception()
            if getattr(error, "code", None) == WSCloseCode.MESSAGE_TOO_BIG:
                self.frames_too_long += 1
                self._redeliver_from(connection)
        return connection

    def _redeliver_from(self, closed: web.WebSocketResponse) -> None:
        for connection, waiting in list(self._waiting.values()):
            if connection is closed and not waiting.done():
                waiting.set_exception(_FrameTooLongError())

    def _greeting(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {
                "host": "applink-0",
                "approximate_connection_time": CONNECTION_SECONDS,
            },
        }

    def _acknowledge(self, text: str) -> None:
        frame = json.loads(text)
        found = self._waiting.get(frame.get("envelope_id", ""))
        if found is not None and not found[1].done():
            found[1].set_result(frame.get("payload"))


def _farewell(reason: DisconnectReason) -> Json:
    return {
        "type": "disconnect",
        "reason": reason,
        "debug_info": {"host": "applink-0"},
    }


def _frame(envelope: Envelope, envelope_id: str, *, takes: bool) -> Json:
    frame: Json = {
        "envelope_id": envelope_id,
        "type": envelope.kind,
        "payload": envelope.payload,
        "accepts_response_payload": takes,
    }
    if envelope.kind == "events_api":
        frame["retry_attempt"] = envelope.retry_num
        frame["retry_reason"] = envelope.retry_reason
    return frame
