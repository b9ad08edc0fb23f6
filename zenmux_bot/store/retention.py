"""Deletes rows that are older than they need to be kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Column, delete

from zenmux_bot.store.database import Database
from zenmux_bot.store.tables import (
    answers,
    audit,
    failures,
    notices,
    oauth_states,
    outbound_messages,
    said_answers,
    seen_events,
    threads,
)

EVERY = timedelta(hours=6)
_YEAR = timedelta(days=400)
"""Longer than a year, so that the same month of last year is kept."""

KEPT: dict[Column[datetime], timedelta] = {
    threads.c.updated_at: timedelta(days=180),
    notices.c.closed_at: timedelta(days=30),
    # Slack repeats an event for about an hour: https://docs.slack.dev/apis/events-api/
    seen_events.c.seen_at: timedelta(days=1),
    outbound_messages.c.settled_at: _YEAR,
    # Older answers are never shown.
    answers.c.fetched_at: timedelta(days=30),
    failures.c.at: timedelta(days=1),
    audit.c.at: _YEAR,
    oauth_states.c.expires_at: timedelta(days=1),
    # Older versions, which may run beside this one, look back for seconds.
    said_answers.c.said_at: timedelta(days=1),
}
"""By the column that gives a row's age; rows where it is NULL are kept."""

log = structlog.get_logger(__name__)


async def delete_old_rows(database: Database, now: datetime) -> int:
    """Delete rows older than their limit, and return how many."""
    count = 0
    for column, kept in KEPT.items():
        async with database.writing() as connection:
            old = delete(column.table).where(column < now - kept)
            count += (await connection.execute(old)).rowcount
    if count:
        log.info("store.old_rows_deleted", count=count)
    return count
