"""Checks the key, the API, the newest day, and whatever probes it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from zenmux_bot.answers.status.view import Check, StatusView
from zenmux_bot.commands.queries import StatusQuery
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.periods import DAY, day_words
from zenmux_bot.errors import (
    ApiError,
    KeyRefused,
    OrganizationKey,
    RateLimited,
    RequestRefused,
)
from zenmux_bot.zenmux.api import Api, TeamApis
from zenmux_bot.zenmux.freshness import RecentDays, recent_days
from zenmux_bot.zenmux.models import Answer, Cost, FlowRate
from zenmux_bot.zenmux.outages import Outages
from zenmux_bot.zenmux.requests import (
    BILLED,
    OWN_PATHS,
    CostRequest,
    FlowRateRequest,
    Request,
)
from zenmux_bot.zenmux.wire import status_phrase

if TYPE_CHECKING:
    from zenmux_bot.answers.fetching import FetchContext

PATIENCE = timedelta(seconds=10)
AT_ONCE = timedelta(seconds=1.5)
"""The wait for an answer while ZenMux is known to be down."""

_MARKED = "Saved figures are shown meanwhile, and say so."
_UNCHECKED = "couldn't be checked."
_SET_KEY = (
    "Set ZENMUX_MANAGEMENT_API_KEY to a management key of a personal account, made at "
    "https://zenmux.ai/platform/management."
)

Probe = Callable[[str | None], Awaitable[Check]]
"""Checks one thing of a workspace; None: of all workspaces."""

T = TypeVar("T", bound=BaseModel)


async def fetch_status(context: FetchContext, _query: StatusQuery) -> StatusView:
    """Return the health of the bot and of what it depends on."""
    assert context.health is not None  # noqa: S101 - the service gives one
    return await context.health.check(context.team_id)


class Health:
    """Checks everything in parallel.

    Args:
        apis: Give ZenMux's answers to each workspace.
        clock: Tells the time.
        probes: Check the rest (Slack, the database, ...).
        outages: Knows which endpoints give no answers.
    """

    def __init__(
        self,
        apis: TeamApis,
        clock: Clock,
        probes: Sequence[Probe] = (),
        *,
        outages: Outages | None = None,
    ) -> None:
        self._apis = apis
        self._clock = clock
        self._probes = probes
        self._outages = Outages(clock) if outages is None else outages

    async def check(self, team_id: str | None) -> StatusView:
        """Return how everything is, as a workspace sees it."""
        zenmux, others = await asyncio.gather(
            self._check_zenmux(team_id),
            asyncio.gather(*(probe(team_id) for probe in self._probes)),
        )
        return StatusView((*zenmux, *others), self._clock.now())

    async def _check_zenmux(self, team_id: str | None) -> tuple[Check, ...]:
        checks = await self._ask_zenmux(team_id, AT_ONCE)
        if all(check.ok for check in checks) or self._outages.failing():
            return checks
        return await self._ask_zenmux(team_id, PATIENCE)

    async def _ask_zenmux(
        self, team_id: str | None, patience: timedelta
    ) -> tuple[Check, ...]:
        """Ask for what only some keys may read, and for the newest day.

        The flow rate is for management keys only; the model list would prove nothing.
        """
        today, api = self._clock.now().date(), self._apis.of(team_id)
        month = CostRequest.month(today, bill_types=BILLED)
        rate, cost, seen = await asyncio.gather(
            _ask(api, FlowRateRequest(), patience),
            _ask(api, month, patience),
            recent_days(api, today, patience=patience),
        )
        zenmux, own = self._api(rate), self._own_account(cost, rate)
        return zenmux, own, _newest(seen, today)

    def _api(self, rate: Answer[FlowRate] | ApiError) -> Check:
        name, fix = "ZenMux API", _MARKED
        failing = [path for path in self._outages.failing() if path not in OWN_PATHS]
        outage = self._outages.find(failing.__contains__)
        down = "ZenMux isn't responding" if outage is None else str(outage)
        is_down_for_all = self._outages.find(lambda _path: False) is not None
        match rate:
            case KeyRefused():
                name, fix = "ZenMux key", _SET_KEY
                found = f"refused: {rate.message}" if rate.status else rate.message
            case RateLimited():
                found = "limits the bot's requests"
            case RequestRefused():
                found = f"refuses the bot's requests: {rate.message}"
                fix = f"It answers with HTTP {rate.status}. Check ZENMUX_BASE_URL."
            case ApiError():
                reason = rate if outage is None else outage.error
                found = f"{down}: {reason.message}"
                if outage is not None and _is_phrase(reason):
                    found = down
            case Answer() if rate.stale or is_down_for_all:
                found = down
            case _ if failing:
                asked = ", ".join(sorted(map(_words, failing)))
                found = f"{down} when asked for {asked}"
            case _:
                return Check(name, ok=True, found="answers; the key is accepted.")
        return Check(name, ok=False, found=f"{found}.", fix=fix)

    def _own_account(
        self, cost: Answer[Cost] | ApiError, rate: Answer[FlowRate] | ApiError
    ) -> Check:
        name, outage = "Own spend", self._outages.find(OWN_PATHS.__contains__)
        if isinstance(rate, KeyRefused):
            # An invalid key says nothing about the account.
            return Check(name, ok=None, found=_UNCHECKED)
        match cost:
            case OrganizationKey():
                return Check(
                    name,
                    ok=None,
                    found="not given to this key; everything else works.",
                    fix="ZenMux gives usage and cost to management keys of personal "
                    "accounts only, not to an organization's.",
                )
            case KeyRefused(status=None):
                return Check(name, ok=None, found=f"{cost.message}.")
            case Answer(stale=False) if outage is None:
                return Check(name, ok=True, found="can be read.")
        is_told = isinstance(rate, ApiError) or rate.stale
        found = _UNCHECKED if outage is None or is_told else f"{outage}."
        return Check(name, ok=None, found=found)


async def _ask(
    api: Api, request: Request[T], patience: timedelta
) -> Answer[T] | ApiError:
    try:
        return await api.fetch(request, patience=patience)
    except ApiError as error:
        return error


def _newest(seen: RecentDays | None, today: date) -> Check:
    name = "Newest day"
    if seen is None:
        return Check(name, ok=None, found=_UNCHECKED)
    newest, yesterday = f"{day_words(seen.newest)} (UTC)", today - DAY
    if seen.stale:
        return Check(name, ok=None, found=f"{newest}, as far as is known.")
    if seen.newest < yesterday:
        fix = f"{day_words(yesterday)} isn't in yet."
        return Check(name, ok=False, found=f"{newest}.", fix=fix)
    return Check(name, ok=True, found=f"{newest}.")


def _is_phrase(error: ApiError) -> bool:
    """Tell whether the message only repeats the status."""
    return error.status is not None and error.message == status_phrase(error.status)


def _words(path: str) -> str:
    """Return what an endpoint is for."""
    path = path.removeprefix("/statistics")
    return path.strip("/").replace("/", " ").replace("_", " ")
