"""What a database that is away looks like, and how to do without it for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg  # type: ignore[import-untyped]  # it has no types
import structlog
from sqlalchemy.exc import SQLAlchemyError

AWAY: tuple[type[Exception], ...] = (
    SQLAlchemyError,
    # Raised as they are while a connection is made:
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)

log = structlog.get_logger(__name__)


@contextmanager
def doing_without(what: str) -> Iterator[None]:
    """Go on when the database fails at something that can be done without."""
    try:
        yield
    except AWAY as error:
        log.warning("database.done_without", what=what, kind=type(error).__name__)
