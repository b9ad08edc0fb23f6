"""The explanation of a moved share to a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

from zenmux_bot.answers.share.view import size_of_move
from zenmux_bot.answers.why.view import Driver, WhyView
from zenmux_bot.commands.queries import MAX_TOP, Request, ShareQuery, WhyQuery
from zenmux_bot.core.bounded import Bounded, add
from zenmux_bot.core.measures import Metric
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import context, name, named, volume_column
from zenmux_bot.render.report import Cell, Choice, Column, Report, Table, choice
from zenmux_bot.render.steps import VIEW, Steps, converted, pin, steps

MAX_OTHERS = 5
"""Other providers that are offered, those that moved most first."""

OTHERS = "Why others moved"

MAX_DRIVERS = 10
"""Models that are shown; the others moved less."""

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
        title=f"Why {label}'s share of {basis.metric} moved, {basis.span.in_words()}",
        headline=_headline(view, label),
        finding=" ".join(_findings(view, label)),
        table=_table(view),
        context=context(basis, *_notes(view)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=below.buttons,
        menus=below.menus,
    )


def _headline(view: WhyView, label: str) -> str:
    """Say whose figures these are, what the share is, and how it moved."""
    figures, basis = view.row.figures, view.basis
    late = f" ({basis.late})" if basis.late else ""
    price = " at list price" if basis.metric is Metric.COST else ""
    moved = numbers.points(figures.points)
    return (
        f"Among all ZenMux customers{late}, {label} has "
        f"{numbers.percent(figures.share)} of {basis.metric}{price}, {moved} on "
        f"{days.compared_with(basis)}."
    )


def _findings(view: WhyView, label: str) -> list[str]:
    """Return the two parts of the change, and who drove it."""
    figures = view.row.figures
    said = []
    if view.split is None or figures.points is None:
        said.append(_unknown(view))
    else:
        own, rest = parts(figures.points.low, view.split.own)
        change = numbers.growth(figures)
        grown = "" if change == numbers.UNKNOWN else f" ({change})"
        said.append(
            f"{label}'s own volume{grown} accounts for {numbers.signed(own)} pp, that "
            f"of all others for {numbers.signed(rest)} pp."
        )
    return [*said, *_drove(view)]


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
        return "The periods differ in length, so the change can't be split."
    return (
        f"The change can't be split: it wasn't always among the {MAX_TOP} providers "
        "that ZenMux lists."
    )


def _drove(view: WhyView) -> list[str]:
    """Name the models that certainly and visibly moved, those along the share first."""
    points = view.row.figures.points
    if points is None or not points.value:
        return []
    moved = [
        (driver, driver.points)
        for driver in view.drivers or ()
        if driver.points is not None
    ]
    up = [_moved(driver) for driver, by in moved if by.low >= _VISIBLE]
    down = [_moved(driver) for driver, by in moved if -by.high >= _VISIBLE]
    sides = [("Up", up), ("Down", down)]
    if points.value < 0:
        sides.reverse()
    if not sides[0][1]:
        return []
    return [f"{side}: {named(models)}." for side, models in sides if models]


def _moved(driver: Driver) -> str:
    return f"{name(driver.label)} ({numbers.points(driver.points)})"


def _table(view: WhyView) -> Table | None:
    """Return the models that moved the share, and all others of the provider as one."""
    if not view.drivers:
        return None
    shown = _moving(view)
    has_news = any(driver.left or driver.entered for driver in shown)
    width = 4 if has_news else 3
    tail = [_total(view)[:width]]
    if len(shown) < len(view.drivers):
        tail.insert(0, _rest(view, shown)[:width])
    return Table(
        caption=f"Models of {name(view.row.label)} by change of share",
        columns=(
            Column("Model", is_wrapped=True),
            Column("Change", "right", numeric=True, said="change of share"),
            volume_column(view.basis.metric),
            Column("Listed", said=""),
        )[:width],
        rows=tuple(_row(view, driver)[:width] for driver in shown),
        tail=tuple(tail),
    )


def _moving(view: WhyView) -> list[Driver]:
    """Return the models whose share moved visibly; of none, the first."""
    drivers = view.drivers or ()
    moving = [each for each in drivers if _is_visible(each.points)][:MAX_DRIVERS]
    return moving or list(drivers[:1])


def _is_visible(points: Bounded | None) -> bool:
    """Tell whether a change is not certainly shown as nothing."""
    return points is None or max(-points.low, points.high) >= _VISIBLE


def _rest(view: WhyView, shown: Sequence[Driver]) -> tuple[Cell, ...]:
    """Return the listed models that hardly moved, as one row."""
    rest = [each for each in view.drivers or () if each not in shown]
    points = [each.points for each in rest if each.points is not None]
    values = [each.value for each in rest if each.value is not None]
    return (
        Cell(numbers.plural(len(rest), "other model")),
        _points(add(points)),
        _volume(view, add(values)),
        Cell(numbers.UNKNOWN),
    )


def _row(view: WhyView, driver: Driver) -> tuple[Cell, ...]:
    listed = _LEFT if driver.left else _ENTERED if driver.entered else ""
    return (
        Cell(name(driver.label), slugs=(driver.model, view.row.provider)),
        _points(driver.points),
        _volume(view, driver.value),
        Cell(listed or numbers.UNKNOWN),
    )


def _total(view: WhyView) -> tuple[Cell, ...]:
    figures = view.row.figures
    return (
        Cell(f"All of {name(view.row.label)}"),
        _points(figures.points),
        _volume(view, figures.value),
        Cell(numbers.UNKNOWN),
    )


def _volume(view: WhyView, value: Bounded | None) -> Cell:
    number = None if value is None else float(value.low)
    return Cell(numbers.bounded(value, view.basis.metric), number)


def _points(points: Bounded | None) -> Cell:
    number = None if points is None else float(points.low)
    return Cell(numbers.points(points), number)


def _notes(view: WhyView) -> list[str]:
    """Say what is not known."""
    if view.drivers is None:
        return ["its models could not be fetched"]
    if not view.drivers:
        return [f"none of its models is among the {MAX_TOP} that ZenMux lists"]
    known = [each.points for each in view.drivers if each.points is not None]
    listed = numbers.points(add(known))
    if listed == numbers.points(view.row.figures.points):
        return []
    return [f"its models in ZenMux's top {MAX_TOP}: {listed}; the rest is below that"]


def _steps(view: WhyView, query: WhyQuery, request: Request) -> Steps:
    """Return the shares themselves, other providers, and what all answers have."""
    plain = replace(request, csv=False)
    pinned = pin(query, view.basis)
    everybody = replace(converted(pinned, ShareQuery), providers=())
    shares = choice(plain, "All providers", everybody, VIEW)
    others = _others(view, pinned, plain)
    return steps(request, query, view.basis, shares, *others, has_chart=False)


def _others(view: WhyView, query: WhyQuery, request: Request) -> Iterator[Choice]:
    """Yield the same question about the other providers that moved most."""
    moved = sorted(view.others, key=lambda row: -size_of_move(row.figures))
    for row in moved[:MAX_OTHERS]:
        label = f"{name(row.label)} ({numbers.points(row.figures.points)})"
        other = replace(query, provider=row.provider.lower())
        yield choice(request, label, other, OTHERS)
