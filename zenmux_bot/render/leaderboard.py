"""The leaderboard's view to a report."""

from __future__ import annotations

from dataclasses import replace

from zenmux_bot.domain.figures import add
from zenmux_bot.domain.queries import (
    MAX_TOP,
    LeaderboardQuery,
    Metric,
    Request,
    Show,
)
from zenmux_bot.domain.views import LeaderboardView, ModelRow
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import (
    LABEL,
    VOLUME,
    figure_cells,
    growth_cell,
    unique,
)
from zenmux_bot.render.context import context
from zenmux_bot.render.cut import cut
from zenmux_bot.render.limits import CHART_LABEL, CHART_SERIES
from zenmux_bot.render.report import (
    Button,
    Cell,
    Chart,
    Column,
    Report,
    Table,
    ask,
    buttons,
)


def report_leaderboard(view: LeaderboardView, request: Request) -> Report:
    """Return the whole answer to a leaderboard query."""
    query = request.query
    assert isinstance(query, LeaderboardQuery)  # noqa: S101 - dispatched by kind
    basis = view.basis
    whose = f"{view.provider}: " if view.provider else ""
    title = (
        f"{whose}top {len(view.rows)} models by {basis.metric}, {days.span(basis.span)}"
    )
    return Report(
        title=title[0].upper() + title[1:],
        finding=" ".join(_findings(view)),
        table=None if request.show is Show.CHART else _table(view),
        chart=_chart(view) if request.show is Show.CHART else None,
        context=context(basis, *_notes(view)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=_buttons(query, request),
    )


def _findings(view: LeaderboardView) -> list[str]:
    """Return what the figures say; nothing that is not known."""
    said = []
    metric, rows = view.basis.metric, view.rows
    if rows and (value := rows[0].figures.value) and value.value is not None:
        leader = rows[0]
        share = f", {numbers.percent(leader.figures.share)} of {metric}"
        said.append(
            f"{leader.label} leads with {numbers.brief_amount(value.value, metric)}"
            f"{share if leader.figures.share else ''}."
        )
    elif not rows:
        said.append("None of its models is in the list.")
    climbers = [row for row in rows if (row.climbed or 0) > 0]
    if climbers:
        best = max(climbers, key=lambda row: row.climbed or 0)
        said.append(f"{best.label} climbed most, {_climb(best)}.")
    entered = [row.label for row in rows if row.entered]
    if entered:
        names = ", ".join(entered[:3]) + (" and others" if len(entered) > 3 else "")  # noqa: PLR2004 - as said
        be = "is" if len(entered) == 1 else "are"
        said.append(f"{names} {be} new in the top {view.limit_before}.")
    total = view.total
    if total.value is not None and total.value.value is not None:
        platform = f"Platform: {numbers.brief_amount(total.value.value, metric)}"
        if total.growth is not None:
            compared = days.compared_with(view.basis)
            platform += f", {numbers.growth(total)} on {compared}"
        said.append(f"{platform}.")
    return said


def _climb(row: ModelRow) -> str:
    return f"{row.climbed} up to rank {row.rank}"


def _notes(view: LeaderboardView) -> list[str]:
    """Say what the table leaves out."""
    metric = view.basis.metric
    known = [row.figures.value for row in view.rows if row.figures.value]
    total = view.total.value
    there = numbers.plural(view.listed, "model")
    if not view.complete:
        there = f"more than {there}"
    if view.provider:
        more = "" if view.complete else "; the API lists no others of it"
        return [f"{numbers.plural(len(view.rows), 'model')} of {there}{more}"]
    if total is None or not total.value:
        return []
    covered = add(known)
    share = f"{covered.low / total.low * 100:.1f} % of {metric}"
    return [f"{len(view.rows)} of {there}, {share}"]


def _table(view: LeaderboardView) -> Table | None:
    """Return rank, move, model, provider, volume, share, change."""
    if not view.rows:
        return None
    compared = view.basis.comparison.span is not None
    move = Column("Move", "right", said="move")
    change = Column("Change", "right", numeric=True, said="change")
    return Table(
        caption=f"Models by {view.basis.metric}, {days.span(view.basis.span)}",
        columns=(
            Column("#", "right", numeric=True, said="rank"),
            *([move] if compared else []),
            Column("Model"),
            Column("Provider"),
            Column(VOLUME[view.basis.metric], "right", numeric=True),
            Column("Share", "right", numeric=True, said="share"),
            *([change] if compared else []),
        ),
        rows=tuple(_row(view, row, compared=compared) for row in view.rows),
        tail=_tail(view, compared=compared),
        key=2 if compared else 1,
    )


def _row(view: LeaderboardView, row: ModelRow, *, compared: bool) -> tuple[Cell, ...]:
    """Return one model's cells."""
    move = (
        f"new in top {view.limit_before}"
        if row.entered
        else numbers.move(row.climbed or 0)
    )
    return (
        Cell(str(row.rank), row.rank),
        *([Cell(move)] if compared else []),
        Cell(cut(row.label, LABEL)),
        Cell(cut(row.author_label or numbers.UNKNOWN, LABEL // 2)),
        *figure_cells(row.figures, view.basis.metric),
        *([growth_cell(row.figures)] if compared else []),
    )


def _tail(view: LeaderboardView, *, compared: bool) -> tuple[tuple[Cell, ...], ...]:
    """Return Others and the total; neither has a rank."""
    none = Cell(numbers.UNKNOWN)
    metric = view.basis.metric
    lead = (none, none) if compared else (none,)
    tail = []
    if view.others is not None:
        change = (none,) if compared else ()
        cells = figure_cells(view.others, metric)
        tail.append((*lead, Cell("Others"), none, *cells, *change))
    growth = (growth_cell(view.total),) if compared else ()
    cells = figure_cells(view.total, metric)
    tail.append((*lead, Cell("Total"), none, *cells, *growth))
    return tuple(tail)


def _chart(view: LeaderboardView) -> Chart | None:
    """Return bars of the first rows, if there are any."""
    rows = [row for row in view.rows if row.figures.value][:CHART_SERIES]
    if not rows:
        return None
    metric = view.basis.metric
    labels = unique([row.label for row in rows], CHART_LABEL)
    values = tuple(float(row.figures.value.low) for row in rows if row.figures.value)
    return Chart(
        title=f"Models by {metric}",
        kind="bar",
        categories=labels,
        series=((VOLUME[metric], values),),
        x_label="Model",
        y_label=VOLUME[metric],
    )


def _buttons(query: LeaderboardQuery, request: Request) -> tuple[Button, ...]:
    """Return the other metric, more rows, and sharing."""
    other = Metric.COST if query.metric is Metric.TOKENS else Metric.TOKENS
    offered = [("metric", f"By {other}", replace(query, metric=other))]
    if query.top < MAX_TOP:
        rows = min(query.top * 2, MAX_TOP)
        offered.append(("more", f"Top {rows}", replace(query, top=rows)))
    return buttons(request, *(ask(request, *each) for each in offered))
