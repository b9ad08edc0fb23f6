"""Converts rows to domain values and back."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.delivery.entries import (
    Entry,
    LedgerEntry,
    OutboundEntry,
    OutboundMessage,
    Part,
    State,
)
from zenmux_bot.digests.schedule import Cadence, Days, Occurrence, Schedule
from zenmux_bot.digests.subscriptions import (
    DigestSubject,
    Subscription,
    SubscriptionState,
    WhenEmpty,
)
from zenmux_bot.render.message import Message


def subscription_from(row: Row[Any]) -> Subscription:
    """Return the subscription in a row of its table."""
    return Subscription(
        id=row.id,
        team_id=row.team_id,
        channel_id=row.channel_id,
        channel_name=row.channel_name,
        owner_id=row.owner_id,
        metric=Metric(row.metric),
        schedule=Schedule(
            cadence=Cadence(row.cadence),
            weekday=row.weekday,
            day=row.day,
            hour=row.hour,
            minute=row.minute,
            zone=row.zone,
        ),
        top=row.top,
        providers=(row.providers or ()) if row.provider is None else (row.provider,),
        skip_below_pp=row.skip_below_pp,
        when_empty=WhenEmpty(row.when_empty),
        subject=DigestSubject(row.subject or DigestSubject.SHARE),
        by_key=bool(row.by_key),
        state=SubscriptionState(row.state),
        paused_reason=row.paused_reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
        revision=row.revision,
    )


def subscription_values(subscription: Subscription) -> dict[str, Any]:
    """Return the columns of a subscription."""
    schedule, providers = subscription.schedule, subscription.providers
    is_share = subscription.subject is DigestSubject.SHARE
    return {
        "id": subscription.id,
        "team_id": subscription.team_id,
        "channel_id": subscription.channel_id,
        "channel_name": subscription.channel_name,
        "owner_id": subscription.owner_id,
        "metric": subscription.metric,
        "cadence": schedule.cadence,
        "weekday": schedule.weekday,
        "day": schedule.day,
        "hour": schedule.hour,
        "minute": schedule.minute,
        "zone": schedule.zone,
        "top": subscription.top,
        "provider": providers[0] if len(providers) == 1 else None,
        "providers": providers if len(providers) > 1 else None,
        "skip_below_pp": subscription.skip_below_pp,
        "when_empty": subscription.when_empty,
        "subject": None if is_share else subscription.subject,
        "by_key": subscription.by_key or None,
        "state": subscription.state,
        "paused_reason": subscription.paused_reason,
        "created_at": subscription.created_at,
        "updated_at": subscription.updated_at,
        "revision": subscription.revision,
    }


def entry_from(row: Row[Any]) -> Entry:
    """Return the digest's entry in a row of the ledger."""
    return Entry(
        **_delivery_of(row),
        subscription_id=row.subscription_id,
        occurrence=Occurrence(
            nominal=row.nominal,
            at=row.due_at,
            days=Days(first=row.first_day, last=row.last_day),
        ),
        part=Part(row.part),
        by_hand=row.by_hand,
        data_through=row.data_through,
        figures=row.figures,
        reply_wanted=row.reply_wanted,
        waits_until=row.waits_until,
        news=row.news or (),
    )


def outbound_from(row: Row[Any]) -> OutboundEntry:
    """Return the outbound message's entry in a row of the ledger."""
    said = row.message or {}
    return OutboundEntry(
        **_delivery_of(row),
        message=OutboundMessage(
            key=row.key,
            team_id=row.team_id,
            channel_id=row.recipient_id,
            owner_id=row.owner_id,
            message=Message(said.get("text", ""), tuple(said.get("blocks", ()))),
            subject=row.subject,
            thread_key=row.thread_key,
            expires_at=row.expires_at,
            question=row.question,
        ),
    )


def _delivery_of(row: Row[Any]) -> dict[str, Any]:
    """Return the fields that both tables of the ledger have."""
    names = (field.name for field in fields(LedgerEntry))
    return {name: getattr(row, name) for name in names} | {"state": State(row.state)}


def new_outbound_values(message: OutboundMessage, now: datetime) -> dict[str, Any]:
    """Return the columns of an outbound message for the ledger."""
    return {
        "key": message.key,
        "team_id": message.team_id,
        "recipient_id": message.channel_id,
        "owner_id": message.owner_id,
        "message": message.message.payload(),
        "subject": message.subject,
        "thread_key": message.thread_key,
        "expires_at": message.expires_at,
        "question": message.question,
        "state": State.DUE,
        "reason": "",
        "retry_at": now,
        "failures": 0,
        "version": 0,
        "planned_at": now,
    }


def new_entry_values(
    subscription_id: str, occurrence: Occurrence, **columns: Any
) -> dict[str, Any]:
    """Return the columns of a new occurrence in the ledger.

    Args:
        subscription_id: The subscription.
        occurrence: The occurrence.
        **columns: ``planned_at``, and whatever differs from a main post that is due
            as scheduled.
    """
    return {
        "subscription_id": subscription_id,
        "nominal": occurrence.nominal,
        "part": Part.MAIN,
        "due_at": occurrence.at,
        "first_day": occurrence.days.first,
        "last_day": occurrence.days.last,
        "by_hand": False,
        "state": State.DUE,
        "reason": "",
        "retry_at": occurrence.at,
        "failures": 0,
        "version": 0,
        "channel_id": None,
        "thread_ts": None,
        "figures": {},
        "reply_wanted": False,
        "settled_at": None,
        **columns,
    }
