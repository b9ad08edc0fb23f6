"""Secrets at rest: encrypted with a key that the database does not hold.

https://cryptography.io/en/latest/fernet/
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, Text, inspect, select, update
from sqlalchemy.types import TypeDecorator

from zenmux_bot.errors import ConfigError
from zenmux_bot.store.database import Database
from zenmux_bot.store.installation_tables import (
    SECRETS,
    bots,
    installations,
    workspace_keys,
)

_PURPOSE = b"zenmux_bot secrets at rest"
_KEY_BYTES = 32

_COLUMNS = tuple(
    (table, name)
    for table, names in (
        (bots, SECRETS),
        (installations, SECRETS),
        (workspace_keys, ("secret",)),
    )
    for name in names
    if name in table.columns
)
"""All that hold secrets."""


class Vault:
    """Encrypts with the newest key, and decrypts with any.

    Args:
        keys: The keys, the newest first; at least one.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, secret: str) -> str:
        """Return a secret as it may be stored."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Return a stored secret.

        Raises:
            ConfigError: None of the keys fits.
        """
        try:
            return self._fernet.decrypt(stored).decode()
        except InvalidToken:
            raise no_key_fits() from None

    def renew(self, stored: str) -> str:
        """Return a stored secret encrypted with the newest key.

        Raises:
            ConfigError: None of the keys fits.
        """
        try:
            return self._fernet.rotate(stored).decode()
        except InvalidToken:
            raise no_key_fits() from None


class Encrypted(TypeDecorator[str]):
    """A text that the database never sees in clear.

    Args:
        vault: Knows the keys.
    """

    impl = Text
    cache_ok = False

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self._vault = vault

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt."""
        del dialect
        return None if value is None else self._vault.encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt."""
        del dialect
        return None if value is None else self._vault.decrypt(value)


def new_key() -> str:
    """Return a new key."""
    return Fernet.generate_key().decode()


def derived_key(secret: str) -> str:
    """Return the key that follows from another secret of the operator's."""
    derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(secret.encode())).decode()


def no_key_fits() -> ConfigError:
    """Return the complaint about keys that do not open what was stored."""
    return ConfigError(
        "ZENMUX_BOT_ENCRYPTION_KEY: fits none of the stored secrets; put the key that "
        "they were stored with behind the newest one, separated by a comma"
    )


async def rekey(database: Database, vault: Vault) -> int:
    """Encrypt all secrets with the newest key, and return how many there are.

    Raises:
        ConfigError: One of them was stored with a key that is missing; then nothing
            was changed.
    """
    count = 0
    async with database.writing() as connection:
        for table, name in _COLUMNS:
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
            for table, name in _COLUMNS
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
