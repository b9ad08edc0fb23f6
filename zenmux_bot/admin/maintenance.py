"""What an operator does with all stored data: export, backup, move, re-encrypt."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import IO

import yaml

from zenmux_bot.admin.backup import backup, restore
from zenmux_bot.admin.digest_file import (
    BadFile,
    DeclaredDigests,
    compare,
    describe,
    document,
    read_document,
)
from zenmux_bot.bootstrap import make_vault
from zenmux_bot.config import Settings
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_bot.errors import ConfigError
from zenmux_bot.render.numbers import plural
from zenmux_bot.store.database import (
    UNAVAILABLE,
    Database,
    open_database,
    try_to_migrate,
)
from zenmux_bot.store.installations import rekey

Say = Callable[[str], None]


async def export_digests(url: str, path: Path, say: Say) -> None:
    """Write every digest that is not deleted to a file."""
    async with _opened(url, only_reading=True) as database:
        digests = DeclaredDigests(database, secrets.choice)
        kept = [
            each
            for each in await digests.every()
            if each.state is not SubscriptionState.DELETED
        ]
    with _written(path) as file:
        yaml.safe_dump(document(kept), file, allow_unicode=True, sort_keys=False)
    say(f"{plural(len(kept), 'digest')} written to {path}")


async def import_digests(
    url: str, path: Path, clock: Clock, say: Say, *, dry_run: bool
) -> None:
    """Change the digests to what a file says, and print the changes.

    Raises:
        BadFile: The file cannot be used; nothing was changed.
    """
    wanted = read_document(_read(path))
    async with _opened(url) as database:
        digests = DeclaredDigests(database, secrets.choice)
        changes = compare(await digests.every(), wanted)
        for line in describe(changes):
            say(line)
        if dry_run:
            say("Nothing was changed (--dry-run).")
        else:
            await digests.apply(changes, clock.now())


async def backup_to(url: str, path: Path, say: Say) -> None:
    """Write everything to a file that only its owner may read."""
    count = -1
    async with _opened(url, only_reading=True) as database:
        with _written(path) as file:
            async for line in backup(database):
                file.write(line + "\n")
                count += 1
    say(f"{plural(count, 'row')} written to {path}")


async def restore_from(url: str, path: Path, say: Say) -> None:
    """Put a backup into an empty database.

    Raises:
        BotError: It cannot be; nothing was changed.
    """
    try:
        with path.open(encoding="utf-8") as file:
            async with _opened(url) as database:
                count = await restore(database, file)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: {error}") from None
    say(f"{plural(count, 'row')} restored from {path}")


async def move(url: str, to: str, say: Say) -> None:
    """Copy everything to another, empty database; the bot has to be stopped.

    Raises:
        BotError: It cannot be; nothing was changed.
    """
    with TemporaryDirectory(prefix="zenmux-bot-") as folder:
        path = Path(folder) / "backup.jsonl"
        async with _opened(url) as database:
            with _written(path) as file:
                async for line in backup(database):
                    file.write(line + "\n")
        await restore_from(to, path, lambda _: None)
    say("Moved. Set DATABASE_URL to the new address before you start the bot again.")


async def rekey_all(settings: Settings, say: Say) -> None:
    """Encrypt every stored secret with the newest key.

    Raises:
        ConfigError: There is no key, or one of the secrets needs another.
    """
    vault = make_vault(settings)
    if vault is None:
        raise ConfigError(
            "ZENMUX_BOT_ENCRYPTION_KEY: missing; set the newest key and, after a "
            "comma, the one that is in use"
        )
    async with _opened(settings.database_url) as database:
        count = await rekey(database, vault)
    say(f"{plural(count, 'secret')} encrypted with the newest key.")


def _read(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFile(f"{path}: {error}") from None


@asynccontextmanager
async def _opened(url: str, *, only_reading: bool = False) -> AsyncIterator[Database]:
    """Open a database and migrate it, unless it is only read.

    Raises:
        ConfigError: It is not there, or in use by a process that must be alone.
    """
    async with open_database(url, exclusive=not only_reading) as database:
        if not only_reading and not await try_to_migrate(database):
            raise ConfigError("DATABASE_URL: nothing answers there; is it running?")
        try:
            yield database
        except UNAVAILABLE as error:
            raise ConfigError(
                f"DATABASE_URL: the database failed ({type(error).__name__}); "
                "nothing was changed"
            ) from None


@contextmanager
def _written(path: Path) -> Iterator[IO[str]]:
    """Write a file that only its owner may read, and replace it once complete."""
    try:
        # A new file each time, since one that is there keeps its mode.
        descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
