"""The ways in which the sandbox can be told to misbehave.

A fault stands in for one answer. It is given the request and a way to get the true
answer, which it may give late, or never.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from zenmux_demo.sandbox.replies import JSON, Reply

TrueAnswer = Callable[[], Reply]


@dataclass(frozen=True, slots=True)
class Hold:
    """The true answer, but only once it is released; never, if nobody does.

    It ends when the client leaves.

    Attributes:
        released: Set it to let the answer go.
        reached: Set when the request has arrived.
    """

    released: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.Request, answer: TrueAnswer) -> Reply:
        """Wait, then answer."""
        del request
        self.reached.set()
        await self.released.wait()
        return answer()


@dataclass(frozen=True, slots=True)
class Broken:
    """Half of the true body under the length of the whole, then the line drops."""

    async def __call__(
        self, request: web.Request, answer: TrueAnswer
    ) -> web.StreamResponse:
        """Send half of the body and close the connection."""
        whole = answer()
        part = web.StreamResponse(status=whole.status, headers=whole.headers)
        part.content_length = len(whole.body)
        await part.prepare(request)
        await part.write(whole.body[: len(whole.body) // 2])
        request.protocol.force_close()
        return part


@dataclass(frozen=True, slots=True)
class Flood:
    """A body of no use and of great size, sent in pieces without a declared length.

    Attributes:
        megabytes: How much is sent, unless the client leaves before.
    """

    megabytes: int

    async def __call__(
        self, request: web.Request, answer: TrueAnswer
    ) -> web.StreamResponse:
        """Send the flood."""
        del answer
        flood = web.StreamResponse(headers={"Content-Type": JSON})
        await flood.prepare(request)
        piece = b" " * 1_000_000
        for _ in range(self.megabytes):
            await flood.write(piece)
        return flood
