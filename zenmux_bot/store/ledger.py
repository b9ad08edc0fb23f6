"""The ledger: what is to be posted exactly once, and what became of it.

Two tables hold its entries: the digests' occurrences, and the outbound messages of
other features. Every change names the version it is based on and has no effect on a
newer one, so of several workers one succeeds and the others notice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Table, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.digests.audit import THE_BOT
from zenmux_bot.digests.delivery.entries import (
    Claim,
    DigestPost,
    Entry,
    Notification,
    OutboundEntry,
    OutboundMessage,
    OutboundPost,
    Part,
    Pause,
    Post,
    State,
    Transition,
)
from zenmux_bot.digests.subscriptions import ID_PREFIX
from zenmux_bot.store.database import Database
from zenmux_bot.store.notifications import add_notifications
from zenmux_bot.store.rows import (
    entry_from,
    new_entry_values,
    new_outbound_values,
    outbound_from,
    subscription_from,
)
from zenmux_bot.store.subscriptions import pause_where
from zenmux_bot.store.tables import occurrences, outbound_messages, subscriptions

# No lease and no wait is longer. A longer one was written before the clock was set
# back, and counts as over.
_LONGEST_LEASE = timedelta(hours=1)
_LONGEST_WAIT = timedelta(hours=6)

log = structlog.get_logger(__name__)


class Ledger:
    """The posts of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enqueue(self, message: OutboundMessage, *, now: datetime) -> bool:
        """Enqueue a message to be posted once; return whether its key is new.

        A key that is already there changes nothing, whatever became of its message.
        """
        async with self._database.writing() as connection:
            return await enqueue(self._database, connection, message, now=now)

    async def posted(self, key: str) -> tuple[str, str] | None:
        """Return channel and timestamp of the message posted under a key, if any."""
        entry = await self.find(key)
        if entry is None or entry.channel_id is None or entry.ts is None:
            return None
        return entry.channel_id, entry.ts

    async def find(self, key: str) -> Entry | OutboundEntry | None:
        """Return the entry that a key names: an outbound message's or a digest's."""
        async with self._database.reading() as connection:
            if not key.startswith(ID_PREFIX):
                query = select(outbound_messages).where(outbound_messages.c.key == key)
                row = (await connection.execute(query)).one_or_none()
                return None if row is None else outbound_from(row)
            subscription_id, _, nominal = key.partition(":")
            part = Part.REPLY if nominal.endswith(f":{Part.REPLY}") else Part.MAIN
            at = occurrences.c
            query = select(occurrences).where(
                at.subscription_id == subscription_id,
                at.nominal == nominal.removesuffix(f":{Part.REPLY}"),
                at.part == part,
            )
            row = (await connection.execute(query)).one_or_none()
            return None if row is None else entry_from(row)

    async def ready(
        self, now: datetime, *, limit: int, resting: Collection[str] = ()
    ) -> list[Post]:
        """Return entries that are due now, and claims whose lease is over.

        Args:
            now: The instant.
            limit: The most of each kind.
            resting: Workspaces that Slack rate-limits.
        """
        async with self._database.reading() as connection:
            digests = await _ready_digests(connection, now, limit, resting)
            others = await _ready_outbound(connection, now, limit, resting)
        return [*digests, *others]

    async def claim(self, post: Post, claim: Claim) -> Post | None:
        """Claim a due entry, or return None if it is no longer as composed.

        Another worker may have claimed it, a pause skipped it, or an edit changed the
        digest.
        """
        table = _table_of(post)
        is_as_composed = table.c.state == State.DUE
        if isinstance(post, DigestPost) and post.entry.part is Part.MAIN:
            is_as_composed &= exists().where(
                subscriptions.c.id == post.subscription.id,
                subscriptions.c.revision == post.subscription.revision,
            )
        values: dict[str, Any] = {
            "state": State.CLAIMED,
            "holder": claim.holder,
            "lease_until": claim.until,
            "claimed_at": func.coalesce(table.c.claimed_at, claim.at),
            "channel_id": claim.channel_id,
        }
        if claim.composed is not None:
            values |= {
                "data_through": claim.composed.data_through,
                "figures": claim.composed.figures,
                "reply_wanted": claim.composed.reply is not None,
                "news": claim.composed.news or None,
            }
        if isinstance(post, OutboundPost):
            values["thread_ts"] = claim.thread_ts
        async with self._database.writing() as connection:
            return await _change(connection, post, is_as_composed, **values)

    async def take_over(self, post: Post, claim: Claim) -> Post | None:
        """Take over a claim whose lease is over, or return None."""
        async with self._database.writing() as connection:
            return await _change(
                connection,
                post,
                _is_stale(_table_of(post), claim.at),
                holder=claim.holder,
                lease_until=claim.until,
            )

    async def apply(self, post: Post, step: Transition) -> Post | None:
        """Record a transition, or return None if the entry no longer allows it.

        A sent digest's reply is enqueued and returned with it.

        Being sent is recorded whoever holds the claim by then, since the message proves
        it; any other transition needs the version that it is based on.
        """
        table = _table_of(post)
        is_sent = step.state is State.SENT
        async with self._database.writing() as connection:
            changed = await _change(
                connection,
                post,
                table.c.state.in_(_OPEN_FOR.get(step.state, _OPEN)),
                any_version=is_sent,
                **_values_of(step, table),
            )
            if changed is None:
                return None
            told = [(changed.team_id, each) for each in step.notifications]
            await add_notifications(connection, told, step.at)
            if step.pause is not None:
                await _pause(connection, changed, step.pause, step.at)
            if is_sent and isinstance(changed, DigestPost):
                reply = await _enter_reply(
                    self._database, connection, changed.entry, step.at
                )
                changed = replace(changed, reply=reply)
        _log_step(changed, step)
        return changed


