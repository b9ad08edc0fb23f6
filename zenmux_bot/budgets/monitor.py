"""Checks budgets, credits and the plan, and enqueues messages about them.

Messages enter the ledger under computed keys, so any number of processes may check at
once, and an interrupted check is simply repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

import structlog

from zenmux_bot.answers.spend.fetch import as_of, months_of
from zenmux_bot.answers.spend.view import NAMES, Sum, amount_of, day_of, sum_of
from zenmux_bot.budgets.evaluate import (
    WEEKS,
    Budget,
    Standing,
    due_events,
    ended_month,
    mark_reported,
    stand,
)
from zenmux_bot.budgets.messages import (
    report_event,
    report_runway,
    report_window,
    spend_command,
)
from zenmux_bot.budgets.runway import (
    Crossing,
    check_credits,
    check_window,
    runway,
)
from zenmux_bot.commands.queries import Cut
from zenmux_bot.core.actors import Location
from zenmux_bot.core.periods import DAY, Span
from zenmux_bot.digests.delivery.entries import OutboundMessage
from zenmux_bot.errors import ApiError, KeyRefused, SlackFault
from zenmux_bot.render import slack
from zenmux_bot.render.report import Report
from zenmux_bot.store.conversations import Settings
from zenmux_bot.store.ledger import Ledger
from zenmux_bot.store.own_account import Budgets, KeyNames
from zenmux_bot.zenmux.api import Api
from zenmux_bot.zenmux.models import Answer, Cost, OwnRow, RollingQuota
from zenmux_bot.zenmux.requests import (
    BILLED,
    BalanceRequest,
    CostRequest,
    SubscriptionRequest,
)

EVERY = timedelta(minutes=10)
PATIENCE = timedelta(minutes=2)
"""Long enough to wait out the account's minute."""

MESSAGE_LASTS = timedelta(days=1)
MAX_RECIPIENTS = 10
"""How many admins hear of the runway if there is no operations channel."""

_BY = "zenmux"
_WINDOWS = (("quota_5_hour", "five-hour"), ("quota_7_day", "seven-day"))

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Spent:
    """What an account was billed lately.

    Attributes:
        answers: The months, the newest last.
    """

    answers: tuple[Answer[Cost], ...]

    @property
    def as_of(self) -> datetime:
        """Return when ZenMux gave the oldest figures that can still change."""
        return as_of(self.answers)

    @property
    def stale(self) -> bool:
        """Tell whether any of it comes from an old copy."""
        return any(answer.stale for answer in self.answers)

    def names(self, cut: Cut) -> set[str]:
        """Return the models or the keys that were billed."""
        return {
            name
            for answer in self.answers
            for row in (
                answer.data.analysis.by_key
                if cut is Cut.KEY
                else answer.data.analysis.by_model
            )
            if (name := NAMES[cut](row))
        }

    def by_day(self, budget: Budget | None = None) -> dict[date, Sum]:
        """Return what was billed by day: everything, or only what a budget covers."""
        found: dict[date, list[Decimal | None]] = {}
        for answer in self.answers:
            for row in _rows_of(answer.data, budget):
                found.setdefault(day_of(row), []).append(amount_of(row))
        return {day: sum_of(amounts) for day, amounts in found.items()}


def _rows_of(data: Cost, budget: Budget | None) -> Sequence[OwnRow]:
    if budget is not None and budget.key_id is not None:
        rows = data.analysis.by_key
        return [row for row in rows if row.api_key_id == budget.key_id]
    rows = data.analysis.by_model
    if budget is not None and budget.model is not None:
        return [row for row in rows if row.model_slug == budget.model]
    return rows


async def fetch_spent(
    api: Api, today: date, *, patience: timedelta, background: bool
) -> Spent:
    """Fetch the running month and the weeks that forecasts are based on.

    Raises:
        ApiError: ZenMux gives no figures.
    """
    weeks = Span(today - DAY * (7 * WEEKS + 1), today)
    requests = [
        CostRequest.month(each, bill_types=BILLED, background=background)
        for each in months_of(weeks)
    ]
    answers = await asyncio.gather(
        *(api.fetch(request, patience=patience) for request in requests)
    )
    return Spent(tuple(answers))


def standing_of(
    budget: Budget, spent: Spent, today: date, *, is_over: bool = False
) -> Standing:
    """Return where a budget stands; with ``is_over`` at the end of that day."""
    by_day = spent.by_day(budget)
    first = today.replace(day=1)
    return stand(
        budget,
        {day: amount.low for day, amount in by_day.items()},
        today,
        is_exact=all(
            amount.is_exact for day, amount in by_day.items() if first <= day <= today
        ),
        as_of=spent.as_of,
        stale=spent.stale,
        is_over=is_over,
    )


