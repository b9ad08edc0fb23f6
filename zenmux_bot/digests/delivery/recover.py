"""Finding out whether a post whose end nobody saw is in Slack.

Nothing is posted a second time before the channel was looked at, and not before the
first request can no longer arrive.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

import structlog

from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests import notifications as notices
from zenmux_bot.digests.delivery.ports import CannotLook, Ledger, Outbox, Posted
from zenmux_bot.digests.delivery.settings import DeliverySettings
from zenmux_bot.digests.delivery.settle import Endings
from zenmux_bot.digests.ledger import Entry, Part, State
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.errors import Throttled

log = structlog.get_logger(__name__)


class _NotSeen(Enum):
    """Why a post was not found."""

    NOT_THERE = auto()
    COULD_NOT_LOOK = auto()


@dataclass(frozen=True, slots=True)
class _AskedToWait:
    """Slack did not let us look yet, which is no failure to look."""

    retry_after: timedelta


class Recovery:
    """Looks for posts by the marker in their metadata."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        outbox: Outbox,
        endings: Endings,
        clock: Clock,
        terms: DeliverySettings,
    ) -> None:
        self._ledger = ledger
        self._outbox = outbox
        self._endings = endings
        self._clock = clock
        self._terms = terms

    async def recover(self, entry: Entry, subscription: Subscription) -> None:
        """Take over a claim that was left behind and find out what became of it.

        This is the one way to a second attempt after an ambiguous end.
        """
        now = self._clock.now()
        place = place_of(entry, subscription)
        claimed = await self._ledger.take_over(
            entry, self._terms.claim(now, place.channel_id)
        )
        if claimed is None:
            return
        log.info("delivery.recover", key=entry.key, holder=entry.holder)
        found = await self._look(claimed, subscription)
        if isinstance(found, _AskedToWait):
            await self._endings.could_not_look(
                claimed,
                subscription,
                self._clock.now() + max(self._terms.doubt, found.retry_after),
                asked_to_wait=True,
            )
        elif not isinstance(found, _NotSeen):
            await self._conclude(claimed, subscription, found)
        elif found is _NotSeen.NOT_THERE:
            await self._endings.never_arrived(claimed, subscription)
        else:
            await self._endings.could_not_look(
                claimed, subscription, self._clock.now() + self._terms.doubt
            )

    async def resolve(self, claimed: Entry, subscription: Subscription) -> Entry | None:
        """Look for a post that ended ambiguously; return its entry if it is there.

        One that is not there may still be on its way, so it is looked for again
        before anything else happens.
        """
        found = await self._look(claimed, subscription)
        if isinstance(found, _AskedToWait):
            await self.leave_in_doubt(claimed, found.retry_after)
            return None
        if isinstance(found, _NotSeen):
            await self.leave_in_doubt(claimed)
            return None
        return await self._conclude(claimed, subscription, found)

    async def leave_in_doubt(
        self, claimed: Entry, at_least: timedelta = timedelta(0)
    ) -> None:
        """Leave a claim to whoever looks once the request can no longer arrive."""
        await self._ledger.release_in_doubt(
            claimed,
            self._clock.now() + max(self._terms.doubt, at_least),
            failures=claimed.failures,
        )

    async def _look(
        self, claimed: Entry, subscription: Subscription
    ) -> Posted | CannotLook | _NotSeen | _AskedToWait:
        try:
            async with asyncio.timeout(self._terms.look_timeout.total_seconds()):
                found = await self._outbox.find_marker(
                    place_of(claimed, subscription),
                    claimed.key,
                    since=claimed.claimed_at or claimed.planned_at,
                    thread_ts=claimed.thread_ts,
                )
        except Throttled as error:
            log.warning("delivery.look_throttled", key=claimed.key)
            return _AskedToWait(error.retry_after)
        except Exception as error:  # noqa: BLE001 - not having looked is an answer
            log.warning("delivery.look_failed", key=claimed.key, error=repr(error))
            return _NotSeen.COULD_NOT_LOOK
        return _NotSeen.NOT_THERE if found is None else found

    async def _conclude(
        self, claimed: Entry, subscription: Subscription, found: Posted | CannotLook
    ) -> Entry | None:
        """Settle a claim by what was found; return it if it was sent."""
        if isinstance(found, Posted):
            return await self._endings.sent(claimed, found)
        await self._endings.unknown(claimed, subscription, notices.NO_HISTORY)
        return None


def place_of(entry: Entry, subscription: Subscription) -> Location:
    """Return where an entry's post is, or goes.

    A claim and a reply keep their channel when the digest is moved meanwhile; what
    is due, and surely in no channel yet, goes where the digest is now.
    """
    kept = entry.state is State.CLAIMED or entry.part is Part.REPLY
    channel_id = entry.channel_id if kept else None
    return Location(subscription.team_id, channel_id or subscription.channel_id)
