"""What is shown of digests, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zenmux_bot.digests.audit import is_person
from zenmux_bot.digests.delivery.entries import Entry
from zenmux_bot.digests.schedule import Occurrence, upcoming
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState

NEXT_SENDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One digest in a list.

    Attributes:
        subscription: The digest.
        state: Whether it is at work, in words.
        last: The newest entry of its history, if any.
        next: When it comes next; None while it is paused.
    """

    subscription: Subscription
    state: str
    last: Entry | None
    next: Occurrence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """One digest, whole.

    Attributes:
        subscription: The digest.
        state: Whether it is at work, in words.
        last: The newest entry of its history, if any.
        sends: The next times; none while it is not at work.
        owner: What its owner is called.
        may_change: Whoever looks may change it.
    """

    subscription: Subscription
    state: str
    last: Entry | None
    sends: tuple[Occurrence, ...]
    owner: str
    may_change: bool


def sends_of(subscription: Subscription, now: datetime) -> tuple[Occurrence, ...]:
    """Return when a digest comes next; never while it is not at work."""
    if subscription.state is not SubscriptionState.ACTIVE:
        return ()
    return tuple(upcoming(subscription.schedule, now, NEXT_SENDS))


def who_paused(subscription: Subscription) -> str | None:
    """Return the person who paused a digest; None if it was no person."""
    reason = subscription.paused_reason or ""
    return reason if is_person(reason) else None
