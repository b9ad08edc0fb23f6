"""Background tasks, which are finished before the process exits.

Bolt does not track what its listeners start, so such work would die with the loop.
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
"""For cancelled tasks to tell their askers."""

CUT_OFF = Message(
    "The bot restarted while it was saving your form. "
    "Check the Home tab before you try again."
)

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Tasks:
    """The background tasks of one process.

    Args:
        patience: Factor for the time that :meth:`is_quick` waits.

    Attributes:
        on_failure: Called in the context of a failed task, to tell the asker.
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
        """Run ``work``; a failure is logged, and reported if nobody awaits the task.

        Args:
            work: What to run.
            is_asked: Somebody asked for it, and expects a result.
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
        """Show errors in a submitted form, or close it and report the outcome later.

        The form also closes if the task takes longer than Slack waits.

        Args:
            ack: Acknowledges the submission.
            task: Does what the form asks for.
            errors_of: Returns the errors of a result by block; empty if it has none.
            follow: Reports the outcome.
        """
        if await self.is_quick(task) and (errors := errors_of(task.result())):
            await ack(response_action="errors", errors=errors)
            return
        await ack()
        self.start(follow(task))

    async def is_quick(
        self, task: asyncio.Task[Any], seconds: float = QUICK_SECONDS
    ) -> bool:
        """Wait briefly for a task, and return whether it is done.

        If it fails in that time, the error is left to the caller.
        """
        self._awaited.add(task)
        try:
            # An answer that is in memory is done after one turn of the loop.
            await asyncio.sleep(0)
            if not task.done():
                await asyncio.wait({task}, timeout=seconds * self.patience)
            return task.done()
        finally:
            self._awaited.discard(task)

    async def finish(self, seconds: float) -> None:
        """Wait for all tasks and those they start, then cancel the rest."""
        await self._wait(seconds)
        if self._running:
            log.warning("tasks.abandoned", count=len(self._running))
            for task in self._running:
                task.cancel()
            await self._wait(CANCEL_SECONDS)

    async def _wait(self, seconds: float) -> None:
        """Wait until no task is running."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._running:
                    await asyncio.wait(self._running)

    def _finish(self, task: asyncio.Task[Any], *, is_asked: bool) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("tasks.failed", exc_info=error)
            is_expected = is_asked and task not in self._awaited
            if is_expected and self.on_failure is not None:
                self.start(self.on_failure())


async def outcome_of(
    work: Awaitable[T],
    say: Callable[[Message], Awaitable[object]],
    cut_off: Message = CUT_OFF,
) -> T:
    """Wait for work, and tell the asker if a restart cuts it off.

    Args:
        work: What the asker is waiting for.
        say: Sends them a message.
        cut_off: The message.
    """
    try:
        return await work
    except asyncio.CancelledError:
        await say(cut_off)
        raise
