"""The trend's view to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from zenmux_bot.answers.trend.view import TrendBucket, TrendModel, TrendView
from zenmux_bot.commands.queries import (
    MAX_TOP,
    LeaderboardQuery,
    Request,
    Show,
    TrendingQuery,
    TrendQuery,
)
from zenmux_bot.core.bounded import ZERO, Bounded, Compared, add, share_of
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import Span, Unit, start_of
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import TOTAL, context, growth_cell, headline, name, unique
from zenmux_bot.render.charts import ROWS_BESIDE, lines_chart, without_leader
from zenmux_bot.render.limits import (
    CHART_COLOURS,
    CHART_POINTS,
    CHART_SERIES_NAME,
    CHART_TITLE,
    DATA_TABLE_COLUMNS,
    cut,
)
from zenmux_bot.render.report import Cell, Chart, Column, Report, Table, choice
from zenmux_bot.render.steps import VIEW, Steps, converted, pin, steps

MAX_MODELS = DATA_TABLE_COLUMNS - 3
"""The other columns are the bucket, Others and the total."""

MAX_ROWS = 62
"""Two months of days, or more than a year of weeks, fit in any table."""


def report_trend(view: TrendView, request: Request) -> Report:
    """Return the whole answer to a trend query."""
    query = request.query
    assert isinstance(query, TrendQuery)  # noqa: S101 - dispatched by kind
    basis = view.basis
    drawn = _chart(view)
    chart = None if request.show is Show.TABLE else drawn
    below = _steps(view, query, request, has_chart=drawn is not None)
    return Report(
        title=f"Models by {basis.metric}, by {view.width.word}, "
        f"{basis.span.in_words()}",
        headline=headline(Compared(value=view.total), basis),
        finding=" ".join(_findings(view)),
        table=_table(view, is_beside_chart=chart is not None),
        is_table_shown=chart is None or request.show is not Show.CHART,
        chart=chart,
        context=context(basis, *_notes(view)),
        as_of=basis.as_of,
        stale=basis.stale,
        command=basis.command,
        buttons=below.buttons,
        menus=below.menus,
    )


def _findings(view: TrendView) -> list[str]:
    """Say how all did lately, who leads, and who moved most."""
    metric, leader, *rivals = view.basis.metric, *view.models
    share = f", {numbers.percent(leader.share)} of {metric}" if leader.share else ""
    is_first = all(leader.value.low > rival.value.high for rival in rivals)
    verb = "leads with" if is_first else "has"
    held = f"{numbers.brief(leader.value, metric)}{_unit(metric)}{share}"
    said = [_lately(view), f"{name(leader.label)} {verb} {held}.", _movers(view)]
    return [sentence for sentence in said if sentence]


def _lately(view: TrendView) -> str:
    """Say how the newest days of all models compare with those before."""
    recent = view.recent
    growth = None if recent is None else recent.total.growth
    if recent is None or growth is None or growth.value is None:
        return ""
    return (
        f"{recent.now.in_words()} had {numbers.more(growth.value)} "
        f"{recent.before.in_words()}."
    )


def _movers(view: TrendView) -> str:
    """Say which of several models grew and fell most, where that is known."""
    grown = sorted(
        (
            (model.recent.growth.low, model)
            for model in view.models
            if model.recent is not None and model.recent.growth is not None
        ),
        key=lambda each: each[0],
    )
    if view.recent is None or len(grown) < 2:  # noqa: PLR2004 - most of several
        return ""
    ends = (("grew", grown[-1]), ("fell", grown[0]))
    said = [
        f"{name(model.label)} {verb} most ({_growth(model)})"
        for verb, (change, model) in ends
        if (change > 0) == (verb == "grew") and change
    ]
    if not said:
        return ""
    return f"{', '.join(said)} between the two."


def _unit(metric: Metric) -> str:
    """Return what follows a number in a sentence; money says itself what it is."""
    return " tokens" if metric is Metric.TOKENS else ""


def _growth(model: TrendModel) -> str:
    return numbers.growth(model.recent) if model.recent else numbers.UNKNOWN


def _notes(view: TrendView) -> list[str]:
    """Say what table and chart leave out, and what is not whole."""
    width, notes = view.width.word, []
    notes.append(
        f"{len(view.models)} of {numbers.plural(view.listed, 'model')} in ZenMux's "
        f"top {MAX_TOP} of each {width}"
    )
    if len(view.models) > MAX_MODELS:
        notes.append(f"table: the first {MAX_MODELS} models")
    if len(view.buckets) > MAX_ROWS:
        notes.append(
            f"table: the last {MAX_ROWS} of {numbers.plural(len(view.buckets), width)}"
        )
    gaps = [bucket for bucket in view.buckets if bucket.total is None]
    if gaps:
        notes.append(
            f"no data for {numbers.plural(len(gaps), width)}, "
            f"the first being {_bucket_name(gaps[0], view.width)}"
        )
    if any(map(_is_hidden, view.buckets)):
        notes.append(
            f"≤ and ≥: not in ZenMux's top {MAX_TOP} of that {width}, so not known "
            "exactly"
        )
    return notes


def _is_hidden(bucket: TrendBucket) -> bool:
    """Tell whether a model was below the top of the API's list."""
    return any(
        figure is not None and figure.value is None for figure in bucket.values.values()
    )


