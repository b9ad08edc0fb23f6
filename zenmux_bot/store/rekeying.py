"""Every stored secret: whether the keys open it, and encrypting it anew."""

from __future__ import annotations

from sqlalchemy import inspect, select, update

from zenmux_bot.errors import ConfigError
from zenmux_bot.store.database import Database
from zenmux_bot.store.installation_tables import (
    SECRETS,
    bots,
    installations,
    workspace_keys,
)
from zenmux_bot.store.vault import Vault

_PLACES = tuple(
    (table, name)
    for table, names in (
        (bots, SECRETS),
        (installations, SECRETS),
        (workspace_keys, ("secret",)),
    )
    for name in names
    if name in table.columns
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


async def count_secrets(
    database: Database, vault: Vault, newest: Vault
) -> tuple[int, int, int]:
    """Return how many secrets are stored, stay shut, and need an older key.

    Args:
        database: Where they are.
        vault: Knows all keys.
        newest: Knows the newest alone.
    """
    stored = await _stored(database)
    shut = sum(not _opens(vault, each) for each in stored)
    old = sum(not _opens(newest, each) for each in stored) - shut
    return len(stored), shut, old


async def opens_any(database: Database, vault: Vault) -> bool:
    """Tell whether the keys open at least one stored secret, or none is stored."""
    stored = await _stored(database)
    return not stored or any(_opens(vault, each) for each in stored)


async def _stored(database: Database) -> list[str]:
    async with database.reading() as connection:
        if not await connection.run_sync(
            lambda known: inspect(known).has_table(workspace_keys.name)
        ):
            return []
        return [
            secret
            for table, name in _PLACES
            for secret in await connection.scalars(
                select(table.columns[name]).where(table.columns[name].is_not(None))
            )
        ]


def _opens(vault: Vault, stored: str) -> bool:
    try:
        vault.decrypt(stored)
    except ConfigError:
        return False
    return True
