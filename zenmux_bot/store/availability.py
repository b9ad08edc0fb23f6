"""What a database that is away looks like, and how to do without it for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

UNAVAILABLE: tuple[type[Exception], ...] = (SQLAlchemyError, OSError)
"""What is raised by a database that is away, or that refuses a statement."""

PATIENCE_SECONDS = 2.0
"""For what can be done without; a connection that hangs takes thirty to say so."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def best_effort(what: str) -> AsyncIterator[None]:
    """Go on when the database fails at something that can be done without.

    One that hangs fails as well: somebody is waiting for an answer.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield
    except UNAVAILABLE as error:
        log.warning("database.skipped", what=what, kind=type(error).__name__)
