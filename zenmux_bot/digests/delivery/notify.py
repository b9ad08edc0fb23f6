"""Sending queued notifications concurrently, each at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.context import Outbox
from zenmux_bot.digests.delivery.entries import Notification, QueuedNotification
from zenmux_bot.digests.delivery.pacing import Pace, Use
from zenmux_bot.digests.delivery.settle import backoff
from zenmux_bot.digests.delivery.slack_errors import TEAM_WIDE, refusal_of
from zenmux_bot.errors import Refused, SlackFault, Throttled
from zenmux_bot.render.message import Message
from zenmux_bot.store.notifications import Notifications

_BATCH = 50
_CONCURRENCY = 8
_SECONDS_EACH = 10.0

# Longer than a batch takes in which every send times out.
_LEASE = timedelta(minutes=2)

_KEPT_FOR = timedelta(days=7)
"""Replacing a token may take this long; older notifications are no use."""

_FORWARDED = "Passed on because Slack didn't deliver it to "

log = structlog.get_logger(__name__)


class Notifier:
    """Sends each queued notification until it succeeds or can't succeed.

    Args:
        notifications: The queue.
        outbox: Sends them.
        pace: Keeps to Slack's limits.
        clock: The current time.
        administrators: Returns who is notified in place of somebody who has left: the
            operations channel, or people.
    """

    def __init__(
        self,
        *,
        notifications: Notifications,
        outbox: Outbox,
        pace: Pace,
        clock: Clock,
        administrators: Callable[[str], Awaitable[Sequence[str]]],
    ) -> None:
        self._notifications = notifications
        self._outbox = outbox
        self._pace = pace
        self._clock = clock
        self._administrators = administrators
        self._stopping = False

    def stop(self) -> None:
        """Start nothing new."""
        self._stopping = True

    async def send_queued(self) -> None:
        """Send what is queued now; failures stay in the queue."""
        while not self._stopping:
            now = self._clock.now()
            batch = await self._notifications.take(
                now, until=now + _LEASE, limit=_BATCH
            )
            remaining = iter(batch)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(_CONCURRENCY, len(batch))):
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
            await self._pace.wait(queued.team_id, queued.recipient)
            async with asyncio.timeout(_SECONDS_EACH):
                await self._outbox.notify(
                    queued.team_id, queued.recipient, Message(queued.text)
                )
        except Throttled as error:
            self._pace.rest(queued.team_id, error.retry_after, Use.NOTIFYING)
            await self._notifications.postpone(queued, now + error.retry_after)
        except Refused as error:
            await self._refused(queued, error.code)
        except Exception as error:  # noqa: BLE001 - kept, sent again, and bounded
            await self._keep(queued, repr(error))
        else:
            await self._notifications.close(queued, now)

    async def _refused(self, queued: QueuedNotification, code: str) -> None:
        if refusal_of(code).action in TEAM_WIDE:
            # It waits for a new token, like the digests.
            await self._keep(queued, code)
            return
        log.warning("delivery.cannot_notify", notification=queued.id, code=code)
        try:
            await self._forward(queued)
        except SlackFault as fault:
            await self._keep(queued, fault.code)
        else:
            now = self._clock.now()
            await self._notifications.close(queued, now, failure=code)

    async def _forward(self, queued: QueuedNotification) -> None:
        """Forward a notification that can't reach its recipient to administrators.

        Raises:
            SlackFault: Slack did not say who they are; it is tried again later.
        """
        is_person = queued.recipient.startswith(("U", "W"))
        if not is_person or queued.text.startswith(_FORWARDED):
            return
        text = f"{_FORWARDED}<@{queued.recipient}>: {queued.text}"
        others = await self._administrators(queued.team_id)
        await self._notifications.add(
            queued.team_id,
            [
                Notification(recipient=other, text=text)
                for other in others
                if other != queued.recipient
            ],
            self._clock.now(),
        )

    async def _keep(self, queued: QueuedNotification, failure: str) -> None:
        """Keep it in the queue, unless it is too old."""
        log.warning("delivery.notify_failed", notification=queued.id, error=failure)
        now = self._clock.now()
        if now - queued.created_at >= _KEPT_FOR:
            await self._notifications.close(queued, now, failure=failure)
        else:
            await self._notifications.postpone(queued, now + backoff(queued.attempts))
