"""The market share's view to a report."""

from __future__ import annotations

from dataclasses import replace

from zenmux_bot.answers.share.view import ProviderRow, ShareView
from zenmux_bot.commands.digest_commands import MAX_PROVIDERS, DigestSpec, OpenForm
from zenmux_bot.commands.queries import (
    MAX_TOP,
    DigestQuery,
    LeaderboardQuery,
    Request,
    ShareQuery,
    Show,
    WhyQuery,
    canonical,
)
from zenmux_bot.core.bounded import Compared, add, share_of
from zenmux_bot.core.measures import Granularity
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import (
    figure_cells,
    growth_cell,
    name,
    named,
    platform,
    points_cell,
    unique,
    volume_column,
)
from zenmux_bot.render.context import context
from zenmux_bot.render.limits import CHART_POINTS, CHART_SERIES_NAME
from zenmux_bot.render.report import (
    Button,
    Cell,
    Chart,
    Column,
    Report,
    Table,
    ask,
)
from zenmux_bot.render.steps import Steps, steps, turned

DIGEST = "digest:form"
CHART_PROVIDERS = 4
"""Slack draws four colours; a fifth line would look like the first."""


def report_share(view: ShareView, request: Request) -> Report:
    """Return the whole answer to a share query."""
    query = request.query
    assert isinstance(query, ShareQuery)  # noqa: S101 - dispatched by kind
    basis = view.basis
    only = f"{named(view.providers)}: " if view.providers else ""
    whose = f"{only}market share" if only else "Market share"
    chart = None if request.show is Show.TABLE else _chart(view)
    below = _steps(view, query, request)
    return Report(
        title=f"{whose} by {basis.metric}, {days.span(basis.span)}",
        finding=" ".join(findings(view)),
        table=_table(view),
        is_table_shown=chart is None or request.show is not Show.CHART,
        chart=chart,
        context=context(basis, *_notes(view, chart)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=below.buttons,
        menus=below.menus,
    )


def findings(view: ShareView) -> list[str]:
    """Return what the figures say; nothing that is not known."""
    said = [_leader(view)]
    if not view.providers:
        said.append(_movers(view))
    if view.entered:
        be = "is" if len(view.entered) == 1 else "are"
        said.append(f"{named(view.entered)} {be} new in the top {len(view.rows)}.")
    said += platform(view.total, view.basis)
    return [sentence for sentence in said if sentence]


def _leader(view: ShareView) -> str:
    """Say what the first, or the only, provider holds."""
    leader = view.rows[0]
    rank, share = leader.rank, leader.figures.share
    held = f"{numbers.percent(share)} of {view.basis.metric}{_change(leader)}"
    if not view.providers:
        verb = "leads with" if rank else "has"
        return f"{name(leader.label)} {verb} {held}."
    if len(view.rows) > 1:
        most = f"Of these, {name(leader.label)} has most: {held}."
        return f"{most} {_together(view)}"
    place = f", rank {rank} of {_there(view)}" if rank else ""
    return f"{name(leader.label)} has {held}{place}."


def _together(view: ShareView) -> str:
    """Say what the providers asked for hold together."""
    values = [row.figures.value for row in view.rows if row.figures.value is not None]
    share = share_of(add(values), view.total.value)
    return f"Together they have {numbers.percent(share)}."


def _movers(view: ShareView) -> str:
    """Say who gained and who lost most, where the points show it."""
    moves = [
        f"{name(row.label)} {verb} most" + ("" if row == view.rows[0] else _change(row))
        for verb, row in (("gained", view.gained), ("lost", view.lost))
        if row is not None and "±" not in _change(row)
    ]
    return f"{', '.join(moves)}." if moves else ""


def _change(row: ProviderRow) -> str:
    """Return the change of a share in brackets, if it is known."""
    change = row.figures.points
    return f" ({numbers.points(change)})" if change is not None else ""


def _there(view: ShareView) -> str:
    """Say how many providers there are."""
    return str(view.listed) if view.complete else f"more than {view.listed}"


def _notes(view: ShareView, chart: Chart | None) -> list[str]:
    """Say what table and chart leave out."""
    notes = []
    if not view.providers:
        values = [row.figures.value for row in view.rows]
        covered = add(value for value in values if value is not None)
        share = numbers.percent(share_of(covered, view.total.value))
        notes.append(
            f"{len(view.rows)} of {_there(view)} providers, "
            f"{share} of {view.basis.metric}"
        )
    if any(_is_hidden(row.figures) for row in view.rows):
        notes.append(
            "≥, ≤ and ranges: not in ZenMux's list of "
            f"{MAX_TOP} all the time, so not known exactly"
        )
    if chart is not None:
        notes += _chart_notes(view)
    return notes


def _chart_notes(view: ShareView) -> list[str]:
    """Say which buckets the chart leaves out, and which are not whole."""
    notes = []
    drawn = view.buckets[-CHART_POINTS:]
    width = drawn[0].width
    if len(drawn) < len(view.buckets):
        there = numbers.plural(len(view.buckets), width.word)
        notes.append(f"chart: the last {len(drawn)} of {there}")
    parts = [days.bucket(bucket.start, width) for bucket in drawn if bucket.is_part]
    if parts:
        what = "is not a whole week" if len(parts) == 1 else "are not whole weeks"
        notes.append(f"chart: {named(parts)} {what}")
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
        caption=f"Providers by share of {view.basis.metric}",
        columns=(
            Column("Provider"),
            volume_column(view.basis.metric),
            Column("Share", "right", numeric=True, said="share"),
            *(changes if compared else ()),
        ),
        rows=tuple(
            _row(view, row.label, row.figures, row.provider, compared=compared)
            for row in view.rows
        ),
        tail=_tail(view, compared=compared),
    )


