"""How an attempt ends in the ledger, and who hears of it.

The owner hears of everything that does not go out, unless the subscription asked
for that. Replies are quiet: their fate is in the history.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from zenmux_bot.core.clock import Clock
from zenmux_bot.digests import notifications as notices
from zenmux_bot.digests.delivery.ports import Ledger, Operations, Posted
from zenmux_bot.digests.delivery.slack_errors import (
    TEAM_WIDE,
    Action,
    Refusal,
    refusal_of,
)
from zenmux_bot.digests.ledger import Entry, Part, Pause, Settlement, State, Telling
from zenmux_bot.digests.subscriptions import Subscription

_ENOUGH = 3
"""Failures in a row after which the owner hears of it, or it is taken as lasting."""

_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(minutes=30)
_MOST_DOUBLINGS = 10

# A post that Slack accepted is proven only in this process's memory until the
# ledger has it, so a database that is away is given about a minute.
_SETTLE_PAUSES_S = (0.5, 2.0, 8.0, 20.0, 30.0)

log = structlog.get_logger(__name__)


class Endings:
    """Writes down how attempts end.

    Args:
        ledger: Where.
        operations: Knows who else hears of failures.
        clock: Tells when.
        patience: How long an entry is tried from when it was entered.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        operations: Operations,
        clock: Clock,
        patience: timedelta,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._ledger = ledger
        self._operations = operations
        self._clock = clock
        self._patience = patience
        self._sleep = sleep

    async def sent(self, entry: Entry, posted: Posted) -> Entry | None:
        """Settle a post that is in Slack, and insist on it."""
        settlement = Settlement(
            state=State.SENT,
            at=self._clock.now(),
            channel_id=posted.channel_id,
            ts=posted.ts,
        )
        for pause in _SETTLE_PAUSES_S:
            try:
                return await self._ledger.settle(entry, settlement)
            except Exception as error:  # noqa: BLE001 - whatever ails the database
                log.warning("delivery.settle_retry", key=entry.key, error=repr(error))
                await self._sleep(pause)
        return await self._ledger.settle(entry, settlement)

    async def failed_attempt(
        self, entry: Entry, subscription: Subscription, reason: str
    ) -> None:
        """Try again later, or give up when the time for it is over."""
        await self._failed(entry, subscription, reason, backoff(entry.failures + 1))

    async def never_arrived(self, entry: Entry, subscription: Subscription) -> None:
        """Try a post again that was looked for and is not there; at first at once."""
        await self._failed(
            entry, subscription, notices.NEVER_ARRIVED, backoff(entry.failures)
        )

    async def could_not_look(
        self,
        entry: Entry,
        subscription: Subscription,
        retry_at: datetime,
        *,
        asked_to_wait: bool = False,
    ) -> None:
        """Look again later, or say that nobody knows when the time is over."""
        failures = self._after_wait(entry) if asked_to_wait else entry.failures + 1
        if self._is_over(entry, failures):
            await self.unknown(entry, subscription, notices.NOT_LOOKED)
        else:
            await self._ledger.release_in_doubt(entry, retry_at, failures=failures)

    async def throttled(
        self, entry: Entry, subscription: Subscription, retry_after: timedelta
    ) -> None:
        """Try again when Slack said; that is no failure while there is time."""
        await self._again(
            entry,
            subscription,
            "Slack asked to wait",
            self._clock.now() + retry_after,
            failures=self._after_wait(entry),
        )

    async def refused(
        self, entry: Entry, subscription: Subscription, code: str
    ) -> None:
        """Act on a refusal as its table says."""
        refusal = refusal_of(code)
        reason = f"{refusal.explanation} ({code})"
        if refusal.action is Action.RETRY:
            await self.failed_attempt(entry, subscription, reason)
        elif entry.part is Part.REPLY:
            await self._fail(entry, reason)
        elif (
            refusal.action in {Action.CONFIRM, Action.CONFIRM_TEAM}
            and entry.failures + 1 < _ENOUGH
        ):
            await self.failed_attempt(entry, subscription, reason)
        else:
            await self._pause(entry, subscription, code, refusal)

    async def gave_up(
        self, entry: Entry, subscription: Subscription, reason: str
    ) -> None:
        """Settle an entry that will not be sent."""
        tellings = await self._tellings(
            entry, subscription, notices.failed(subscription, entry.occurrence, reason)
        )
        await self._fail(entry, reason, tellings=tellings)

    async def left_out(
        self, entry: Entry, subscription: Subscription, reason: str
    ) -> None:
        """Settle an entry that had nothing to send as long as it waited."""
        tellings = await self._tellings(
            entry, subscription, notices.skipped(subscription, entry.occurrence, reason)
        )
        await self._settle(entry, State.SKIPPED, reason, tellings=tellings)

    async def unknown(
        self, entry: Entry, subscription: Subscription, reason: str
    ) -> None:
        """Settle an entry of which nobody knows whether it was posted."""
        where = replace(
            subscription, channel_id=entry.channel_id or subscription.channel_id
        )
        tellings = await self._tellings(
            entry, subscription, notices.unknown(where, entry.occurrence, reason)
        )
        await self._settle(entry, State.UNKNOWN, reason, tellings=tellings)

    async def _failed(
        self,
        entry: Entry,
        subscription: Subscription,
        reason: str,
        pause: timedelta,
    ) -> None:
        failures = entry.failures + 1
        tellings: tuple[Telling, ...] = ()
        if failures == _ENOUGH:
            hours = int(self._patience / timedelta(hours=1))
            tellings = await self._tellings(
                entry,
                subscription,
                notices.struggling(subscription, entry.occurrence, reason, hours),
            )
        retry_at = self._clock.now() + pause
        await self._again(
            entry, subscription, reason, retry_at, failures=failures, tellings=tellings
        )

    async def _again(
        self,
        entry: Entry,
        subscription: Subscription,
        reason: str,
        retry_at: datetime,
        *,
        failures: int,
        tellings: tuple[Telling, ...] = (),
    ) -> None:
        if self._is_over(entry, failures):
            await self.gave_up(entry, subscription, notices.gave_up(reason))
            return
        await self._ledger.hand_back(
            entry,
            retry_at=retry_at,
            reason=reason,
            failures=failures,
            tellings=tellings,
            now=self._clock.now(),
        )

    def _after_wait(self, entry: Entry) -> int:
        """Count the failures after Slack asked to wait, which ends some time too."""
        in_time = self._clock.now() < entry.planned_at + self._patience
        return entry.failures if in_time else entry.failures + 1

    def _is_over(self, entry: Entry, failures: int) -> bool:
        """Say whether an entry was tried long enough, and often enough for that.

        After a long standstill the time is over, but nothing has been tried yet.
        """
        deadline = entry.planned_at + self._patience
        return self._clock.now() >= deadline and failures >= _ENOUGH

    async def _pause(
        self, entry: Entry, subscription: Subscription, code: str, refusal: Refusal
    ) -> None:
        whole_team = refusal.action in TEAM_WIDE
        text = (
            notices.team_paused(code, refusal.explanation)
            if whole_team
            else notices.paused(
                subscription,
                code,
                refusal.explanation,
                refusal.mend,
                failed=entry.occurrence,
            )
        )
        channel = await self._operations.channel_of(subscription.team_id)
        await self._fail(
            entry,
            f"{refusal.explanation} ({code})",
            tellings=(Telling(recipient=channel, text=text),) if channel else (),
            pause=Pause(reason=code, text=text, whole_team=whole_team),
        )

    async def _fail(
        self,
        entry: Entry,
        reason: str,
        *,
        tellings: tuple[Telling, ...] = (),
        pause: Pause | None = None,
    ) -> None:
        log.error("delivery.failed", key=entry.key, reason=reason)
        await self._settle(entry, State.FAILED, reason, tellings=tellings, pause=pause)

    async def _settle(
        self,
        entry: Entry,
        state: State,
        reason: str,
        *,
        tellings: tuple[Telling, ...],
        pause: Pause | None = None,
    ) -> None:
        await self._ledger.settle(
            entry,
            Settlement(
                state=state,
                at=self._clock.now(),
                reason=reason,
                tellings=tellings,
                pause=pause,
            ),
        )

    async def _tellings(
        self, entry: Entry, subscription: Subscription, text: str
    ) -> tuple[Telling, ...]:
        """Address a text to the owner and the operations channel, if it is told."""
        if entry.part is Part.REPLY:
            return ()
        channel = await self._operations.channel_of(subscription.team_id)
        recipients = [subscription.owner_id] + ([channel] if channel else [])
        return tuple(Telling(recipient=to, text=text) for to in recipients)


def backoff(failures: int) -> timedelta:
    """Return how long to wait after a number of failures in a row."""
    if failures == 0:
        return timedelta(0)
    doublings = min(failures - 1, _MOST_DOUBLINGS)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
