"""One model's view to a report."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from zenmux_bot.answers.model.view import ModelView, UsageBucket, WeekdayMean
from zenmux_bot.commands.queries import (
    LeaderboardQuery,
    ModelQuery,
    Request,
    Show,
    WhyQuery,
)
from zenmux_bot.core.bounded import ZERO, Bounded, Compared
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import Span, Unit, start_of
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import (
    EVERYBODY,
    context,
    headline,
    name,
    volume_column,
)
from zenmux_bot.render.charts import ROWS_BESIDE, lines_chart
from zenmux_bot.render.limits import CHART_POINTS
from zenmux_bot.render.report import Cell, Chart, Column, Report, Table, choice
from zenmux_bot.render.steps import VIEW, Steps, pin, steps

MAX_ROWS = 62
"""Two months of days, or more than a year of weeks."""

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
        title=f"{name(view.model.label)} by {basis.metric}, {basis.span.in_words()}",
        headline=_headline(view),
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


def _headline(view: ModelView) -> str:
    """Say how much all customers used the model, and how that changed."""
    basis, figures = view.basis, view.of_platform
    who = f"{name(view.model.label)} ({name(view.model.author_label)})"
    if figures.value is None:
        gaps = f"{numbers.plural(view.unknown, 'day')} without a figure"
        late = f" ({basis.late})" if basis.late else ""
        return f"{EVERYBODY}{late}, {who}: not known, {gaps}."
    if view.unused == basis.span.days:
        late = f" ({basis.late})" if basis.late else ""
        return f"{EVERYBODY}{late} did not use {who} on these days."
    return headline(figures, basis, f"{EVERYBODY}, {who}")


def _findings(view: ModelView) -> list[str]:
    """Say what it is a part of, and when it is used."""
    figures = view.of_platform
    if figures.value is None:
        return []
    if view.unused == view.basis.span.days:
        return _before(view)
    parts = [
        f"{numbers.percent(part.share)} of {whole}{_points(part)}"
        for part, whole in (
            (figures, "all of ZenMux"),
            (view.of_provider, name(view.model.author_label)),
        )
        if part.share is not None
    ]
    said = [f"That is {' and '.join(parts)}."] if parts else []
    return [*said, *_pattern(view), *_idle(view)]


def _before(view: ModelView) -> list[str]:
    """Say of a model that is not used whether it was before."""
    if view.of_platform.growth is None:
        return []
    return [f"It was used in {days.compared_with(view.basis)}."]


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


def _notes(view: ModelView) -> list[str]:
    """Say what is counted in, left out, or not known."""
    notes, width = [], view.width.word
    if view.model.free is not None:
        notes.append(f"includes {name(view.model.free)}, which leaderboards list apart")
    if view.of_platform.share is None and view.of_platform.value is not None:
        notes.append("shares are not known: days of all of ZenMux are missing")
    if view.unknown:
        notes.append(f"not known for {numbers.plural(view.unknown, 'day')}")
    there = len(view.buckets)
    if there > MAX_ROWS:
        notes.append(f"table: the last {MAX_ROWS} of {there} {width}s")
    return notes


def _table(view: ModelView, *, is_beside_chart: bool) -> Table:
    """Return the newest day or week first; the sum is in the headline."""
    return Table(
        caption=f"{name(view.model.label)} by {view.basis.metric}, "
        f"by {view.width.word}",
        columns=(
            Column(view.width.word.capitalize(), numeric=True),
            volume_column(view.basis.metric),
            Column("Of all", "right", numeric=True, said="of all of ZenMux"),
            Column("Of provider", "right", numeric=True, said="of its provider"),
        ),
        rows=tuple(_row(view, each) for each in reversed(view.buckets[-MAX_ROWS:])),
        page=ROWS_BESIDE if is_beside_chart else 0,
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


def _bucket_name(bucket: UsageBucket, width: Granularity) -> str:
    """Return ``Sun 22 Nov``, or the days of a week that are in the period."""
    if width is Granularity.DAY:
        return days.weekday(bucket.start)
    return days.week(Span(bucket.start, bucket.end))


def _chart(view: ModelView) -> Chart | None:
    """Return a line over the whole period, by week where it has too many days."""
    groups: dict[date, list[UsageBucket]] = {}
    known = [each for each in view.buckets if each.value is not None]
    is_mean = len(known) > CHART_POINTS
    for bucket in known:
        start = start_of(Unit.WEEK, bucket.start) if is_mean else bucket.start
        groups.setdefault(start, []).append(bucket)
    shown = list(groups.items())[-CHART_POINTS:]
    values = [_mean_day(group) if is_mean else _whole(group) for _, group in shown]
    if len(values) < 2 or not max(values):  # noqa: PLR2004 - a line has two ends
        return None
    by = "a day" if is_mean else f"by {view.width.word}"
    is_weekly = is_mean or view.width is Granularity.WEEK
    return lines_chart(
        f"{view.basis.metric.capitalize()} {by}",
        [days.day(max(start, view.basis.span.start), year=False) for start, _ in shown],
        [(view.model.label, values)],
        view.basis.metric,
        x_label="From (UTC)" if is_weekly else "Day (UTC)",
    )


def _whole(group: Sequence[UsageBucket]) -> Decimal:
    return sum((each.value for each in group if each.value is not None), ZERO)


def _mean_day(group: Sequence[UsageBucket]) -> Decimal:
    return _whole(group) / sum((each.end - each.start).days + 1 for each in group)


def _steps(
    view: ModelView, query: ModelQuery, request: Request, *, has_chart: bool
) -> Steps:
    """Return its provider's models, why that moved, and what all answers have."""
    plain = replace(request, csv=False, show=None)
    provider = view.model.author.lower()
    period = pin(query, view.basis).period
    models = LeaderboardQuery(metric=query.metric, period=period, providers=(provider,))
    why = WhyQuery(metric=query.metric, period=period, provider=provider)
    label = name(view.model.author_label)
    return steps(
        request,
        query,
        view.basis,
        choice(plain, f"Models of {label}", models, VIEW),
        choice(plain, f"Why {label} moved", why, VIEW),
        has_chart=has_chart,
    )
