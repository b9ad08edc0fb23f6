"""Runs the packaged migrations in one process while the others wait."""

from __future__ import annotations

from pathlib import Path

import structlog
from sqlalchemy import Connection, column, inspect, select, table, text

_LOCK_KEY = 0x7A656E6D7578
"""PostgreSQL's advisory locks are numbers: "zenmux" in ASCII."""

_FOLDER = Path(__file__).parent / "migrations"
_KNOWN = frozenset(path.stem[1:5] for path in _FOLDER.glob("versions/v*.py"))
"""The packaged revisions; each file is named after its own."""

# https://alembic.sqlalchemy.org/en/latest/tutorial.html#running-our-first-migration
_VERSION = table("alembic_version", column("version_num"))

log = structlog.get_logger(__name__)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the tables; None if there are none yet."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.scalar(select(_VERSION.c.version_num))
    return found


def migrate(connection: Connection) -> None:
    """Migrate the tables within the connection's transaction.

    A database that a newer version has migrated is left as it is: during a deploy old
    and new processes run side by side, and migrations only add to the tables.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY}
        )
    present = revision_of(connection)
    if present is not None and present not in _KNOWN:
        log.warning("store.newer_schema", revision=present)
    elif present != max(_KNOWN):
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    """Run the missing migrations."""
    # Most starts have nothing to do, and are faster without loading Alembic.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
