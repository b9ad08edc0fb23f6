"""Delivery in rounds: enter what is due, bring each entry forward, tell who must hear.

The scheduler is a bell, the ledger is the memory, the message is the proof; see
docs/delivery.md for the states.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.notify import Notifier
from zenmux_bot.digests.delivery.pacing import Pace
from zenmux_bot.digests.delivery.ports import (
    Composer,
    Ledger,
    Notices,
    Operations,
    Outbox,
    Planner,
)
from zenmux_bot.digests.delivery.post import Poster
from zenmux_bot.digests.delivery.recover import Recovery
from zenmux_bot.digests.delivery.settings import DeliverySettings
from zenmux_bot.digests.delivery.settle import Endings
from zenmux_bot.digests.ledger import Entry, State
from zenmux_bot.digests.subscriptions import Subscription

_BATCH = 200

# Telling that takes longer goes on beside the next rounds.
_TELLING_SECONDS = 1.0

# For what is cut short to write down where it stands.
_LAST_WORDS_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Delivery:
    """Runs rounds of delivery, one at a time, until it is stopped.

    Args:
        planner: Enters what has come round.
        ledger: Knows what is ready.
        poster: Brings one due entry forward.
        recovery: Finds out what became of a claim left behind.
        teller: Tells people what they have to hear.
        pace: Knows which workspaces rest.
        clock: Tells the time.
        shuffle: Orders a batch; workers that share a ledger begin at different ends.
        concurrency: How many entries are under way at once.
    """

    def __init__(
        self,
        *,
        planner: Planner,
        ledger: Ledger,
        poster: Poster,
        recovery: Recovery,
        teller: Notifier,
        pace: Pace,
        clock: Clock,
        shuffle: random.Random,
        concurrency: int = 16,
    ) -> None:
        self._planner = planner
        self._ledger = ledger
        self._poster = poster
        self._recovery = recovery
        self._teller = teller
        self._pace = pace
        self._clock = clock
        self._shuffle = shuffle
        self._concurrency = concurrency
        self._round = asyncio.Lock()
        self._refreshed = False
        self._stopping = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._rounds: set[asyncio.Task[None]] = set()
        self._telling: asyncio.Task[None] | None = None

    async def run_due(self) -> None:
        """Deliver everything that can be delivered now, then return."""
        if self._stopping:
            return
        # A task of its own: a round can be cut short without the one that rang.
        current = asyncio.create_task(self._run_round())
        self._rounds.add(current)
        current.add_done_callback(self._rounds.discard)
        await current
        await self._tell()

    async def stop(self, within: timedelta) -> None:
        """Take on nothing new, and let what is under way finish for a while.

        What is not finished then is handed back: its claims are left in doubt, and
        whoever comes next looks for the posts.
        """
        self._stopping = True
        self._teller.stop()
        telling = set() if self._telling is None else {self._telling}
        await _wait(self._rounds | telling, within.total_seconds())
        # The posts first, so that their claims are left in doubt and not just left.
        for cut in (self._under_way | telling, self._rounds):
            for task in tuple(cut):
                task.cancel()
            await _wait(self._rounds | telling, _LAST_WORDS_SECONDS)
        if self._rounds:
            log.warning("delivery.stopped_short", rounds=len(self._rounds))

    async def _run_round(self) -> None:
        async with self._round:
            if self._stopping:
                return
            if not self._refreshed:
                await self._planner.refresh(self._clock.now())
                self._refreshed = True
            await self._planner.plan(self._clock.now())
            await self._deliver_ready()

    async def _tell(self) -> None:
        """Tell people, and wait for that a little while only."""
        if self._stopping:
            return
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._teller.tell())
        done, _ = await asyncio.wait({self._telling}, timeout=_TELLING_SECONDS)
        for task in done:
            task.result()

    async def _deliver_ready(self) -> None:
        """Try each ready entry once as it stands; a changed one may come again."""
        seen: set[tuple[int, int]] = set()
        stuck = 0
        while not self._stopping:
            ready = await self._ledger.ready(
                self._clock.now(), limit=_BATCH + stuck, resting=self._pace.resting()
            )
            batch = [
                (entry, subscription)
                for entry, subscription in ready
                if (entry.id, entry.version) not in seen
            ]
            log.debug("delivery.waiting", count=len(ready))
            if not batch:
                return
            stuck = len(ready) - len(batch)
            seen.update((entry.id, entry.version) for entry, _ in batch)
            self._shuffle.shuffle(batch)
            await self._deliver(batch)

    async def _deliver(self, batch: list[tuple[Entry, Subscription]]) -> None:
        remaining = iter(batch)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._concurrency, len(batch))):
                task = group.create_task(self._work(remaining))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _work(self, remaining: Iterator[tuple[Entry, Subscription]]) -> None:
        for entry, subscription in remaining:
            if self._stopping:
                return
            if subscription.team_id in self._pace.resting():
                continue
            try:
                if entry.state is State.CLAIMED:
                    await self._recovery.recover(entry, subscription)
                else:
                    await self._poster.deliver(entry, subscription)
            except Exception:
                # One entry's trouble, a database that is away included, is no
                # reason to leave the others; the ledger knows where it stands.
                log.exception("delivery.interrupted", key=entry.key)


async def _wait(tasks: set[asyncio.Task[None]], seconds: float) -> None:
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)


def build_delivery(
    *,
    planner: Planner,
    ledger: Ledger,
    notices: Notices,
    composer: Composer,
    outbox: Outbox,
    operations: Operations,
    pace: Pace,
    clock: Clock,
    terms: DeliverySettings,
    shuffle: random.Random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Delivery:
    """Wire a delivery from what it needs of the world."""
    endings = Endings(
        ledger=ledger,
        operations=operations,
        clock=clock,
        patience=terms.patience,
        sleep=sleep,
    )
    recovery = Recovery(
        ledger=ledger, outbox=outbox, endings=endings, clock=clock, terms=terms
    )
    poster = Poster(
        ledger=ledger,
        composer=composer,
        outbox=outbox,
        pace=pace,
        endings=endings,
        recovery=recovery,
        clock=clock,
        terms=terms,
    )
    return Delivery(
        planner=planner,
        ledger=ledger,
        poster=poster,
        recovery=recovery,
        teller=Notifier(notices=notices, outbox=outbox, pace=pace, clock=clock),
        pace=pace,
        clock=clock,
        shuffle=shuffle,
    )
