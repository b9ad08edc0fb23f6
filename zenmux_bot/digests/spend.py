"""Digests of own spend: the last complete period, its drivers and the budgets left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from zenmux_bot.answers.service import Answers
from zenmux_bot.answers.spend.report import report_spend
from zenmux_bot.answers.spend.view import SpendRow, SpendView
from zenmux_bot.budgets.evaluate import Standing
from zenmux_bot.budgets.messages import scope_of
from zenmux_bot.budgets.monitor import fetch_spent, standing_of
from zenmux_bot.commands.queries import MAX_TOP, Audience, Cut, Request, SpendQuery
from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.content import PATIENCE, spend_query
from zenmux_bot.digests.delivery.context import Skip
from zenmux_bot.digests.delivery.entries import Composed
from zenmux_bot.digests.message import lateness, report_empty, source, title_of
from zenmux_bot.digests.schedule import Occurrence
from zenmux_bot.digests.subscriptions import Subscription, WhenEmpty
from zenmux_bot.errors import ApiError, NoData, Unreachable
from zenmux_bot.render import numbers, slack
from zenmux_bot.render.cells import name
from zenmux_bot.render.report import Button, Report, ask
from zenmux_bot.store.own_account import Budgets, KeyNames
from zenmux_bot.zenmux.api import Api

MAX_KEYS = 3
"""How many API keys are named; the others are counted."""

CLOSED = "own spend is no longer shown in this channel"


class SpendComposer:
    """Composes digests of own spend, for channels that an administrator opened.

    Args:
        answers: Returns the views that questions get, too.
        is_open: Tells whether own spend is shown in a channel.
        api_of: Returns the API for a workspace.
        budgets: The budgets of all workspaces.
        key_names: The names of API keys.
        clock: The current time.
    """

    def __init__(
        self,
        answers: Answers,
        *,
        is_open: Callable[[Location], Awaitable[bool]],
        api_of: Callable[[str], Api],
        budgets: Budgets,
        key_names: KeyNames,
        clock: Clock,
    ) -> None:
        self._answers = answers
        self._is_open = is_open
        self._api_of = api_of
        self._budgets = budgets
        self._key_names = key_names
        self._clock = clock

    async def compose(
        self, subscription: Subscription, occurrence: Occurrence, *, late: bool
    ) -> Composed | Skip:
        """Return the digest of an occurrence; see ``context.Composer``.

        Raises:
            BotError: It cannot be made now.
        """
        channel = Location(subscription.team_id, subscription.channel_id)
        if not await self._is_open(channel):
            return Skip(CLOSED, notify=True)
        query = spend_query(subscription, occurrence.days)
        request = Request(query=query, audience=Audience.PUBLIC)
        try:
            answered = await self._answers.answer(
                request, team_id=subscription.team_id, patience=PATIENCE
            )
        except NoData as error:
            if subscription.when_empty is WhenEmpty.SKIP:
                return Skip(str(error))
            report = report_empty(subscription, occurrence, str(error), late=late)
            return Composed(message=slack.message(report))
        view: SpendView = answered.view
        if view.stale:
            raise Unreachable("ZenMux gives no new figures")
        more = [*await self._keys(query, subscription), *await self._left(channel)]
        report = report_spend_digest(
            view, subscription, occurrence, late=late, more=more
        )
        return Composed(
            message=slack.message(report), data_through=occurrence.days.last
        )

    async def _keys(self, query: SpendQuery, subscription: Subscription) -> list[str]:
        """Return which API keys spent most, unless the table shows it or it is unknown.

        ZenMux sends them together with the models, so this makes no extra request.
        """
        if query.by is Cut.KEY:
            return []
        by_key = replace(query, by=Cut.KEY, top=MAX_TOP)
        try:
            answered = await self._answers.answer(
                Request(query=by_key, audience=Audience.PUBLIC),
                team_id=subscription.team_id,
                patience=PATIENCE,
            )
        except (ApiError, NoData):
            return []
        return _by_key(answered.view)

    async def _left(self, channel: Location) -> list[str]:
        """Return what is left of the channel's budgets, if it is known."""
        budgets = [
            each
            for each in await self._budgets.of_team(channel.team_id)
            if each.channel_id == channel.channel_id
        ]
        if not budgets:
            return []
        today = self._clock.now().date()
        api = self._api_of(channel.team_id)
        try:
            spent = await fetch_spent(api, today, patience=PATIENCE, background=True)
        except ApiError:
            return []
        names = await self._key_names.of_team(channel.team_id)
        return [_said(standing_of(each, spent, today), names) for each in budgets]


def report_spend_digest(
    view: SpendView,
    subscription: Subscription,
    occurrence: Occurrence,
    *,
    late: bool,
    more: Sequence[str],
) -> Report:
    """Return the message that goes to the channel.

    Args:
        view: The figures.
        subscription: Whose digest it is.
        occurrence: Which of its occurrences.
        late: It is well past its time, and says so.
        more: Sentences about API keys, and what is left of the channel's budgets.
    """
    query = spend_query(subscription, occurrence.days)
    request = Request(query=query)
    report = report_spend(view, replace(request, audience=Audience.PUBLIC))
    return replace(
        report,
        title=title_of(subscription, (), view.span),
        finding=" ".join((report.finding, *more)),
        context=(
            *lateness(subscription, occurrence, late=late),
            *report.context,
            source(subscription),
        ),
        buttons=_buttons(query, request),
        menus=(),
    )


def _buttons(query: SpendQuery, request: Request) -> tuple[Button, ...]:
    cuts = {Cut.MODEL: "By model", Cut.KEY: "By key", Cut.DAY: "By day"}
    others = [
        ask(request, str(cut), label, replace(query, by=cut))
        for cut, label in cuts.items()
        if cut is not query.by
    ]
    return (*others, ask(replace(request, csv=True), "csv", "CSV", query))


def _by_key(view: SpendView) -> list[str]:
    """Return ``By API key: CI pipeline $312.10 (+12.3%), web $80.20 and 2 more.``."""
    spent = [row for row in view.rows if row.value.low]
    named = [_key(row) for row in spent[:MAX_KEYS]]
    if not named:
        return []
    more = len(spent) - len(named)
    listed = ", ".join(named)
    return [f"By API key: {listed}{f' and {more} more' if more else ''}."]


def _key(row: SpendRow) -> str:
    amount = numbers.cents(row.value.low)
    if row.is_new:
        return f"{name(row.label)} {amount} (new)"
    if row.growth is None:
        return f"{name(row.label)} {amount}"
    return f"{name(row.label)} {amount} ({numbers.signed_percent(row.growth)})"


def _said(standing: Standing, names: dict[str, str]) -> str:
    """Return ``$120.00 of the budget of $500.00 for the account is left``."""
    budget = standing.budget
    left = budget.amount - standing.billed
    amount = numbers.cents(budget.amount)
    used = f"{standing.whole_percent}% used"
    what = f"for {scope_of(budget, names)}"
    if left < 0:
        return f"The budget of {amount} {what} is exceeded ({used})."
    return f"{numbers.cents(left)} of the budget of {amount} {what} is left ({used})."
