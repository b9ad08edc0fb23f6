"""Checks whether digests are paused; used by `check` and by a running bot."""

from __future__ import annotations

from zenmux_bot.answers.status.fetch import Probe
from zenmux_bot.answers.status.view import Check
from zenmux_bot.digests.delivery.slack_errors import TEAM_WIDE_CODES
from zenmux_bot.store.database import best_effort
from zenmux_bot.store.digest_history import History


async def check_digests(history: History, team_id: str | None = None) -> Check:
    """Check whether digests are paused until someone fixes a token or a rule.

    Args:
        history: Counts them.
        team_id: Check only those of this workspace.
    """
    paused = await history.count_paused(TEAM_WIDE_CODES, team_id)
    if not paused:
        return Check("Digests", ok=True, found="no problems.")
    count = sum(paused.values())
    digests = "1 digest is" if count == 1 else f"{count} digests are"
    return Check(
        "Digests",
        ok=False,
        found=f"{digests} paused: {', '.join(paused)}.",
        fix="Fix the app's token, scopes or permission in Slack; then "
        "`/zenmux digest list` shows them, `/zenmux digest resume ID` starts one.",
    )


def digest_probe(history: History) -> Probe:
    """Return what checks the digests of a workspace."""

    async def probe(team_id: str | None) -> Check:
        async with best_effort("status.digests"):
            return await check_digests(history, team_id)
        return Check(
            "Database",
            ok=False,
            found="doesn't respond.",
            fix="Digests wait until it does.",
        )

    return probe
