"""A small world for delivery: a clock, a Slack in memory, a composer, faults."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from clocks import ManualClock
from examples import MONDAY, counting_pick, draft
from sqlalchemy import select

from zenmux_bot.core.actors import Location
from zenmux_bot.digests.delivery.context import CannotSearch, DeliverySettings
from zenmux_bot.digests.delivery.entries import Composed, Entry, Part, Posted
from zenmux_bot.digests.delivery.pacing import Limits, Pace
from zenmux_bot.digests.delivery.worker import Delivery
from zenmux_bot.errors import Ambiguous
from zenmux_bot.render.message import Message
from zenmux_bot.store.conversations import OperationsChannel, Settings
from zenmux_bot.store.database import Database
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.rows import entry_from
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.store.tables import occurrences

LEASE = timedelta(seconds=120)
QUARTERS = [15] * 30
"""Minutes between the rounds of some hours."""

KEY = "d-2222:2026-11-23T09:00[Europe/Berlin]"
"""Of the digest that is due first."""


@dataclass
class Post:
    channel_id: str
    key: str
    message: Message
    thread_ts: str | None
    ts: str


@dataclass
class Slack:
    """Channels in memory, with metadata; replies are not in the channel's history.

    Attributes:
        may_read: Whether the history scopes were granted.
        faults: What the next posts meet: an exception raised instead of posting, a
            ``LostReply``, or None.
        look_faults: What the next looks meet.
        tell_faults: What the next notifications meet.
    """

    may_read: bool = True
    faults: list[Exception | None] = field(default_factory=list)
    look_faults: list[Exception | None] = field(default_factory=list)
    tell_faults: list[Exception | None] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    looks: int = 0

    async def post(self, location, message, *, metadata):
        assert metadata["event_type"] == "zenmux_digest"
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not isinstance(fault, LostReply):
            raise fault
        ts = f"{len(self.posts) + 1}.000100"
        key = metadata["event_payload"]["key"]
        self.posts.append(
            Post(location.channel_id, key, message, location.thread_ts, ts)
        )
        if fault is not None:
            raise fault
        return Posted(location.channel_id, ts)

    async def find_marker(self, location, key, *, since):
        self.looks += 1
        fault = self.look_faults.pop(0) if self.look_faults else None
        if fault is not None:
            raise fault
        if not self.may_read:
            return CannotSearch()
        for post in self.posts:
            where = (post.channel_id, post.thread_ts)
            if post.key == key and where == (location.channel_id, location.thread_ts):
                return Posted(post.channel_id, post.ts)
        return None

    async def notify(self, team_id, recipient, message):
        fault = self.tell_faults.pop(0) if self.tell_faults else None
        if fault is not None:
            raise fault
        self.told.append((recipient, message.text))

    def keys(self) -> list[str]:
        return [post.key for post in self.posts]

    def told_to(self, recipient: str) -> list[str]:
        return [text for to, text in self.told if to == recipient]


class LostReply(Ambiguous):
    """The message was posted and the answer never came."""

    def __init__(self) -> None:
        super().__init__("timeout")


@dataclass
class Composer:
    """Gives the outcomes it was told to, then a digest each time."""

    outcomes: list[object] = field(default_factory=list)
    reply: Message | None = field(default_factory=lambda: Message("leaderboard"))
    calls: list[dict[str, object]] = field(default_factory=list)

    async def compose(self, subscription, occurrence, *, late, final):
        self.calls.append(
            {"id": subscription.id, "at": occurrence.at, "late": late, "final": final}
        )
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is not None:
            return outcome
        return Composed(
            message=Message(f"digest of {occurrence.days.first}"),
            reply=self.reply,
            data_through=date(2026, 11, 22),
            figures={"anthropic": Decimal("41.2")},
        )


async def no_sleep(seconds: float) -> None:
    del seconds


@dataclass
class World:
    """All that delivery needs, with the store's real repositories."""

    database: Database
    clock: ManualClock = field(default_factory=lambda: ManualClock(MONDAY))
    slack: Slack = field(default_factory=Slack)
    composer: Composer = field(default_factory=Composer)
    administered_by: list[str] = field(default_factory=lambda: ["UADMIN"])

    def __post_init__(self) -> None:
        self.subscriptions = Subscriptions(self.database, counting_pick())
        self.planner = Planner(self.database)
        self.history = History(self.database)
        self.settings = Settings(self.database)

    def worker(
        self,
        name: str = "w1",
        *,
        wrap: Callable[[object], object] = lambda port: port,
        lease: timedelta = LEASE,
    ) -> Delivery:
        """Return a worker; ``wrap`` stands between it and each of its ports."""
        return Delivery(
            planner=wrap(Planner(self.database)),
            ledger=wrap(Ledger(self.database)),
            notifications=wrap(Notifications(self.database)),
            composer=wrap(self.composer),
            outbox=wrap(self.slack),
            operations=wrap(OperationsChannel(self.settings)),
            pace=Pace(
                Limits(),
                monotonic=self.clock.seconds,
                sleep=no_sleep,
            ),
            clock=self.clock,
            settings=DeliverySettings(holder=name, lease=lease, min_doubt=timedelta(0)),
            shuffle=random.Random(name),
            administrators=self.administrators,
            sleep=no_sleep,
        )

    async def administrators(self, _team_id: str) -> list[str]:
        return self.administered_by

    async def subscribe(self, **changes):
        return await self.subscriptions.create(draft(**changes))

    async def operations_channel(self, channel_id: str) -> None:
        await self.settings.set(
            Location("T1"),
            OperationsChannel.KEY,
            channel_id,
            by="U9",
            now=self.clock.now(),
        )

    async def entries(self, part: Part = Part.MAIN) -> list[Entry]:
        query = (
            select(occurrences)
            .where(occurrences.c.part == part)
            .order_by(occurrences.c.due_at, occurrences.c.id)
        )
        async with self.database.reading() as connection:
            return [entry_from(row) for row in await connection.execute(query)]

    async def ends(self) -> list[tuple[str, str]]:
        return [(str(e.state), e.reason) for e in await self.entries()]

    async def run(self, worker: Delivery, *, minutes: Iterable[float] = (0,)) -> None:
        """Ring after each number of minutes."""
        for pause in minutes:
            self.clock.advance(minutes=pause)
            await worker.run_due()
