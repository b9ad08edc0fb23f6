"""A bot between the stand-ins of Slack and ZenMux: all real, all on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clocks import ManualClock
from migrated import write_migrated
from pydantic import SecretStr

from zenmux_bot.config import Settings
from zenmux_bot.render.limits import ACKNOWLEDGE_SECONDS
from zenmux_bot.server import Running, running
from zenmux_bot.slack.tasks import Tasks
from zenmux_demo.main import read_manifest
from zenmux_demo.sandbox.api import SANDBOX_KEY, Sandbox
from zenmux_demo.sandbox.server import running_sandbox
from zenmux_demo.workspace.manifest import Installation
from zenmux_demo.workspace.server import SlackStandIn

PATIENT = 100.0
"""What is quick on an idle machine still counts as quick on a busy one."""

MANIFEST = read_manifest()


@dataclass(frozen=True)
class Stage:
    """A bot between a workspace and an API, all real, all on this machine."""

    slack: SlackStandIn
    sandbox: Sandbox
    bot: Running
    clock: ManualClock
    settings: Settings
    tasks: Tasks


@asynccontextmanager
async def staged(
    clock: ManualClock,
    folder: Path,
    *,
    socket_mode: bool,
    patience: float = PATIENT,
    manifest: Mapping[str, Any] = MANIFEST,
    installation: Installation | None = None,
    worker: bool = False,
    **changes: Any,
) -> AsyncIterator[Stage]:
    """Run a bot that answers people; ``changes`` are settings that differ.

    A ``worker`` also runs the periodic jobs, whose first round takes longer than most
    answers.
    """
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(
            running_sandbox(clock, requests_per_minute=600)
        )
        stand_in = SlackStandIn(
            clock=clock,
            manifest=manifest,
            installation=installation,
            acknowledge_seconds=ACKNOWLEDGE_SECONDS * PATIENT,
        )
        slack = await stack.enter_async_context(stand_in.running())
        values: dict[str, Any] = {
            "zenmux_base_url": sandbox.base_url,
            "zenmux_management_api_key": SecretStr(SANDBOX_KEY),
            "slack_api_url": slack.api_url,
            "slack_bot_token": SecretStr(slack.bot_token),
            "slack_app_token": SecretStr(slack.app_token) if socket_mode else None,
            "slack_signing_secret": SecretStr(slack.signing_secret),
            "database_url": write_migrated(folder / "bot.db"),
            "host": "127.0.0.1",
            "port": 0,
        }
        chosen = Settings(**values | changes)
        tasks = Tasks(patience=patience)
        bot = await stack.enter_async_context(
            running(chosen, clock, tasks=tasks, worker=worker)
        )
        if not socket_mode:
            slack.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
        yield Stage(slack, sandbox, bot, clock, chosen, tasks)
