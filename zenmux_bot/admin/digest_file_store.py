"""Bringing the digests of a file into the store, all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from zenmux_bot.admin.digest_file_changes import Changes
from zenmux_bot.digests.audit import THE_OPERATOR
from zenmux_bot.digests.subscriptions import (
    Subscription,
    SubscriptionChanged,
    SubscriptionState,
    readable_id,
)
from zenmux_bot.store.database import Database
from zenmux_bot.store.rows import subscription_values
from zenmux_bot.store.subscriptions import (
    planning_from,
    record,
    select_subscriptions,
    skip_due,
    store_change,
)
from zenmux_bot.store.tables import subscriptions


class DeclaredDigests:
    """The digests of all workspaces, as an operator sees them.

    Args:
        database: Where they are.
        pick: Picks one character of an alphabet; ids are made with it.
    """

    def __init__(self, database: Database, pick: Callable[[str], str]) -> None:
        self._database = database
        self._pick = pick

    async def every(self) -> list[Subscription]:
        """Return every digest, the oldest first, deleted ones too."""
        async with self._database.reading() as connection:
            return await select_subscriptions(connection)

    async def apply(self, changes: Changes, now: datetime) -> None:
        """Make the digests as wanted.

        Raises:
            SubscriptionChanged: Someone changed one of them in the meantime; then
                nothing was done.
        """
        async with self._database.writing() as connection:
            taken = set(await connection.scalars(select(subscriptions.c.id)))
            for addition in changes.additions:
                id_ = addition.wanted.id or self._free_id(taken)
                taken.add(id_)
                created = addition.wanted.subscription(id_, now)
                await connection.execute(
                    subscriptions.insert().values(
                        subscription_values(created) | planning_from(created, now)
                    )
                )
                await record(connection, created, "import", by=THE_OPERATOR, at=now)
            for each in changes.alterations:
                found = await select_subscriptions(
                    connection,
                    subscriptions.c.id == each.before.id,
                    subscriptions.c.revision == each.before.revision,
                    for_update=True,
                )
                if not found:
                    raise SubscriptionChanged(
                        f"{each.before.id} was changed by someone else in the meantime"
                    )
                active = SubscriptionState.ACTIVE
                begins = each.after.state is active and each.before.state is not active
                if each.after.state is not active:
                    await skip_due(
                        connection, [each.after.id], "paused", now, by_hand=False
                    )
                await store_change(
                    connection,
                    each.after,
                    "import",
                    by=THE_OPERATOR,
                    now=now,
                    anew=begins or each.before.schedule != each.after.schedule,
                )

    def _free_id(self, taken: set[str]) -> str:
        while True:
            id_ = readable_id(self._pick)
            if id_ not in taken:
                return id_
