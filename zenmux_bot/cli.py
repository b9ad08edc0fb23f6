"""The command line: run, web, worker, demo, shell, ask, check; and stored data.

Only the result goes to standard output; logs go to standard error. The exit status is
0 on success, 1 if the answer is an error, 2 for wrong usage. Each command imports its
parts when it runs.
"""

from __future__ import annotations

import asyncio
import codecs
import gc
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import SecretStr

from zenmux_bot import __version__, without_rich  # noqa: F401 - before the others
from zenmux_bot.config import Settings, forget_proxies, load_settings
from zenmux_bot.errors import BotError, ConfigError

if TYPE_CHECKING:
    from zenmux_bot.answers.service import AnswerService
    from zenmux_bot.observability import Metrics
    from zenmux_bot.render.report import Report

FAILED = 1
DEMO_PORT = 8420
WIDE = 160
"""Columns if standard output is not a terminal."""

_NO_DEMO = (
    "The sandbox and the demo are part of the source checkout, not of the installed "
    "package. Clone the repository and run it there."
)
_SPELLED = {
    "▲": "+",
    "▼": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "·": "|",
    "…": "...",
    "Δ": "",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "≥": ">=",
    "≤": "<=",
    "×": "x",
    **dict.fromkeys("▁▂▃▄▅▆▇█", "#"),
    **dict.fromkeys("\u00a0\u2009\u202f", " "),
    "\u2060": "",
}
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(invoke_without_command=True)
@click.version_option(__version__, prog_name="zenmux_bot")
@click.pass_context
def main(context: click.Context) -> None:
    """Answer with ZenMux's statistics in Slack; without a command, run everything."""
    # Imported objects stay, so collecting garbage meanwhile would only cost a sixth of
    # the start. Commands that keep running turn it on again.
    gc.disable()
    context.call_on_close(gc.enable)
    _prepare_streams()
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command(hidden=True)
def run() -> None:
    """Run everything in one process: Slack and the scheduler."""
    _run(web=True, worker=True)


@main.command()
def web() -> None:
    """Run only what answers people; several of them on one PostgreSQL."""
    _run(web=True, worker=False)


@main.command()
def worker() -> None:
    """Run only what posts digests; several of them on one PostgreSQL."""
    _run(web=False, worker=True)


def _run(*, web: bool, worker: bool) -> None:
    from zenmux_bot.observability import Metrics

    metrics = Metrics()
    settings = _settings(count=metrics)
    _finish(_serve(settings, metrics, web=web, worker=worker))


async def _serve(
    settings: Settings, metrics: Metrics, *, web: bool, worker: bool
) -> int:
    """Run until a signal."""
    from zenmux_bot.bootstrap import make_clock
    from zenmux_bot.server import serve

    await serve(settings, make_clock(settings), metrics, web=web, worker=worker)
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
    settings = _settings(level="error")
    _finish(_ask(settings, text, form, sandbox=sandbox))


async def _ask(settings: Settings, text: str, form: str, *, sandbox: bool) -> int:
    """Print one answer."""
    async with _open_service(settings, sandbox=sandbox) as service:
        served = await service.answer(_readable(text))
    if form == "json":
        _print_json(served.as_json())
    elif form == "blocks":
        _print_json(served.message().payload())
    else:
        _print_report(served.report)
    return 0 if served.ok else FAILED


@main.command()
@click.option("as_json", "--json", is_flag=True, help="Machine-readable.")
def check(*, as_json: bool) -> None:
    """Look at key, API, data, tokens, scopes, database and clock."""
    _finish(_check(_settings(level="error"), as_json=as_json))


