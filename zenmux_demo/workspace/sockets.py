"""Socket Mode: envelopes over WebSockets, each to one of the open connections.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import itertools
import json
from time import perf_counter
from typing import Any, Literal

from aiohttp import WSCloseCode, WSMsgType, web

from zenmux_bot.render import limits
from zenmux_demo.workspace.delivery import Answer, Envelope
from zenmux_demo.workspace.model import Json, Refusal

DisconnectReason = Literal["warning", "refresh_requested", "link_disabled"]

CONNECTION_SECONDS = 3600


class SocketDelivery:
    """The app's open connections.

    Args:
        app_id: Told in the greeting.
        limit_seconds: How long the app may take to acknowledge.

    Attributes:
        takes_answers: Acknowledgements may carry a body, but for those of events;
            with None so they may, and envelopes say nothing of it.
    """

    def __init__(self, *, app_id: str, limit_seconds: float) -> None:
        self._app_id = app_id
        self._limit_seconds = limit_seconds
        self.takes_answers: bool | None = True
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._connections: list[web.WebSocketResponse] = []
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._opened = 0
        self._changed = asyncio.Event()

    @property
    def connections(self) -> int:
        """Return how many connections are open."""
        return len(self._connections)

    def issue_ticket(self) -> str:
        """Give out the right to open one connection."""
        if len(self._connections) >= limits.SOCKET_CONNECTIONS:
            raise Refusal("too_many_websockets")
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
        self._turn += 1
        connection = self._connections[self._turn % len(self._connections)]
        envelope_id = f"envelope-{next(self._numbers)}"
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        start = perf_counter()
        try:
            async with asyncio.timeout(self._limit_seconds):
                takes = self.takes_answers is not False
                takes = takes and envelope.kind != "events_api"
                frame = _frame(envelope, envelope_id, takes=takes)
                if self.takes_answers is None:
                    del frame["accepts_response_payload"]
                await connection.send_json(frame)
                said = await waiting
                body = said if takes else None
        except TimeoutError:
            return Answer(
                failure="http_timeout", elapsed_seconds=perf_counter() - start
            )
        except ConnectionError:
            return Answer(failure="connection_failed")
        finally:
            del self._waiting[envelope_id]
        return Answer(status=200, body=body, elapsed_seconds=perf_counter() - start)

    async def disconnect(self, reason: DisconnectReason) -> None:
        """Tell every connection to go; close it unless it is only a warning."""
        for connection in list(self._connections):
            await connection.send_json(
                {
                    "type": "disconnect",
                    "reason": reason,
                    "debug_info": {"host": "applink-0"},
                }
            )
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
        connection = web.WebSocketResponse()
        await connection.prepare(request)
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
        return connection

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
        waiting = self._waiting.get(frame.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(frame.get("payload"))


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
