"""The times that delivery keeps to, all derived from the length of a lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zenmux_bot.domain.ledger import Claim
from zenmux_bot.service.ports_delivery import Composed


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The times that delivery keeps to.

    Attributes:
        holder: This worker's name in its claims.
        lease: How long a claim is left alone by others.
        patience: How long an entry is tried, or waits for late data.
    """

    holder: str
    lease: timedelta
    patience: timedelta = timedelta(hours=6)

    @property
    def post_timeout(self) -> timedelta:
        """Half a lease, so that nobody takes over while a post is on its way."""
        return self.lease / 2

    @property
    def doubt(self) -> timedelta:
        """How long a request that we gave up on may still arrive."""
        return self.lease / 4

    def claim(self, now: datetime, composed: Composed | None = None) -> Claim:
        """Return this worker's claim, with what it is about to post."""
        until = now + self.lease
        if composed is None:
            return Claim(holder=self.holder, at=now, until=until)
        return Claim(
            holder=self.holder,
            at=now,
            until=until,
            data_through=composed.data_through,
            figures=composed.figures,
            reply_wanted=composed.reply is not None,
        )
