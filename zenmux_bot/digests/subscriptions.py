"""A digest subscription: what is sent, where, when, and who owns it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.audit import is_person
from zenmux_bot.digests.schedule import Occurrence, Schedule, upcoming
from zenmux_bot.errors import BotError

# No vowels, so that ids don't form words; no 0, 1 or l, which look like others.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
_ID_LENGTH = 4

ID_PREFIX = "d-"

NEXT_SENDS = 3


class SubscriptionState(StrEnum):
    """Whether a subscription is active."""

    ACTIVE = "active"
    PAUSED = "paused"
    DELETED = "deleted"


class DigestSubject(StrEnum):
    """What a digest reports."""

    SHARE = "share"
    SPEND = "spend"


class WhenEmpty(StrEnum):
    """What a digest does when it has nothing to report."""

    SKIP = "skip"
    SAY = "say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One digest of one channel.

    Attributes:
        id: Short and readable, such as ``d-7kq3``; never reused.
        team_id: The workspace.
        channel_id: The channel; its name changes, its id does not.
        channel_name: The name for display, as last seen.
        owner_id: Who is notified when something is wrong.
        metric: What is counted.
        schedule: When it is sent; its cadence is also the period it reports.
        top: How many rows it shows.
        providers: Slugs of the providers it is limited to; empty for all.
        skip_below_pp: Skip if no share moved by this many percentage points; None
            sends it always.
        when_empty: What to do without data.
        subject: Market share, or the own account's spend.
        by_key: Spend is split by API key instead of by model.
        state: Active, paused or deleted.
        paused_reason: Why it is paused: Slack's error code, or the person who did
            it; None while it is active.
        created_at: When it was created.
        updated_at: When it was last changed.
        revision: Counts its changes; a change of an older revision is refused.
    """

    id: str
    team_id: str
    channel_id: str
    channel_name: str
    owner_id: str
    metric: Metric
    schedule: Schedule
    top: int = 10
    providers: tuple[str, ...] = ()
    skip_below_pp: Decimal | None = None
    when_empty: WhenEmpty = WhenEmpty.SAY
    subject: DigestSubject = DigestSubject.SHARE
    by_key: bool = False
    state: SubscriptionState = SubscriptionState.ACTIVE
    paused_reason: str | None = None
    created_at: datetime
    updated_at: datetime
    revision: int = 1


Check = Callable[[Sequence[Subscription]], None]
"""Checks the subscriptions of a channel, and raises if another is not allowed."""


class SubscriptionChanged(BotError):
    """Someone changed the subscription in the meantime, or it is gone."""


def readable_id(pick: Callable[[str], str]) -> str:
    """Return an id that can be read out; ``pick`` chooses each character."""
    return ID_PREFIX + "".join(pick(_ALPHABET) for _ in range(_ID_LENGTH))


def sends_of(subscription: Subscription, now: datetime) -> tuple[Occurrence, ...]:
    """Return a digest's next sends; none while it is not active."""
    if subscription.state is not SubscriptionState.ACTIVE:
        return ()
    return tuple(upcoming(subscription.schedule, now, NEXT_SENDS))


def who_paused(subscription: Subscription) -> str | None:
    """Return the person who paused a digest, or None."""
    reason = subscription.paused_reason or ""
    return reason if is_person(reason) else None
