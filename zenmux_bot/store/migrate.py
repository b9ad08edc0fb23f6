"""Running the packaged migrations, by one process while the others wait."""

from __future__ import annotations

from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

_LOCK_KEY = 0x7A656E6D7578
"""PostgreSQL's advisory locks are numbers: "zenmux" in ASCII."""

log = structlog.get_logger(__name__)


def migrate(connection: Connection) -> None:
    """Bring the tables up to date within the connection's transaction.

    A database that a newer version has already migrated is left as it is: during a
    deploy old and new processes run side by side, and a migration only adds what
    the old ones can do without.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY}
        )
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in scripts.walk_revisions()}
    present = set(MigrationContext.configure(connection).get_current_heads())
    if not present <= known:
        log.warning("store.newer_schema", revisions=sorted(present))
    elif present != set(scripts.get_heads()):
        command.upgrade(config, "head")
