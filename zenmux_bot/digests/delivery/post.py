"""One entry of the ledger from due to its end: compose, claim, post, settle."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.pacing import Pace
from zenmux_bot.digests.delivery.ports import (
    Composed,
    Composer,
    Ledger,
    Outbox,
    Posted,
    Skip,
    Wait,
)
from zenmux_bot.digests.delivery.recover import Recovery, place_of
from zenmux_bot.digests.delivery.settings import DeliverySettings
from zenmux_bot.digests.delivery.settle import Endings
from zenmux_bot.digests.ledger import Entry, Part, Settlement, State
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState
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
_A_BUG = "it could not be put together (a bug; it is logged)"
_THREAD_GONE = frozenset(
    {"cannot_reply_to_message", "thread_not_found", "message_not_found"}
)

log = structlog.get_logger(__name__)


class Poster:
    """Brings single entries to their end."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        composer: Composer,
        outbox: Outbox,
        pace: Pace,
        endings: Endings,
        recovery: Recovery,
        clock: Clock,
        terms: DeliverySettings,
    ) -> None:
        self._ledger = ledger
        self._composer = composer
        self._outbox = outbox
        self._pace = pace
        self._endings = endings
        self._recovery = recovery
        self._clock = clock
        self._terms = terms

    async def deliver(self, entry: Entry, subscription: Subscription) -> None:
        """Bring a due entry as far as it goes now, its reply included."""
        if subscription.state is SubscriptionState.DELETED or (
            subscription.state is SubscriptionState.PAUSED and not entry.by_hand
        ):
            await self._skip(entry, str(subscription.state))
            return
        composed = await self._compose(entry, subscription)
        if composed is None:
            return
        sent = await self._send(entry, subscription, composed)
        if sent is None or not sent.reply_wanted:
            return
        reply = await self._ledger.reply_to(sent)
        if reply is not None:
            await self._send(reply, subscription, composed)

    async def _compose(
        self, entry: Entry, subscription: Subscription
    ) -> Composed | None:
        """Return what to post, or settle or postpone the entry and return None."""
        now = self._clock.now()
        final = now >= entry.planned_at + self._terms.patience
        try:
            composed = await self._composer.compose(
                subscription,
                entry.occurrence,
                late=now - max(entry.occurrence.at, entry.retry_at) > _LATE,
                final=final,
            )
        except BotError as error:
            await self._endings.failed_attempt(entry, subscription, str(error))
            return None
        except Exception:
            log.exception("delivery.compose_failed", key=entry.key)
            await self._endings.failed_attempt(entry, subscription, _A_BUG)
            return None
        if isinstance(composed, Skip):
            await self._skip(entry, composed.reason)
            return None
        if isinstance(composed, Wait):
            if final:
                await self._endings.left_out(entry, subscription, composed.reason)
            else:
                await self._wait(entry, composed)
            return None
        return composed

    async def _skip(self, entry: Entry, reason: str) -> None:
        await self._ledger.settle(
            entry,
            Settlement(state=State.SKIPPED, at=self._clock.now(), reason=reason),
        )

    async def _wait(self, entry: Entry, wait: Wait) -> None:
        now = self._clock.now()
        latest = min(now + _LATEST, entry.planned_at + self._terms.patience)
        await self._ledger.hand_back(
            entry,
            retry_at=max(now + _SOONEST, min(wait.until, latest)),
            reason=wait.reason,
            failures=0,
            now=now,
        )

    async def _send(
        self, entry: Entry, subscription: Subscription, composed: Composed
    ) -> Entry | None:
        """Claim, post and settle; return the settled entry if it was sent."""
        main = entry.part is Part.MAIN
        message = composed.message if main else composed.reply
        if message is None:
            await self._skip(entry, "nothing to add")
            return None
        place = place_of(entry, subscription)
        await self._pace.turn(place.team_id, place.channel_id)
        claimed = await self._ledger.claim(
            entry,
            self._terms.claim(
                self._clock.now(), place.channel_id, composed if main else None
            ),
        )
        if claimed is None:
            return None
        try:
            posted = await self._post(claimed, place, message)
        except asyncio.CancelledError:
            await self._recovery.leave_in_doubt(claimed)
            raise
        except (PayloadRefused, Throttled, Refused) as error:
            await self._not_posted(claimed, subscription, error)
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, it may be posted
            log.warning("delivery.ambiguous", key=entry.key, error=repr(error))
            return await self._recovery.resolve(claimed, subscription)
        return await self._endings.sent(claimed, posted)

    async def _post(self, claimed: Entry, place: Location, message: Message) -> Posted:
        """Post a message, reduced as often as its blocks are refused.

        Raises:
            SlackFault: It was refused, or may have been posted.
            TimeoutError: It may have been posted.
        """
        async with asyncio.timeout(self._terms.post_timeout.total_seconds()):
            while True:
                try:
                    return await self._outbox.post(
                        place,
                        message,
                        metadata={
                            "event_type": EVENT_TYPE,
                            "event_payload": {"key": claimed.key},
                        },
                        thread_ts=claimed.thread_ts,
                    )
                except PayloadRefused as error:
                    reduced = message.reduced()
                    if reduced is None:
                        raise
                    log.warning("delivery.reduced", key=claimed.key, code=error.code)
                    message = reduced

    async def _not_posted(
        self, claimed: Entry, subscription: Subscription, fault: SlackFault
    ) -> None:
        """Act on a fault that says that nothing was posted."""
        if isinstance(fault, Throttled):
            rest = max(fault.retry_after, _SHORTEST_REST)
            self._pace.rest(subscription.team_id, rest)
            await self._endings.throttled(claimed, subscription, rest)
        elif isinstance(fault, PayloadRefused):
            await self._endings.gave_up(claimed, subscription, f"{fault} (a bug)")
        elif claimed.part is Part.REPLY and fault.code in _THREAD_GONE:
            # Loose in the channel the reply would say less than nothing.
            await self._skip(claimed, f"the digest was deleted ({fault.code})")
        else:
            await self._endings.refused(claimed, subscription, fault.code)
