"""The apps' view to a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from zenmux_bot.answers.apps.view import AppRow, AppsView
from zenmux_bot.commands.queries import AppsQuery, Request, Show
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import AllTime, Last, Period, Unit
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import (
    EVERYBODY,
    change,
    context,
    growth_cell,
    name,
    unique,
    unit,
    volume_column,
)
from zenmux_bot.render.limits import CHART_LABEL, cut
from zenmux_bot.render.report import (
    Cell,
    Chart,
    Column,
    Report,
    Table,
    ask,
    choice,
)
from zenmux_bot.render.steps import (
    PERIOD,
    VIEW,
    Steps,
    below,
    csv_choice,
    own_spend,
    pin,
)

BARS = 10
GROWTH_LABEL = 20
"""Characters of ZenMux's own growth text."""

_PERIODS: tuple[tuple[str, Period], ...] = (
    ("Yesterday", Last(1, Unit.DAY)),
    ("Last 7 days", Last(7, Unit.DAY)),
    ("Last 30 days", Last(30, Unit.DAY)),
    ("All time", AllTime()),
)


def report_apps(view: AppsView, request: Request) -> Report:
    """Return the whole answer to a query about apps."""
    query = request.query
    assert isinstance(query, AppsQuery)  # noqa: S101 - dispatched by kind
    basis = view.basis
    chart = _chart(view) if request.show is Show.CHART else None
    what = "Trending apps" if view.is_trending else "Apps"
    steps = _steps(view, query, request)
    return Report(
        title=f"{what} by {basis.metric}, {basis.span.in_words()}",
        headline=_headline(view),
        finding=" ".join(_findings(view)),
        table=_table(view),
        is_table_shown=chart is None,
        chart=chart,
        context=context(basis, *_notes(view)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=steps.buttons,
        menus=steps.menus,
    )


def _headline(view: AppsView) -> str:
    """Say whose figures these are, and how many of them apps hold."""
    basis = view.basis
    late = f" ({basis.late})" if basis.late else ""
    if view.is_trending:
        leader = view.rows[0]
        growth = ""
        if leader.growth_label:
            growth = f", {numbers.given_growth(leader.growth_label)}"
        said = f"{name(leader.label)} has the most momentum by ZenMux's score{growth}"
        return f"Among all ZenMux customers{late}, {said}."
    if view.total is None:
        return f"{EVERYBODY}{late}."
    grown = "" if view.whole is None else change(view.whole, basis)
    amount = _amount(view.total, basis.metric)
    return f"{EVERYBODY}{late}: {amount} by recognised apps{grown}."


def _amount(value: Decimal, metric: Metric) -> str:
    price = " at list price" if metric is Metric.COST else ""
    return f"{numbers.brief_amount(value, metric)}{price}"


def _findings(view: AppsView) -> Iterator[str]:
    leader, metric = view.rows[0], view.basis.metric
    amount = "" if leader.value is None else _amount(leader.value, metric)
    if view.is_trending:
        if amount:
            yield f"{name(leader.label)} used {amount}."
        return
    if amount:
        share = _percent(leader)
        of = f", {share} of all recognised app traffic" if share else ""
        yield f"{name(leader.label)} leads with {amount}{of}."


def _has_growth(view: AppsView) -> bool:
    """Tell whether ZenMux compares: over all time there is nothing to compare with."""
    return any(row.growth_label for row in view.rows)


def _percent(row: AppRow) -> str:
    return "" if row.share is None else f"{row.share * 100:.1f}%"


def _notes(view: AppsView) -> Iterator[str]:
    there = numbers.plural(view.listed, "app")
    if not view.complete:
        there = f"{view.listed}+ apps"
    does = "lists" if view.is_trending else "recognises"
    yield f"{len(view.rows)} of {there} that ZenMux {does}"
    if view.is_trending:
        yield (
            "ZenMux growth is smoothed, and for a new app from a stand-in for the days "
            "before"
        )
    else:
        yield "share: of their traffic"
    if view.own_days is not None and view.is_trending:
        now, before = view.own_days
        yield f"Change: {days.versus(now, before)}"


def _table(view: AppsView) -> Table:
    has_share, has_own = view.total is not None, view.own_days is not None
    tail = [] if view.others is None else [_cells(view, view.others)]
    if view.total is not None:
        total = AppRow(
            rank=None,
            app="",
            label="Total",
            value=view.total,
            share=view.total / view.total if view.total else None,
            growth_label="",
            growth_rate=None,
            own=view.whole,
            daily=(),
        )
        tail.append(_cells(view, total))
    growth = Column(
        "ZenMux growth", "right", numeric=True, said="ZenMux growth", is_wrapped=True
    )
    return Table(
        caption=f"Apps by {view.basis.metric}",
        columns=(
            Column("#", "right", numeric=True, said="rank"),
            Column("App", is_wrapped=True),
            volume_column(view.basis.metric),
            *(
                [Column("Change", "right", numeric=True, said="change")]
                if has_own
                else []
            ),
            *(
                [Column("Share", "right", numeric=True, said="share")]
                if has_share
                else []
            ),
            *([growth] if _has_growth(view) else []),
        ),
        rows=tuple(_cells(view, row) for row in view.rows),
        tail=tuple(tail),
        key=1,
    )


def _cells(view: AppsView, row: AppRow) -> tuple[Cell, ...]:
    metric: Metric = view.basis.metric
    value = None if row.value is None else Bounded.exact(row.value)
    rank = numbers.UNKNOWN if row.rank is None else str(row.rank)
    growth = None if row.growth_rate is None else float(row.growth_rate)
    cells = [
        Cell(rank, row.rank),
        Cell(name(row.label), slugs=(row.app,)),
        Cell(
            numbers.bounded(value, metric),
            None if row.value is None else float(row.value),
        ),
    ]
    if view.own_days is not None:
        cells.append(Cell(numbers.UNKNOWN) if row.own is None else growth_cell(row.own))
    if view.total is not None:
        share = None if row.share is None else float(row.share)
        cells.append(Cell(_percent(row) or numbers.UNKNOWN, share))
    if _has_growth(view):
        label = cut(numbers.given_growth(row.growth_label), GROWTH_LABEL)
        cells.append(Cell(label, growth))
    return tuple(cells)


def _chart(view: AppsView) -> Chart | None:
    bars = [(row.label, row.value) for row in view.rows[:BARS] if row.value is not None]
    if not bars:
        return None
    metric = view.basis.metric
    divisor, heading = unit(max(value for _, value in bars), metric)
    return Chart(
        title=f"Apps by {metric}",
        kind="bar",
        categories=unique([label for label, _ in bars], CHART_LABEL),
        series=(
            (heading, tuple(round(float(value / divisor), 2) for _, value in bars)),
        ),
        x_label="App",
        y_label=heading,
    )


def _steps(view: AppsView, query: AppsQuery, request: Request) -> Steps:
    """Return the other metric, the other order, other periods, and a file."""
    plain = replace(request, csv=False)
    query = pin(query, view.basis)
    other = Metric.COST if query.metric is Metric.TOKENS else Metric.TOKENS
    turned = replace(query, trending=not query.trending, period=Last(7, Unit.DAY))
    label = "Apps, ranked" if query.trending else "Trending apps"
    show = Show.TABLE if request.show is Show.CHART else Show.CHART
    choices = [
        choice(plain, label, turned, VIEW),
        choice(replace(plain, show=show), f"As a {show}", query, VIEW),
    ]
    if not view.is_trending:
        choices += [
            choice(plain, label, replace(query, period=period, until=None), PERIOD)
            for label, period in _PERIODS
            if period != query.period
        ]
    choices.append(csv_choice(plain, query))
    first = ask(plain, "metric", f"By {other}", replace(query, metric=other))
    has_own = query.metric is Metric.COST and query.period != AllTime()
    own = [own_spend(query)] if has_own else []
    return below(plain, choices, first, *own)
