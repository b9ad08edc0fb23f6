"""Telling people what they have to hear, side by side and at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.pacing import Pace, Use
from zenmux_bot.digests.delivery.ports import Notices, Outbox
from zenmux_bot.digests.delivery.settle import backoff
from zenmux_bot.digests.delivery.slack_errors import TEAM_WIDE, refusal_of
from zenmux_bot.digests.ledger import Notice
from zenmux_bot.errors import Refused, Throttled
from zenmux_bot.render.message import Message

_BATCH = 50
_SIDE_BY_SIDE = 8
_SECONDS_EACH = 10.0

# A whole batch that hangs is over before that.
_LEASE = timedelta(minutes=2)

_KEPT_FOR = timedelta(days=7)
"""A token may take as long to be mended; what is older helps nobody."""

log = structlog.get_logger(__name__)


class Notifier:
    """Tells what is kept until it was told, or nobody can be.

    Args:
        notices: What people have to hear.
        outbox: Tells people.
        pace: Keeps to Slack's limits.
        clock: Tells the time.
    """

    def __init__(
        self, *, notices: Notices, outbox: Outbox, pace: Pace, clock: Clock
    ) -> None:
        self._notices = notices
        self._outbox = outbox
        self._pace = pace
        self._clock = clock
        self._stopping = False

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopping = True

    async def tell(self) -> None:
        """Tell what has to be told now; what fails is kept for later."""
        while not self._stopping:
            now = self._clock.now()
            batch = await self._notices.take(now, until=now + _LEASE, limit=_BATCH)
            remaining = iter(batch)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(_SIDE_BY_SIDE, len(batch))):
                    group.create_task(self._work(remaining))
            if len(batch) < _BATCH:
                return

    async def _work(self, remaining: Iterator[Notice]) -> None:
        for notice in remaining:
            if self._stopping:
                return
            await self._tell_one(notice)

    async def _tell_one(self, notice: Notice) -> None:
        now = self._clock.now()
        if notice.team_id in self._pace.resting(Use.TELLING):
            await self._notices.postpone(notice, now + backoff(notice.attempts))
            return
        try:
            await self._pace.turn(notice.team_id, notice.recipient)
            async with asyncio.timeout(_SECONDS_EACH):
                await self._outbox.tell(
                    notice.team_id, notice.recipient, Message(notice.text)
                )
        except Throttled as error:
            self._pace.rest(notice.team_id, error.retry_after, Use.TELLING)
            await self._notices.postpone(notice, now + error.retry_after)
        except Refused as error:
            if refusal_of(error.code).action in TEAM_WIDE:
                # As the digests wait for a mended token, so does word of it.
                await self._keep(notice, error.code)
            else:
                log.warning("delivery.cannot_tell", notice=notice.id, code=error.code)
                await self._notices.close(notice, now, failure=error.code)
        except Exception as error:  # noqa: BLE001 - kept, told again, and bounded
            await self._keep(notice, repr(error))
        else:
            await self._notices.close(notice, now)

    async def _keep(self, notice: Notice, failure: str) -> None:
        """Tell it later, unless it has grown too old."""
        log.warning("delivery.tell_failed", notice=notice.id, error=failure)
        now = self._clock.now()
        if now - notice.created_at >= _KEPT_FOR:
            await self._notices.close(notice, now, failure=failure)
        else:
            await self._notices.postpone(notice, now + backoff(notice.attempts))