class BudgetMonitor:
    """Checks every workspace's budgets, credits and plan.

    Args:
        api_of: Returns ZenMux's API for a workspace.
        teams: Returns the workspaces whose account can be read.
        budgets: The budgets.
        key_names: The names of API keys.
        is_open: Tells whether own spend may be shown in a channel.
        administrators: Returns who hears of the runway: a channel, or people.
        states: Stores which runway messages were sent.
        ledger: Posts messages.
    """

    def __init__(
        self,
        *,
        api_of: Callable[[str], Api],
        teams: Callable[[], Awaitable[Sequence[str]]],
        budgets: Budgets,
        key_names: KeyNames,
        is_open: Callable[[Location], Awaitable[bool]],
        administrators: Callable[[str], Awaitable[Sequence[str]]],
        states: Settings,
        ledger: Ledger,
    ) -> None:
        self._api_of = api_of
        self._teams = teams
        self._budgets = budgets
        self._key_names = key_names
        self._is_open = is_open
        self._administrators = administrators
        self._states = states
        self._ledger = ledger

    async def run(self, now: datetime) -> None:
        """Check every workspace; one that fails does not stop the others."""
        by_team: dict[str, list[Budget]] = {}
        for budget in await self._budgets.all():
            by_team.setdefault(budget.team_id, []).append(budget)
        for team_id in dict.fromkeys([*await self._teams(), *by_team]):
            budgets, kinds = by_team.get(team_id, []), set[str]()
            for check in (partial(self._check_spend, budgets), self._check_plan):
                try:
                    await check(team_id, now)
                except KeyRefused:
                    log.info("budgets.no_figures", team=team_id)
                except (ApiError, SlackFault) as error:
                    kinds.add(type(error).__name__)
            if kinds:
                kind = ", ".join(sorted(kinds))
                log.warning("budgets.not_seen", team=team_id, kind=kind)

    async def check(self, budget: Budget, now: datetime) -> Standing:
        """Check one budget that was just set.

        Raises:
            ApiError: ZenMux gives no figures.
        """
        spent = await fetch_spent(
            self._api_of(budget.team_id),
            now.date(),
            patience=timedelta(seconds=20),
            background=False,
        )
        standing = standing_of(budget, spent, now.date())
        await self._announce(
            standing, await self._key_names.of_team(budget.team_id), now
        )
        return standing

    async def _check_spend(
        self, budgets: Sequence[Budget], team_id: str, now: datetime
    ) -> None:
        api, today = self._api_of(team_id), now.date()
        spent = await fetch_spent(api, today, patience=PATIENCE, background=True)
        if not spent.stale:
            names = await self._key_names.of_team(team_id)
            for each in budgets:
                budget, last = each, ended_month(each, now)
                if last is not None:
                    ended = standing_of(budget, spent, last, is_over=True)
                    budget = await self._announce(ended, names, now)
                await self._announce(standing_of(budget, spent, today), names, now)
        await self._check_credits(team_id, api, spent, now)

    async def _announce(
        self, standing: Standing, names: Mapping[str, str], now: datetime
    ) -> Budget:
        """Enqueue the messages due for a budget, then record that they were sent."""
        budget = standing.budget
        events = due_events(standing)
        if not events:
            return budget
        # Only open channels get figures; otherwise the budget's owner does.
        may_post = budget.channel_error is None and await self._is_open(
            Location(budget.team_id, budget.channel_id)
        )
        for event in events:
            await self._enqueue(
                event.key,
                report_event(event, names),
                team_id=budget.team_id,
                channel_id=budget.channel_id if may_post else budget.owner_id,
                owner_id=budget.owner_id,
                now=now,
                question=spend_command(standing),
            )
        told = mark_reported(events)
        await self._budgets.note_told(told)
        return told

    async def _check_credits(
        self, team_id: str, api: Api, spent: Spent, now: datetime
    ) -> None:
        balance = await api.fetch(BalanceRequest(), patience=PATIENCE)
        total = balance.data.total_credits
        by_day = {day: amount.low for day, amount in spent.by_day().items()}
        found = None if total is None else runway(total, by_day, now.date())
        if found is None or balance.stale or spent.stale:
            return
        before = await self._state(team_id, "credits")
        state, mark = check_credits(before, found)
        if mark is not None:
            key = f"runway:{team_id}:credits:{state.times}:{mark}"
            await self._notify_admins(team_id, key, report_runway(found, mark), now)
        await self._store_state(team_id, "credits", before, state, now)

    async def _check_plan(self, team_id: str, now: datetime) -> None:
        plan = await self._api_of(team_id).fetch(
            SubscriptionRequest(), patience=PATIENCE
        )
        if plan.stale:
            return
        for name, words in _WINDOWS:
            window: RollingQuota | None = getattr(plan.data, name)
            if window is None:
                continue
            before = await self._state(team_id, name)
            state, mark = check_window(before, window)
            if mark is not None:
                key = f"runway:{team_id}:{name}:{state.times}:{mark}"
                report = report_window(words, window, mark)
                await self._notify_admins(team_id, key, report, now)
            await self._store_state(team_id, name, before, state, now)

    async def _notify_admins(
        self, team_id: str, key: str, report: Report, now: datetime
    ) -> None:
        """Enqueue a message to each administrator."""
        for whom in (await self._administrators(team_id))[:MAX_RECIPIENTS]:
            await self._enqueue(
                f"{key}:{whom}",
                report,
                team_id=team_id,
                channel_id=whom,
                owner_id=whom,
                now=now,
            )

    async def _enqueue(
        self,
        key: str,
        report: Report,
        *,
        team_id: str,
        channel_id: str,
        owner_id: str,
        now: datetime,
        question: str | None = None,
    ) -> None:
        await self._ledger.enqueue(
            OutboundMessage(
                key=key,
                team_id=team_id,
                channel_id=channel_id,
                owner_id=owner_id,
                message=slack.message(report),
                subject=f"The message “{report.title}”",
                expires_at=now + MESSAGE_LASTS,
                question=question,
            ),
            now=now,
        )

    async def _state(self, team_id: str, name: str) -> Crossing:
        text = await self._states.get(Location(team_id), _key(name))
        return Crossing.load(text)

    async def _store_state(
        self, team_id: str, name: str, before: Crossing, state: Crossing, now: datetime
    ) -> None:
        if state != before:
            await self._states.set(
                Location(team_id), _key(name), state.dump(), by=_BY, now=now
            )


def _key(name: str) -> str:
    return f"runway.{name}"
