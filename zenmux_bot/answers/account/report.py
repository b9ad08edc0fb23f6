"""The account's view to a report, for the asker alone."""

from __future__ import annotations

from decimal import Decimal

from zenmux_bot.answers.account.view import (
    MONTH,
    AccountView,
    Credits,
    Flow,
    PlanView,
    Quota,
)
from zenmux_bot.commands.queries import AccountQuery, Request, canonical
from zenmux_bot.render import numbers
from zenmux_bot.render.cells import name
from zenmux_bot.render.report import (
    Cell,
    Column,
    Instant,
    Point,
    Report,
    Table,
    ask,
)

HEALTHY = "healthy"
BAR = 10
"""Blocks of a full bar."""


def report_account(view: AccountView, request: Request) -> Report:
    """Return the account; nothing in it leads to a channel."""
    query = AccountQuery()
    return Report(
        title="ZenMux account",
        finding=" ".join(_findings(view)),
        points=tuple(_points(view)),
        table=_table(view.quotas) if view.quotas else None,
        instants=tuple(_instants(view)),
        context=(
            "the account that owns the bot's key",
            "all limits apply at once",
            "the 7-day window is rolling",
        ),
        as_of=view.as_of,
        stale=view.stale,
        command=canonical(query),
        buttons=(ask(request, "again", "Refresh", query),),
    )


def _findings(view: AccountView) -> list[str]:
    """Say what needs attention first, and what could not be had last."""
    said = []
    if view.status and view.status != HEALTHY:
        said.append(f"Attention: the account's status is {name(view.status)}.")
    said += [
        f"Attention: {_used(quota.used)} of the {quota.window} is used."
        for quota in view.quotas
        if quota.is_nearly_used
    ]
    total = view.credits.total if view.credits else None
    if total is not None and total < 0:
        said.append(f"Attention: the credit balance is {numbers.cents(total)}.")
    if view.flow is not None and _differs(view.flow):
        said.append(
            "This account's rate for a Flow differs from its plan's; both are below."
        )
    if not said:
        whole = not view.missing and _are_known(view.quotas)
        known = "" if whole else ", as far as is known"
        said.append(f"Nothing needs attention{known}.")
    for part, why in view.missing.items():
        said.append(f"The {part} couldn't be loaded: {why.rstrip('.')}.")
    return said


def _are_known(quotas: tuple[Quota, ...]) -> bool:
    """Tell whether it is known how much of each is used; of a month it never is."""
    return all(quota.used is not None for quota in quotas if quota.name != MONTH)


def _differs(flow: Flow) -> bool:
    known = flow.base_usd is not None and flow.effective_usd is not None
    return known and flow.base_usd != flow.effective_usd


def _used(fraction: Decimal | None) -> str:
    return numbers.UNKNOWN if fraction is None else f"{fraction * 100:.1f}%"


def _points(view: AccountView) -> list[Point]:
    """Return state, plan, credits and the value of a Flow, as far as known."""
    points = []
    if view.status:
        points.append(Point("Status", name(view.status)))
    if view.plan is not None:
        points.append(Point("Plan", _plan(view.plan)))
    elif view.quotas:
        points.append(Point("Plan", "none, or not known"))
    if view.credits is not None:
        points.append(Point("Credits", _credits(view.credits)))
    if view.flow is not None:
        points.append(Point("One Flow", _flow(view.flow)))
    return points


def _plan(plan: PlanView) -> str:
    if plan.amount_usd is None:
        return name(plan.tier)
    return f"{name(plan.tier)}, {numbers.cents(plan.amount_usd)} a {plan.interval}"


def _credits(there: Credits) -> str:
    total = _money(there.total)
    return f"{total} (topped up {_money(there.top_up)}, bonus {_money(there.bonus)})"


def _flow(flow: Flow) -> str:
    """Return a rate with all its digits: cents would hide it."""
    effective = _exact(flow.effective_usd)
    if _differs(flow):
        return f"{effective} for this account, {_exact(flow.base_usd)} on the plan"
    return effective


def _money(value: Decimal | None) -> str:
    return numbers.UNKNOWN if value is None else numbers.cents(value)


def _exact(value: Decimal | None) -> str:
    return numbers.UNKNOWN if value is None else f"${value:f}"


def _table(quotas: tuple[Quota, ...]) -> Table:
    """Return the windows with what is used of each."""
    return Table(
        caption="Usage of the plan's windows",
        columns=(
            Column("Window"),
            Column("Used", "right", said="used"),
            Column("Flows", "right", said="Flows"),
            Column("USD", "right"),
            Column("Bar"),
        ),
        rows=tuple(_row(quota) for quota in quotas),
    )


def _row(quota: Quota) -> tuple[Cell, ...]:
    used = "" if quota.used_flows is None else f"{quota.used_flows:,f} of "
    spent = "" if quota.used_usd is None else f"{numbers.cents(quota.used_usd)} of "
    most = numbers.UNKNOWN if quota.max_flows is None else f"{quota.max_flows:,f}"
    return (
        Cell(quota.name),
        Cell(_used(quota.used)),
        Cell(f"{used}{most}"),
        Cell(f"{spent}{_money(quota.max_usd)}"),
        Cell(_bar(quota.used), said=numbers.UNKNOWN),
    )


def _bar(used: Decimal | None) -> str:
    """Return a bar; what is used beyond the window does not make it longer."""
    if used is None:
        return numbers.UNKNOWN
    full = round(min(max(used, Decimal(0)), Decimal(1)) * BAR)
    return "█" * full + "░" * (BAR - full)


def _instants(view: AccountView) -> list[Instant]:
    """Return when windows begin anew and the plan ends."""
    instants = [
        Instant(f"{quota.window.capitalize()} resets:", quota.resets_at)
        for quota in view.quotas
        if quota.resets_at is not None
    ]
    if view.plan is not None and view.plan.expires_at is not None:
        instants.append(Instant("The plan's period ends:", view.plan.expires_at))
    return instants
