"""Encrypts stored secrets with a key that is not in the database.

The library is loaded only if there is a key: most installations store no secrets.

https://cryptography.io/en/latest/fernet/
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from zenmux_bot.errors import ConfigError

_PURPOSE = b"zenmux_bot secrets at rest"
_KEY_BYTES = 32


class Vault:
    """Encrypts with the newest key and decrypts with any.

    Args:
        keys: The keys, the newest first; at least one.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        from cryptography.fernet import Fernet, InvalidToken, MultiFernet

        self._invalid = InvalidToken
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, secret: str) -> str:
        """Return a secret, encrypted."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Return a stored secret, decrypted.

        Raises:
            ConfigError: No key decrypts it.
        """
        try:
            return self._fernet.decrypt(stored).decode()
        except self._invalid:
            raise no_key_fits() from None

    def renew(self, stored: str) -> str:
        """Return a stored secret, encrypted with the newest key.

        Raises:
            ConfigError: No key decrypts it.
        """
        try:
            return self._fernet.rotate(stored).decode()
        except self._invalid:
            raise no_key_fits() from None


class Encrypted(TypeDecorator[str]):
    """A text column that is encrypted in the database.

    Args:
        vault: Has the keys.
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
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def derived_key(secret: str) -> str:
    """Return a key derived from another of the operator's secrets."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(secret.encode())).decode()


def no_key_fits() -> ConfigError:
    """Return the error for keys that decrypt none of the stored secrets."""
    return ConfigError(
        "ZENMUX_BOT_ENCRYPTION_KEY: fits none of the stored secrets; put the key that "
        "they were stored with behind the newest one, separated by a comma"
    )
