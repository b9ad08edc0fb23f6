"""The ledger's values: entries, claims, transitions and notifications."""

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
    """The state of a post; the last four are final."""

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
    """One message that is posted once: the fields that all rows of the ledger have.

    Attributes:
        id: The row.
        state: Its state.
        reason: Why it was skipped or failed, or what it is waiting for.
        retry_at: When it may be tried next; meaningful while it is due.
        failures: Failed attempts in a row.
        version: Counts the changes; a change of an older version has no effect.
        holder: The worker that claimed it.
        lease_until: When its claim may be taken over.
        claimed_at: When it was first claimed; its post can't be older.
        planned_at: When it was entered; limits how long it is tried.
        channel_id: Where it was, or may have been, posted; set by the claim, since
            a digest can be moved while that is uncertain.
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
        subscription_id: The digest.
        occurrence: The occurrence; with subscription and part, its identity.
        part: The message itself or the reply in its thread.
        by_hand: Requested by a person rather than by the schedule.
        data_through: The newest day in it.
        figures: What it published, to detect later restatements.
        reply_wanted: A reply follows once it is sent.
        waits_until: Until when it waits for late data, if not the default.
        news: Keys of the news it reported.
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
        """Until when it waits for late data.

        Counted from its due time, so a restart does not start the wait again.
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
        key: Its identity, with the feature's prefix, such as
            ``alert:a-7kq3:2026-11-29``. Enqueued twice, it is one message.
        team_id: The workspace.
        channel_id: Where it goes: a channel, or a person for a direct message.
        owner_id: Who is notified if it can't be posted.
        message: What is posted.
        subject: What notifications call it at the start of a sentence.
        thread_key: The key of an earlier message whose thread it belongs to. It waits
            for that message, and is skipped if that was not posted.
        expires_at: It is not posted after this; None for six hours after it was
            enqueued, or later if its first try was later.
        question: The canonical command that its thread is about.
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
    """A digest's entry with its subscription.

    Attributes:
        entry: The entry.
        subscription: The digest.
        reply: The entry of its reply, if that was just entered.
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
        """Who is notified when something is wrong."""
        return self.subscription.owner_id

    @property
    def channel_id(self) -> str:
        """Where the post is, or goes.

        A claim and a reply keep their channel if the digest is moved in the meantime. A
        due message is in no channel yet, so it goes where the digest is now.
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
    """An outbound message's entry."""

    entry: OutboundEntry

    @property
    def team_id(self) -> str:
        """The workspace."""
        return self.entry.message.team_id

    @property
    def owner_id(self) -> str:
        """Who is notified when something is wrong."""
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
"""An entry of the ledger with everything that its delivery needs."""


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
        reply: What is posted in its thread right away, or None.
        data_through: The newest day in it.
        figures: What it publishes, by name; stored to detect later restatements.
        news: Keys of its news; stored so that none is repeated.
        corrections: Messages for the threads of earlier digests, once it is sent.
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
        at: When it was claimed.
        until: When others may take over.
        channel_id: Where it will be posted.
        thread_ts: The message that it will reply to.
        composed: The digest that will be posted.
    """

    holder: str
    at: datetime
    until: datetime
    channel_id: str
    thread_ts: str | None = None
    composed: Composed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A text for a person or a channel, delivered at least once."""

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
    """A pause that is recorded together with an entry's end.

    Attributes:
        reason: Slack's error code.
        text: The notification for the owner of each paused subscription.
        whole_team: Pause the workspace's other subscriptions, too.
    """

    reason: str
    text: str
    whole_team: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of an entry in the state machine, with everything it records.

    Attributes:
        state: The entry's new state.
        at: When.
        reason: Why, unless it was sent.
        retry_at: When a due entry is tried again, or an uncertain claim is checked.
        failures: Failed attempts in a row.
        posted: The message in Slack.
        notifications: Who is notified of what.
        pause: What is paused because of it.
    """

    state: State
    at: datetime
    reason: str = ""
    retry_at: datetime | None = None
    failures: int = 0
    posted: Posted | None = None
    notifications: tuple[Notification, ...] = ()
    pause: Pause | None = None
