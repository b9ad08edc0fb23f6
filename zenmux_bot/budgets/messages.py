"""Messages and reports about budgets and the runway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from zenmux_bot.budgets.evaluate import MARKS, Budget, BudgetEvent, Forecast, Standing
from zenmux_bot.budgets.runway import Runway
from zenmux_bot.commands.queries import Cut, HelpQuery, SpendQuery, canonical
from zenmux_bot.core.periods import CalendarUnit, Unit
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import name
from zenmux_bot.render.report import Button, Cell, Column, Report, Table
from zenmux_bot.zenmux.models import RollingQuota

_HOW_TO_SET = canonical(HelpQuery(topic="budget"))
SPEND = "spend mtd"
BUDGETS = "budget list"
_ACCOUNT = "the account"

Names = Mapping[str, str]


def scope_of(budget: Budget, names: Names) -> str:
    """Return the name of what a budget covers."""
    if budget.model is not None:
        return name(names.get(budget.model, budget.model))
    if budget.key_id is not None:
        return name(names.get(budget.key_id, budget.key_id))
    return _ACCOUNT


def report_event(event: BudgetEvent, names: Names) -> Report:
    """Report that a budget passed a mark, or is forecast to be exceeded."""
    standing = event.standing
    budget, what = standing.budget, scope_of(standing.budget, names)
    whose = "" if budget.model is None and budget.key_id is None else f" for {what}"
    if event.mark is None:
        title = f"Budget for {what}: forecast to go over {_money(budget.amount)}"
    elif event.mark == MARKS[0]:
        title = f"Over budget: {_billed(standing)} of {_money(budget.amount)}{whose}"
    else:
        title = f"Budget for {what}: {event.mark}% used"
    so_far = "" if standing.is_over else " so far"
    billed = f"{_billed(standing)} of {_money(budget.amount)} is billed"
    month = f"{standing.today:%B}{so_far}"
    sentences = [f"{billed} in {month} ({standing.whole_percent}%)."]
    if standing.forecast is not None:
        sentences.append(f"Forecast for the month: {_range(standing.forecast)}.")
    left = f"{numbers.plural(standing.days_left, 'day')} left, today included"
    sentences.append(
        f"{'The month is over' if standing.is_over else left}; "
        f"{_money(standing.per_day)} a day{so_far}."
    )
    return Report(
        title=title,
        finding=" ".join(sentences),
        context=(
            f"Budget {budget.id}",
            "billed only, UTC month",
            "forecast from the last four weeks, by weekday",
        ),
        as_of=standing.as_of,
        stale=standing.stale,
        command=BUDGETS,
        buttons=(
            Button(
                label="Spend by model",
                action="ask:spend",
                command=spend_command(standing),
            ),
            Button(
                label="By API key",
                action="ask:keys",
                command=spend_command(standing, by=Cut.KEY),
            ),
        ),
    )


def spend_command(standing: Standing, by: Cut = Cut.MODEL) -> str:
    """Return the command that shows a budget's spend in the month reported."""
    budget, first = standing.budget, standing.today.replace(day=1)
    query = SpendQuery(
        period=CalendarUnit(Unit.MONTH, first),
        by=by,
        model=budget.model,
        key=budget.key_id,
    )
    return canonical(query)


def report_budgets(
    standings: Sequence[Standing], names: Names, channels: Names
) -> Report:
    """Report where each budget stands and when its next message is due.

    Args:
        standings: The budgets, the oldest first.
        names: Names of models and keys, by slug or id.
        channels: Names of channels, by id.
    """
    if not standings:
        return Report(
            title="No budgets yet",
            finding="An admin can set one, such as “budget set $500 in #finance”.",
            buttons=(
                Button(
                    label="How to set a budget", action="ask:help", command=_HOW_TO_SET
                ),
            ),
        )
    first = standings[0]
    return Report(
        title=f"Budgets, {first.today:%B %Y}",
        finding=" ".join(_sentence(each, names) for each in standings),
        table=Table(
            caption="Budgets",
            columns=(
                Column("For", is_wrapped=True),
                Column("Used", "right", numeric=True, said="used"),
                Column("Billed", "right", numeric=True, said="billed"),
                Column("Amount", "right", numeric=True, said="of"),
                Column("Forecast", "right", numeric=True, said="forecast"),
                Column("Next notice"),
                Column("Channel", said="in"),
                Column("Budget", said="budget"),
            ),
            rows=tuple(_row(each, names, channels) for each in standings),
        ),
        context=(
            "billed only, UTC month",
            "forecast: by weekday, from the lightest to the heaviest of four weeks",
        ),
        as_of=min(each.as_of for each in standings),
        stale=any(each.stale for each in standings),
        command=BUDGETS,
        buttons=(Button(label="Spend by model", action="ask:spend", command=SPEND),),
    )


