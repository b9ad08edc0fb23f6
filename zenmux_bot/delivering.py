"""The half of the bot that posts digests: delivery and its bell, assembled."""

from __future__ import annotations

import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.config import Settings
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.delivery.pacing import Limits, Pace
from zenmux_bot.digests.delivery.ports import Composer
from zenmux_bot.digests.delivery.scheduler import Scheduler
from zenmux_bot.digests.delivery.settings import DeliverySettings
from zenmux_bot.digests.delivery.worker import Delivery, build_delivery
from zenmux_bot.slack.outbox import SlackOutbox
from zenmux_bot.store.conversations import OperationsChannel
from zenmux_bot.store.conversations import Settings as StoredSettings
from zenmux_bot.store.database import Database
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.notifications import Notices
from zenmux_bot.store.planner import Planner

log = structlog.get_logger(__name__)


@asynccontextmanager
async def delivering(
    settings: Settings,
    clock: Clock,
    *,
    database: Database,
    composer: Composer,
    clients: Callable[[str], AsyncWebClient],
) -> AsyncIterator[Delivery]:
    """Deliver what is due for as long as the block lasts.

    Args:
        settings: How often the bell rings, and how long a claim holds.
        clock: Tells the time.
        database: Where subscriptions and ledger are.
        composer: Makes what digests tell.
        clients: The posting client of each workspace.
    """
    delivery = build_delivery(
        planner=Planner(database),
        ledger=Ledger(database),
        notices=Notices(database),
        composer=composer,
        outbox=SlackOutbox(clients),
        operations=OperationsChannel(StoredSettings(database)),
        pace=Pace(Limits(team=timedelta(minutes=1) / settings.slack_posts_per_minute)),
        clock=clock,
        terms=DeliverySettings(
            holder=f"worker-{secrets.token_hex(4)}",
            lease=timedelta(seconds=settings.delivery_lease_seconds),
        ),
        shuffle=random.Random(),  # noqa: S311 - only spreads workers over a batch
    )
    every = timedelta(seconds=settings.scheduler_tick_seconds)
    bell = Scheduler(delivery.run_due, every)
    bell.start()
    try:
        yield delivery
    finally:
        await delivery.stop(timedelta())
        bell.stop()
