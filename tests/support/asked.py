"""A service that asks the sandbox, and recorded bodies in place of its own."""

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from zenmux_bot.bootstrap import open_answers
from zenmux_bot.config import Settings
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.replies import Reply
from zenmux_demo.sandbox.server import running_sandbox

FIXTURES = Path(__file__).parents[1] / "fixtures" / "zenmux"
RECORDED = datetime(2026, 6, 25, 9, tzinfo=UTC)
"""The recordings end on the day before."""

TREND = "/statistics/timeseries"
TRENDING = "/statistics/trending"
USAGE = "/statistics/model_usage"
PERFORMANCE = "/statistics/performance"
SHARE = "/statistics/market_share"
LEADERBOARD = "/statistics/leaderboard"
SUBSCRIPTION = "/subscription/detail"
FLOW_RATE = "/flow_rate"
BALANCE = "/payg/balance"
GENERATION = "/generation"
MODELS = "/api/v1/models"

FAILURES = tuple(
    entry["file"]
    for entry in json.loads((FIXTURES / "index.json").read_text("utf-8"))["fixtures"]
    if entry["file"].startswith(("error_", "success_"))
)


def recording(name):
    """Return a recorded answer with its status."""
    index = json.loads((FIXTURES / "index.json").read_text("utf-8"))
    names = {name, f"{name}.json"}
    [entry] = [each for each in index["fixtures"] if each["file"] in names]
    return Reply(
        status=entry["status"],
        body=(FIXTURES / entry["file"]).read_bytes(),
        headers={"Content-Type": entry["content_type"], **entry["headers"]},
    )


def recorded(name):
    """Return the data of a recorded body."""
    body = (FIXTURES / f"{name}.json").read_text("utf-8")
    whole = json.loads(body, parse_float=Decimal)
    return whole.get("data", whole)


@asynccontextmanager
async def service_before(sandbox, clock):
    """Give a service that asks a sandbox, and whose waits cost no time."""

    async def sleep(seconds):
        clock.advance(seconds=seconds)

    settings = Settings(
        zenmux_base_url=sandbox.base_url,
        zenmux_management_api_key=SecretStr(SANDBOX_KEY),
    )
    async with open_answers(settings, clock, sleep=sleep) as service:
        yield service


@asynccontextmanager
async def service_with(clock, bodies):
    """Give a service for which the API has these answers by path, and no others."""
    async with (
        running_sandbox(clock, fixed_bodies=bodies) as sandbox,
        service_before(sandbox, clock) as service,
    ):
        yield service


def drawn(served):
    """Return the blocks of a type by type, and all that is read aloud."""
    message = served.message()
    return {block["type"]: block for block in message.blocks}, message.text