def report_unknown(budgets: Sequence[Budget], names: Names, channels: Names) -> Report:
    """List the budgets while ZenMux gives no figures."""
    return Report(
        title="Budgets",
        finding="ZenMux gives no own figures right now, so what is used isn't known.",
        table=Table(
            caption="Budgets",
            columns=(
                Column("For", is_wrapped=True),
                Column("Amount", "right", numeric=True),
                Column("Channel", said="in"),
                Column("Budget", said="budget"),
            ),
            rows=tuple(
                (
                    Cell(scope_of(each, names)),
                    Cell(_money(each.amount), float(each.amount)),
                    Cell(channels.get(each.channel_id, each.channel_id)),
                    Cell(each.id),
                )
                for each in budgets
            ),
        ),
        command=BUDGETS,
    )


def _row(standing: Standing, names: Names, channels: Names) -> tuple[Cell, ...]:
    budget, expected = standing.budget, standing.forecast
    return (
        Cell(scope_of(budget, names), slugs=(budget.model or budget.key_id or "",)),
        Cell(f"{standing.whole_percent}%", float(standing.percent)),
        Cell(_billed(standing), float(standing.billed)),
        Cell(_money(budget.amount), float(budget.amount)),
        Cell(numbers.UNKNOWN)
        if expected is None
        else Cell(_range(expected), float(expected.middle)),
        Cell(_next_notice(standing)),
        Cell(channels.get(budget.channel_id, budget.channel_id)),
        Cell(budget.id),
    )


def _sentence(standing: Standing, names: Names) -> str:
    budget = standing.budget
    what = scope_of(budget, names).replace(_ACCOUNT, _ACCOUNT.capitalize())
    return f"{what}: {standing.whole_percent}% of {_money(budget.amount)}."


def _next_notice(standing: Standing) -> str:
    """Say when the next message is due, and who gets it if not the channel."""
    amount, mark = standing.budget.amount, standing.next_mark
    if mark is None:
        said = "next month"
    else:
        said = f"at {mark}%, {_money(amount * mark / 100)}"
        if standing.budget.told_forecast != standing.month:
            said += f", or if the forecast passes {_money(amount)}"
    if standing.budget.channel_error is None:
        return said
    return f"{said}; to its owner, as nobody can post in the channel"


def _billed(standing: Standing) -> str:
    return f"{'' if standing.is_exact else '≥'}{_money(standing.billed)}"


def _range(expected: Forecast) -> str:
    if expected.low == expected.high:
        return _money(expected.middle)
    return (
        f"{_money(expected.middle)} ({_money(expected.low)} to {_money(expected.high)})"
    )


def _money(value: Decimal) -> str:
    return numbers.cents(value)


def report_runway(found: Runway, mark: int) -> Report:
    """Report that credits last less than some days."""
    most = "" if found.most is None else f" to {found.most:.0f}"
    return Report(
        title=f"ZenMux credits last less than {mark} days",
        finding=(
            f"The balance is {_money(found.balance)}. At the rate of the last weeks "
            f"that is about {numbers.plural(round(found.days), 'day')} "
            f"({found.fewest:.0f}{most})."
        ),
        context=("billed use of the last four weeks, complete days",),
        command="account",
        buttons=(
            Button(label="Account", action="ask:account", command="account"),
            Button(label="Spend by day", action="ask:spend", command=f"{SPEND} by day"),
        ),
    )


def report_window(what: str, window: RollingQuota, mark: int) -> Report:
    """Report that a window of the plan is nearly used up."""
    used = (window.usage_percentage or Decimal()) * 100
    resets = ""
    if window.resets_at is not None:
        day = days.day(window.resets_at.date(), year=False)
        resets = f" It resets on {day} at {window.resets_at:%H:%M} UTC."
    return Report(
        title=f"{mark}% of the plan's {what} window is used",
        finding=f"{used:.0f}% is used. What goes beyond it is billed.{resets}",
        command="account",
        buttons=(Button(label="Account", action="ask:account", command="account"),),
    )
