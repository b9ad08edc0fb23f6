"""The ways in which the sandbox can be told to misbehave.

A fault stands in for one answer. It is given the request and a way to get the true
answer, which it may give late, or never.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from zenmux_demo.sandbox.replies import JSON, Reply

TrueAnswer = Callable[[], Reply]


class Fault(Protocol):
    """One misbehaviour."""

    async def __call__(
        self, request: web.Request, answer: TrueAnswer, /
    ) -> web.StreamResponse:
        """Answer in place of the API."""
        ...


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

    async def __call__(
        self, request: web.Request, answer: TrueAnswer
    ) -> web.StreamResponse:
        """Wait, then answer."""
        del request
        self.reached.set()
        await self.released.wait()
        return answer().response()


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


@dataclass(slots=True, kw_only=True)
class Weather:
    """The switchboard: what is wrong right now. Change it at any time.

    Attributes:
        down: A gateway answers everything with an HTML page, status 502.
        rate_limited: Every statistics endpoint answers 422.
        retry_after: Seconds sent as ``Retry-After`` with a 422; None sends no header.
        late: Yesterday has not been aggregated: the newest day is the one before.
        script: Faults for the next answers of an endpoint, first come, first served.
            The key is the path below the management address, such as
            ``/statistics/leaderboard``; ``/api/v1/models`` for the model list.
    """

    down: bool = False
    rate_limited: bool = False
    retry_after: int | None = None
    late: bool = False
    script: dict[str, deque[Fault]] = field(default_factory=dict)

    def expect(self, path: str, *faults: Fault) -> None:
        """Let the next answers of an endpoint be these faults, one after another."""
        self.script.setdefault(path, deque()).extend(faults)

    def next_fault(self, path: str) -> Fault | None:
        """Take the fault that is due at an endpoint, if there is one."""
        due = self.script.get(path)
        return due.popleft() if due else None
