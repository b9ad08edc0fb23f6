"""The explanation of a moved share to a report."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

from zenmux_bot.answers.why.view import Driver, WhyView
from zenmux_bot.commands.queries import MAX_TOP, Request, ShareQuery, WhyQuery
from zenmux_bot.core.bounded import Bounded, add
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import name, named, platform, volume_column
from zenmux_bot.render.context import context
from zenmux_bot.render.report import (
    Cell,
    Choice,
    Column,
    Menu,
    Report,
    Table,
    ask,
    choice,
)
from zenmux_bot.render.steps import Steps, steps, turned

MAX_DRIVERS = 10
"""So many models are shown; the others moved less."""

_HUNDRED = Decimal(100)
_TENTH = Decimal("0.1")
_VISIBLE = Decimal("0.0005")
"""Less than half a tenth of a point is shown as nothing."""

_LEFT = f"not in top {MAX_TOP} now"
_ENTERED = f"new in top {MAX_TOP}"


def report_why(view: WhyView, request: Request) -> Report:
    """Return the whole answer to why a share moved."""
    query = request.query
    assert isinstance(query, WhyQuery)  # noqa: S101 - dispatched by kind
    basis, label = view.basis, name(view.row.label)
    below = _steps(view, query, request)
    return Report(
        title=f"Why {label}’s share of {basis.metric} moved, {days.span(basis.span)}",
        finding=" ".join(_findings(view, label)),
        table=_table(view),
        context=context(basis, *_notes(view)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=below.buttons,
        menus=below.menus,
    )


def _findings(view: WhyView, label: str) -> list[str]:
    """Return the change, its two parts, and who drove it."""
    figures, metric = view.row.figures, view.basis.metric
    share = numbers.percent(figures.share)
    moved = numbers.points(figures.points)
    said = [
        f"{label} has {share} of {metric}, {moved} on {days.compared_with(view.basis)}."
    ]
    if view.split is None or figures.points is None:
        said.append(_unknown(view))
    else:
        own, rest = parts(figures.points.low, view.split.own)
        change = numbers.growth(figures)
        said.append(
            f"{numbers.signed(own)} pp of it came from its own volume"
            f"{'' if change == numbers.UNKNOWN else f' ({change})'} and "
            f"{numbers.signed(rest)} pp from that of all others."
        )
    said += _drove(view)
    said += platform(view.total, view.basis)
    return said


def parts(change: Decimal, own: Decimal) -> tuple[Decimal, Decimal]:
    """Return both parts in points, rounded so that they add up to the rounded change.

    Args:
        change: The change of the share, as a fraction.
        own: The part of it by the provider's own volume.
    """
    whole = (change * _HUNDRED).quantize(_TENTH, ROUND_HALF_EVEN)
    first = (own * _HUNDRED).quantize(_TENTH, ROUND_HALF_EVEN)
    return first, whole - first


def _unknown(view: WhyView) -> str:
    """Say why the change cannot be split."""
    if not view.basis.comparison.commensurable:
        return "The periods differ in length, so its parts are not known."
    return (
        f"Its parts are not known: it was not among the {MAX_TOP} providers that "
        "ZenMux lists all the time."
    )


def _drove(view: WhyView) -> list[str]:
    """Name the models that moved most in the direction of the share."""
    points = view.row.figures.points
    if points is None or not points.value or not view.drivers:
        return []
    same = [
        _moved(driver)
        for driver in view.drivers
        if driver.points is not None and _is_along(driver.points, points.value)
    ]
    return [f"{named(same)} drove it."] if same else []


def _is_along(points: Bounded, change: Decimal) -> bool:
    """Tell whether a model certainly moved as the provider did, and visibly."""
    along = points.low if change > 0 else -points.high
    return along >= _VISIBLE


def _moved(driver: Driver) -> str:
    return f"{name(driver.label)} ({numbers.points(driver.points)})"


def _table(view: WhyView) -> Table | None:
    """Return the provider's models, those that moved most first."""
    if not view.drivers:
        return None
    metric = view.basis.metric
    shown = view.drivers[:MAX_DRIVERS]
    has_news = any(driver.left or driver.entered for driver in shown)
    width = 4 if has_news else 3
    return Table(
        caption=f"Models of {name(view.row.label)} by change of share",
        columns=(
            Column("Model"),
            volume_column(metric),
            Column("Δ share", "right", numeric=True, said="change of share"),
            Column("Listed", said=""),
        )[:width],
        rows=tuple(_row(view, driver)[:width] for driver in shown),
        tail=(_total(view)[:width],),
    )


def _row(view: WhyView, driver: Driver) -> tuple[Cell, ...]:
    listed = _LEFT if driver.left else _ENTERED if driver.entered else ""
    return (
        Cell(name(driver.label), slugs=(driver.model, view.row.provider)),
        _volume(view, driver.value),
        _points(driver.points),
        Cell(listed or numbers.UNKNOWN),
    )


def _total(view: WhyView) -> tuple[Cell, ...]:
    figures = view.row.figures
    return (
        Cell(f"All of {name(view.row.label)}"),
        _volume(view, figures.value),
        _points(figures.points),
        Cell(numbers.UNKNOWN),
    )


def _volume(view: WhyView, value: Bounded | None) -> Cell:
    number = None if value is None else float(value.low)
    return Cell(numbers.bounded(value, view.basis.metric), number)


def _points(points: Bounded | None) -> Cell:
    number = None if points is None else float(points.low)
    return Cell(numbers.points(points), number)


def _notes(view: WhyView) -> list[str]:
    """Say how the parts are made, and what is not known."""
    notes = ["its own part and the others': the mean of reckoning either first"]
    if view.drivers is None:
        notes.append("its models could not be fetched")
        return notes
    if not view.drivers:
        notes.append(f"none of its models is among the {MAX_TOP} that ZenMux lists")
        return notes
    hidden = len(view.drivers) - MAX_DRIVERS
    if hidden > 0:
        notes.append(f"{hidden} more {'model' if hidden == 1 else 'models'} moved less")
    known = [each.points for each in view.drivers if each.points is not None]
    notes.append(
        f"models listed: {numbers.points(add(known))} of "
        f"{numbers.points(view.row.figures.points)}; the rest is of models "
        f"below the top {MAX_TOP}"
    )
    return notes


def _steps(view: WhyView, query: WhyQuery, request: Request) -> Steps:
    """Return the shares themselves, other providers, and what all answers have."""
    plain = replace(request, csv=False)
    everybody = replace(turned(query, ShareQuery), providers=())
    shares = ask(plain, "models", "All providers", everybody)
    below = steps(request, query, view.basis, shares, has_chart=False)
    others = Menu(
        label="Why another one?",
        action="ask:why",
        choices=tuple(_others(view, query, request)),
    )
    return Steps(below.buttons, (*below.menus, others))


def _others(view: WhyView, query: WhyQuery, request: Request) -> list[Choice]:
    """Return the same question about the other providers, largest first."""
    return [
        choice(
            request,
            f"{name(row.label)} ({numbers.points(row.figures.points)})",
            replace(query, provider=row.provider.lower()),
        )
        for row in view.others[:MAX_DRIVERS]
    ]
