"""What delivery needs of the world, as protocols."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from zenmux_bot.core.actors import Location
from zenmux_bot.digests.ledger import Claim, Entry, Notice, Settlement, Telling
from zenmux_bot.digests.schedule import Occurrence
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.render.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A digest ready to be posted.

    Attributes:
        message: The digest.
        reply: What is posted in its thread at once, or None.
        data_through: The newest day in it.
        figures: What it publishes, by name; kept to notice later restatements.
    """

    message: Message
    reply: Message | None = None
    data_through: date | None = None
    figures: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing is sent, as the subscription asks for; the history shows the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The newest day needed is not there yet; ask again at ``until``."""

    until: datetime
    reason: str


class Composer(Protocol):
    """Makes a digest's content."""

    async def compose(
        self,
        subscription: Subscription,
        occurrence: Occurrence,
        *,
        late: bool,
        final: bool,
    ) -> Composed | Skip | Wait:
        """Return the digest of an occurrence.

        It may be called several times for one occurrence.

        Args:
            subscription: What is wanted.
            occurrence: The time and the days to report.
            late: It goes out well after its hour, and says so.
            final: It has waited long enough: send what is there with "data through
                …", or say why there is nothing.

        Raises:
            BotError: It cannot be made now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in Slack."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class CannotLook:
    """The bot may not read the channel, so nobody knows what is in it."""


class Outbox(Protocol):
    """Posts to Slack. It never sends a request twice by itself."""

    async def post(
        self,
        place: Location,
        message: Message,
        *,
        metadata: Mapping[str, object],
        thread_ts: str | None = None,
    ) -> Posted:
        """Post a message that carries ``metadata``.

        Raises:
            Refused: For good, until a person acts; nothing was posted.
            PayloadRefused: The blocks do not pass; nothing was posted.
            Throttled: Nothing was posted.
            Ambiguous: The reply was lost; it may have been posted.
        """
        ...

    async def find_marker(
        self,
        place: Location,
        key: str,
        *,
        since: datetime,
        thread_ts: str | None = None,
    ) -> Posted | CannotLook | None:
        """Look for the message whose metadata carry ``key``.

        Args:
            place: Where to look.
            key: The marker.
            since: It is no older than this by this machine's clock. Slack's clock
                may differ, so at least one whole page is read whatever its times.
            thread_ts: Look among the replies to this message.

        Raises:
            SlackFault: Looking failed; nothing is known.
        """
        ...

    async def tell(self, team_id: str, recipient: str, message: Message) -> None:
        """Send a direct message to a user, or a message to a channel.

        Raises:
            SlackFault: It was not sent, or nobody knows.
        """
        ...


class Ledger(Protocol):
    """The memory of what is posted: see ``zenmux_bot.store.ledger``."""

    async def ready(
        self, now: datetime, *, limit: int, resting: Collection[str] = ()
    ) -> list[tuple[Entry, Subscription]]:
        """Return what may be tried now, and claims whose lease is over."""
        ...

    async def claim(self, entry: Entry, claim: Claim) -> Entry | None:
        """Claim a due entry, or return None when another was faster."""
        ...

    async def take_over(self, entry: Entry, claim: Claim) -> Entry | None:
        """Take over a claim whose lease is over, or return None."""
        ...

    async def release_in_doubt(
        self, entry: Entry, until: datetime, *, failures: int
    ) -> Entry | None:
        """Leave a claim to whoever comes after ``until`` and looks for the post."""
        ...

    async def hand_back(
        self,
        entry: Entry,
        *,
        retry_at: datetime,
        reason: str,
        failures: int,
        tellings: Sequence[Telling] = (),
        now: datetime,
    ) -> Entry | None:
        """Make an entry due again that was surely not posted, or return None."""
        ...

    async def settle(self, entry: Entry, settlement: Settlement) -> Entry | None:
        """Record how an entry ended, or return None when that was no longer open."""
        ...

    async def reply_to(self, main: Entry) -> Entry | None:
        """Return the entry of the reply to a main post, if it has one."""
        ...


class Planner(Protocol):
    """Enters what has come round: see ``zenmux_bot.store.planner``."""

    async def refresh(self, now: datetime) -> None:
        """Follow changes of the time zone rules."""
        ...

    async def plan(self, now: datetime) -> int:
        """Enter everything that is due and return how many schedules came round."""
        ...


class Notices(Protocol):
    """What people have to hear: see ``zenmux_bot.store.notifications``."""

    async def take(self, now: datetime, *, until: datetime, limit: int) -> list[Notice]:
        """Return notices to tell now; nobody else gets them before ``until``."""
        ...

    async def close(self, notice: Notice, now: datetime, *, failure: str = "") -> None:
        """Record that it was told, or that it cannot be."""
        ...

    async def postpone(self, notice: Notice, retry_at: datetime) -> None:
        """Try it again, not before ``retry_at``."""
        ...


class Operations(Protocol):
    """Knows where a workspace's operators listen."""

    async def channel_of(self, team_id: str) -> str | None:
        """Return the channel that hears of failures, if one is set."""
        ...
