"""The leaderboard's view to a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from zenmux_bot.answers.leaderboard.view import LeaderboardView, ModelRow
from zenmux_bot.commands.queries import (
    MAX_TOP,
    LeaderboardQuery,
    Request,
    ShareQuery,
    Show,
)
from zenmux_bot.core.bounded import Compared, add, share_of
from zenmux_bot.render import numbers
from zenmux_bot.render.cells import (
    EVERYBODY,
    TOTAL,
    WHOLE,
    context,
    figure_cells,
    growth_cell,
    headline,
    name,
    named,
    rounding,
    unique,
    unit,
    volume_column,
)
from zenmux_bot.render.limits import CHART_LABEL
from zenmux_bot.render.report import (
    Cell,
    Chart,
    Column,
    Report,
    Table,
    choice,
)
from zenmux_bot.render.steps import VIEW, Steps, converted, pin, steps

BARS = 10
"""More of them leave no space for their names."""

CLIMBERS = 2
"""A tie of more says little, so it is left out."""


PRICE = "$ per 1M tokens"
PRICE_MEANING = "average list price per million tokens, all kinds mixed"


def report_leaderboard(view: LeaderboardView, request: Request) -> Report:
    """Return the whole answer to a leaderboard query."""
    query = request.query
    assert isinstance(query, LeaderboardQuery)  # noqa: S101 - dispatched by kind
    basis = view.basis
    chart = _chart(view) if request.show is Show.CHART else None
    below = _steps(view, query, request)
    return Report(
        title=f"{_subject(view)} by {basis.metric}, {basis.span.in_words()}",
        headline=_headline(view),
        finding=" ".join(_findings(view)),
        table=_priced(_table(view), view),
        is_table_shown=chart is None,
        chart=chart,
        context=context(basis, *_notes(view, chart), *_price_notes(view)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=below.buttons,
        menus=below.menus,
    )


def _subject(view: LeaderboardView) -> str:
    """Say which models are shown."""
    shown = len(view.rows)
    top = f"top {shown} models" if shown > 1 else "top model"
    if not view.providers:
        return top.capitalize()
    return f"{named(view.providers)}: {top if shown < view.matching else 'models'}"


def _headline(view: LeaderboardView) -> str:
    """Say how much all models hold, or those of the providers shown."""
    if view.together is None:
        return headline(view.total, view.basis)
    models = f"{numbers.plural(view.matching, 'model')} of {named(view.providers)}"
    return headline(view.together, view.basis, f"{EVERYBODY}, {models}")


def _findings(view: LeaderboardView) -> list[str]:
    """Return what the figures say; nothing that is not known."""
    said = [_together(view), _leader(view), _climbers(view)]
    entered = [row.label for row in view.rows if row.entered]
    if entered:
        be = "is" if len(entered) == 1 else "are"
        said.append(f"{named(entered)} {be} new in the top {view.limit_before}.")
    return [sentence for sentence in said if sentence]


def _together(view: LeaderboardView) -> str:
    """Say what part of the whole the models of some providers hold together."""
    if view.together is None or view.together.share is None or view.matching == 1:
        return ""
    share, points = numbers.percent(view.together.share), view.together.points
    moved = "" if points is None else f" ({numbers.points(points)})"
    return f"That is {share} of all {view.basis.metric}{moved}."


def _leader(view: LeaderboardView) -> str:
    """Say who is first, and by how much; nothing where that is unknown."""
    leader, *rivals = view.rows
    metric, value = view.basis.metric, leader.figures.value
    if value is None:
        return ""
    amount = numbers.brief_amount(value.low, metric)
    share = leader.figures.share
    held = f"{amount}, {numbers.percent(share)} of {metric}" if share else amount
    is_tied = any(row.figures.value == value for row in rivals)
    if not view.providers:
        verb = "has" if is_tied else "leads with"
    elif is_tied or not rivals:
        verb = "has"
    else:
        verb = "is the largest of them with"
    return f"{name(leader.label)} {verb} {held}."


def _climbers(view: LeaderboardView) -> str:
    """Say who of several climbed most, if not too many did."""
    best = max(row.climbed or 0 for row in view.rows)
    climbers = [row for row in view.rows if row.climbed == best]
    if best < 1 or len(view.rows) == 1 or len(climbers) > CLIMBERS:
        return ""
    places = numbers.plural(best, "place")
    where = f"to rank {climbers[0].rank}" if len(climbers) == 1 else "each"
    who = named([row.label for row in climbers])
    return f"{who} climbed most, {places} {where}."


def _notes(view: LeaderboardView, chart: Chart | None) -> list[str]:
    """Say what table and chart leave out."""
    notes = []
    shown = len(view.rows)
    more = "" if view.complete else "+"
    there = f"{view.listed}{more} models" if view.listed > 1 else "1 model"
    if view.providers:
        few = "" if shown == view.matching else f"{shown} of "
        whose = f"{numbers.plural(view.matching, 'model')} of {named(view.providers)}"
        among = "all" if view.complete else "the largest"
        notes.append(f"{few}{whose} among {among} {view.listed}")
    else:
        values = [row.figures.value for row in view.rows]
        covered = add(value for value in values if value is not None)
        share = share_of(covered, view.total.value)
        of_all = f", {numbers.percent(share)} of {view.basis.metric}" if share else ""
        notes.append(f"{shown} of {there}{of_all}")
        figures = [row.figures for row in view.rows]
        others = [] if view.others is None else [view.others]
        notes += rounding([*figures, *others], view.total)
    if chart is not None and len(chart.categories) < shown:
        notes.append(f"chart: the first {len(chart.categories)}")
    return notes


def _table(view: LeaderboardView) -> Table:
    """Return rank, model and volume first, since a phone shows no more at once."""
    compared = view.basis.comparison.span is not None
    change = Column("Change", "right", numeric=True, said="change")
    return Table(
        caption=f"{_subject(view)} by {view.basis.metric}",
        columns=(
            Column("#", "right", numeric=True, said="rank"),
            Column("Model", is_wrapped=True),
            volume_column(view.basis.metric),
            *([change] if compared else []),
            Column("Share", "right", numeric=True, said="share"),
            *([Column("Move", "right")] if compared else []),
            *([Column("Provider")] if _has_providers(view) else []),
        ),
        rows=tuple(_row(view, row) for row in view.rows),
        tail=_tail(view),
        key=1,
    )


def _has_providers(view: LeaderboardView) -> bool:
    """Tell whether a provider's name says more than the title does."""
    return len(view.providers) != 1