async def _check(settings: Settings, *, as_json: bool) -> int:
    """Print the results; the exit status says whether anything is wrong."""
    from zenmux_bot.admin.check import check_all
    from zenmux_bot.answers.status.report import report_status
    from zenmux_bot.render.jsonable import jsonable

    status = await check_all(settings)
    if as_json:
        _print_json({"ok": status.ok, **jsonable(status)})
    else:
        _print_report(report_status(status))
    return 0 if status.ok else FAILED


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEMO_PORT,
    help="Where the page is.",
)
@click.option("socket_mode", "--socket", is_flag=True, help="By Socket Mode, not HTTP.")
@click.option(
    "model",
    "--model",
    is_flag=True,
    help="A scripted model reads the questions that are not understood.",
)
def demo(port: int, *, socket_mode: bool, model: bool) -> None:
    """Run sandbox, workspace page and bot on this machine; needs no account."""
    try:
        from zenmux_demo.main import demo as run_demo
    except ModuleNotFoundError:
        raise click.ClickException(_NO_DEMO) from None
    gc.enable()
    _configure_logs(Settings.model_construct(), level="warning")
    _finish(run_demo(port=port, socket_mode=socket_mode, model=model, say=click.echo))


@main.command()
def shell() -> None:
    """Answer line by line on the terminal, from the sandbox."""
    gc.enable()
    settings = _settings(level="error")
    # The prompt waits outside the event loop, so that Ctrl-C ends it.
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        opened = stack.enter_async_context(_open_service(settings, sandbox=True))
        service = runner.run(opened)
        with suppress(KeyboardInterrupt):
            click.echo("Type what would follow /zenmux; exit, Ctrl-C or Ctrl-D ends.")
            _converse(service, runner)
        runner.run(stack.aclose())


def _converse(service: AnswerService, runner: asyncio.Runner) -> None:
    """Answer lines; each one may refer to the ones before, as in a thread."""
    from zenmux_bot.conversations.threads import has_period

    base = None
    while (words := _prompt()) not in {"exit", "quit", ":q"}:
        if not words:
            continue
        response = runner.run(service.answer(words, base=base))
        _print_report(response.report)
        if response.ok and response.request and has_period(response.request):
            base = response.request


def _prompt() -> str:
    """Return the next line, ``exit`` at the end of the input."""
    try:
        return input("/zenmux ").strip()
    except EOFError:
        click.echo()
        return "exit"


@asynccontextmanager
async def _open_service(
    settings: Settings, *, sandbox: bool
) -> AsyncIterator[AnswerService]:
    """Give the answer service, with the API or with a sandbox."""
    from zenmux_bot.bootstrap import make_clock, open_answers

    clock, transport = make_clock(settings), None
    if sandbox:
        try:
            from zenmux_demo.sandbox.api import BASE_PATH, SANDBOX_KEY, Sandbox
            from zenmux_demo.sandbox.catalog import DEMO_MODELS
            from zenmux_demo.sandbox.transport import SandboxTransport
            from zenmux_demo.sandbox.world import World
        except ModuleNotFoundError:
            raise click.ClickException(_NO_DEMO) from None
        changes = {
            "zenmux_base_url": f"http://localhost{BASE_PATH}",
            "zenmux_management_api_key": SecretStr(SANDBOX_KEY),
        }
        settings = settings.model_copy(update=changes)
        stand_in = Sandbox(clock=clock)
        stand_in.world = World(DEMO_MODELS)
        transport = SandboxTransport(stand_in)
    async with open_answers(settings, clock, transport=transport) as service:
        yield service


def _print_report(report: Report) -> None:
    from rich.console import Console

    from zenmux_bot.render.terminal import print_report

    print_report(report, Console(width=None if sys.stdout.isatty() else WIDE))


def _print_json(value: object) -> None:
    is_ascii = not _is_unicode(sys.stdout)
    click.echo(json.dumps(value, ensure_ascii=is_ascii, indent=2))


def _settings(*, level: str | None = None, count: Metrics | None = None) -> Settings:
    """Return the settings and set up the logs, or exit with what is wrong."""
    try:
        settings = load_settings()
        forget_proxies(os.environ)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    _configure_logs(settings, level=level, count=count)
    return settings


