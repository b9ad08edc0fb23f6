"""What tests of every layer share: a clock, the stand-ins, and a bot between them."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from asked import service_before
from clocks import ManualClock
from hypothesis import HealthCheck, Phase, settings
from stage import PATIENT, Stage, staged
from structlog.testing import capture_logs

from zenmux_bot.store import database
from zenmux_demo.sandbox.api import Sandbox
from zenmux_demo.sandbox.server import running_sandbox

pytest_plugins = ["databases", "secrecy"]

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
database.PATIENCE_SECONDS = 60
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))

# No test speaks TLS, and each of httpx's clients would read all authorities of the web
# first, which takes longer than most tests; from a directory it reads when it must.
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)
os.environ.pop("SSL_CERT_FILE", None)


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
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    async with running_sandbox(clock, requests_per_minute=600) as sandbox:
        yield sandbox


@pytest.fixture
def patience() -> float:
    """Let the bot wait for quick answers; 0 makes each of them slow."""
    return PATIENT


@pytest.fixture
def worker() -> bool:
    """Run no periodic jobs; a test that needs them parametrizes this as True."""
    return False


@pytest.fixture(params=["http", "socket"])
async def stage(
    request: pytest.FixtureRequest,
    clock: ManualClock,
    tmp_path: Path,
    patience: float,
    worker: bool,  # noqa: FBT001 - a fixture
) -> AsyncIterator[Stage]:
    """The same over both ways in."""
    async with staged(
        clock,
        tmp_path,
        socket_mode=request.param == "socket",
        patience=patience,
        worker=worker,
    ) as stage:
        yield stage


@pytest.fixture
async def http_stage(
    clock: ManualClock,
    tmp_path: Path,
    patience: float,
    worker: bool,  # noqa: FBT001 - a fixture
) -> AsyncIterator[Stage]:
    async with staged(
        clock, tmp_path, socket_mode=False, patience=patience, worker=worker
    ) as stage:
        yield stage


@pytest.fixture
async def service(clock, sandbox):
    async with service_before(sandbox, clock) as service:
        yield service


@pytest.fixture
def logs():
    """Keep the log lines: drawing the tracebacks of faults takes most of the time."""
    with capture_logs() as lines:
        yield lines
