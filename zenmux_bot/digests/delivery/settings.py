"""The times that delivery keeps to, all derived from the length of a lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zenmux_bot.digests.delivery.ports import Composed
from zenmux_bot.digests.ledger import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """The times that delivery keeps to.

    Attributes:
        holder: This worker's name in its claims.
        lease: How long a claim is left alone by others.
        patience: How long an entry is tried, or waits for late data.
        straggling: The least time that a request we gave up on is waited for; how
            long Slack takes does not depend on our lease.
    """

    holder: str
    lease: timedelta
    patience: timedelta = timedelta(hours=6)
    straggling: timedelta = timedelta(seconds=20)

    @property
    def post_timeout(self) -> timedelta:
        """Half a lease, so that nobody takes over while a post is on its way."""
        return self.lease / 2

    @property
    def doubt(self) -> timedelta:
        """How long a request that we gave up on may still arrive."""
        return max(self.lease / 4, self.straggling)

    @property
    def look_timeout(self) -> timedelta:
        """A quarter of a lease: with a post before it, a look ends within one."""
        return self.lease / 4

    def claim(
        self, now: datetime, channel_id: str, composed: Composed | None = None
    ) -> Claim:
        """Return this worker's claim, with what it is about to post and where."""
        until = now + self.lease
        if composed is None:
            return Claim(holder=self.holder, at=now, until=until, channel_id=channel_id)
        return Claim(
            holder=self.holder,
            at=now,
            until=until,
            channel_id=channel_id,
            data_through=composed.data_through,
            figures=composed.figures,
            reply_wanted=composed.reply is not None,
        )
