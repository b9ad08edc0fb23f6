"""Encrypting every stored secret anew, with the newest key."""

from __future__ import annotations

from sqlalchemy import select, update

from zenmux_bot.store.database import Database
from zenmux_bot.store.installation_tables import (
    SECRETS,
    bots,
    installations,
    workspace_keys,
)
from zenmux_bot.store.vault import Vault

_PLACES = (
    *((table, name) for table in (bots, installations) for name in SECRETS),
    (workspace_keys, "secret"),
)


async def rekey(database: Database, vault: Vault) -> int:
    """Encrypt all secrets with the newest key, and return how many there are.

    Raises:
        ConfigError: One of them was stored with a key that is missing; then nothing
            was changed.
    """
    count = 0
    async with database.writing() as connection:
        for table, name in _PLACES:
            if name not in table.columns:
                continue
            column = table.columns[name]
            [key] = table.primary_key.columns
            query = select(key, column).where(column.is_not(None)).with_for_update()
            for identity, stored in (await connection.execute(query)).all():
                await connection.execute(
                    update(table)
                    .where(key == identity)
                    .values({column: vault.renew(stored)})
                )
                count += 1
    return count
