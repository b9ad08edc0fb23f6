"""What Alembic runs to migrate: on the connection and in the transaction given."""

from __future__ import annotations

from alembic import context

from zenmux_bot.store.installations import bots
from zenmux_bot.store.tables import answers

# Importing a module of tables adds them to the one metadata.
assert bots.metadata is answers.metadata  # noqa: S101 - the reason of both imports
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=answers.metadata,
)
with context.begin_transaction():
    context.run_migrations()