def _row(
    view: ShareView, label: str, figures: Compared, *slugs: str, compared: bool
) -> tuple[Cell, ...]:
    """Return the cells of a provider, of Others, or of the total."""
    cells = (Cell(name(label), slugs=slugs), *figure_cells(figures, view.basis.metric))
    if not compared:
        return cells
    return (*cells, points_cell(figures), growth_cell(figures))


def _tail(view: ShareView, *, compared: bool) -> tuple[tuple[Cell, ...], ...]:
    """Return Others, whose change would mean nothing, and the total."""
    # the platform's share of itself cannot change
    total = replace(view.total, points=None)
    whole = "Total" if not view.providers else "Platform"
    tail = [_row(view, whole, total, compared=compared)]
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
        values = [share.value for share in shares if share is not None]
        known = [round(float(value) * 100, 2) for value in values if value is not None]
        if len(known) == len(buckets):
            lines.append((row.label, tuple(known)))
    if not lines:
        return None
    names = unique([label for label, _ in lines], CHART_SERIES_NAME)
    width = buckets[0].width
    return Chart(
        title=f"Share of {view.basis.metric} by {width.word}",
        kind="line",
        categories=tuple(days.bucket(bucket.start, width) for bucket in buckets),
        series=tuple(zip(names, (values for _, values in lines), strict=True)),
        x_label="ISO week" if width is Granularity.WEEK else "Day (UTC)",
        y_label=f"% of {view.basis.metric}",
    )


def _steps(view: ShareView, query: ShareQuery, request: Request) -> Steps:
    """Return the models of the same days, more rows, why, and what all answers have."""
    plain = replace(request, csv=False)
    offered = [ask(plain, "models", "Models", turned(query, LeaderboardQuery))]
    if not view.providers and view.listed > len(view.rows) and query.top < MAX_TOP:
        rows = min(query.top * 2, MAX_TOP)
        wider = replace(query, top=rows)
        offered.append(ask(plain, "more", f"Top {rows}", wider))
    if view.basis.comparison.span is not None:
        offered.append(ask(plain, "why", "Why?", turned(query, WhyQuery)))
    only = query.providers[:MAX_PROVIDERS] or None
    wish = DigestSpec(metric=query.metric, top=query.top, providers=only)
    form = canonical(DigestQuery(command=OpenForm(wish)))
    offered.append(Button(label="Make this a digest", action=DIGEST, command=form))
    has_chart = len(view.buckets) > 1
    return steps(request, query, view.basis, *offered, has_chart=has_chart)
