"""Delivery in rounds: plan what is due, deliver each entry, notify people.

The scheduler only triggers rounds; the ledger holds the state, and the marker in a
message proves that it was sent. See docs/delivery.md for the states.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.context import (
    Composer,
    Context,
    DeliverySettings,
    Outbox,
)
from zenmux_bot.digests.delivery.entries import DigestPost, Post, State
from zenmux_bot.digests.delivery.notify import Notifier
from zenmux_bot.digests.delivery.pacing import Pace
from zenmux_bot.digests.delivery.post import deliver
from zenmux_bot.digests.delivery.recover import recover
from zenmux_bot.store.conversations import OperationsChannel
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner

# Anything that becomes due in the meantime waits for one batch at most.
_BATCH = 64

# If notifying takes longer, it continues during the next rounds.
_NOTIFYING_SECONDS = 1.0

# For cancelled tasks to record their state.
_CANCEL_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Delivery:
    """Runs rounds of delivery, one at a time, until it is stopped.

    Args:
        planner: Enters due occurrences into the ledger.
        ledger: The record of what is posted.
        notifications: The queue of notifications.
        composer: Composes digests.
        outbox: Posts to Slack.
        operations: The channel that is notified of failures, if one is set.
        pace: Keeps to Slack's limits.
        clock: The current time.
        settings: The durations.
        shuffle: Shuffles batches, so that workers on one ledger rarely collide.
        administrators: Returns who is notified in place of somebody who has left.
        sleep: Waits a number of seconds.
        concurrency: How many entries are delivered at once.
    """

    def __init__(
        self,
        *,
        planner: Planner,
        ledger: Ledger,
        notifications: Notifications,
        composer: Composer,
        outbox: Outbox,
        operations: OperationsChannel,
        pace: Pace,
        clock: Clock,
        settings: DeliverySettings,
        shuffle: random.Random,
        administrators: Callable[[str], Awaitable[Sequence[str]]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        concurrency: int = 16,
    ) -> None:
        self._planner = planner
        self._context = Context(
            ledger=ledger,
            composer=composer,
            outbox=outbox,
            operations=operations,
            pace=pace,
            clock=clock,
            settings=settings,
            sleep=sleep,
        )
        self._notifier = Notifier(
            notifications=notifications,
            outbox=outbox,
            pace=pace,
            clock=clock,
            administrators=administrators,
        )
        self._shuffle = shuffle
        self._concurrency = concurrency
        self._round = asyncio.Lock()
        self._refreshed = False
        self._stopping = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._rounds: set[asyncio.Task[None]] = set()
        self._notifying: asyncio.Task[None] | None = None

    async def run_due(self) -> None:
        """Deliver everything that can be delivered now."""
        if self._stopping:
            return
        # A separate task, so that stopping can cancel a round but not its caller.
        current = asyncio.create_task(self._run_round())
        self._rounds.add(current)
        current.add_done_callback(self._rounds.discard)
        await current
        await self._notify()

    async def stop(self, within: timedelta) -> None:
        """Start nothing new, and wait a while for what is running.

        The rest is cancelled. Its claims stay in doubt, and the worker that takes them
        over searches for the posts.
        """
        self._stopping = True
        self._notifier.stop()
        notifying = set() if self._notifying is None else {self._notifying}
        await _wait(self._rounds | notifying, within.total_seconds())
        # Posts first, so that their claims are recorded as in doubt.
        for cut in (self._under_way | notifying, self._rounds):
            for task in tuple(cut):
                task.cancel()
            await _wait(self._rounds | notifying, _CANCEL_SECONDS)
        if self._rounds:
            log.warning("delivery.stopped_short", rounds=len(self._rounds))

    async def _run_round(self) -> None:
        async with self._round:
            if self._stopping:
                return
            if not self._refreshed:
                await self._planner.refresh(self._context.clock.now())
                self._refreshed = True
            await self._deliver_ready()

    async def _notify(self) -> None:
        """Send notifications, and wait for that only briefly."""
        if self._stopping:
            return
        if self._notifying is None or self._notifying.done():
            self._notifying = asyncio.create_task(self._notifier.send_queued())
        done, _ = await asyncio.wait({self._notifying}, timeout=_NOTIFYING_SECONDS)
        for task in done:
            task.result()

    async def _deliver_ready(self) -> None:
        """Try each ready entry once for each of its versions."""
        seen: set[tuple[str, int, int]] = set()
        stuck = 0
        is_more = True
        while not self._stopping:
            if is_more:
                await self._planner.plan(self._context.clock.now())
            ready = await self._context.ledger.ready(
                self._context.clock.now(),
                limit=_BATCH + stuck,
                resting=self._context.pace.resting(),
            )
            batch = [post for post in ready if _version_of(post) not in seen]
            log.debug("delivery.waiting", count=len(ready))
            if not batch:
                return
            stuck = len(ready) - len(batch)
            seen.update(map(_version_of, batch))
            is_more = len(batch) >= _BATCH
            self._shuffle.shuffle(batch)
            await self._deliver(batch)
            if is_more:
                await self._notify()

    async def _deliver(self, batch: list[Post]) -> None:
        remaining = iter(batch)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._concurrency, len(batch))):
                task = group.create_task(self._work(remaining))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _work(self, remaining: Iterator[Post]) -> None:
        for post in remaining:
            if self._stopping:
                return
            if post.team_id in self._context.pace.resting():
                continue
            try:
                if post.entry.state is State.CLAIMED:
                    await recover(self._context, post)
                else:
                    await deliver(self._context, post)
            except Exception:
                # An error with one entry, even of the database, must not stop the
                # others; the ledger has its state.
                log.exception("delivery.interrupted", key=post.entry.key)


def _version_of(post: Post) -> tuple[str, int, int]:
    revision = post.subscription.revision if isinstance(post, DigestPost) else 0
    return post.entry.key, post.entry.version, revision


async def _wait(tasks: set[asyncio.Task[None]], seconds: float) -> None:
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
