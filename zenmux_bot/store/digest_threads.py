"""Which question the digest above a thread answers."""

from __future__ import annotations

from sqlalchemy import select

from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.actors import Location
from zenmux_bot.digests.content import question_of
from zenmux_bot.digests.delivery.entries import Part
from zenmux_bot.store.database import Database
from zenmux_bot.store.rows import entry_from, subscription_from
from zenmux_bot.store.tables import occurrences, subscriptions


class DigestThreads:
    """The threads below digests, found through the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def query_of(self, thread: Location) -> str | None:
        """Return the digest's question in canonical words, or None if it is none."""
        of_the_thread = (
            subscriptions.c.team_id == thread.team_id,
            occurrences.c.channel_id == thread.channel_id,
            occurrences.c.ts == thread.thread_ts,
            occurrences.c.part == Part.MAIN,
        )
        posts = select(occurrences).join(subscriptions).where(*of_the_thread)
        owners = select(subscriptions).join(occurrences).where(*of_the_thread)
        async with self._database.reading() as connection:
            post = (await connection.execute(posts)).first()
            owner = (await connection.execute(owners)).first()
        if post is None or owner is None:
            return None
        days = entry_from(post).occurrence.days
        return canonical(question_of(subscription_from(owner), days))
