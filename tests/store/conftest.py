from __future__ import annotations

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
