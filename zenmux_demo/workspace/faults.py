"""Misbehaving on purpose: what the stand-in does instead of answering well."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Drop:
    """Cut the line; after accepting, the work is done and only the reply is lost."""

    after_accepting: bool = False


@dataclass(slots=True)
class Hang:
    """Keep the caller waiting until ``release()``.

    Attributes:
        after_accepting: Do the work before waiting.
        reached: Set as soon as a call waits.
    """

    after_accepting: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let all waiting callers go on."""
        self._released.set()

    async def wait(self) -> None:
        """Wait for the release."""
        self.reached.set()
        await self._released.wait()


@dataclass(frozen=True, slots=True)
class Limit:
    """HTTP 429 with ``Retry-After``."""

    retry_after_seconds: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page of a gateway, with a 5xx status."""

    status: int = 502


@dataclass(frozen=True, slots=True)
class Fail:
    """An error code; after accepting, the work is done all the same."""

    code: str
    after_accepting: bool = False


Fault = Drop | Hang | Limit | Page | Fail


class Faults:
    """The faults in store, by Web API method, ``response_url`` or ``upload``.

    Attributes:
        forbidden_blocks: Block types refused as if they were not rolled out yet.
        counts_cells: Cells of tables count as text of a posted message.
    """

    def __init__(self) -> None:
        self.forbidden_blocks: set[str] = set()
        self.counts_cells = False
        self._once: dict[str, deque[Fault]] = {}
        self._always: dict[str, Fault] = {}
        self._hanging: list[Hang] = []

    def script(self, route: str, *faults: Fault) -> None:
        """Let the next calls of a route fail, one fault each."""
        self._once.setdefault(route, deque()).extend(faults)

    def always(self, route: str, fault: Fault) -> None:
        """Let every call of a route fail until ``clear``."""
        self._always[route] = fault

    def clear(self) -> None:
        """Behave again; callers that hang are let go."""
        for hang in self._hanging:
            hang.release()
        self._hanging.clear()
        self._once.clear()
        self._always.clear()
        self.forbidden_blocks.clear()
        self.counts_cells = False

    def take(self, route: str) -> Fault | None:
        """Return the fault for this call, if any."""
        queue = self._once.get(route)
        fault = queue.popleft() if queue else self._always.get(route)
        if isinstance(fault, Hang):
            self._hanging.append(fault)
        return fault