def _table(view: TrendView, *, is_beside_chart: bool) -> Table:
    """Return the sums, then the newest bucket first; a column for each model."""
    models = view.models[:MAX_MODELS]
    headings = unique([model.label for model in models], CHART_SERIES_NAME)
    has_others = view.others.high > 0 or len(models) < len(view.models)
    lead = view.width.word.capitalize()
    return Table(
        caption=f"Models by {view.basis.metric}, by {view.width.word}",
        columns=(
            Column(lead, numeric=True),
            *(
                Column(
                    each,
                    "right",
                    numeric=True,
                    said=each,
                    slugs=(model.model,),
                    is_wrapped=True,
                )
                for each, model in zip(headings, models, strict=True)
            ),
            *([Column("Others", "right", numeric=True, said="others")] * has_others),
            Column(TOTAL, "right", numeric=True, said="total"),
        ),
        rows=(
            *_sums(view, models, has_others=has_others),
            *(
                _row(view, bucket, models, has_others=has_others)
                for bucket in reversed(view.buckets[-MAX_ROWS:])
            ),
        ),
        page=ROWS_BESIDE if is_beside_chart else 0,
    )


def _row(
    view: TrendView,
    bucket: TrendBucket,
    models: tuple[TrendModel, ...],
    *,
    has_others: bool,
) -> tuple[Cell, ...]:
    metric = view.basis.metric
    part = " to date" if bucket.is_part else ""
    figures = [bucket.values[model.model] for model in models]
    if has_others:
        figures.append(_others(bucket, view.models[MAX_MODELS:]))
    figures.append(bucket.total)
    return (
        Cell(f"{_bucket_name(bucket, view.width)}{part}", bucket.start.toordinal()),
        *(_cell(figure, metric) for figure in figures),
    )


def _others(bucket: TrendBucket, left: tuple[TrendModel, ...]) -> Bounded | None:
    """Return Others with the models that found no column."""
    figures = [bucket.others, *(bucket.values[model.model] for model in left)]
    known = [figure for figure in figures if figure is not None]
    return add(known) if len(known) == len(figures) else None


def _sums(
    view: TrendView, models: tuple[TrendModel, ...], *, has_others: bool
) -> tuple[tuple[Cell, ...], ...]:
    """Return the sums, the shares, and the newest days compared."""
    metric = view.basis.metric
    left = view.models[MAX_MODELS:]
    others = add([view.others, *(model.value for model in left)])
    rest = [others] if has_others else []
    sums = [*(model.value for model in models), *rest, view.total]
    rows: list[tuple[Cell, ...]] = [
        (Cell("Sum"), *(_cell(figure, metric) for figure in sums)),
        (
            Cell("Share"),
            *(_share(share_of(figure, view.total)) for figure in sums),
        ),
    ]
    if view.recent is not None:
        changes = [growth_cell(model.recent) for model in models if model.recent]
        # of all other models there is no sum of the newest days
        changes += [Cell(numbers.UNKNOWN)] if has_others else []
        changes.append(growth_cell(view.recent.total))
        which = days.versus(view.recent.now, view.recent.before)
        rows.append((Cell("Change", said=f"Change, {which}"), *changes))
    return tuple(rows)


