"""Alerts and budgets of real workers that are killed between entering and posting."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from processes import environment, launch, launched, until
from sqlalchemy import select

from zenmux_bot.alerts.alert import Alert
from zenmux_bot.budgets.evaluate import Budget
from zenmux_bot.commands.alert_commands import Direction, Level, Subject
from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import ShiftedClock, SystemClock
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY
from zenmux_bot.history.archive import Dimension, Series
from zenmux_bot.store.alerts import Alerts
from zenmux_bot.store.conversations import Settings
from zenmux_bot.store.daily_history import DailyLists
from zenmux_bot.store.database import open_database
from zenmux_bot.store.own_account import Budgets
from zenmux_bot.store.shared_cache import scope_of
from zenmux_bot.store.tables import outbound_messages
from zenmux_demo.main import read_manifest
from zenmux_demo.sandbox.server import running_sandbox
from zenmux_demo.workspace.faults import Hang
from zenmux_demo.workspace.seed import COSTS, MAYA, TEAM_ID
from zenmux_demo.workspace.server import SlackStandIn

pytestmark = pytest.mark.postgres

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
YESTERDAY = NOON.date() - DAY
OWNED = {"team_id": TEAM_ID, "channel_id": COSTS, "owner_id": MAYA, "created_at": NOON}


async def prepare(url: str, base_url: str) -> list[str]:
    """Keep a budget and an alert that have something to say; return their keys."""
    async with open_database(url) as database:
        lists = DailyLists(database, scope_of("", base_url))
        figures = {"anthropic": Decimal(60), "google": Decimal(40)}
        for day in (YESTERDAY - DAY, YESTERDAY):
            series = Series(Dimension.PROVIDER, Metric.TOKENS)
            await lists.put(series, {day: figures}, {}, seen_at=NOON)
        above = Level(Subject.SHARE, "anthropic", Direction.ABOVE, Decimal(40))
        await Alerts(database).create(
            Alert(
                **OWNED,
                channel_name="llm-costs",
                rule=above,
                dimension=Dimension.PROVIDER,
                evaluated_through=YESTERDAY - DAY,
                updated_at=NOON,
            )
        )
        budgets = Budgets(database, lambda alphabet: alphabet[0])
        budget = Budget(**OWNED, amount=Decimal(10))
        budget = await budgets.add(budget, audit_detail="")
        await Settings(database).set(
            Location(TEAM_ID, COSTS), "own_spend", "True", by=MAYA, now=NOON
        )
    return [
        f"alert:{TEAM_ID}:{COSTS}:{YESTERDAY}",
        f"budget:{budget.id}:2026-11:100",
    ]


async def states(url: str) -> dict[str, str]:
    columns = select(outbound_messages.c.key, outbound_messages.c.state)
    async with open_database(url) as database, database.reading() as connection:
        return dict((await connection.execute(columns)).all())


@pytest.mark.parametrize("is_accepted", [False, True])
async def test_worker__killed_between_entering_and_posting(postgres_url, is_accepted):
    """Whether or not Slack took the post that was under way, each is there once."""
    clock = ShiftedClock.starting_at(NOON, SystemClock())
    hang = Hang(after_accepting=is_accepted)
    async with (
        running_sandbox(clock, requests_per_minute=10_000) as sandbox,
        SlackStandIn(clock=clock, manifest=read_manifest()).running() as slack,
    ):
        expected = await prepare(postgres_url, sandbox.base_url)
        slack.faults.script("chat.postMessage", hang)
        env = environment(slack, sandbox, postgres_url)

        async def are_entered() -> bool:
            return set(expected) <= (await states(postgres_url)).keys()

        killed = await launch(env | {"ZENMUX_BOT_NOW": NOON.isoformat()}, "worker")
        async with asyncio.timeout(60):
            await hang.reached.wait()
        await until(are_entered)
        await killed.kill()

        async def are_sent() -> bool:
            found = await states(postgres_url)
            return all(found[key] == "sent" for key in expected)

        # when the lease of the dead worker is over
        later = env | {"ZENMUX_BOT_NOW": (NOON + timedelta(minutes=10)).isoformat()}
        async with launched(later, "worker"), launched(later, "worker"):
            await until(are_sent)

        posts = Counter(
            message.metadata["event_payload"]["key"]
            for message in slack.state.messages(COSTS)
            if message.metadata
        )
        assert {key: posts[key] for key in expected} == dict.fromkeys(expected, 1)
        hang.release()
