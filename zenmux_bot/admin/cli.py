"""The commands for everything that is kept: digests, backup, restore, move."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zenmux_bot.errors import BotError

if TYPE_CHECKING:
    from zenmux_bot.config import Settings

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def digests() -> None:
    """Keep digests as code, in a file of YAML."""


@digests.command("export")
@click.argument("file", type=_FILE)
def export_command(file: Path) -> None:
    """Write every digest of every workspace to FILE."""
    from zenmux_bot.admin.maintenance import export_digests

    _finish(export_digests(_settings().database_url, file, click.echo))


@digests.command("import")
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_command(file: Path, *, dry_run: bool) -> None:
    """Make the digests as FILE wants them; those it does not name stay."""
    from zenmux_bot.admin.maintenance import import_digests
    from zenmux_bot.bootstrap import make_clock

    settings = _settings()
    clock = make_clock(settings)
    url = settings.database_url
    _finish(import_digests(url, file, clock, click.echo, dry_run=dry_run))


@click.command()
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write everything that is kept to FILE; the bot may go on running."""
    from zenmux_bot.admin.maintenance import backup_to

    _finish(backup_to(_settings().database_url, file, click.echo))


@click.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Put the backup in FILE into the empty database at DATABASE_URL."""
    from zenmux_bot.admin.maintenance import restore_from

    _finish(restore_from(_settings().database_url, file, click.echo))


@click.command()
@click.option("--to", required=True, help="The address of an empty database.")
def move(to: str) -> None:
    """Copy everything from DATABASE_URL to another database."""
    from zenmux_bot.admin.maintenance import move as move_all

    _finish(move_all(_settings().database_url, to, click.echo))


@click.command("new-key")
def new_key() -> None:
    """Print a new key for ZENMUX_BOT_ENCRYPTION_KEY."""
    from zenmux_bot.store.vault import new_key as make_key

    click.echo(make_key())


@click.command()
def rekey() -> None:
    """Encrypt every stored secret with the newest ZENMUX_BOT_ENCRYPTION_KEY."""
    from zenmux_bot.admin.maintenance import rekey_all

    _finish(rekey_all(_settings(), click.echo))


COMMANDS: tuple[click.Command, ...] = (digests, backup, restore, move, new_key, rekey)


def _settings() -> Settings:
    from zenmux_bot.config import load_settings
    from zenmux_bot.observability import configure_logs

    try:
        settings = load_settings()
    except BotError as error:
        raise click.ClickException(str(error)) from None
    configure_logs(
        level="error", form=settings.log_format, secrets=settings.secrets, count=None
    )
    return settings


def _finish(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except BotError as error:
        raise click.ClickException(str(error)) from None