def _row(view: LeaderboardView, row: ModelRow) -> tuple[Cell, ...]:
    """Return one model's cells."""
    rank = numbers.UNKNOWN if row.rank is None else str(row.rank)
    return (
        Cell(rank, row.rank),
        Cell(name(row.label), slugs=(row.model, row.author)),
        *_figures(view, row.figures),
        *([_move(view, row)] if view.basis.comparison.span is not None else []),
        *([Cell(name(row.author_label))] if _has_providers(view) else []),
    )


def _figures(view: LeaderboardView, figures: Compared) -> Iterator[Cell]:
    """Yield a volume, its change and its share."""
    volume, share = figure_cells(figures, view.basis.metric)
    yield volume
    if view.basis.comparison.span is not None:
        yield growth_cell(figures)
    yield share


def _move(view: LeaderboardView, row: ModelRow) -> Cell:
    """Return the cell of a change of rank."""
    if row.entered:
        return Cell(f"new in top {view.limit_before}")
    climbed = row.climbed or 0
    return Cell(numbers.move(climbed), said=numbers.move_said(climbed))


def _tail(view: LeaderboardView) -> tuple[tuple[Cell, ...], ...]:
    """Return Others and the total; neither has a rank."""
    none = Cell(numbers.UNKNOWN)
    rest = (view.basis.comparison.span is not None) + _has_providers(view)
    total = TOTAL if not view.providers else WHOLE
    parts = [(total, view.total)]
    if view.together is not None and view.matching > 1:
        parts.insert(0, (f"{view.matching} models together", view.together))
    if view.others is not None:
        parts.insert(0, ("Others", view.others))
    return tuple(
        (none, Cell(label), *_figures(view, figures), *[none] * rest)
        for label, figures in parts
    )


def _chart(view: LeaderboardView) -> Chart | None:
    """Return bars of the first models, if their volumes are known."""
    bars = [
        (row.label, row.figures.value.low)
        for row in view.rows[:BARS]
        if row.figures.value is not None
    ]
    if not bars:
        return None
    metric = view.basis.metric
    divisor, volume = unit(bars[0][1], metric)
    return Chart(
        title=f"Models by {metric}",
        kind="bar",
        categories=unique([label for label, _ in bars], CHART_LABEL),
        series=(
            (volume, tuple(round(float(value / divisor), 2) for _, value in bars)),
        ),
        x_label="Model",
        y_label=volume,
    )


def _steps(view: LeaderboardView, query: LeaderboardQuery, request: Request) -> Steps:
    """Return more rows if there are more, the providers, and what all answers have."""
    plain = replace(request, csv=False)
    pinned = pin(query, view.basis)
    offered = []
    more = view.matching > len(view.rows) or (not view.providers and not view.complete)
    if more and query.top < MAX_TOP:
        everything = view.complete and view.matching <= MAX_TOP
        label = f"All {view.matching} models" if everything else f"Top {MAX_TOP}"
        wider = replace(pinned, top=MAX_TOP)
        offered.append(choice(plain, label, wider, VIEW))
    providers = converted(pinned, ShareQuery)
    offered.append(choice(plain, "Providers", providers, VIEW))
    if not query.rate:
        priced = replace(pinned, rate=True)
        offered.append(choice(plain, "With prices", priced, VIEW))
    return steps(
        request,
        query,
        view.basis,
        *offered,
        has_chart=bool(view.rows),
        models=[(row.model, row.label) for row in view.rows],
    )


def _priced(table: Table, view: LeaderboardView) -> Table:
    """Return a leaderboard's table with a column of prices, if there are any."""
    rates = view.rates
    if rates is None:
        return table
    column = Column(PRICE, "right", numeric=True, said=PRICE_MEANING)
    prices = [_price_cell(rates.models.get(row.model)) for row in view.rows]
    # The rows before the last mix models, and the last one is the platform's.
    unknown = [_price_cell(None)] * (len(table.tail) - 1)
    tail = [*unknown, _price_cell(rates.platform)]
    return replace(
        table,
        columns=(*table.columns, column),
        rows=tuple((*row, each) for row, each in zip(table.rows, prices, strict=True)),
        tail=tuple((*row, each) for row, each in zip(table.tail, tail, strict=True)),
    )


def _price_notes(view: LeaderboardView) -> list[str]:
    """Say what the column is, and what a dash in it means."""
    if view.rates is None:
        return []
    notes = [f"{PRICE}: {PRICE_MEANING}"]
    if any(row.model not in view.rates.models for row in view.rows):
        notes.append("no price where a model is not listed by both tokens and cost")
    return notes


def _price_cell(price: Decimal | None) -> Cell:
    if price is None:
        return Cell(numbers.UNKNOWN)
    return Cell(_written(price), float(price))


def _written(price: Decimal) -> str:
    """Return USD with two decimals; of less than a dollar, three digits that count."""
    if price >= 1 or not price:
        return f"${price:,.2f}"
    places = min(2 - price.adjusted(), 6)
    return f"${price:.{places}f}"
