"""What the end of a post brings with it, within the transaction that settles it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from zenmux_bot.digests.audit import THE_BOT
from zenmux_bot.digests.ledger import Entry, Part, Pause, Telling
from zenmux_bot.store.changes import pause_where
from zenmux_bot.store.database import Database
from zenmux_bot.store.notifications import add_notices
from zenmux_bot.store.rows import new_entry_values
from zenmux_bot.store.tables import occurrences, subscriptions


async def enter_reply(
    database: Database, connection: AsyncConnection, main: Entry, now: datetime
) -> None:
    """Enter the reply to a post that was sent; its thread is known only now."""
    await connection.execute(
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
    )


async def tell(
    connection: AsyncConnection,
    entry: Entry,
    tellings: Sequence[Telling],
    now: datetime,
) -> None:
    """Keep what has to be told, in the workspace that the entry belongs to."""
    if tellings:
        team_id, _ = await _team_and_owner(connection, entry)
        await add_notices(connection, team_id, tellings, now)


async def pause(
    connection: AsyncConnection, entry: Entry, pause: Pause, now: datetime
) -> None:
    """Pause what a refusal concerns and tell everyone who owns some of it."""
    team_id, owner_id = await _team_and_owner(connection, entry)
    paused = await pause_where(
        connection,
        (
            subscriptions.c.team_id == team_id
            if pause.whole_team
            else subscriptions.c.id == entry.subscription_id,
        ),
        reason=pause.reason,
        by=THE_BOT,
        now=now,
    )
    owners = {subscription.owner_id for subscription in paused}
    if not pause.whole_team:
        # Also when it was paused already and a person asked for this one.
        owners.add(owner_id)
    tellings = [Telling(recipient=owner, text=pause.text) for owner in sorted(owners)]
    await add_notices(connection, team_id, tellings, now)


async def _team_and_owner(connection: AsyncConnection, entry: Entry) -> tuple[str, str]:
    query = select(subscriptions.c.team_id, subscriptions.c.owner_id).where(
        subscriptions.c.id == entry.subscription_id
    )
    team_id, owner_id = (await connection.execute(query)).one()
    return team_id, owner_id
