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
from zenmux_bot.core.periods import Unit
from zenmux_bot.digests.schedule import Cadence
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import (
    HEADINGS,
    TOTAL,
    WHOLE,
    context,
    figure_cells,
    growth_cell,
    headline,
    name,
    named,
    points_cell,
    rounding,
    unique,
    volume_column,
)
from zenmux_bot.render.charts import without_leader
from zenmux_bot.render.limits import (
    CHART_COLOURS,
    CHART_LABEL,
    CHART_POINTS,
    CHART_SERIES_NAME,
    CHART_TITLE,
    cut,
)
from zenmux_bot.render.report import Cell, Chart, Choice, Column, Report, Table, choice
from zenmux_bot.render.steps import TAKE, VIEW, Steps, converted, pin, steps

CHART_BARS = 6
"""More of them leave no space for their names."""

LONG = 6
"""Fewer weeks are not worth a chart."""

VISIBLE = 0.05
"""Less than half a tenth of a point is shown as nothing."""


def report_share(view: ShareView, request: Request) -> Report:
    """Return the whole answer to a share query."""
    query = request.query
    assert isinstance(query, ShareQuery)  # noqa: S101 - dispatched by kind
    basis = view.basis
    only = f"{named(view.providers)}: " if view.providers else ""
    whose = f"{only}market share" if only else "Market share"
    drawn = _chart(view, query)
    chart = None if request.show is Show.TABLE else drawn
    below = _steps(view, query, request, has_chart=drawn is not None)
    return Report(
        title=f"{whose} by {basis.metric}, {basis.span.in_words()}",
        headline=headline(view.total, basis),
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
        most = f"{name(leader.label)} has the most of them: {held}."
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
        f"{name(row.label)}{_below(view, row)} {verb} most"
        + ("" if row == view.rows[0] else _change(row))
        for verb, row in (("gained", view.gained), ("lost", view.lost))
        if row is not None and "±" not in _change(row)
    ]
    return f"{', '.join(moves)}." if moves else ""


def _below(view: ShareView, row: ProviderRow) -> str:
    """Say that a provider stands below the table, where nobody would find it."""
    if row.provider in {shown.provider for shown in view.rows}:
        return ""
    return f" (below the top {len(view.rows)})"


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
    if view.providers:
        values = [row.figures.value for row in view.rows]
        together = add(value for value in values if value is not None)
        whole = Compared(value=together, share=share_of(together, view.total.value))
        notes += rounding([row.figures for row in view.rows], whole)
    else:
        values = [row.figures.value for row in view.rows]
        covered = add(value for value in values if value is not None)
        share = numbers.percent(share_of(covered, view.total.value))
        notes.append(
            f"{len(view.rows)} of {_there(view)} providers, "
            f"{share} of {view.basis.metric}"
        )
        others = [] if view.others is None else [view.others]
        notes += rounding([*(row.figures for row in view.rows), *others], view.total)
    if any(_is_hidden(row.figures) for row in view.rows):
        notes.append(
            f"≥, ≤ and ranges: not in ZenMux's top {MAX_TOP} all the time, so not exact"
        )
    if chart is not None and chart.kind == "line":
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
    parts = [days.day(bucket.start, year=False) for bucket in drawn if bucket.is_part]
    if parts:
        weeks = "the week from" if len(parts) == 1 else "the weeks from"
        notes.append(f"chart: only a part of {weeks} {named(parts)}")
    return notes


def _is_hidden(figures: Compared) -> bool:
    """Tell whether a figure is known only within bounds."""
    there = (figures.value, figures.share, figures.points)
    return any(figure is not None and figure.value is None for figure in there)


def _table(view: ShareView) -> Table:
    """Return provider, share and its change first, then the volume and its change."""
    metric = HEADINGS[view.basis.metric]
    share = Column("Share", "right", numeric=True, said="share")
    volume = volume_column(view.basis.metric)
    provider = Column("Provider", is_wrapped=True)
    columns = [provider, share, volume]
    if view.basis.comparison.span is not None:
        points = Column("Change", "right", numeric=True, said="change of share")
        growth = Column(
            f"{metric} change",
            "right",
            numeric=True,
            said="change of volume",
            is_wrapped=True,
        )
        columns = [provider, share, points, volume, growth]
    return Table(
        caption=f"Providers by share of {view.basis.metric}",
        columns=tuple(columns),
        rows=tuple(
            _row(view, row.label, row.figures, row.provider) for row in view.rows
        ),
        tail=_tail(view),
    )


def _row(
    view: ShareView, label: str, figures: Compared, *slugs: str
) -> tuple[Cell, ...]:
    """Return the cells of a provider, of Others, or of the total."""
    volume, share = figure_cells(figures, view.basis.metric)
    named = Cell(name(label), slugs=slugs)
    if view.basis.comparison.span is None:
        return (named, share, volume)
    return (named, share, points_cell(figures), volume, growth_cell(figures))


