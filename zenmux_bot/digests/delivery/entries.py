"""The ledger's values: what is posted once, what became of it, and who has to hear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from zenmux_bot.core.actors import Location
from zenmux_bot.digests.schedule import Occurrence
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.render.message import Message


class State(StrEnum):
    """Where a post stands; the last four are final."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


PATIENCE = timedelta(hours=6)
"""How long an entry is tried, or waits for late data."""

FINAL = frozenset({State.SENT, State.SKIPPED, State.FAILED, State.UNKNOWN})


class Part(StrEnum):
    """An occurrence is posted as a message and a reply in its thread."""

    MAIN = "main"
    REPLY = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What each row of the ledger has: one message that is posted once.

    Attributes:
        id: The row.
        state: Where it stands.
        reason: Why it was skipped or failed, or what it is waiting for.
        retry_at: Not before then is it tried; meaningful while it is due.
        failures: Failed attempts in a row.
        version: Counts the changes; a change of an older version has no effect.
        holder: The worker that claimed it.
        lease_until: When its claim may be taken over.
        claimed_at: When it was first claimed; no post of it is older.
        planned_at: When it was entered; bounds how long it is tried.
        channel_id: Where it is, or may be, posted; kept from its claim on, because
            a digest can be moved while that is in doubt.
        ts: Slack's timestamp of the post.
        thread_ts: The message that a reply belongs to.
        settled_at: When it became final.
    """

    id: int
    state: State = State.DUE
    reason: str = ""
    retry_at: datetime
    failures: int = 0
    version: int = 0
    holder: str | None = None
    lease_until: datetime | None = None
    claimed_at: datetime | None = None
    planned_at: datetime
    channel_id: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(LedgerEntry):
    """One post of one occurrence of a digest.

    Attributes:
        subscription_id: Whose it is.
        occurrence: Which time it is; with subscription and part, its identity.
        part: The message itself or the reply in its thread.
        by_hand: Asked for by a person rather than by the schedule.
        data_through: The newest day in it.
        figures: What it published, to notice later restatements.
        reply_wanted: A reply follows once it is sent.
        waits_until: Until when it waits for late data, if not as long as usual.
        news: Keys of what it told as new.
    """

    subscription_id: str
    occurrence: Occurrence
    part: Part = Part.MAIN
    by_hand: bool = False
    data_through: date | None = None
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    reply_wanted: bool = False
    waits_until: datetime | None = None
    news: tuple[str, ...] = ()

    @property
    def deadline(self) -> datetime:
        """Until when it waits for late data; counted from its hour.

        So no restart lets the wait begin again.
        """
        return self.waits_until or self.occurrence.at + PATIENCE

    @property
    def key(self) -> str:
        """The marker that the post carries in its metadata."""
        key = f"{self.subscription_id}:{self.occurrence.nominal}"
        return key if self.part is Part.MAIN else f"{key}:{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """A message that some other feature wants posted once.

    Attributes:
        key: Its identity, with a namespace of its own, such as
            ``alert:a-7kq3:2026-11-29``. What is enqueued twice is one message.
        team_id: The workspace.
        channel_id: Where it goes: a channel, or a person for a direct message.
        owner_id: Who is told when it cannot be posted.
        message: What is posted.
        subject: What the owner is told about, to begin a sentence.
        thread_key: The key of an earlier message in whose thread it is a reply. It
            waits for that one, and is skipped if that one was not posted.
        expires_at: It is not posted later than this; None: six hours after it was
            enqueued, unless trying it began later.
        question: What a thread below it is about, in canonical words.
    """

    key: str
    team_id: str
    channel_id: str
    owner_id: str
    message: Message
    subject: str = "A message"
    thread_key: str | None = None
    expires_at: datetime | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundEntry(LedgerEntry):
    """An outbound message in the ledger.

    Attributes:
        message: What was enqueued.
    """

    message: OutboundMessage

    @property
    def key(self) -> str:
        """The marker that the post carries in its metadata."""
        return self.message.key


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPost:
    """A digest's entry, and whose it is.

    Attributes:
        entry: The entry.
        subscription: Whose it is.
        reply: The entry of the reply that was just entered with it, if any.
    """

    entry: Entry
    subscription: Subscription
    reply: Entry | None = None

    @property
    def team_id(self) -> str:
        """The workspace."""
        return self.subscription.team_id

    @property
    def owner_id(self) -> str:
        """Who is told when something is wrong."""
        return self.subscription.owner_id

    @property
    def channel_id(self) -> str:
        """Where the post is, or goes.

        A claim and a reply keep their channel when the digest is moved meanwhile;
        what is due, and surely in no channel yet, goes where the digest is now.
        """
        is_kept = self.entry.state is not State.DUE or self.entry.part is Part.REPLY
        kept = self.entry.channel_id if is_kept else None
        return kept or self.subscription.channel_id

    @property
    def location(self) -> Location:
        """The channel, and the thread in it, where the post is or goes."""
        return Location(self.team_id, self.channel_id, self.entry.thread_ts)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundPost:
    """An outbound message's entry, and whose it is."""

    entry: OutboundEntry

    @property
    def team_id(self) -> str:
        """The workspace."""
        return self.entry.message.team_id

    @property
    def owner_id(self) -> str:
        """Who is told when something is wrong."""
        return self.entry.message.owner_id

    @property
    def channel_id(self) -> str:
        """Where the post is, or goes."""
        return self.entry.channel_id or self.entry.message.channel_id

    @property
    def location(self) -> Location:
        """The channel, and the thread in it, where the post is or goes."""
        return Location(self.team_id, self.channel_id, self.entry.thread_ts)


