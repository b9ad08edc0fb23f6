"""What one digest costs, with everything real but Slack."""

from __future__ import annotations

import random
import resource
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from zenmux_bot.answers.service import Answers
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.bootstrap import open_apis
from zenmux_bot.config import Settings
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.clock import FixedClock, ShiftedClock
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.composer import DigestComposer
from zenmux_bot.digests.delivery.context import DeliverySettings
from zenmux_bot.digests.delivery.entries import Posted
from zenmux_bot.digests.delivery.pacing import Limits, Pace
from zenmux_bot.digests.delivery.worker import Delivery
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.store.conversations import OperationsChannel
from zenmux_bot.store.conversations import Settings as StoredSettings
from zenmux_bot.store.database import open_database
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.zenmux.api import OneApi
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.server import running_sandbox

SAMPLE = 300
"""Digests that are really composed, claimed and settled."""

POSTS = 2
"""For each digest: the message, and the reply in its thread."""

FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a digest costs, but for its posts."""

    cpu_seconds: float
    zenmux_calls: int
    rows: float
    row_bytes: float
    message_bytes: int
    megabytes: float


@dataclass
class QuickSlack:
    """Takes every post at once."""

    posts: int = 0
    bytes: int = 0

    async def post(self, location: Any, message: Any, **_more: Any) -> Posted:
        self.posts += 1
        self.bytes += len(str(message.payload()))
        return Posted(location.channel_id, f"{self.posts}.0001")

    async def find_marker(self, *_args: Any, **_more: Any) -> None:
        return None

    async def notify(self, *_args: Any) -> None:
        return None


async def nobody(_team_id: str) -> list[str]:
    """Return no administrators."""
    return []


async def measure(folder: Path) -> Cost:
    """Deliver a sample with everything real but Slack."""
    clock, slack = ShiftedClock(FixedClock(FRIDAY)), QuickSlack()
    async with running_sandbox(clock, requests_per_minute=10_000) as sandbox:
        settings = Settings(
            zenmux_base_url=sandbox.base_url,
            zenmux_management_api_key=SecretStr(SANDBOX_KEY),
        )
        path = folder / "scale.db"
        async with (
            open_database(f"sqlite:///{path}") as database,
            open_apis(settings, clock) as apis,
        ):
            await database.migrate()
            digests = Subscriptions(database, secrets.choice)
            for number in range(SAMPLE):
                await digests.create(_subscription(number))
            before = _size(path)
            api = apis.of(settings.zenmux_management_api_key)
            answers = Answers(OneApi(api), clock, Health(OneApi(api), clock))
            nothing = timedelta(0)
            delivery = Delivery(
                planner=Planner(database),
                ledger=Ledger(database),
                notifications=Notifications(database),
                composer=DigestComposer(
                    answers,
                    OneApi(api),
                    History(database),
                    clock,
                    Preferences(StoredSettings(database), clock).defaults,
                ),
                outbox=slack,
                operations=OperationsChannel(StoredSettings(database)),
                pace=Pace(Limits(channel=nothing, team=nothing)),
                clock=clock,
                settings=DeliverySettings(holder="bench", lease=timedelta(minutes=2)),
                shuffle=random.Random(1),
                administrators=nobody,
            )
            clock.set(MONDAY)
            began = time.process_time()
            await delivery.run_due()
            spent = time.process_time() - began
            grown = _size(path) - before
    if slack.posts != POSTS * SAMPLE:
        raise SystemExit(f"{slack.posts} posts of {POSTS * SAMPLE}")
    return Cost(
        cpu_seconds=spent / SAMPLE,
        zenmux_calls=len(sandbox.requests),
        rows=POSTS,
        row_bytes=grown / SAMPLE / POSTS,
        message_bytes=slack.bytes // slack.posts,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def _subscription(number: int) -> Subscription:
    return Subscription(
        id="",
        team_id="T1",
        channel_id=f"C{number}",
        channel_name=f"c{number}",
        owner_id="U1",
        metric=Metric.COST,
        schedule=Schedule(cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="UTC"),
        created_at=FRIDAY,
        updated_at=FRIDAY,
    )


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
