"""The command line: run, web, worker, demo, shell, ask, check.

Standard output carries the result alone; logs go to standard error. Exit status 0
when it worked, 1 when the answer is an error, 2 for wrong usage.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import click
from pydantic import SecretStr

from zenmux_bot import __version__
from zenmux_bot.config import Settings, load_settings
from zenmux_bot.errors import ConfigError

if TYPE_CHECKING:
    from zenmux_bot.service.desk import Desk

FAILED = 1


@click.group(invoke_without_command=True)
@click.version_option(__version__, prog_name="zenmux_bot")
@click.pass_context
def main(context: click.Context) -> None:
    """Answer with ZenMux's statistics in Slack; without a command, run everything."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command(hidden=True)
def run() -> None:
    """Run everything in one process: Slack and the scheduler."""
    _finish(_serve(_settings()))


async def _serve(settings: Settings) -> int:
    """Run until a signal."""
    from zenmux_bot.app import make_clock  # noqa: PLC0415 - quick start
    from zenmux_bot.serve import serve  # noqa: PLC0415 - likewise

    await serve(settings, make_clock(settings))
    return 0


@main.command()
@click.argument("text")
@click.option(
    "form",
    "--format",
    type=click.Choice(["text", "json", "blocks"]),
    default="text",
    help="A table, the computed view, or what Slack would get.",
)
@click.option("--sandbox", is_flag=True, help="Ask the built-in sandbox; needs no key.")
def ask(text: str, form: str, *, sandbox: bool) -> None:
    """Answer TEXT on the terminal, as /zenmux would."""
    settings = _settings()
    _finish(_ask(settings, text, form, sandbox=sandbox))


async def _ask(settings: Settings, text: str, form: str, *, sandbox: bool) -> int:
    """Print one answer."""
    async with _open_desk(settings, sandbox=sandbox) as desk:
        served = await desk.serve(text)
    if form == "json":
        _print_json(served.as_json())
    elif form == "blocks":
        _print_json(served.message().payload())
    else:
        from rich.console import Console  # noqa: PLC0415 - quick start

        from zenmux_bot.render.terminal import print_report  # noqa: PLC0415 - likewise

        width = None if sys.stdout.isatty() else _WIDE
        print_report(served.report, Console(width=width))
    return 0 if served.ok else FAILED


_WIDE = 160
"""Columns where there is no terminal to tell."""


@asynccontextmanager
async def _open_desk(settings: Settings, *, sandbox: bool) -> AsyncIterator[Desk]:
    """Give what answers, from the API or from a sandbox started for it."""
    from zenmux_bot.app import make_clock, open_desk  # noqa: PLC0415 - quick start

    clock = make_clock(settings)
    async with AsyncExitStack() as stack:
        if sandbox:
            from zenmux_bot.demo.sandbox import SANDBOX_KEY, running_sandbox  # noqa: PLC0415 - likewise

            world = await stack.enter_async_context(running_sandbox(clock))
            changes = _sandboxed(world.base_url, SANDBOX_KEY)
            settings = settings.model_copy(update=changes)
        yield await stack.enter_async_context(open_desk(settings, clock))


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _settings() -> Settings:
    """Return the settings, with logs set up, or end with what is wrong."""
    from zenmux_bot.logs import configure_logs  # noqa: PLC0415 - quick start

    try:
        settings = load_settings()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    configure_logs(
        level=settings.log_level, form=settings.log_format, secrets=settings.secrets
    )
    return settings


def _finish(work: Coroutine[Any, Any, int]) -> None:
    """Run to the end and leave with its exit status."""
    try:
        sys.exit(asyncio.run(work))
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def _sandboxed(base_url: str, key: str) -> dict[str, object]:
    """Return the settings that lead to a sandbox."""
    return {
        "zenmux_base_url": base_url,
        "zenmux_management_api_key": SecretStr(key),
    }
