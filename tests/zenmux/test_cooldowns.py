from __future__ import annotations

from datetime import UTC, datetime

from zenmux_bot.zenmux.client import MemoryCooldowns

UNTIL = datetime(2026, 6, 25, 9, tzinfo=UTC)


async def test_cooldowns__each_endpoint_cools_down_alone():
    cooldowns = MemoryCooldowns()

    await cooldowns.set("/flow_rate", UNTIL)

    assert await cooldowns.get("/flow_rate") == UNTIL
    assert await cooldowns.get("/payg/balance") is None
