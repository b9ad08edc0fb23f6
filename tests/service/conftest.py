from __future__ import annotations

import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

# The databases and examples are those of the store's tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "store"))

from asked import desk_before
from databases import (
    emptied,
    empty_postgres_url,
    postgres_server,
    postgres_url,
    quick_database,
    sqlite_url,
)
from worlds import World

__all__ = [
    "emptied",
    "empty_postgres_url",
    "postgres_server",
    "postgres_url",
    "quick_database",
    "sqlite_url",
]


@pytest.fixture
def logs():
    """Keep the log lines: drawing the tracebacks of faults takes most of the time."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def world(quick_database):
    return World(quick_database)


@pytest.fixture
async def desk(clock, sandbox):
    async with desk_before(sandbox, clock) as desk:
        yield desk