def _tail(view: ShareView) -> tuple[tuple[Cell, ...], ...]:
    """Return Others and the total."""
    # the platform's share of itself cannot change
    total = replace(view.total, points=None)
    tail = [_row(view, WHOLE if view.providers else TOTAL, total)]
    if view.others is not None:
        tail.insert(0, _row(view, "Others", view.others))
    return tuple(tail)


def _chart(view: ShareView, query: ShareQuery) -> Chart | None:
    """Return the chart that tells the story of the sentences and the table.

    Over weeks, or where buckets were asked for, it is the shares in them; else what
    is told is the change against the days before, and that is drawn.
    """
    is_long = len(view.buckets) >= LONG and view.buckets[0].width is Granularity.WEEK
    if query.by is None and not is_long:
        changes = _changes_chart(view)
        if changes is not None:
            return changes
    return _lines_chart(view)


def _changes_chart(view: ShareView) -> Chart | None:
    """Return bars of the changes of share, if they are known and some can be seen."""
    moves = [
        (row.label, round(float(row.figures.points.value) * 100, 2))
        for row in view.rows
        if row.figures.points is not None and row.figures.points.value is not None
    ]
    bars = sorted(moves, key=lambda bar: -abs(bar[1]))[:CHART_BARS]
    if len(bars) < 2 or all(abs(value) < VISIBLE for _, value in bars):  # noqa: PLR2004
        return None
    return Chart(
        title="Largest changes of share, in percentage points",
        kind="bar",
        categories=unique([label for label, _ in bars], CHART_LABEL),
        series=(("Change in pp", tuple(value for _, value in bars)),),
        x_label="Provider",
        y_label="Percentage points",
    )


def _lines_chart(view: ShareView) -> Chart | None:
    """Return lines of the leaders' shares; one bucket makes no line.

    A share that is not known exactly in each bucket is not drawn: a gap cannot be
    shown, and zero would be a cliff that did not happen. A leader far above the others
    would press them on the axis, so it is left out and the title says so.
    """
    buckets = view.buckets[-CHART_POINTS:]
    if len(buckets) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    lines = []
    for row in view.rows[: CHART_COLOURS + 1]:
        shares = [bucket.shares[row.provider] for bucket in buckets]
        values = [share.value for share in shares if share is not None]
        known = [round(float(value) * 100, 2) for value in values if value is not None]
        if len(known) == len(buckets):
            lines.append((row.label, tuple(known)))
    if not lines:
        return None
    lines, without = without_leader(lines)
    lines = lines[:CHART_COLOURS]
    names = unique([label for label, _ in lines], CHART_SERIES_NAME)
    width = buckets[0].width
    but = f", without {without}" if without else ""
    return Chart(
        title=cut(f"Share of {view.basis.metric} by {width.word}{but}", CHART_TITLE),
        kind="line",
        categories=days.axis([bucket.start for bucket in buckets]),
        series=tuple(zip(names, (values for _, values in lines), strict=True)),
        x_label="Week from (UTC)" if width is Granularity.WEEK else "Day (UTC)",
        y_label=f"% of {view.basis.metric}",
    )


def _steps(
    view: ShareView, query: ShareQuery, request: Request, *, has_chart: bool
) -> Steps:
    """Return the models of the same days, more rows, why, and what all answers have."""
    plain = replace(request, csv=False)
    pinned = pin(query, view.basis)
    offered = []
    if not view.providers and view.listed > len(view.rows) and query.top < MAX_TOP:
        everything = view.complete and view.listed <= MAX_TOP
        label = f"All {view.listed} providers" if everything else f"Top {MAX_TOP}"
        offered.append(choice(plain, label, replace(pinned, top=MAX_TOP), VIEW))
    models = converted(pinned, LeaderboardQuery)
    offered.append(choice(plain, "Models", models, VIEW))
    if view.basis.comparison.span is not None:
        moved = converted(pinned, WhyQuery)
        offered.append(choice(plain, "Why it moved", moved, VIEW))
    below = steps(request, query, view.basis, *offered, has_chart=has_chart)
    [menu] = below.menus
    digest = Choice("Make this a digest", _digest(query, view), TAKE)
    return Steps(below.buttons, (replace(menu, choices=(*menu.choices, digest)),))


def _digest(query: ShareQuery, view: ShareView) -> str:
    """Return the command for the form of a digest of the same kind."""
    only = query.providers[:MAX_PROVIDERS] or None
    spec = DigestSpec(
        cadence=_cadence(view), metric=query.metric, top=query.top, providers=only
    )
    return canonical(DigestQuery(command=OpenForm(spec)))


def _cadence(view: ShareView) -> Cadence:
    """Return how often such figures come: as often as the answer's days end."""
    window = view.basis.window
    if window.unit is Unit.MONTH:
        return Cadence.MONTHLY
    return Cadence.DAILY if window.span.days == 1 else Cadence.WEEKLY
