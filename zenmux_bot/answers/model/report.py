"""One model's view to a report."""

from __future__ import annotations

import calendar
from dataclasses import replace
from decimal import Decimal

from zenmux_bot.answers.model.view import ModelView, UsageBucket, WeekdayMean
from zenmux_bot.commands.queries import (
    LeaderboardQuery,
    ModelQuery,
    Request,
    Show,
    WhyQuery,
)
from zenmux_bot.core.bounded import Bounded, Compared
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import CalendarUnit, Unit, start_of
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import (
    growth_cell,
    name,
    points_cell,
    volume_column,
)
from zenmux_bot.render.context import context
from zenmux_bot.render.limits import CHART_POINTS
from zenmux_bot.render.lines import lines_chart
from zenmux_bot.render.report import Cell, Chart, Column, Report, Table, ask
from zenmux_bot.render.steps import Steps, steps

MAX_ROWS = 62
"""Two months of days, or more than a year of weeks."""

WEEK_DAYS = 7
UNUSED = "not used"
UNKNOWN = "not known"


def report_model(view: ModelView, request: Request) -> Report:
    """Return the whole answer to a question about one model."""
    query = request.query
    assert isinstance(query, ModelQuery)  # noqa: S101 - dispatched by kind
    # from here on it goes by its slug, whatever was typed
    query = replace(query, model=view.model.slug.lower())
    request = replace(request, query=query)
    basis, drawn = view.basis, _chart(view)
    chart = None if request.show is Show.TABLE else drawn
    below = _steps(view, query, request, has_chart=drawn is not None)
    return Report(
        title=f"{name(view.model.label)} by {basis.metric}, {days.span(basis.span)}",
        finding=" ".join(_findings(view)),
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


def _findings(view: ModelView) -> list[str]:
    """Say how much it is used, of what, and when."""
    basis, figures = view.basis, view.of_platform
    who = f"{name(view.model.label)} ({name(view.model.author_label)})"
    if figures.value is None:
        gaps = f"of {numbers.plural(view.unknown, 'day')} there is no figure"
        return [f"How much {who} was used is not known: {gaps}."]
    if view.unused == basis.span.days:
        return [f"{who} was not used on these days.", *_before(view)]
    amount = numbers.brief_amount(figures.value.low, basis.metric)
    change = numbers.growth(figures)
    moved = ""
    if figures.is_new:
        moved = f", new: nothing in {days.compared_with(basis)}"
    elif change != numbers.UNKNOWN:
        moved = f", {change} on {days.compared_with(basis)}"
    said = [f"{who} has {amount}{moved}."]
    parts = [
        f"{numbers.percent(part.share)} of {whole}{_points(part)}"
        for part, whole in (
            (figures, "the platform"),
            (view.of_provider, name(view.model.author_label)),
        )
        if part.share is not None
    ]
    if parts:
        said.append(f"That is {' and '.join(parts)}.")
    return [*said, *_pattern(view), *_idle(view)]


def _before(view: ModelView) -> list[str]:
    """Say of a model that is not used whether it was before."""
    if view.of_platform.growth is None:
        return []
    return [f"It was in {days.compared_with(view.basis)}."]


def _points(part: Compared) -> str:
    return "" if part.points is None else f" ({numbers.points(part.points)})"


def _pattern(view: ModelView) -> list[str]:
    """Name the weekdays on which it is used most and least."""
    if not view.weekdays:
        return []
    busiest = max(view.weekdays, key=lambda each: each.mean)
    quietest = min(view.weekdays, key=lambda each: each.mean)
    if busiest.mean == quietest.mean:
        return []
    most = f"{_weekday(busiest)}s ({_mean(view, busiest)} on average)"
    least = f"{_weekday(quietest)}s ({_mean(view, quietest)})"
    return [f"Busiest on {most}, quietest on {least}."]


def _weekday(each: WeekdayMean) -> str:
    return calendar.day_name[each.weekday]


def _mean(view: ModelView, each: WeekdayMean) -> str:
    return numbers.brief_amount(each.mean, view.basis.metric)


def _idle(view: ModelView) -> list[str]:
    """Say on how many days it was not used."""
    if not view.unused:
        return []
    whole = numbers.plural(view.basis.span.days, "day")
    return [f"Not used on {view.unused} of {whole}."]


def _notes(view: ModelView, chart: Chart | None) -> list[str]:
    """Say what is counted in, left out, or not known."""
    notes, width = [], view.width.word
    if view.model.free is not None:
        notes.append(
            f"its free variant, {name(view.model.free)}, is counted in here; the "
            "leaderboard lists it apart"
        )
    if view.of_platform.share is None and view.of_platform.value is not None:
        notes.append("shares are not known: the platform's days are not all there")
    if view.unknown:
        notes.append(
            f"of {numbers.plural(view.unknown, 'day')} it is not known whether it was "
            "used"
        )
    there = len(view.buckets)
    if there > MAX_ROWS:
        notes.append(f"table: the last {MAX_ROWS} of {there} {width}s")
    if chart is not None and len(chart.categories) < there:
        notes.append(f"chart: the last {len(chart.categories)} {width}s with figures")
    return notes


def _table(view: ModelView) -> Table:
    """Return the newest day or week first, then the sum and the change."""
    return Table(
        caption=f"{name(view.model.label)} by {view.basis.metric}, "
        f"by {view.width.word}",
        columns=(
            Column(view.width.word.capitalize(), numeric=True),
            volume_column(view.basis.metric),
            Column("Of platform", "right", numeric=True, said="of the platform"),
            Column("Of provider", "right", numeric=True, said="of its provider"),
        ),
        rows=tuple(_row(view, each) for each in reversed(view.buckets[-MAX_ROWS:])),
        tail=_tail(view),
    )


def _row(view: ModelView, bucket: UsageBucket) -> tuple[Cell, ...]:
    return (
        Cell(_bucket_name(bucket, view.width), bucket.start.toordinal()),
        _value(bucket.value, view.basis.metric, is_used=bucket.is_used),
        _share(bucket.of_platform),
        _share(bucket.of_provider),
    )


def _value(value: Decimal | None, metric: Metric, *, is_used: bool) -> Cell:
    """Return a volume; not used, not known and free are three things."""
    if value is None:
        return Cell(UNKNOWN)
    if not is_used:
        return Cell(UNUSED, 0)
    return Cell(numbers.amount(value, metric), float(value))


def _share(share: Bounded | None) -> Cell:
    number = None if share is None else float(share.low)
    return Cell(numbers.percent(share), number)


def _tail(view: ModelView) -> tuple[tuple[Cell, ...], ...]:
    """Return the sum, and its change where something is compared."""
    value = view.of_platform.value
    tail = [
        (
            Cell("Sum"),
            _value(
                None if value is None else value.low,
                view.basis.metric,
                is_used=view.unused < view.basis.span.days,
            ),
            _share(view.of_platform.share),
            _share(view.of_provider.share),
        )
    ]
    if view.basis.comparison.span is not None:
        tail.append(
            (
                Cell("Change"),
                growth_cell(view.of_platform),
                points_cell(view.of_platform),
                points_cell(view.of_provider),
            )
        )
    return tuple(tail)


def _bucket_name(bucket: UsageBucket, width: Granularity) -> str:
    """Return ``Sun 22 Nov``, ``2026-W46``, or of a part of a week its days."""
    if width is Granularity.DAY:
        return days.weekday(bucket.start)
    monday = start_of(Unit.WEEK, bucket.start)
    week = str(CalendarUnit(Unit.WEEK, monday))
    count = (bucket.end - bucket.start).days + 1
    return week if count == WEEK_DAYS else f"{week} ({count} of 7 days)"


def _chart(view: ModelView) -> Chart | None:
    """Return a line of the newest days or weeks that are known."""
    known = [
        (bucket, bucket.value) for bucket in view.buckets if bucket.value is not None
    ][-CHART_POINTS:]
    highest = max((value for _, value in known), default=Decimal(0))
    if len(known) < 2 or not highest:  # noqa: PLR2004 - a line has two ends
        return None
    return lines_chart(
        f"By {view.basis.metric}, by {view.width.word}",
        [days.bucket(each.start, view.width) for each, _ in known],
        [(view.model.label, [value for _, value in known])],
        view.basis.metric,
        x_label="ISO week" if view.width is Granularity.WEEK else "Day (UTC)",
    )


def _steps(
    view: ModelView, query: ModelQuery, request: Request, *, has_chart: bool
) -> Steps:
    """Return its provider's models, why that moved, and what all answers have."""
    plain = replace(request, csv=False, show=None)
    provider = view.model.author.lower()
    models = LeaderboardQuery(
        metric=query.metric, period=query.period, providers=(provider,)
    )
    why = WhyQuery(metric=query.metric, period=query.period, provider=provider)
    label = name(view.model.author_label)
    return steps(
        request,
        query,
        view.basis,
        ask(plain, "models", f"Models of {label}", models),
        ask(plain, "why", f"Why {label}?", why),
        has_chart=has_chart,
    )
