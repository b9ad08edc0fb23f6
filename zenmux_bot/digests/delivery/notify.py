"""Sending people what they have to hear, side by side and at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.context import Outbox
from zenmux_bot.digests.delivery.entries import QueuedNotification
from zenmux_bot.digests.delivery.pacing import Pace, Use
from zenmux_bot.digests.delivery.settle import backoff
from zenmux_bot.digests.delivery.slack_errors import TEAM_WIDE, refusal_of
from zenmux_bot.errors import Refused, Throttled
from zenmux_bot.render.message import Message
from zenmux_bot.store.notifications import Notifications

_BATCH = 50
_SIDE_BY_SIDE = 8
_SECONDS_EACH = 10.0

# A whole batch that hangs is over before that.
_LEASE = timedelta(minutes=2)

_KEPT_FOR = timedelta(days=7)
"""A token may take as long to be replaced; what is older helps nobody."""

log = structlog.get_logger(__name__)


class Notifier:
    """Sends each queued notification until it was sent, or cannot be.

    Args:
        notifications: What people have to hear.
        outbox: Sends it.
        pace: Keeps to Slack's limits.
        clock: Tells the time.
    """

    def __init__(
        self,
        *,
        notifications: Notifications,
        outbox: Outbox,
        pace: Pace,
        clock: Clock,
    ) -> None:
        self._notifications = notifications
        self._outbox = outbox
        self._pace = pace
        self._clock = clock
        self._stopping = False

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopping = True

    async def send_queued(self) -> None:
        """Send what is queued now; what fails is kept for later."""
        while not self._stopping:
            now = self._clock.now()
            batch = await self._notifications.take(
                now, until=now + _LEASE, limit=_BATCH
            )
            remaining = iter(batch)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(_SIDE_BY_SIDE, len(batch))):
                    group.create_task(self._work(remaining))
            if len(batch) < _BATCH:
                return

    async def _work(self, remaining: Iterator[QueuedNotification]) -> None:
        for queued in remaining:
            if self._stopping:
                return
            await self._send(queued)

    async def _send(self, queued: QueuedNotification) -> None:
        now = self._clock.now()
        if queued.team_id in self._pace.resting(Use.NOTIFYING):
            await self._notifications.postpone(queued, now + backoff(queued.attempts))
            return
        try:
            await self._pace.turn(queued.team_id, queued.recipient)
            async with asyncio.timeout(_SECONDS_EACH):
                await self._outbox.notify(
                    queued.team_id, queued.recipient, Message(queued.text)
                )
        except Throttled as error:
            self._pace.rest(queued.team_id, error.retry_after, Use.NOTIFYING)
            await self._notifications.postpone(queued, now + error.retry_after)
        except Refused as error:
            if refusal_of(error.code).action in TEAM_WIDE:
                # As the digests wait for a new token, so does word of it.
                await self._keep(queued, error.code)
            else:
                log.warning(
                    "delivery.cannot_notify", notification=queued.id, code=error.code
                )
                await self._notifications.close(queued, now, failure=error.code)
        except Exception as error:  # noqa: BLE001 - kept, sent again, and bounded
            await self._keep(queued, repr(error))
        else:
            await self._notifications.close(queued, now)

    async def _keep(self, queued: QueuedNotification, failure: str) -> None:
        """Send it later, unless it has grown too old."""
        log.warning("delivery.notify_failed", notification=queued.id, error=failure)
        now = self._clock.now()
        if now - queued.created_at >= _KEPT_FOR:
            await self._notifications.close(queued, now, failure=failure)
        else:
            await self._notifications.postpone(queued, now + backoff(queued.attempts))
