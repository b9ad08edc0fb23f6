"""Work that outlives its acknowledgement: counted, bounded, finished before the end.

Bolt does not track what its listeners start, and such work dies with the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck

from zenmux_bot.render.message import Message

QUICK_SECONDS = 2.0
"""Slack waits three seconds for an acknowledgement, and as long for a form.

https://docs.slack.dev/interactivity/handling-user-interaction
https://docs.slack.dev/surfaces/modals
"""

CANCEL_SECONDS = 1.0
"""For what was cancelled to say so."""

CUT_OFF = Message(
    "The bot restarted while it was saving your form. "
    "Check the Home tab before you try again."
)

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Tasks:
    """The running work of one process.

    Args:
        patience: How many times as long as usual quick work is waited for.

    Attributes:
        on_failure: Tells whoever is concerned of work that failed, in its context.
    """

    on_failure: Callable[[], Coroutine[Any, Any, None]] | None = None

    def __init__(self, *, patience: float = 1.0) -> None:
        self.patience = patience
        self._running: set[asyncio.Task[Any]] = set()
        self._awaited: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(
        self, work: Coroutine[Any, Any, T], *, is_asked: bool = True
    ) -> asyncio.Task[T]:
        """Run ``work``; a failure is logged, and told if nobody waits for it.

        Args:
            work: What to do.
            is_asked: Somebody asked for it, and would miss it.
        """
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(partial(self._finish, is_asked=is_asked))
        return task

    async def acknowledge_form(
        self,
        ack: AsyncAck,
        task: asyncio.Task[T],
        errors_of: Callable[[T], dict[str, str]],
        follow: Callable[[asyncio.Task[T]], Coroutine[Any, Any, None]],
    ) -> None:
        """Show in a submitted form what is wrong, or let the outcome follow.

        Where that takes longer than Slack waits, the form closes before.

        Args:
            ack: Acknowledges it.
            task: Does what the form says.
            errors_of: Gives what is wrong, by block; empty if nothing is.
            follow: Tells of the outcome.
        """
        if await self.is_quick(task) and (errors := errors_of(task.result())):
            await ack(response_action="errors", errors=errors)
            return
        await ack()
        self.start(follow(task))

    async def is_quick(
        self, task: asyncio.Task[Any], seconds: float = QUICK_SECONDS
    ) -> bool:
        """Wait for a task a moment, and tell whether it is done.

        A failure meanwhile is left to the caller.
        """
        self._awaited.add(task)
        try:
            return await self._is_done(task, seconds)
        finally:
            self._awaited.discard(task)

    async def _is_done(self, task: asyncio.Task[Any], seconds: float) -> bool:
        # What is in memory is done after one turn of the loop.
        await asyncio.sleep(0)
        if not task.done():
            await asyncio.wait({task}, timeout=seconds * self.patience)
        return task.done()

    async def finish(self, seconds: float) -> None:
        """Wait for what runs and what that starts, and end what is late."""
        await self._wait(seconds)
        if self._running:
            log.warning("tasks.abandoned", count=len(self._running))
            for task in self._running:
                task.cancel()
            await self._wait(CANCEL_SECONDS)

    async def _wait(self, seconds: float) -> None:
        """Wait until nothing runs any more."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._running:
                    await asyncio.wait(self._running)

    def _finish(self, task: asyncio.Task[Any], *, is_asked: bool) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("tasks.failed", exc_info=error)
            is_told = is_asked and task not in self._awaited
            if is_told and self.on_failure is not None:
                self.start(self.on_failure())


async def outcome_of(
    work: Awaitable[T],
    say: Callable[[Message], Awaitable[object]],
    cut_off: Message = CUT_OFF,
) -> T:
    """Wait for work, and say so where a restart cuts it off.

    Args:
        work: What somebody waits for.
        say: Reaches them.
        cut_off: What they read then.
    """
    try:
        return await work
    except asyncio.CancelledError:
        await say(cut_off)
        raise
