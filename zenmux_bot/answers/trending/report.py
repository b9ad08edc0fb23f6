"""The trending models' view to a report."""

from __future__ import annotations

import calendar
from dataclasses import replace

from zenmux_bot.answers.trending.view import DETAIL_DAYS, TrendingRow, TrendingView
from zenmux_bot.commands.queries import (
    LAST_FOUR_WEEKS_OF_DAYS,
    MAX_TOP,
    Request,
    Show,
    TrendingQuery,
    TrendQuery,
)
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.windows import ending
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import change, context, growth_cell, name, volume_column
from zenmux_bot.render.charts import lines_chart, spark_cell
from zenmux_bot.render.limits import CHART_COLOURS, cut
from zenmux_bot.render.report import Cell, Chart, Column, Report, Table, choice
from zenmux_bot.render.steps import VIEW, Steps, pin, steps

GROWTH_LABEL = 20
"""Characters of ZenMux's own growth text."""

SMOOTHED = "ZenMux growth is smoothed, Change is not"


def report_trending(view: TrendingView, request: Request) -> Report:
    """Return the whole answer to a trending query."""
    query = request.query
    assert isinstance(query, TrendingQuery)  # noqa: S101 - dispatched by kind
    basis = view.basis
    drawn = _chart(view)
    chart = drawn if request.show is Show.CHART else None
    below = _steps(view, query, request, has_chart=drawn is not None)
    window = "day" if view.by is Granularity.DAY else "7 days"
    return Report(
        title=f"Trending models by {basis.metric}, {window} to "
        f"{days.day(basis.span.end)}",
        headline=_headline(view),
        finding=" ".join(_findings(view)),
        table=_table(view),
        is_table_shown=chart is None,
        chart=chart,
        context=context(basis, *_notes(view)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=below.buttons,
        menus=below.menus,
    )


def _headline(view: TrendingView) -> str:
    """Say who is first by ZenMux's score, and what its own figures say of it."""
    leader, basis = view.rows[0], view.basis
    late = f" ({basis.late})" if basis.late else ""
    said = (
        f"Among all ZenMux customers{late}, {name(leader.label)} has the most momentum"
    )
    if leader.own.value is None:
        return f"{said}."
    price = " at list price" if basis.metric is Metric.COST else ""
    amount = numbers.brief_amount(leader.own.value.low, basis.metric)
    return f"{said}: {amount}{price}{change(leader.own, basis)}."


def _findings(view: TrendingView) -> list[str]:
    """Say what the order is, and what a single day is worth."""
    said = ["Ranked by ZenMux's score of growth times size."]
    if view.by is Granularity.DAY:
        weekday = calendar.day_name[view.basis.span.end.weekday()]
        said.append(
            f"A {weekday} is compared with the day before, so Mondays look like growth "
            "and Saturdays like decline."
        )
    return said


def _notes(view: TrendingView) -> list[str]:
    """Say what the two growths are, and what is left out."""
    shown = len(view.rows)
    return [
        f"{shown} of {numbers.plural(view.listed, 'model')}",
        SMOOTHED,
    ]


def _table(view: TrendingView) -> Table:
    """Return rank, model, provider, volume, both growths, and the days."""
    return Table(
        caption=f"Models with momentum by {view.basis.metric}",
        columns=(
            Column("#", "right", numeric=True, said="rank"),
            Column("Model", is_wrapped=True),
            volume_column(view.basis.metric),
            Column("Change", "right", numeric=True, said="change"),
            Column(
                "ZenMux growth",
                "right",
                numeric=True,
                said="ZenMux growth",
                is_wrapped=True,
            ),
            Column(f"{DETAIL_DAYS[view.by]} days", said="by day"),
            Column("Provider"),
        ),
        rows=tuple(_row(row, view.basis.metric) for row in view.rows),
        key=1,
    )


def _row(row: TrendingRow, metric: Metric) -> tuple[Cell, ...]:
    """Return one model's cells."""
    rank = numbers.UNKNOWN if row.rank is None else str(row.rank)
    value = None if row.value is None else Bounded.exact(row.value)
    rate = None if row.growth_rate is None else float(row.growth_rate)
    label = cut(numbers.given_growth(row.growth_label), GROWTH_LABEL)
    return (
        Cell(rank, row.rank),
        Cell(name(row.label), slugs=(row.model, row.author)),
        Cell(
            numbers.bounded(value, metric),
            None if row.value is None else float(row.value),
        ),
        growth_cell(row.own),
        Cell(label, rate),
        spark_cell(
            row.daily, lambda value: numbers.brief(Bounded.exact(value), metric)
        ),
        Cell(name(row.author_label)),
    )


def _chart(view: TrendingView) -> Chart | None:
    """Return lines of the first models' days, where all of them are known."""
    lines = []
    for row in view.rows[:CHART_COLOURS]:
        known = [value for _, value in row.daily if value is not None]
        if len(known) == len(row.daily):
            lines.append((row.label, known))
    if not lines:
        return None
    return lines_chart(
        f"Trending models by {view.basis.metric}",
        [days.day(day, year=False) for day, _ in view.rows[0].daily],
        lines,
        view.basis.metric,
        x_label="Day (UTC)",
    )


def _steps(
    view: TrendingView, query: TrendingQuery, request: Request, *, has_chart: bool
) -> Steps:
    """Return the other window, more rows, the trend, and what all answers have."""
    plain = replace(request, csv=False)
    query = pin(query, view.basis)
    other = Granularity.WEEK if query.by is Granularity.DAY else Granularity.DAY
    label = "Over a day" if other is Granularity.DAY else "Over 7 days"
    month = ending(LAST_FOUR_WEEKS_OF_DAYS, query.until)
    trend = TrendQuery(metric=query.metric, top=query.top, period=month)
    offered = [
        choice(plain, label, replace(query, by=other), VIEW),
        choice(plain, "Trend by day", trend, VIEW),
    ]
    if view.listed > len(view.rows) and query.top < MAX_TOP:
        wider = replace(query, top=MAX_TOP)
        offered.insert(0, choice(plain, f"All {view.listed} models", wider, VIEW))
    return steps(
        request,
        query,
        view.basis,
        *offered,
        has_chart=has_chart,
        models=[(each.model, each.label) for each in view.rows],
    )
