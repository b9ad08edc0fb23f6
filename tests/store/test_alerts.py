"""Alerts in the store, as their channels come and go."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from zenmux_bot.alerts.alert import Alert, AlertState
from zenmux_bot.alerts.engine import State
from zenmux_bot.commands.alert_commands import ShareMoves
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.digests.delivery.entries import OutboundMessage
from zenmux_bot.history.archive import Dimension
from zenmux_bot.render.message import Message
from zenmux_bot.store.alerts import Alerts
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.ledger import Ledger

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def draft(**changes):
    values = {
        "team_id": "T1",
        "channel_id": "C1",
        "channel_name": "costs",
        "owner_id": "U1",
        "rule": ShareMoves("Some/Slug-4.8", Decimal("2.5"), days=14),
        "dimension": Dimension.MODEL,
        "evaluated_through": FLOOR,
        "status": State({"": FLOOR}, {"behind": FLOOR}),
        "expected": (FLOOR, FLOOR + DAY),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Alert(**values | changes)


async def test_alerts__round_trip(database):
    alerts = Alerts(database)

    created = await alerts.create(draft())

    assert await alerts.get("T1", created.id.upper()) == created
    assert await alerts.get("T2", created.id) is None
    assert await alerts.of_owner("T1", "U1") == [created]
    assert await alerts.of_channel("T1", "C1") == [created]
    assert await alerts.active() == [created]


async def test_alerts__channel_lost_and_found(database):
    """What a channel's state paused is resumed by it, and begins anew."""
    alerts = Alerts(database)
    lost = await alerts.create(draft())
    by_hand = await alerts.create(
        draft(state=AlertState.PAUSED, paused_reason="U1", owner_id="U2")
    )
    other = await alerts.create(draft(channel_id="C2"))

    paused = await alerts.pause_all("T1", "C1", reason="is_archived", now=NOW)
    again = await alerts.pause_all("T1", "C1", reason="is_archived", now=NOW)
    assert [each.id for each in paused] == [lost.id]
    assert again == []
    assert await alerts.active() == [other]

    resumed = await alerts.resume_all("T1", "C1", reason="is_archived", now=NOW)
    assert [each.id for each in resumed] == [lost.id]
    back = await alerts.get("T1", lost.id)
    assert (back.state, back.evaluated_through) == (AlertState.ACTIVE, None)
    assert (await alerts.get("T1", by_hand.id)).state is AlertState.PAUSED
    actions = [a.action for a in await Audit(database).of_team("T1", limit=9)]
    assert actions[:2] == ["alert.resume", "alert.pause"]

    message = OutboundMessage(
        key="alert:T1:C1",
        team_id="T1",
        channel_id="C1",
        owner_id="U1",
        message=Message("Hello"),
    )
    await Ledger(database).enqueue(message, now=NOW)
    await alerts.follow_channel("T1", "C1", new_id="C9", new_name="llm")
    moved = await alerts.get("T1", lost.id)
    assert (moved.channel_id, moved.channel_name) == ("C9", "llm")
    # who evaluates it just now begins again
    assert moved.revision > back.revision
    waiting = await Ledger(database).find(message.key)
    assert waiting.message.channel_id == "C9"
