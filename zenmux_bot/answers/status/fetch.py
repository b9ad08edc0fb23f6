"""Looks after the bot: the key, the API, the newest day, and what else is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from zenmux_bot.answers.status.view import Check, StatusView
from zenmux_bot.commands.queries import StatusQuery
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.periods import DAY, day_words
from zenmux_bot.errors import ApiError, KeyRefused, OrganizationKey
from zenmux_bot.zenmux.api import TeamApis
from zenmux_bot.zenmux.freshness import seen_newest_day
from zenmux_bot.zenmux.requests import BILLED, CostRequest, FlowRateRequest

if TYPE_CHECKING:
    from zenmux_bot.answers.fetching import FetchContext

PATIENCE = timedelta(seconds=10)

Look = Callable[[str | None], Awaitable[Check]]
"""Looks at something of a workspace, or of all."""


async def fetch_status(context: FetchContext, _query: StatusQuery) -> StatusView:
    """Return how the bot and what it stands on are."""
    assert context.health is not None  # noqa: S101 - the service gives one
    status = await context.health.look(context.team_id)
    if context.outage is None:
        return status
    # what is in memory may hide for a while that nothing new comes
    down = Check(
        "ZenMux API",
        ok=False,
        found=f"{context.outage}.",
        fix="Earlier answers serve meanwhile, marked as such.",
    )
    rest = (check for check in status.checks if not check.name.startswith("ZenMux"))
    return replace(status, checks=(down, *rest))


class Health:
    """Looks at everything at once.

    Args:
        apis: Give ZenMux's answers to each workspace.
        clock: Tells the time.
        looks: What else to look at (Slack, the database, ...).
    """

    def __init__(
        self, apis: TeamApis, clock: Clock, looks: Sequence[Look] = ()
    ) -> None:
        self._apis = apis
        self._clock = clock
        self._looks = looks

    async def look(self, team_id: str | None) -> StatusView:
        """Return how everything is, as a workspace sees it."""
        looks = (self._key, self._own_account, self._newest, *self._looks)
        checks = await asyncio.gather(*(look(team_id) for look in looks))
        return StatusView(tuple(checks), self._clock.now())

    async def _key(self, team_id: str | None) -> Check:
        """Ask for the flow rate, which only a management key may.

        The model list would prove nothing: it answers without any key.
        """
        try:
            answer = await self._apis.of(team_id).fetch(
                FlowRateRequest(), patience=PATIENCE
            )
        except KeyRefused as error:
            return Check(
                "ZenMux key",
                ok=False,
                found=f"refused: {error.message}.",
                fix="Set ZENMUX_MANAGEMENT_API_KEY to a management key of a personal "
                "account, made at https://zenmux.ai/platform/management.",
            )
        except ApiError as error:
            return Check(
                "ZenMux API",
                ok=False,
                found=f"isn’t responding: {error.message}.",
                fix="Earlier answers serve meanwhile, marked as such.",
            )
        if answer.stale:
            found = "isn’t responding; saved figures are shown, marked as such."
            return Check("ZenMux API", ok=False, found=found)
        return Check("ZenMux API", ok=True, found="answers; the key is accepted.")

    async def _own_account(self, team_id: str | None) -> Check:
        """Ask for own spend, which an organization's key may not."""
        what, api = "Own spend", self._apis.of(team_id)
        month = CostRequest.month(self._clock.now().date(), bill_types=BILLED)
        try:
            # A key that is good for nothing says nothing about the account.
            await api.fetch(FlowRateRequest(), patience=PATIENCE)
            answer = await api.fetch(month, patience=PATIENCE)
        except OrganizationKey:
            return Check(
                what,
                ok=None,
                found="not given to this key; everything else works.",
                fix="ZenMux gives usage and cost to management keys of personal "
                "accounts only, not to an organization's.",
            )
        except ApiError:
            return Check(what, ok=None, found="not known.")
        if answer.stale:
            return Check(what, ok=None, found="not known: ZenMux isn’t responding.")
        return Check(what, ok=True, found="can be read.")

    async def _newest(self, team_id: str | None) -> Check:
        today = self._clock.now().date()
        api = self._apis.of(team_id)
        newest = await seen_newest_day(api, today, patience=PATIENCE)
        if newest is None:
            return Check("Newest day", ok=None, found="not known.")
        late = newest < today - DAY
        return Check(
            "Newest day",
            ok=not late,
            found=f"{day_words(newest)} (UTC).",
            fix=f"{day_words(today - DAY)} is not in yet." if late else "",
        )
