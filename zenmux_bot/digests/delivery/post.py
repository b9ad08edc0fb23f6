"""Delivering one entry of the ledger: compose, claim, post, settle."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from zenmux_bot.digests.delivery import texts
from zenmux_bot.digests.delivery.context import Context, Skip, Wait
from zenmux_bot.digests.delivery.entries import (
    FINAL,
    Composed,
    DigestPost,
    OutboundPost,
    Part,
    Post,
    Posted,
)
from zenmux_bot.digests.delivery.recover import resolve
from zenmux_bot.digests.delivery.settle import (
    Failed,
    GivenUp,
    InDoubt,
    Outcome,
    Postponed,
    RateLimited,
    Rejected,
    Sent,
    Skipped,
    settle,
)
from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_bot.errors import (
    BotError,
    PayloadRefused,
    Refused,
    SlackFault,
    Throttled,
)
from zenmux_bot.render.message import Message

EVENT_TYPE = "zenmux_digest"

_LATE = timedelta(minutes=10)
_SOONEST = timedelta(seconds=15)
_LATEST = timedelta(hours=1)
_SHORTEST_REST = timedelta(seconds=1)
_SUSPENDED = "this machine was suspended"
_A_BUG = "it could not be put together (a bug; it is logged)"
_THREAD_GONE = frozenset(
    {"cannot_reply_to_message", "thread_not_found", "message_not_found"}
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What is posted, and where.

    Attributes:
        message: The message.
        channel_id: The channel.
        thread_ts: The message that it replies to.
        composed: The digest it belongs to, to be recorded with the claim.
    """

    message: Message
    channel_id: str
    thread_ts: str | None = None
    composed: Composed | None = None


async def deliver(context: Context, post: Post) -> None:
    """Deliver a due entry as far as possible now, including a digest's reply."""
    if isinstance(post, OutboundPost):
        await _send(context, post, await _outbound_content(context, post))
        return
    composed = await _compose(context, post)
    if not isinstance(composed, Composed):
        await settle(context, post, composed)
        return
    sent = await _send(context, post, _digest_content(post, composed))
    if sent is not None:
        # If the process dies here, the next digest finds the corrections again.
        for correction in composed.corrections:
            await context.ledger.enqueue(correction, now=context.clock.now())
    if isinstance(sent, DigestPost) and sent.reply is not None:
        reply = replace(sent, entry=sent.reply, reply=None)
        await _send(context, reply, _digest_content(reply, composed))


async def _compose(  # noqa: PLR0911 - a return for each outcome
    context: Context, post: DigestPost
) -> Composed | Outcome:
    """Compose a digest, or return why there is none now."""
    entry, subscription = post.entry, post.subscription
    if subscription.state is SubscriptionState.DELETED or (
        subscription.state is SubscriptionState.PAUSED and not entry.by_hand
    ):
        return Skipped(str(subscription.state))
    now = context.clock.now()
    is_final = now >= entry.deadline
    try:
        composed = await context.composer.compose(
            subscription,
            entry.occurrence,
            late=now - max(entry.occurrence.at, entry.retry_at) > _LATE,
            final=is_final,
        )
    except BotError as error:
        return Failed(str(error))
    except Exception:
        log.exception("delivery.compose_failed", key=entry.key)
        return Failed(_A_BUG)
    match composed:
        case Skip(reason, notify):
            return Skipped(reason, notify=notify)
        case Wait(until, reason) if not is_final:
            latest = min(now + _LATEST, entry.deadline)
            return Postponed(reason, max(now + _SOONEST, min(until, latest)))
        case Wait(_, reason):
            return Skipped(reason, notify=True)
        case _:
            return composed


def _digest_content(post: DigestPost, composed: Composed) -> _Content | Outcome:
    """Return the part of a digest that an entry is for."""
    if post.entry.part is Part.MAIN:
        return _Content(
            message=composed.message, channel_id=post.channel_id, composed=composed
        )
    if composed.reply is None:
        return Skipped("nothing to add")
    return _Content(
        message=composed.reply,
        channel_id=post.channel_id,
        thread_ts=post.entry.thread_ts,
    )


async def _outbound_content(context: Context, post: OutboundPost) -> _Content | Outcome:
    """Return an outbound message, with the thread that it belongs to."""
    wanted, now = post.entry.message, context.clock.now()
    if wanted.expires_at is not None and now >= wanted.expires_at:
        reason = f"{texts.EXPIRED}: {post.entry.reason}".removesuffix(": ")
        return GivenUp(reason)
    if wanted.thread_key is None:
        return _Content(message=wanted.message, channel_id=post.channel_id)
    first = await context.ledger.find(wanted.thread_key)
    if first is not None and first.state not in FINAL:
        return Postponed("the message that it replies to is not posted", now + _SOONEST)
    if first is None or first.channel_id is None or first.ts is None:
        return Skipped("the message that it replies to was not posted", notify=True)
    return _Content(
        message=wanted.message,
        channel_id=first.channel_id,
        thread_ts=first.thread_ts or first.ts,
    )


async def _send(
    context: Context, post: Post, content: _Content | Outcome
) -> Post | None:
    """Claim, post and settle; return the settled post if it was sent."""
    if not isinstance(content, _Content):
        await settle(context, post, content)
        return None
    await context.pace.wait(post.team_id, content.channel_id)
    claim = context.settings.claim(
        context.clock.now(),
        content.channel_id,
        thread_ts=content.thread_ts,
        composed=content.composed,
    )
    claimed = await context.ledger.claim(post, claim)
    if claimed is None:
        return None
    now = context.clock.now()
    if now >= claim.at + context.settings.post_timeout:
        # Another worker may be about to take over.
        await settle(context, claimed, Postponed(_SUSPENDED, now))
        return None
    try:
        posted = await _post(context, claimed, content.message)
    except asyncio.CancelledError:
        await settle(context, claimed, InDoubt())
        raise
    except (PayloadRefused, Throttled, Refused) as error:
        await settle(context, claimed, _not_posted(context, claimed, error))
        return None
    except Exception as error:  # noqa: BLE001 - it may have been posted
        log.warning("delivery.ambiguous", key=post.entry.key, error=repr(error))
        return await resolve(context, claimed)
    return await settle(context, claimed, Sent(posted))


async def _post(context: Context, claimed: Post, message: Message) -> Posted:
    """Post a message, reduced as often as its blocks are refused.

    Raises:
        SlackFault: It was refused, or may have been posted.
        TimeoutError: It may have been posted.
    """
    key = claimed.entry.key
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
    async with asyncio.timeout(context.settings.post_timeout.total_seconds()):
        while True:
            try:
                return await context.outbox.post(
                    claimed.location, message, metadata=metadata
                )
            except PayloadRefused as error:
                reduced = message.reduced()
                if reduced is None:
                    raise
                log.warning("delivery.reduced", key=key, code=error.code)
                message = reduced


def _not_posted(context: Context, claimed: Post, fault: SlackFault) -> Outcome:
    """Return the outcome of a fault that means nothing was posted."""
    if isinstance(fault, Throttled):
        rest = max(fault.retry_after, _SHORTEST_REST)
        context.pace.rest(claimed.team_id, rest)
        return RateLimited(rest)
    if isinstance(fault, PayloadRefused):
        return GivenUp(f"{fault} (a bug)")
    if claimed.entry.thread_ts is not None and fault.code in _THREAD_GONE:
        # Outside of its thread the reply would make no sense.
        return Skipped(f"the message that it replies to was deleted ({fault.code})")
    return Rejected(fault.code)
