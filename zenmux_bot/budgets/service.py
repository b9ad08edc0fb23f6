"""Commands about the own account: open channels, name keys, set budgets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.answers.known import known_models
from zenmux_bot.budgets.evaluate import MARKS, Budget, Standing, due_events
from zenmux_bot.budgets.messages import report_budgets, report_unknown, scope_of
from zenmux_bot.budgets.monitor import BudgetMonitor, Spent, fetch_spent, standing_of
from zenmux_bot.commands import names
from zenmux_bot.commands.account_commands import (
    CloseChannel,
    DeleteBudget,
    ListBudgets,
    NameKey,
    OpenChannel,
    SetBudget,
)
from zenmux_bot.commands.queries import (
    BudgetQuery,
    Cut,
    Request,
    SpendQuery,
    canonical,
)
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.directory import Directory
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.subscriptions import DigestSubject
from zenmux_bot.errors import (
    AmbiguousName,
    ApiError,
    BadInput,
    KeyRefused,
    NotAllowed,
    SlackFault,
    UnknownName,
)
from zenmux_bot.permissions import WHO_MAY_SEE_OWN_SPEND, Permissions
from zenmux_bot.render import numbers
from zenmux_bot.render.report import Button, Report
from zenmux_bot.render.wording import in_words
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.own_account import Budgets, KeyNames
from zenmux_bot.zenmux.api import INTERACTIVE, Api

log = structlog.get_logger(__name__)

MAX_BUDGETS = 50
"""Of one workspace."""

_WHO_MAY_SET = "Only admins can change budgets."
_WHO_MAY_NAME = "Only admins can name API keys."
_WHO_MAY_OPEN = "Only admins can open channels for own spend."
_PATIENCE = timedelta(seconds=1.5)
_LIST = Button(label="Budgets", action="ask:budgets", command="budget list")


class OwnAccount:
    """Answers commands that change settings of the own account, and lists budgets.

    Args:
        api_of: Returns ZenMux's API for a workspace.
        permissions: Knows who may do what, and in which channels the bot may post.
        budgets: The budgets.
        key_names: The names of API keys.
        audit: Records who did what.
        monitor: Checks a budget as soon as it is set.
        directory: Knows the names of channels.
        clock: Tells the time.
    """

    def __init__(
        self,
        *,
        api_of: Callable[[str], Api],
        permissions: Permissions,
        budgets: Budgets,
        key_names: KeyNames,
        audit: Audit,
        monitor: BudgetMonitor,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._api_of = api_of
        self._permissions = permissions
        self._budgets = budgets
        self._key_names = key_names
        self._audit = audit
        self._monitor = monitor
        self._directory = directory
        self._clock = clock

    async def answer(self, request: Request, actor: Actor) -> Report:
        """Carry out a request and report the result.

        Raises:
            BadInput: Something in it does not exist.
            NotAllowed: The actor may not do it.
            ApiError: ZenMux gives no figures.
            SlackFault: Slack cannot say who the actor is.
        """
        query = request.query
        assert isinstance(query, SpendQuery | BudgetQuery)  # noqa: S101 - dispatched by kind
        match query.command:
            case OpenChannel(channel, then):
                return await self._open(actor, channel, then)
            case CloseChannel(channel):
                return await self._close(actor, channel)
            case NameKey() as command:
                return await self._name(actor, command)
            case SetBudget() as command:
                return await self._set(actor, command)
            case DeleteBudget(budget_id):
                return await self._delete(actor, budget_id)
            case ListBudgets():
                return await self._list(actor)
        raise AssertionError(query)

    # Who may see it ------------------------------------------------------------------

    async def _open(self, actor: Actor, channel_id: str, then: str) -> Report:
        """Open a channel, and offer the command that was refused before."""
        where = await self._set_open(actor, channel_id, is_open=True)
        undo = _button("Undo", str(CloseChannel(channel_id)))
        return Report(
            title=f"Own spend is now shown in {where}",
            finding="Everybody there can ask “spend”, “usage” and “budget list”, "
            "and post the answers.",
            buttons=(*self._offered(then), undo),
        )

    def _offered(self, command: str) -> tuple[Button, ...]:
        if not command:
            return ()
        label = in_words(command, self._clock.now().date())
        return (Button(label=label, action="ask:then", command=command, primary=True),)

    async def _close(self, actor: Actor, channel_id: str) -> Report:
        where = await self._set_open(actor, channel_id, is_open=False)
        return Report(
            title=f"Own spend is no longer shown in {where}",
            finding="Only admins see it there now, privately. The channel's budget "
            "messages go to whoever set the budget.",
            buttons=(_button("Undo", str(OpenChannel(channel_id))),),
        )

    async def _set_open(self, actor: Actor, channel_id: str, *, is_open: bool) -> str:
        """Open or close a channel, and return its name."""
        channel = Location(actor.team_id, channel_id)
        await self._permissions.check_admin(actor, _WHO_MAY_OPEN)
        where = await self._channel_label(actor.team_id, channel_id)
        if await self._permissions.is_open(channel) is not is_open:
            await self._permissions.open_channel(actor, channel_id, is_open=is_open)
            action = "spend.allow" if is_open else "spend.deny"
            await self._note(actor, action, channel_id, where)
        return where

    # Keys ----------------------------------------------------------------------------

    async def _name(self, actor: Actor, command: NameKey) -> Report:
        await self._permissions.check_admin(actor, _WHO_MAY_NAME)
        label = names.shown(command.label)
        known = await self._used_keys(actor.team_id)
        if known is not None and command.key not in known:
            matching = [each for each in known if each.lower() == command.key.lower()]
            if not matching:
                raise BadInput(
                    f"No key {command.key} was used in the last weeks.",
                    allowed="Keys: " + (", ".join(sorted(known)) or "none") + ".",
                    suggestions=("spend mtd by key",),
                )
            command = NameKey(matching[0], command.label)
        await self._key_names.set(
            actor.team_id,
            command.key,
            AuditEntry(
                at=self._clock.now(),
                actor=actor.user_id,
                action="key.name",
                subject=command.key,
                detail=label,
            ),
        )
        return Report(
            title="Key named",
            finding=f"The key {command.key} is shown as “{label}” from now on.",
            buttons=(
                Button(
                    label="Spend by API key",
                    action="ask:keys",
                    command="spend mtd by key",
                ),
            ),
        )

    async def _used_keys(self, team_id: str) -> set[str] | None:
        """Return the ids of the keys in use; None if ZenMux is unavailable."""
        try:
            spent = await self._spent(team_id)
        except ApiError:
            return None
        return spent.names(Cut.KEY)

    async def _spent(self, team_id: str) -> Spent:
        return await fetch_spent(
            self._api_of(team_id),
            self._clock.now().date(),
            patience=INTERACTIVE,
            background=False,
        )

    # Budgets -------------------------------------------------------------------------

    async def _set(self, actor: Actor, command: SetBudget) -> Report:
        await self._permissions.check_admin(actor, _WHO_MAY_SET)
        channel_id = command.channel or actor.channel_id
        again = canonical(BudgetQuery(command=command))
        if command.channel is None and actor.location.is_direct:
            raise BadInput(
                "A budget needs a channel.",
                allowed="Name one, such as “budget set $500 in #finance”.",
            )
        channel = await self._permissions.check_channel(
            actor, channel_id, again=again, subject=DigestSubject.SPEND
        )
        where = f"#{channel.name}"
        if command.amount <= 0:
            raise BadInput("A budget is an amount above zero.")
        present = await self._budgets.of_team(actor.team_id)
        command = await self._resolve_names(actor.team_id, command)
        labels = await self._labels(actor.team_id)
        duplicates = [
            each
            for each in present
            if (each.channel_id, each.model, each.key_id)
            == (channel_id, command.model, command.key)
        ]
        for each in duplicates:
            if each.amount == command.amount:
                return Report(
                    title="That budget is there already",
                    finding=f"It is {each.id}: {numbers.cents(each.amount)} a month "
                    f"for {scope_of(each, labels)}, in {where}.",
                    command=again,
                    buttons=(_LIST, _delete_button(each, "this budget")),
                )
        if len(present) >= MAX_BUDGETS:
            raise BadInput(
                f"There are {MAX_BUDGETS} budgets already. Delete one first."
            )
        try:
            await self._spent(actor.team_id)
        except KeyRefused:
            raise  # the budget could never be checked
        except ApiError:
            log.info("budgets.not_seen", team=actor.team_id)
        now = self._clock.now()
        budget = Budget(
            team_id=actor.team_id,
            channel_id=channel_id,
            owner_id=actor.user_id,
            amount=command.amount,
            model=command.model,
            key_id=command.key,
            created_at=now,
        )
        what = scope_of(budget, labels)
        amount = numbers.cents(budget.amount)
        budget = await self._budgets.add(
            budget, audit_detail=f"{amount} a month for {what} in {where}"
        )
        try:
            standing = await self._monitor.check(budget, now)
        except ApiError:
            used = (
                "ZenMux gives no figures right now; I'll check again in a few minutes."
            )
        else:
            used = _used_so_far(standing, where)
        return Report(
            title="Budget set",
            finding=f"{amount} a month for {what}. {where} gets a message at 50%, 80% "
            f"and 100%, and when the month is forecast to go over. {used}"
            + "".join(
                f" {each.id}, {numbers.cents(each.amount)} for the same, "
                "is there as well."
                for each in duplicates
            ),
            command=again,
            buttons=(
                _LIST,
                _delete_button(budget, "this budget"),
                *(
                    _delete_button(each, f"the budget of {numbers.cents(each.amount)}")
                    for each in duplicates
                ),
            ),
        )

    async def _delete(self, actor: Actor, budget_id: str) -> Report:
        await self._permissions.check_admin(actor, _WHO_MAY_SET)
        entry = AuditEntry(
            at=self._clock.now(),
            actor=actor.user_id,
            action="budget.delete",
            subject=budget_id,
        )
        if not await self._budgets.delete(actor.team_id, budget_id, entry):
            raise BadInput(
                f"There is no budget {budget_id}.", suggestions=("budget list",)
            )
        return Report(
            title="Budget deleted", finding=f"{budget_id} won't post any more messages."
        )

    async def _list(self, actor: Actor) -> Report:
        if not await self._permissions.may_see_own_account(actor):
            raise NotAllowed(WHO_MAY_SEE_OWN_SPEND, of_admins=True)
        budgets = await self._budgets.of_team(actor.team_id)
        if not budgets:
            return report_budgets([], {}, {})
        labels = await self._labels(actor.team_id)
        channels = {
            channel: await self._channel_label(actor.team_id, channel)
            for channel in dict.fromkeys(each.channel_id for each in budgets)
        }
        today = self._clock.now().date()
        try:
            spent = await self._spent(actor.team_id)
        except ApiError:
            return report_unknown(budgets, labels, channels)
        return report_budgets(
            [standing_of(budget, spent, today) for budget in budgets], labels, channels
        )

    async def _channel_label(self, team_id: str, channel_id: str) -> str:
        """Return a channel's name as written in a sentence."""
        try:
            channel = await self._directory.channel(team_id, channel_id)
        except SlackFault:
            channel = None
        if channel is None or not channel.name:
            return "that channel"
        return f"#{channel.name}"

    async def _labels(self, team_id: str) -> Mapping[str, str]:
        """Return the display names of models and keys."""
        keys = await self._key_names.of_team(team_id)
        return {**await self._models(team_id), **keys}

    async def _models(self, team_id: str) -> Mapping[str, str]:
        context = FetchContext(self._api_of(team_id), self._clock, _PATIENCE)
        try:
            return (await known_models(context)).labels
        except ApiError:
            return {}

    async def _resolve_names(self, team_id: str, command: SetBudget) -> SetBudget:
        """Return a command with names replaced by slugs and ids.

        Raises:
            BadInput: No model or key has the name, or several do.
            ApiError: ZenMux is unavailable.
        """
        if command.model is None and command.key is None:
            return command
        spent = await self._spent(team_id)
        for field, cut, known in (
            ("model", Cut.MODEL, await self._models(team_id)),
            ("key", Cut.KEY, await self._key_names.of_team(team_id)),
        ):
            name: str | None = getattr(command, field)
            if name is None:
                continue
            used = {each: known.get(each, each) for each in spent.names(cut)}
            try:
                found = _find(name, used, known, what=field)
            except (UnknownName, AmbiguousName) as error:
                nearest = (
                    canonical(BudgetQuery(command=_with(command, field, each)))
                    for each in error.suggestions
                )
                raise type(error)(
                    error.problem, allowed=error.allowed, suggestions=tuple(nearest)
                ) from None
            command = _with(command, field, found)
        return command

    async def _note(self, actor: Actor, action: str, subject: str, detail: str) -> None:
        entry = AuditEntry(
            at=self._clock.now(),
            actor=actor.user_id,
            action=action,
            subject=subject,
            detail=detail,
        )
        await self._audit.add(actor.team_id, entry)


