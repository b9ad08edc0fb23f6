"""What every step of delivery works with: store, composer, Slack, clock, settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.entries import (
    PATIENCE,
    Claim,
    Composed,
    Posted,
)
from zenmux_bot.digests.delivery.pacing import Pace
from zenmux_bot.digests.schedule import Occurrence
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.render.message import Message
from zenmux_bot.store.conversations import OperationsChannel
from zenmux_bot.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing is sent; the history shows the reason.

    Attributes:
        reason: Why.
        notify: The owner is notified, since the subscription did not ask for it.
    """

    reason: str
    notify: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """The newest day needed is not available yet; ask again at ``until``."""

    until: datetime
    reason: str


class Composer(Protocol):
    """Composes digests from ZenMux's figures."""

    async def compose(
        self,
        subscription: Subscription,
        occurrence: Occurrence,
        *,
        late: bool,
        final: bool,
    ) -> Composed | Skip | Wait:
        """Return the digest of an occurrence.

        It may be called several times for one occurrence.

        Args:
            subscription: The digest.
            occurrence: The time and the days to report.
            late: It is well past its time, and says so.
            final: It has waited long enough: send what is available with "data
                through …", or say why there is nothing.

        Raises:
            BotError: It can't be composed now.
        """
        ...


@dataclass(frozen=True, slots=True)
class CannotSearch:
    """The bot may not read the channel, so it can't tell what is in it."""


class Outbox(Protocol):
    """Posts to Slack; never sends a request twice by itself."""

    async def post(
        self,
        location: Location,
        message: Message,
        *,
        metadata: Mapping[str, object],
    ) -> Posted:
        """Post a message that carries ``metadata`` to a channel, thread or person.

        Raises:
            Refused: Nothing was posted, and nothing will be until a person acts.
            PayloadRefused: Slack refused the blocks; nothing was posted.
            Throttled: Nothing was posted.
            Ambiguous: The reply was lost; it may have been posted.
        """
        ...

    async def find_marker(
        self,
        location: Location,
        key: str,
        *,
        since: datetime,
    ) -> Posted | CannotSearch | None:
        """Search for the bot's own message whose metadata carry ``key``.

        Args:
            location: Where to search: in a channel, or among the replies of a thread.
            key: The marker.
            since: It is not older than this by this machine's clock. Slack's clock
                may differ, so at least one full page is read whatever its times.

        Raises:
            SlackFault: The search failed.
        """
        ...

    async def notify(self, team_id: str, recipient: str, message: Message) -> None:
        """Send a direct message to a user, or a message to a channel.

        Raises:
            SlackFault: It was not sent, or may not have been.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """The durations of delivery, all derived from the length of a lease.

    Attributes:
        holder: This worker's name in its claims.
        lease: How long a claim is left alone by others.
        patience: How long an entry is tried, or waits for late data.
        min_doubt: The minimum of ``doubt``, since how long Slack takes does not
            depend on the lease.
    """

    holder: str
    lease: timedelta
    patience: timedelta = PATIENCE
    min_doubt: timedelta = timedelta(seconds=20)

    @property
    def post_timeout(self) -> timedelta:
        """Half a lease, so no other worker takes over during a post."""
        return self.lease / 2

    @property
    def doubt(self) -> timedelta:
        """How long a request that timed out may still arrive at Slack."""
        return max(self.lease / 4, self.min_doubt)

    @property
    def search_timeout(self) -> timedelta:
        """A quarter of a lease, so a post and a search fit into one."""
        return self.lease / 4

    def claim(
        self,
        now: datetime,
        channel_id: str,
        *,
        thread_ts: str | None = None,
        composed: Composed | None = None,
    ) -> Claim:
        """Return this worker's claim, with what it will post and where."""
        return Claim(
            holder=self.holder,
            at=now,
            until=now + self.lease,
            channel_id=channel_id,
            thread_ts=thread_ts,
            composed=composed,
        )


@dataclass(frozen=True, kw_only=True)
class Context:
    """The collaborators of all steps of delivery.

    Attributes:
        ledger: The record of what is posted.
        composer: Composes digests.
        outbox: Posts to Slack.
        operations: The channel that is notified of failures, if one is set.
        pace: Keeps to Slack's limits.
        clock: The current time.
        settings: The durations.
        sleep: Waits for a number of seconds.
    """

    ledger: Ledger
    composer: Composer
    outbox: Outbox
    operations: OperationsChannel
    pace: Pace
    clock: Clock
    settings: DeliverySettings
    sleep: Callable[[float], Awaitable[None]]