def _configure_logs(
    settings: Settings, *, level: str | None = None, count: Metrics | None = None
) -> None:
    """Set up the logs; interactive commands log little unless LOG_LEVEL is set."""
    from zenmux_bot.observability import configure_logs

    chosen = "log_level" in settings.model_fields_set
    configure_logs(
        level=settings.log_level if chosen or level is None else level,
        form=settings.log_format,
        secrets=settings.secrets,
        count=count,
        is_final=True,
    )


def _finish(work: Coroutine[Any, Any, int | None]) -> None:
    """Run to the end and exit with its status."""
    try:
        status = asyncio.run(work)
    except BotError as error:
        raise click.ClickException(str(error)) from None
    # A closed pipe fails here, where click exits quietly, and not at exit.
    sys.stdout.flush()
    # Without this, the collections at exit would take half a second.
    gc.freeze()
    sys.exit(status)


def _prepare_streams() -> None:
    """Keep input and output from failing because of a console's encoding."""
    codecs.register_error("spelled", _spell)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="spelled")
    if isinstance(sys.stdin, io.TextIOWrapper):
        is_ascii = codecs.lookup(sys.stdin.encoding).name == "ascii"
        encoding = "utf-8" if is_ascii else None
        sys.stdin.reconfigure(encoding=encoding, errors="replace")


def _readable(words: str) -> str:
    """Return words of the command line, even if the locale could not decode them."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return os.fsencode(words).decode(errors="replace")
    return words


def _spell(error: UnicodeError) -> tuple[str, int]:
    """Replace characters that a console cannot show by ones that it can."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_SPELLED.get(each, "?") for each in lacking), error.end


def _is_unicode(stream: Any) -> bool:
    return str(getattr(stream, "encoding", "")).lower().startswith("utf")


# Stored data -------------------------------------------------------------------------


@main.group()
def digests() -> None:
    """Keep digests as code, in a file of YAML."""


@digests.command("export")
@click.argument("file", type=_FILE)
def export_command(file: Path) -> None:
    """Write every digest of every workspace to FILE."""
    from zenmux_bot.admin.maintenance import export_digests

    settings = _settings(level="error")
    _finish(export_digests(settings.database_url, file, click.echo))


@digests.command("import")
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_command(file: Path, *, dry_run: bool) -> None:
    """Make the digests as FILE wants them; those it does not name stay."""
    from zenmux_bot.admin.maintenance import import_digests
    from zenmux_bot.bootstrap import make_clock

    settings = _settings(level="error")
    url, clock = settings.database_url, make_clock(settings)
    _finish(import_digests(url, file, clock, click.echo, dry_run=dry_run))


@main.command()
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write everything that is kept to FILE; the bot may go on running."""
    from zenmux_bot.admin.maintenance import backup_to

    _finish(backup_to(_settings(level="error").database_url, file, click.echo))


@main.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Put the backup in FILE into the empty database at DATABASE_URL."""
    from zenmux_bot.admin.maintenance import restore_from

    _finish(restore_from(_settings(level="error").database_url, file, click.echo))


@main.command()
@click.option("--to", required=True, help="The address of an empty database.")
def move(to: str) -> None:
    """Copy everything from DATABASE_URL to another database."""
    from zenmux_bot.admin.maintenance import move as move_all

    _finish(move_all(_settings(level="error").database_url, to, click.echo))


@main.command("new-key")
def new_key() -> None:
    """Print a new key for ZENMUX_BOT_ENCRYPTION_KEY."""
    from zenmux_bot.store.vault import new_key as make_key

    click.echo(make_key())


@main.command()
def rekey() -> None:
    """Encrypt every stored secret with the newest ZENMUX_BOT_ENCRYPTION_KEY."""
    from zenmux_bot.admin.maintenance import rekey_all

    _finish(rekey_all(_settings(level="error"), click.echo))
