from __future__ import annotations

from datetime import UTC, datetime

from zenmux_bot.zenmux.cooldowns import MemoryCooldowns

UNTIL = datetime(2026, 6, 25, 9, tzinfo=UTC)


async def test_each_endpoint_rests_alone():
    rests = MemoryCooldowns()

    await rests.set("/flow_rate", UNTIL)

    assert await rests.get("/flow_rate") == UNTIL
    assert await rests.get("/payg/balance") is None