def _cell(figure: Bounded | None, metric: Metric) -> Cell:
    number = None if figure is None else float(figure.low)
    return Cell(numbers.brief(figure, metric), number)


def _share(share: Bounded | None) -> Cell:
    number = None if share is None else float(share.low)
    return Cell(numbers.percent(share), number)


def _bucket_name(bucket: TrendBucket, width: Granularity) -> str:
    """Return ``Sun 22 Nov``, or of a week its days."""
    if width is Granularity.WEEK:
        return days.week(Span(bucket.start, bucket.end))
    return days.weekday(bucket.start)


def _chart(view: TrendView) -> Chart | None:
    """Return lines of the leaders' volumes over the whole period.

    Of more buckets than a chart has points, weeks or months are drawn, each by its mean
    day. A volume that is not known exactly in each bucket is not drawn: a gap cannot be
    shown, and zero would be a cliff that did not happen.
    """
    groups = _groups(view)
    if len(groups) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    is_mean = len(groups) < len([each for each in view.buckets if each.total])
    lines = []
    for model in view.models[: CHART_COLOURS + 1]:
        values = [
            _mean(group, model.model) if is_mean else _sum(group, model.model)
            for group in groups.values()
        ]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            lines.append((model.label, known))
    if not lines:
        return None
    lines, without = without_leader(lines)
    but = f", without {without}" if without else ""
    a_day = " a day" if is_mean else f" by {view.width.word}"
    title = f"{view.basis.metric.capitalize()}{a_day}{but}"
    is_weekly = is_mean or view.width is Granularity.WEEK
    return lines_chart(
        cut(title, CHART_TITLE),
        days.axis(list(groups)),
        lines[:CHART_COLOURS],
        view.basis.metric,
        x_label="From (UTC)" if is_weekly else "Day (UTC)",
    )


def _groups(view: TrendView) -> dict[date, list[TrendBucket]]:
    """Return the buckets with data, as few together as fit the chart."""
    buckets = [bucket for bucket in view.buckets if bucket.total]
    groups: dict[date, list[TrendBucket]] = {}
    for start_of_group in (_itself, _monday, _first_of_month):
        groups = {}
        for bucket in buckets:
            groups.setdefault(start_of_group(bucket.start), []).append(bucket)
        if len(groups) <= CHART_POINTS:
            break
    # one that begins before the period is drawn from the period's first day
    drawn = {max(start, view.basis.span.start): each for start, each in groups.items()}
    return dict(list(drawn.items())[-CHART_POINTS:])


def _itself(day: date) -> date:
    return day


def _monday(day: date) -> date:
    return start_of(Unit.WEEK, day)


def _first_of_month(day: date) -> date:
    return start_of(Unit.MONTH, day)


def _sum(group: Sequence[TrendBucket], model: str) -> Decimal | None:
    """Return a model's volume over some buckets, None if one is not known exactly."""
    figures = [bucket.values[model] for bucket in group]
    known = [each.value for each in figures if each and each.value is not None]
    return sum(known, ZERO) if len(known) == len(figures) else None


def _mean(group: Sequence[TrendBucket], model: str) -> Decimal | None:
    """Return a model's mean day over some buckets."""
    whole = _sum(group, model)
    count = sum((bucket.end - bucket.start).days + 1 for bucket in group)
    return None if whole is None else whole / count


def _steps(
    view: TrendView, query: TrendQuery, request: Request, *, has_chart: bool
) -> Steps:
    """Return the other width, the same days ranked, and what all answers have."""
    plain = replace(request, csv=False)
    pinned = pin(query, view.basis)
    other = Granularity.WEEK if view.width is Granularity.DAY else Granularity.DAY
    width = replace(pinned, by=other)
    ranked = converted(pinned, LeaderboardQuery)
    last = view.basis.span.end
    trending = TrendingQuery(metric=query.metric, top=query.top, until=last)
    return steps(
        request,
        query,
        view.basis,
        choice(plain, f"By {other.word}", width, VIEW),
        choice(plain, "Models, ranked", ranked, VIEW),
        choice(plain, "Trending models", trending, VIEW),
        has_chart=has_chart,
        models=[(each.model, each.label) for each in view.models],
    )
