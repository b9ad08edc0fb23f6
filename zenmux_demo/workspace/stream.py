"""Server-sent events: what the page redraws, person by person."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from zenmux_demo.workspace import ui_shapes
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.model import Change, Json

# A comment in between is how a page that has gone is noticed.
HEARTBEAT_SECONDS = 15.0


class Stream:
    """The pages that listen."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._listeners: set[tuple[str, asyncio.Queue[Json | None]]] = set()
        core.state.watchers.append(self._on_change)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page until it goes or the stand-in stops."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        user = request.query.get("user") or self._core.state.people[0].id
        listener = (user, queue)
        self._listeners.add(listener)
        try:
            await response.prepare(request)
            await response.write(b"retry: 300\n\n")
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        change = await queue.get()
                except TimeoutError:
                    await response.write(b": here\n\n")
                    continue
                if change is None:
                    break
                await response.write(f"data: {json.dumps(change)}\n\n".encode())
        except ConnectionResetError:
            pass  # The page has gone.
        finally:
            self._listeners.discard(listener)
        return response

    def send(self, change: Json, *, user: str | None = None) -> None:
        """Send something to one person's pages, or to all."""
        for listener, queue in self._listeners:
            if user in (None, listener):
                queue.put_nowait(change)

    def stop(self) -> None:
        """Let every page go."""
        for _, queue in self._listeners:
            queue.put_nowait(None)

    def _on_change(self, change: Change) -> None:
        body: Json = {"type": change.kind}
        if change.text:
            body["text"] = change.text
        if change.view is not None:
            body["view"] = ui_shapes.view(change.view)
        if change.message is None:
            self.send(body, user=change.user)
            return
        channel = self._core.state.channels[change.message.channel]
        for person in self._core.state.people:
            if change.user not in (None, person.id):
                continue
            if not ui_shapes.can_see(person, channel):
                continue
            message = ui_shapes.message(change.message, self._core)
            self.send({**body, "message": message}, user=person.id)
            self._redraw_head(change, person.id)

    def _redraw_head(self, change: Change, person: str) -> None:
        """A reply changes the count below the head of its thread."""
        message = change.message
        if message is None or not message.is_reply or change.kind == "message_changed":
            return
        head = self._core.state.message(message.channel, message.thread_ts)
        if head is not None and not message.is_ephemeral:
            self.send(
                {
                    "type": "message_changed",
                    "message": ui_shapes.message(head, self._core),
                },
                user=person,
            )
