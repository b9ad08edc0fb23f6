"""The ledger in the store: claims, hand-backs and settlements of posts.

Every change names the version it is based on and has no effect on a newer one, so
that of several workers one succeeds and the others learn that they did not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.digests.ledger import Claim, Entry, Part, Settlement, State, Telling
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.store.consequences import enter_reply, pause, tell
from zenmux_bot.store.database import Database
from zenmux_bot.store.rows import entry_from, subscription_from
from zenmux_bot.store.tables import occurrences, subscriptions

# No lease and no rest is longer. One that seems to be was written before the clock
# was set back, and is over.
_LONGEST_LEASE = timedelta(hours=1)
_LONGEST_REST = timedelta(hours=6)

log = structlog.get_logger(__name__)


class Ledger:
    """The posts of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ready(
        self, now: datetime, *, limit: int, resting: Collection[str] = ()
    ) -> list[tuple[Entry, Subscription]]:
        """Return what may be tried now, and claims whose lease is over.

        Args:
            now: The instant.
            limit: How many at most.
            resting: Workspaces that Slack told to wait.
        """
        at = occurrences.c
        due = and_(
            at.state == State.DUE,
            # Not before its hour, even if the clock was set back meanwhile; what a
            # person asked for and the reply to what was sent have had theirs.
            or_(at.due_at <= now, at.by_hand.is_(True), at.part == Part.REPLY),
            or_(at.retry_at <= now, at.retry_at > now + _LONGEST_REST),
        )
        query = (
            select(occurrences)
            .join(subscriptions)
            .where(
                or_(due, _stale(now)),
                subscriptions.c.team_id.not_in(resting),
            )
            .order_by(at.retry_at, at.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            entries = [entry_from(row) for row in await connection.execute(query)]
            if not entries:
                return []
            owners = await connection.execute(
                select(subscriptions).where(
                    subscriptions.c.id.in_({entry.subscription_id for entry in entries})
                )
            )
            by_id = {row.id: subscription_from(row) for row in owners}
        return [(entry, by_id[entry.subscription_id]) for entry in entries]

    async def claim(self, entry: Entry, claim: Claim) -> Entry | None:
        """Claim a due entry, or return None when another was faster.

        A pause skips what is due, so it counts as another.
        """
        return await self._change(
            entry,
            occurrences.c.state == State.DUE,
            state=State.CLAIMED,
            holder=claim.holder,
            lease_until=claim.until,
            claimed_at=func.coalesce(occurrences.c.claimed_at, claim.at),
            channel_id=claim.channel_id,
            data_through=claim.data_through,
            figures=claim.figures,
            reply_wanted=claim.reply_wanted,
        )

    async def take_over(self, entry: Entry, claim: Claim) -> Entry | None:
        """Take over a claim whose lease is over, or return None."""
        return await self._change(
            entry, _stale(claim.at), holder=claim.holder, lease_until=claim.until
        )

    async def release_in_doubt(
        self, entry: Entry, until: datetime, *, failures: int
    ) -> Entry | None:
        """Leave a claim to whoever comes after ``until`` and looks for the post."""
        return await self._change(
            entry,
            occurrences.c.state == State.CLAIMED,
            holder=None,
            lease_until=until,
            failures=failures,
        )

    async def hand_back(
        self,
        entry: Entry,
        *,
        retry_at: datetime,
        reason: str,
        failures: int,
        tellings: Sequence[Telling] = (),
        now: datetime,
    ) -> Entry | None:
        """Make an entry due again that was surely not posted, or return None."""
        async with self._database.writing() as connection:
            changed = await _change(
                connection,
                entry,
                occurrences.c.state.in_((State.DUE, State.CLAIMED)),
                state=State.DUE,
                retry_at=retry_at,
                reason=reason,
                failures=failures,
                holder=None,
                lease_until=None,
            )
            if changed is not None:
                await tell(connection, changed, tellings, now)
        return changed

    async def settle(self, entry: Entry, settlement: Settlement) -> Entry | None:
        """Record how an entry ended, or return None when that was no longer open.

        That it was sent is proven by the message, whoever holds the claim by then;
        every other end holds only for the version that it is based on.
        """
        async with self._database.writing() as connection:
            settled = await _change(
                connection,
                entry,
                occurrences.c.state.in_((State.DUE, State.CLAIMED, State.UNKNOWN))
                if settlement.state is State.SENT
                else occurrences.c.state.in_((State.DUE, State.CLAIMED)),
                any_version=settlement.state is State.SENT,
                state=settlement.state,
                reason=settlement.reason,
                channel_id=func.coalesce(
                    settlement.channel_id, occurrences.c.channel_id
                ),
                ts=settlement.ts,
                settled_at=settlement.at,
                holder=None,
                lease_until=None,
            )
            if settled is None:
                return None
            await tell(connection, settled, settlement.tellings, settlement.at)
            if settlement.pause is not None:
                await pause(connection, settled, settlement.pause, settlement.at)
            if settlement.state is State.SENT and settled.reply_wanted:
                await enter_reply(self._database, connection, settled, settlement.at)
        late = settlement.at - settled.occurrence.at
        log.info(
            "delivery.settled",
            key=settled.key,
            part=str(settled.part),
            state=str(settlement.state),
            reason=settlement.reason,
            late_seconds=late.total_seconds(),
        )
        return settled

    async def reply_to(self, main: Entry) -> Entry | None:
        """Return the entry of the reply to a main post, if it has one."""
        query = select(occurrences).where(
            occurrences.c.subscription_id == main.subscription_id,
            occurrences.c.nominal == main.occurrence.nominal,
            occurrences.c.part == Part.REPLY,
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else entry_from(row)

    async def _change(
        self, entry: Entry, condition: ColumnElement[bool], **values: Any
    ) -> Entry | None:
        async with self._database.writing() as connection:
            return await _change(connection, entry, condition, **values)


def _stale(now: datetime) -> ColumnElement[bool]:
    """Say which claims are over: in the past, or further ahead than any can be."""
    return and_(
        occurrences.c.state == State.CLAIMED,
        or_(
            occurrences.c.lease_until <= now,
            occurrences.c.lease_until > now + _LONGEST_LEASE,
        ),
    )


async def _change(
    connection: AsyncConnection,
    entry: Entry,
    condition: ColumnElement[bool],
    *,
    any_version: bool = False,
    **values: Any,
) -> Entry | None:
    """Change a row that is as ``entry`` says, or return None.

    A row that another transaction is changing counts as changed already.
    """
    at = occurrences.c
    wanted = select(at.id).where(at.id == entry.id, condition)
    if any_version:
        wanted = wanted.with_for_update()
    else:
        wanted = wanted.where(at.version == entry.version).with_for_update(
            skip_locked=True, of=occurrences
        )
    changed = await connection.execute(
        update(occurrences)
        .where(at.id == wanted.scalar_subquery())
        .values(values | {"version": at.version + 1})
        .returning(*occurrences.c)
    )
    row = changed.one_or_none()
    return None if row is None else entry_from(row)