async def enqueue(
    database: Database,
    connection: AsyncConnection,
    message: OutboundMessage,
    *,
    now: datetime,
) -> bool:
    """Enqueue a message within the transaction of what it reports."""
    added = await connection.execute(
        database.insert(outbound_messages)
        .values(new_outbound_values(message, now))
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return bool(added.rowcount)


_OPEN = (State.DUE, State.CLAIMED)
_OPEN_FOR = {
    State.SENT: (*_OPEN, State.UNKNOWN),
    State.CLAIMED: (State.CLAIMED,),
}
"""The states from which each state can be reached; others from ``_OPEN``."""


def _values_of(step: Transition, table: Table) -> dict[str, Any]:
    """Return the columns that a transition sets."""
    if step.state is State.CLAIMED:  # in doubt: the next worker checks it
        return {
            "holder": None,
            "lease_until": step.retry_at,
            "failures": step.failures,
        }
    values: dict[str, Any] = {
        "state": step.state,
        "reason": step.reason,
        "holder": None,
        "lease_until": None,
    }
    if step.state is State.DUE:
        return {**values, "retry_at": step.retry_at, "failures": step.failures}
    values["settled_at"] = step.at
    if step.posted is not None:
        values |= {"channel_id": step.posted.channel_id, "ts": step.posted.ts}
    if table is outbound_messages:
        # The text is in Slack now, or nowhere; the key prevents a second post.
        values["message"] = {}
    return values


def _log_step(post: Post, step: Transition) -> None:
    if step.state in _OPEN:
        return
    due_at = (
        post.entry.occurrence.at
        if isinstance(post, DigestPost)
        else post.entry.planned_at
    )
    log.info(
        "delivery.settled",
        key=post.entry.key,
        part=str(post.entry.part) if isinstance(post, DigestPost) else str(Part.MAIN),
        state=str(step.state),
        reason=step.reason,
        late_seconds=(step.at - due_at).total_seconds(),
    )


async def _ready_digests(
    connection: AsyncConnection,
    now: datetime,
    limit: int,
    resting: Collection[str],
) -> list[DigestPost]:
    at = occurrences.c
    due = and_(
        at.state == State.DUE,
        # Not before its time, even if the clock was set back. Manual sends and
        # replies are past theirs.
        or_(at.due_at <= now, at.by_hand.is_(True), at.part == Part.REPLY),
        _may_retry(occurrences, now),
    )
    # In turns, so that one workspace's thousand digests don't delay another's one.
    turn = func.row_number().over(
        partition_by=subscriptions.c.team_id, order_by=(at.retry_at, at.id)
    )
    ready = (
        select(at.id)
        .join(subscriptions)
        .where(
            or_(due, _is_stale(occurrences, now)),
            subscriptions.c.team_id.not_in(resting),
        )
        .order_by(turn, at.retry_at)
        .limit(limit)
    )
    query = select(occurrences).where(at.id.in_(ready)).order_by(at.retry_at, at.id)
    entries = [entry_from(row) for row in await connection.execute(query)]
    if not entries:
        return []
    owners = await connection.execute(
        select(subscriptions).where(
            subscriptions.c.id.in_({entry.subscription_id for entry in entries})
        )
    )
    by_id = {row.id: subscription_from(row) for row in owners}
    return [
        DigestPost(entry=entry, subscription=by_id[entry.subscription_id])
        for entry in entries
    ]


async def _ready_outbound(
    connection: AsyncConnection,
    now: datetime,
    limit: int,
    resting: Collection[str],
) -> list[OutboundPost]:
    at = outbound_messages.c
    due = and_(at.state == State.DUE, _may_retry(outbound_messages, now))
    query = (
        select(outbound_messages)
        .where(or_(due, _is_stale(outbound_messages, now)), at.team_id.not_in(resting))
        .order_by(at.retry_at, at.id)
        .limit(limit)
    )
    rows = await connection.execute(query)
    return [OutboundPost(entry=outbound_from(row)) for row in rows]


def _may_retry(table: Table, now: datetime) -> ColumnElement[bool]:
    """Return the condition for due rows that may be tried again."""
    return or_(table.c.retry_at <= now, table.c.retry_at > now + _LONGEST_WAIT)


def _is_stale(table: Table, now: datetime) -> ColumnElement[bool]:
    """Return the condition for claims whose lease is over or impossibly long."""
    return and_(
        table.c.state == State.CLAIMED,
        or_(
            table.c.lease_until <= now,
            table.c.lease_until > now + _LONGEST_LEASE,
        ),
    )


def _table_of(post: Post) -> Table:
    return occurrences if isinstance(post, DigestPost) else outbound_messages


async def _change(
    connection: AsyncConnection,
    post: Post,
    condition: ColumnElement[bool],
    *,
    any_version: bool = False,
    **values: Any,
) -> Post | None:
    """Change a row that still matches ``post``, or return None.

    A row that another transaction is changing counts as changed.
    """
    table, entry = _table_of(post), post.entry
    wanted = select(table.c.id).where(table.c.id == entry.id, condition)
    if any_version:
        wanted = wanted.with_for_update()
    else:
        wanted = wanted.where(table.c.version == entry.version).with_for_update(
            skip_locked=True, of=table
        )
    changed = await connection.execute(
        update(table)
        .where(table.c.id == wanted.scalar_subquery())
        .values(values | {"version": table.c.version + 1})
        .returning(*table.c)
    )
    row = changed.one_or_none()
    if row is None:
        return None
    if isinstance(post, DigestPost):
        return replace(post, entry=entry_from(row))
    # The stored text is gone once posted, but the caller may still need it.
    return replace(post, entry=replace(outbound_from(row), message=post.entry.message))


async def _enter_reply(
    database: Database, connection: AsyncConnection, main: Entry, now: datetime
) -> Entry | None:
    """Enqueue the reply to a sent post; its thread is known only now."""
    if not main.reply_wanted:
        return None
    added = await connection.execute(
        database.insert(occurrences)
        .values(
            new_entry_values(
                main.subscription_id,
                main.occurrence,
                part=Part.REPLY,
                by_hand=main.by_hand,
                retry_at=now,
                planned_at=now,
                channel_id=main.channel_id,
                thread_ts=main.ts,
            )
        )
        .on_conflict_do_nothing()
        .returning(*occurrences.c)
    )
    row = added.one_or_none()
    return None if row is None else entry_from(row)


async def _pause(
    connection: AsyncConnection, post: Post, pause: Pause, now: datetime
) -> None:
    """Pause the digests that a refusal affects, and notify their owners."""
    concerned = (
        subscriptions.c.id == post.subscription.id
        if isinstance(post, DigestPost) and not pause.whole_team
        else subscriptions.c.team_id == post.team_id
    )
    paused = await pause_where(
        connection, (concerned,), reason=pause.reason, by=THE_BOT, now=now
    )
    owners = {subscription.owner_id for subscription in paused}
    if not pause.whole_team:
        # Also if it was paused already and this one was sent manually.
        owners.add(post.owner_id)
    told = [
        (post.team_id, Notification(recipient=owner, text=pause.text))
        for owner in sorted(owners)
    ]
    await add_notifications(connection, told, now)
