"""The market share's view to a report."""

from __future__ import annotations

from dataclasses import replace

from zenmux_bot.domain.figures import Compared, add
from zenmux_bot.domain.queries import (
    LeaderboardQuery,
    Metric,
    Request,
    ShareQuery,
    Show,
)
from zenmux_bot.domain.shares import ProviderRow, ShareView
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
from zenmux_bot.render.limits import CHART_POINTS, CHART_SERIES_NAME
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

CHART_PROVIDERS = 4
"""Slack draws four colours; a fifth line would look like the first."""


def report_share(view: ShareView, request: Request) -> Report:
    """Return the whole answer to a share query."""
    query = request.query
    assert isinstance(query, ShareQuery)  # noqa: S101 - dispatched by kind
    basis = view.basis
    whose = f"{view.provider}: market share" if view.provider else "Market share"
    chart = None if request.show is Show.TABLE else _chart(view)
    return Report(
        title=f"{whose} by {basis.metric}, {days.span(basis.span)}",
        finding=" ".join(findings(view)),
        table=None if request.show is Show.CHART and chart else _table(view),
        chart=chart,
        context=context(basis, *_notes(view, chart)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=_buttons(query, request),
    )


def findings(view: ShareView) -> list[str]:
    """Return what the figures say; nothing that is not known."""
    said = []
    metric = view.basis.metric
    if view.rows and (share := view.rows[0].figures.share) and share.value is not None:
        leader = view.rows[0]
        verb = "has" if view.provider else "leads with"
        held = f"{numbers.percent(share)} of {metric}{_points(leader)}"
        said.append(f"{leader.label} {verb} {held}.")
    moves = []
    if view.gained is not None:
        moves.append(f"{view.gained.label} gained most{_points(view.gained)}")
    if view.lost is not None:
        moves.append(f"{view.lost.label} lost most{_points(view.lost)}")
    if moves and not view.provider:
        said.append(f"{', '.join(moves)}.")
    if view.entered:
        names = ", ".join(view.entered[:3])
        names += " and others" if len(view.entered) > 3 else ""  # noqa: PLR2004 - as said
        be = "is" if len(view.entered) == 1 else "are"
        said.append(f"{names} {be} new in the top {len(view.rows)}.")
    said += platform(view)
    return said


def platform(view: ShareView) -> list[str]:
    """Say how large the platform was, and how that changed."""
    total = view.total
    if total.value is None or total.value.value is None:
        return []
    amount = numbers.brief_amount(total.value.value, view.basis.metric)
    if total.growth is None:
        return [f"Platform: {amount}."]
    compared = days.compared_with(view.basis)
    return [f"Platform: {amount}, {numbers.growth(total)} on {compared}."]


def _points(row: ProviderRow) -> str:
    said = numbers.points(row.figures.points)
    return "" if said == numbers.UNKNOWN else f" ({said})"


def _notes(view: ShareView, chart: Chart | None) -> list[str]:
    """Say what table and chart leave out."""
    notes = []
    total = view.total.value
    if not view.provider and total is not None:
        covered = add(row.figures.value for row in view.rows if row.figures.value)
        share = f"{covered.low / total.low * 100:.1f} % of {view.basis.metric}"
        there = numbers.plural(view.listed, "provider")
        notes.append(f"{len(view.rows)} of {there}, {share}")
    if any(_is_hidden(row.figures) for row in view.rows):
        notes.append(
            f"{numbers.UNKNOWN} or ≥: below the API's list of 50 on some days, "
            "so not known exactly"
        )
    if chart is not None and len(chart.categories) < len(view.buckets):
        notes.append(
            f"chart: the last {len(chart.categories)} of {len(view.buckets)} "
            f"{view.buckets[0].width.word}s"
        )
    return notes


def _is_hidden(figures: Compared) -> bool:
    """Tell whether a figure is known only within bounds."""
    there = (figures.value, figures.share, figures.points)
    return any(figure is not None and figure.value is None for figure in there)


def _table(view: ShareView) -> Table:
    """Return provider, volume, share, change in points, change of volume."""
    compared = view.basis.comparison.span is not None
    changes = (
        Column("Δ share", "right", numeric=True, said="change of share"),
        Column("Δ volume", "right", numeric=True, said="change of volume"),
    )
    return Table(
        caption=f"Providers by share of {view.basis.metric}, "
        f"{days.span(view.basis.span)}",
        columns=(
            Column("Provider"),
            Column(VOLUME[view.basis.metric], "right", numeric=True),
            Column("Share", "right", numeric=True, said="share"),
            *(changes if compared else ()),
        ),
        rows=tuple(
            _row(view, row.label, row.figures, compared=compared) for row in view.rows
        ),
        tail=_tail(view, compared=compared),
    )


def _row(
    view: ShareView, label: str, figures: Compared, *, compared: bool
) -> tuple[Cell, ...]:
    """Return the cells of a provider, of Others, or of the total."""
    cells = (Cell(cut(label, LABEL)), *figure_cells(figures, view.basis.metric))
    if not compared:
        return cells
    change = None if figures.points is None else float(figures.points.low)
    return (*cells, Cell(numbers.points(figures.points), change), growth_cell(figures))


def _tail(view: ShareView, *, compared: bool) -> tuple[tuple[Cell, ...], ...]:
    """Return Others, whose change would mean nothing, and the total."""
    total = replace(view.total, points=None)
    tail = [_row(view, "Total", total, compared=compared)]
    if view.others is not None:
        tail.insert(0, _row(view, "Others", view.others, compared=compared))
    return tuple(tail)


def _chart(view: ShareView) -> Chart | None:
    """Return lines of the leaders' shares; one bucket makes no line.

    A share that is not known exactly in each bucket is not drawn: a gap cannot be
    shown, and zero would be a cliff that did not happen.
    """
    buckets = view.buckets[-CHART_POINTS:]
    if len(buckets) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    lines = []
    for row in view.rows[:CHART_PROVIDERS]:
        shares = [bucket.shares[row.provider] for bucket in buckets]
        values = [None if share is None else share.value for share in shares]
        known = [round(float(value) * 100, 2) for value in values if value is not None]
        if len(known) == len(buckets):
            lines.append((row.label, tuple(known)))
    if not lines:
        return None
    names = unique(
        [cut(name, CHART_SERIES_NAME) for name, _ in lines], CHART_SERIES_NAME
    )
    width = buckets[0].width
    return Chart(
        title=f"Share of {view.basis.metric} by {width.word}",
        kind="line",
        categories=tuple(days.bucket(bucket.start, width) for bucket in buckets),
        series=tuple(zip(names, (values for _, values in lines), strict=True)),
        x_label="ISO week" if buckets[0].width.word == "week" else "Day (UTC)",
        y_label=f"% of {view.basis.metric}",
    )


def _buttons(query: ShareQuery, request: Request) -> tuple[Button, ...]:
    """Return the other metric, the models of the same days, and sharing."""
    other = Metric.COST if query.metric is Metric.TOKENS else Metric.TOKENS
    models = LeaderboardQuery(
        metric=query.metric,
        period=query.period,
        top=query.top,
        provider=query.provider,
        versus=query.versus,
    )
    return buttons(
        request,
        ask(request, "metric", f"By {other}", replace(query, metric=other)),
        ask(request, "models", "Models", models),
    )