Post = DigestPost | OutboundPost
"""An entry of the ledger with all that its delivery needs to know."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in Slack."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A digest ready to be posted.

    Attributes:
        message: The digest.
        reply: What is posted in its thread at once, or None.
        data_through: The newest day in it.
        figures: What it publishes, by name; kept to notice later restatements.
        news: Keys of what it tells as new; kept to tell it once.
        corrections: What is posted in the threads of earlier digests once it is sent.
    """

    message: Message
    reply: Message | None = None
    data_through: date | None = None
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    news: tuple[str, ...] = ()
    corrections: tuple[OutboundMessage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's right to post an entry.

    Attributes:
        holder: The worker.
        at: When it claims.
        until: When others may take over.
        channel_id: Where it is about to post.
        thread_ts: The message that it is about to reply to.
        composed: The digest that it is about to post.
    """

    holder: str
    at: datetime
    until: datetime
    channel_id: str
    thread_ts: str | None = None
    composed: Composed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A text that a person or channel has to hear, at least once."""

    recipient: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedNotification(Notification):
    """A notification in the store.

    Attributes:
        id: The row.
        team_id: The workspace.
        attempts: How often it was tried.
        created_at: When it was written.
    """

    id: int
    team_id: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A pause that comes with the end of an entry.

    Attributes:
        reason: Slack's error code.
        text: What the owner of each paused subscription hears.
        whole_team: Pause the workspace's other subscriptions too.
    """

    reason: str
    text: str
    whole_team: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of an entry in the state machine, with all that is recorded with it.

    Attributes:
        state: Where the entry stands afterwards.
        at: When.
        reason: Why, unless it was sent.
        retry_at: When a due entry is tried again, or a claim in doubt looked at.
        failures: Failed attempts in a row.
        posted: The message in Slack.
        notifications: Who has to hear what.
        pause: What is paused for it.
    """

    state: State
    at: datetime
    reason: str = ""
    retry_at: datetime | None = None
    failures: int = 0
    posted: Posted | None = None
    notifications: tuple[Notification, ...] = ()
    pause: Pause | None = None
