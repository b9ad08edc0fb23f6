"""The ledger's values: what became of each occurrence, and who has to hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from zenmux_bot.digests.schedule import Occurrence


class State(StrEnum):
    """Where a post stands; the last four are final."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Part(StrEnum):
    """An occurrence is posted as a message and a reply in its thread."""

    MAIN = "main"
    REPLY = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the ledger: one post of one occurrence.

    Attributes:
        id: The row.
        subscription_id: Whose it is.
        occurrence: Which time it is; with subscription and part, its identity.
        part: The message itself or the reply in its thread.
        by_hand: Asked for by a person rather than by the schedule.
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
        data_through: The newest day in it.
        figures: What it published, to notice later restatements.
        reply_wanted: A reply follows once it is sent.
        settled_at: When it became final.
    """

    id: int
    subscription_id: str
    occurrence: Occurrence
    part: Part = Part.MAIN
    by_hand: bool = False
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
    data_through: date | None = None
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    reply_wanted: bool = False
    settled_at: datetime | None = None

    @property
    def key(self) -> str:
        """The marker that the post carries in its metadata."""
        key = f"{self.subscription_id}:{self.occurrence.nominal}"
        return key if self.part is Part.MAIN else f"{key}:{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's right to post an entry.

    Attributes:
        holder: The worker.
        at: When it claims.
        until: When others may take over.
        channel_id: Where it is about to post.
        data_through: The newest day in the message that it is about to post.
        figures: The figures in it.
        reply_wanted: A reply is to follow.
    """

    holder: str
    at: datetime
    until: datetime
    channel_id: str
    data_through: date | None = None
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    reply_wanted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A text that a person or channel has to hear, at least once."""

    recipient: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A telling in the store.

    Attributes:
        id: The row.
        team_id: The workspace.
        recipient: A user's or a channel's id.
        text: What to say.
        attempts: How often it was tried.
        created_at: When it was written.
    """

    id: int
    team_id: str
    recipient: str
    text: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A pause that comes with a settlement.

    Attributes:
        reason: Slack's error code.
        text: What the owner of each paused subscription hears.
        whole_team: Pause the workspace's other subscriptions too.
    """

    reason: str
    text: str
    whole_team: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How an entry ended, with all that has to be recorded in the same breath.

    Attributes:
        state: One of the final states.
        at: When.
        reason: Why, unless it was sent.
        channel_id: Where it was posted.
        ts: The post.
        tellings: Who has to hear what.
        pause: What is paused for it.
    """

    state: State
    at: datetime
    reason: str = ""
    channel_id: str | None = None
    ts: str | None = None
    tellings: tuple[Telling, ...] = ()
    pause: Pause | None = None
