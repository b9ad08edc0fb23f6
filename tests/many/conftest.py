from __future__ import annotations

import sys
from pathlib import Path

# The databases and examples are those of the store's tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "store"))

from databases import (
    database,
    database_url,
    emptied,
    empty_postgres_url,
    postgres_server,
    postgres_url,
    sqlite_url,
)

__all__ = [
    "database",
    "database_url",
    "emptied",
    "empty_postgres_url",
    "postgres_server",
    "postgres_url",
    "sqlite_url",
]
