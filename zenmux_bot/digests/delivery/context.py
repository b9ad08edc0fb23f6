"""What every step of delivery works with: the store, Slack, the clock, the times."""

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
    """Nothing is sent, as the subscription asks for; the history shows the reason.

    Attributes:
        reason: Why.
        notify: The owner did not ask for that, and hears of it.
    """

    reason: str
    notify: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """The newest day needed is not there yet; ask again at ``until``."""

    until: datetime
    reason: str


class Composer(Protocol):
    """Makes a digest's content from what ZenMux says."""

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
            subscription: What is wanted.
            occurrence: The time and the days to report.
            late: It goes out well after its hour, and says so.
            final: It has waited long enough: send what is there with "data through
                …", or say why there is nothing.

        Raises:
            BotError: It cannot be made now.
        """
        ...


@dataclass(frozen=True, slots=True)
class CannotSearch:
    """The bot may not read the channel, so nobody knows what is in it."""


class Outbox(Protocol):
    """Posts to Slack. It never sends a request twice by itself."""

    async def post(
        self,
        location: Location,
        message: Message,
        *,
        metadata: Mapping[str, object],
    ) -> Posted:
        """Post a message that carries ``metadata`` to a channel, thread or person.

        Raises:
            Refused: For good, until a person acts; nothing was posted.
            PayloadRefused: The blocks do not pass; nothing was posted.
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
            since: It is no older than this by this machine's clock. Slack's clock
                may differ, so at least one whole page is read whatever its times.

        Raises:
            SlackFault: Searching failed; nothing is known.
        """
        ...

    async def notify(self, team_id: str, recipient: str, message: Message) -> None:
        """Send a direct message to a user, or a message to a channel.

        Raises:
            SlackFault: It was not sent, or nobody knows.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """The times that delivery keeps to, all derived from the length of a lease.

    Attributes:
        holder: This worker's name in its claims.
        lease: How long a claim is left alone by others.
        patience: How long an entry is tried, or waits for late data.
        straggling: The least time that a request we gave up on is waited for; how
            long Slack takes does not depend on our lease.
    """

    holder: str
    lease: timedelta
    patience: timedelta = PATIENCE
    straggling: timedelta = timedelta(seconds=20)

    @property
    def post_timeout(self) -> timedelta:
        """Half a lease, so that nobody takes over while a post is under way."""
        return self.lease / 2

    @property
    def doubt(self) -> timedelta:
        """How long a request that we gave up on may still arrive."""
        return max(self.lease / 4, self.straggling)

    @property
    def search_timeout(self) -> timedelta:
        """A quarter of a lease: with a post before it, a search ends within one."""
        return self.lease / 4

    def claim(
        self,
        now: datetime,
        channel_id: str,
        *,
        thread_ts: str | None = None,
        composed: Composed | None = None,
    ) -> Claim:
        """Return this worker's claim, with what it is about to post and where."""
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
    """What the steps of delivery work with.

    Attributes:
        ledger: The memory of what is posted.
        composer: Makes digests.
        outbox: Posts to Slack.
        operations: Knows the channel that hears of failures, if one is set.
        pace: Keeps to Slack's limits.
        clock: Tells the time.
        settings: The times to keep to.
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
