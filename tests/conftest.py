"""What tests of every layer share: a clock, the stand-ins, and a bot between them."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from migrated import write_migrated
from pydantic import SecretStr

from zenmux_bot.config import Settings
from zenmux_bot.demo.main import read_manifest
from zenmux_bot.demo.sandbox import SANDBOX_KEY, Sandbox, running_sandbox
from zenmux_bot.demo.workspace.server import SlackStandIn
from zenmux_bot.render.limits import ACKNOWLEDGE_SECONDS
from zenmux_bot.serve import Running, running
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.store import away

pytest_plugins = ["secrecy"]

# Libraries and tests are there until the end. Looking through all of them each time is
# a tenth of the work.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


# Thirty examples a property find most of what a hundred would in a third of the time,
# and always the same ones, so that a change fails for what it did itself;
# HYPOTHESIS_PROFILE=thorough looks longer and elsewhere.
# A busy machine is no reason to fail.
UNHURRIED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("usual", max_examples=30, derandomize=True, **UNHURRIED)
settings.register_profile("thorough", max_examples=2000, **UNHURRIED)
settings.register_profile(
    "fuzz", max_examples=100_000, database=None, phases=[Phase.generate], **UNHURRIED
)
# Nor is it a database that hangs; tests of one set their own patience.
away.PATIENCE_SECONDS = 60
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))

# No test speaks TLS, and each of httpx's clients would read all authorities of the web
# first, which takes longer than most tests; from a directory it reads when it must.
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)
os.environ.pop("SSL_CERT_FILE", None)

PATIENT = 100.0
"""What is quick on an idle machine still counts as quick on a busy one."""

MANIFEST = read_manifest()
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass
class HeldClock:
    """A clock that moves only when told to."""

    instant: datetime = field(default=MONDAY)

    def now(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)


@dataclass(frozen=True)
class Stage:
    """A bot between a workspace and an API, all real, all on this machine."""

    slack: SlackStandIn
    sandbox: Sandbox
    bot: Running
    clock: HeldClock
    settings: Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(("ZENMUX_", "SLACK_", "DATABASE_", "SCHEDULER_", "LOG_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command that runs in this process sets up logs for itself alone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers = handlers
    # not the attribute: loggers remember what the level let through
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def sandbox(clock: HeldClock) -> AsyncIterator[Sandbox]:
    async with running_sandbox(clock, requests_per_minute=600) as sandbox:
        yield sandbox


@asynccontextmanager
async def staged(
    clock: HeldClock,
    folder: Path,
    *,
    socket_mode: bool,
    patience: float = PATIENT,
    **changes: Any,
) -> AsyncIterator[Stage]:
    """Run everything; ``changes`` are settings that differ."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(
            running_sandbox(clock, requests_per_minute=600)
        )
        stand_in = SlackStandIn(
            clock=clock,
            manifest=MANIFEST,
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
        bot = await stack.enter_async_context(running(chosen, clock, tasks=tasks))
        if not socket_mode:
            slack.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
        yield Stage(slack, sandbox, bot, clock, chosen)


@pytest.fixture
def patience() -> float:
    """Let the bot wait for quick answers; 0 makes each of them slow."""
    return PATIENT


@pytest.fixture(params=["http", "socket"])
async def stage(
    request: pytest.FixtureRequest, clock: HeldClock, tmp_path: Path, patience: float
) -> AsyncIterator[Stage]:
    """The same over both ways in."""
    socket_mode = request.param == "socket"
    async with staged(
        clock, tmp_path, socket_mode=socket_mode, patience=patience
    ) as stage:
        yield stage


@pytest.fixture
async def http_stage(
    clock: HeldClock, tmp_path: Path, patience: float
) -> AsyncIterator[Stage]:
    async with staged(clock, tmp_path, socket_mode=False, patience=patience) as stage:
        yield stage