def _find(
    name: str, used: Mapping[str, str], known: Mapping[str, str], *, what: str
) -> str:
    """Return the slug or id for a name; of several, the one used lately."""
    try:
        return names.find(name.lower(), {**known, **used}, what=what)
    except AmbiguousName:
        with contextlib.suppress(UnknownName):
            return names.find(name.lower(), used, what=what)
        raise


def _with(command: SetBudget, field: str, name: str) -> SetBudget:
    if field == "model":
        return replace(command, model=name)
    return replace(command, key=name)


def _used_so_far(standing: Standing, where: str) -> str:
    """Say how much of a new budget is used, and if its channel gets a message."""
    used = f"{standing.whole_percent}% is used so far"
    events = due_events(standing)
    if not events:
        return f"{used}."
    amount = numbers.cents(standing.budget.amount)
    if standing.mark == MARKS[0]:
        used += f", so {amount} is already passed"
    elif events[-1].mark is None:
        used += f", and the month is forecast to go over {amount}"
    return f"{used}. {where} gets a message now."


def _delete_button(budget: Budget, what: str) -> Button:
    return Button(
        label=f"Delete {what}",
        action=f"ask:delete:{budget.id}",
        command=f"budget delete {budget.id}",
        confirm=f"Delete the budget of {numbers.cents(budget.amount)} a month?",
    )


def _button(label: str, words: str) -> Button:
    return Button(label=label, action="ask:undo", command=f"spend {words}")
