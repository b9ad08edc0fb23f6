"""Own spend and usage to a report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from zenmux_bot.answers.spend.view import (
    NOTHING,
    SpendBucket,
    SpendRow,
    SpendView,
    Sum,
)
from zenmux_bot.commands.digest_commands import DigestSpec, OpenForm
from zenmux_bot.commands.queries import (
    MONTH_TO_DATE,
    Cut,
    DigestQuery,
    Request,
    Show,
    SpendQuery,
    UsageQuery,
    canonical,
)
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import (
    DAY,
    CalendarUnit,
    Dates,
    Last,
    Period,
    Span,
    Unit,
    Versus,
    start_of,
)
from zenmux_bot.digests.schedule import Cadence
from zenmux_bot.digests.subscriptions import DigestSubject
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import name, unique
from zenmux_bot.render.charts import ROWS_BESIDE, lines_chart
from zenmux_bot.render.limits import CHART_POINTS, CHART_SERIES_NAME
from zenmux_bot.render.report import (
    Cell,
    Chart,
    Choice,
    Column,
    Report,
    Table,
    ask,
    choice,
)
from zenmux_bot.render.steps import PERIOD, TAKE, VIEW, Steps, below, csv_choice

Query = SpendQuery | UsageQuery

MAX_ROWS = 62
"""Two months of days fit in any table."""

_CUTS = {
    Cut.MODEL: "model",
    Cut.KEY: "API key",
    Cut.TYPE: "type of token",
    Cut.DAY: "day",
    Cut.HOUR: "hour",
    Cut.HOST: "host",
}
_COUNTED = (Cut.MODEL, Cut.KEY, Cut.TYPE)
_HUNDRED = Decimal(100)
_PERIODS: tuple[tuple[str, Period], ...] = (
    ("Month to date", MONTH_TO_DATE),
    ("Last month", Last(1, Unit.MONTH)),
    ("Last 7 days", Last(7, Unit.DAY)),
    ("Yesterday", Last(1, Unit.DAY)),
    ("Last 3 months", Last(3, Unit.MONTH)),
)


def report_spend(view: SpendView, request: Request) -> Report:
    """Return the whole answer to a query about the own account."""
    query = request.query
    assert isinstance(query, Query)  # noqa: S101 - dispatched by kind
    drawn = _chart(view)
    # Days and hours are told by their picture; of other rows it is drawn if wanted.
    is_drawn = view.cut in (Cut.DAY, Cut.HOUR) or request.show is Show.CHART
    chart = drawn if is_drawn and request.show is not Show.TABLE else None
    steps = _steps(view, query, request)
    return Report(
        title=_title(view),
        headline=_headline(view),
        finding=" ".join(_findings(view)),
        table=_table(view, is_beside_chart=chart is not None),
        is_table_shown=request.show is not Show.CHART or chart is None,
        chart=chart,
        context=tuple(part.removesuffix(".") for part in _context(view, chart)),
        as_of=view.as_of,
        stale=view.stale,
        command=view.command,
        buttons=steps.buttons,
        menus=steps.menus,
    )


def _title(view: SpendView) -> str:
    what = "Own spend" if view.metric is Metric.COST else "Own usage"
    of = [f"on {name(view.model)}"] if view.model else []
    of += [f"with {name(view.key)}"] if view.key else []
    return " ".join([what, *of, f"by {_CUTS[view.cut]},", view.span.in_words()])


# Sentences ---------------------------------------------------------------------------


def _headline(view: SpendView) -> str:
    """Say how much it is, and how that changed."""
    total, until = view.total, " so far" if view.running else ""
    amount = _amount(total.value, view)
    what = "billed" if view.metric is Metric.COST else "tokens"
    said = f"Your own account: {amount} {what}{until}"
    before = view.comparison.span
    if view.complete is None or before is None or total.growth is None:
        return f"{said}."
    earlier = f"{_amount(total.before or NOTHING, view)} ({before.in_words()})"
    daily = _daily(total.growth, view.complete, before)
    change = f"{_change(total.growth)} {earlier}{daily}"
    if view.complete == view.span:
        return f"{said}, {change}."
    complete = _amount(total.complete or NOTHING, view)
    return f"{said}. {view.complete.in_words()}: {complete}, {change}."


def _daily(growth: Decimal, now: Span, before: Span) -> str:
    """Return the change per day, where the periods differ in length."""
    if now.days == before.days:
        return ""
    daily = (1 + growth) * before.days / now.days - 1
    return f", {numbers.signed_percent(daily)} a day"


def _change(growth: Decimal) -> str:
    percent = f"{abs(growth) * _HUNDRED:,.1f}%"
    if not growth:
        return "the same as"
    if not percent.strip("0.,%"):
        return "about the same as"
    return f"{'up' if growth > 0 else 'down'} {percent} from"


def _findings(view: SpendView) -> Iterator[str]:
    """Say what the plan covered, the sums that are compared, and what drove it."""
    total, before = view.total, view.comparison.span
    if total.covered is not None and total.covered.low:
        covered = _bounded(total.covered, numbers.money)
        yield f"The plan covered another {covered}, at reference price."
    if view.metric is Metric.TOKENS and total.requests and total.requests.is_exact:
        yield f"{total.requests.low:,f} requests."
    complete = None if total.growth is not None else total.complete
    if view.complete is not None and before is not None and complete is not None:
        now, then = _amount(complete, view), _amount(total.before or NOTHING, view)
        yield f"{view.complete.in_words()}: {now}; {before.in_words()}: {then}."
    if view.driver is not None:
        much = numbers.amount(abs(view.driver.difference), view.metric)
        much += " tokens" if view.metric is Metric.TOKENS else ""
        sign = "+" if view.driver.difference > 0 else numbers.MINUS
        most = ""
        if view.driver.day is not None:
            most = f", most of it on {days.day(view.driver.day, year=False)}"
        key = "API key " if view.driver.cut is Cut.KEY else ""
        yield f"Largest driver: {key}{name(view.driver.label)}, {sign}{much}{most}."
    if view.uptime is not None:
        yield f"{view.uptime * _HUNDRED:.2f}% of the requests succeeded."


def _amount(figure: Sum, view: SpendView) -> str:
    return _bounded(figure, lambda value: numbers.amount(value, view.metric))


def _bounded(figure: Sum, write: Callable[[Decimal], str]) -> str:
    if figure.is_exact:
        return write(figure.low)
    return f"≥{write(figure.low)}" if figure.low else numbers.UNKNOWN


def _growth(row: SpendRow) -> str:
    if row.is_new:
        return "new"
    if row.growth is None:
        return numbers.UNKNOWN if row.difference is None else "no change"
    return f"{numbers.signed(row.growth * _HUNDRED)}%"


# The small print ---------------------------------------------------------------------


def _context(view: SpendView, chart: Chart | None) -> Iterator[str]:
    # hosts are not compared, whatever was asked
    before = None if view.total.complete is None else view.comparison.span
    covered = view.span.in_words()
    if view.complete is not None and before is not None:
        versus = days.versus(view.complete, before)
        covered = versus if view.complete == view.span else f"{covered}, {versus}"
    yield covered
    if view.running is not None:
        yield "today is still running"
    if before is None and view.comparison.reason:
        yield view.comparison.reason
    yield "UTC days"
    if view.metric is Metric.COST:
        if view.total.covered is not None and not view.total.covered.low:
            # else the finding says it
            yield "covered: paid by the plan"
        yield from _averages(view)
    else:
        yield "billed and covered by the plan together"
    if chart is not None:
        yield from _cut_off(view, chart)
    if view.cut is Cut.HOST and any(_is_unknown(row.value) for row in view.rows):
        yield "–: ZenMux gives no amount for this host, only its share"
    yield from view.notes


def _is_unknown(figure: Sum) -> bool:
    return not figure.is_exact and not figure.low


def _averages(view: SpendView) -> Iterator[str]:
    if view.per_million is not None:
        yield f"{numbers.money(view.per_million)} per million tokens"
    if view.per_request is not None:
        yield f"${view.per_request:.4f} per request"


def _cut_off(view: SpendView, chart: Chart) -> Iterator[str]:
    if view.cut is not Cut.HOUR and len(chart.categories) < len(view.buckets):
        if view.span.days > MAX_ROWS:
            yield "chart: by month" if _by_month(view) else "chart: by week"
        else:
            yield f"chart: the last {len(chart.categories)} days"
    if view.cut is Cut.DAY and len(view.rows) > MAX_ROWS:
        yield f"table: the last {MAX_ROWS} days"


# The table ---------------------------------------------------------------------------


def _table(view: SpendView, *, is_beside_chart: bool) -> Table:
    """Return the largest first; of days the total, then the newest first."""
    is_money = view.metric is Metric.COST
    compared = view.total.complete is not None and view.cut in _COUNTED
    value = Column(
        "Billed" if is_money else "Tokens",
        "right",
        numeric=True,
        said="billed" if is_money else "tokens",
    )
    heading = _CUTS[view.cut]
    columns = [
        Column(heading[:1].upper() + heading[1:], is_wrapped=view.cut is not Cut.DAY),
        value,
        *([Column("Change", "right", numeric=True, said="change")] if compared else []),
        Column("Share", "right", numeric=True, said="share"),
    ]
    if view.total.covered is not None:
        columns.append(Column("Covered", "right", numeric=True, said="covered by plan"))
    if _counts(view):
        columns.append(Column("Requests", "right", numeric=True, said="requests"))
    if view.cut is Cut.HOST:
        columns.append(Column("Latency (ms)", "right", numeric=True, said="latency"))
    rows, tail = [*view.rows], [view.total]
    if view.others is not None:
        tail.insert(0, _others(view))
    if view.cut is Cut.DAY:
        rows, tail = [view.total, *rows[-MAX_ROWS:][::-1]], []
    return Table(
        caption=_title(view),
        columns=tuple(columns),
        rows=tuple(_cells(view, row, compared=compared) for row in rows),
        tail=tuple(_cells(view, row, compared=compared) for row in tail),
        page=ROWS_BESIDE if is_beside_chart and view.cut is Cut.DAY else 0,
    )


def _others(view: SpendView) -> SpendRow:
    assert view.others is not None  # noqa: S101 - asked about before
    return replace(view.others, label=f"Others ({view.others.id})")


def _counts(view: SpendView) -> bool:
    """Tell whether requests stand in the table: where covered figures do not."""
    return view.cut is not Cut.TYPE and (
        view.total.covered is None or view.cut in (Cut.DAY, Cut.HOUR, Cut.HOST)
    )


def _cells(view: SpendView, row: SpendRow, *, compared: bool) -> tuple[Cell, ...]:
    cells = [
        Cell(_label(view, row), slugs=(row.id,)),
        _cell(
            row.value, numbers.cents if view.metric is Metric.COST else numbers.compact
        ),
    ]
    if compared:
        growth = None if row.growth is None else float(row.growth)
        cells.append(Cell(_growth(row), growth))
    share = row.share
    if row is view.total:
        is_known = any(each.share for each in (row, *view.rows))
        share = Decimal(1) if is_known else None
    cells.append(
        Cell(numbers.UNKNOWN)
        if share is None
        else Cell(f"{share * _HUNDRED:.1f}%", float(share))
    )
    if view.total.covered is not None:
        cells.append(_cell(row.covered, numbers.cents))
    if _counts(view):
        cells.append(_cell(row.requests, "{:,f}".format))
    if view.cut is Cut.HOST:
        cells.append(
            Cell(numbers.UNKNOWN)
            if row.latency is None
            else Cell(f"{row.latency:,.0f}", float(row.latency))
        )
    return tuple(cells)


def _label(view: SpendView, row: SpendRow) -> str:
    running = " (running)" if row.running else ""
    if view.cut is Cut.DAY and row.id:
        return f"{days.weekday(date.fromisoformat(row.id))}{running}"
    return f"{name(row.label)}{running}"


def _cell(figure: Sum | None, write: Callable[[Decimal], str]) -> Cell:
    if figure is None:
        return Cell(numbers.UNKNOWN)
    return Cell(_bounded(figure, write), float(figure.low))


# The chart ---------------------------------------------------------------------------


def _chart(view: SpendView) -> Chart | None:
    """Return lines of the first rows by day, or bars of the days or hours."""
    buckets = view.buckets
    if view.cut is Cut.HOUR:
        return _bars(view, "Hour (UTC)", _hours(buckets))
    if len(buckets) < 2 or not any(bucket.value.low for bucket in buckets):  # noqa: PLR2004 - a line has two ends
        return None
    x_label, points = _points(view)
    names = list(points[-1][2]) if points else []
    if view.cut not in _COUNTED or len(names) < 2:  # noqa: PLR2004 - lines to compare
        return _bars(view, x_label, [(label, total) for label, total, _ in points])
    labels = {row.id: row.label for row in view.rows}
    what = "Billed" if view.metric is Metric.COST else "Tokens"
    chart = lines_chart(
        f"{what} by {_CUTS[view.cut]}",
        [label for label, _, _ in points],
        [(labels.get(each, each), [v[each] for _, _, v in points]) for each in names],
        view.metric,
        x_label=x_label,
    )
    return replace(chart, y_label=chart.y_label.replace("Cost", what))


Point = tuple[str, Decimal, dict[str, Decimal]]


def _points(view: SpendView) -> tuple[str, list[Point]]:
    """Return days, or weeks or months where days are too many to be drawn."""
    if view.span.days <= MAX_ROWS:
        shown = view.buckets[-CHART_POINTS:]
        return "Day (UTC)", [
            (days.day(each.start.date(), year=False), *_figures([each]))
            for each in shown
        ]
    unit = Unit.MONTH if _by_month(view) else Unit.WEEK
    groups: defaultdict[date, list[SpendBucket]] = defaultdict(list)
    for bucket in view.buckets:
        groups[start_of(unit, bucket.start.date())].append(bucket)
    newest = sorted(groups)[-CHART_POINTS:]
    if unit is Unit.MONTH:
        return "Month", [(f"{at:%b %Y}", *_figures(groups[at])) for at in newest]
    return "Week from", [
        (days.day(at, year=False), *_figures(groups[at])) for at in newest
    ]


def _by_month(view: SpendView) -> bool:
    return view.span.days > 7 * CHART_POINTS


def _figures(buckets: Sequence[SpendBucket]) -> tuple[Decimal, dict[str, Decimal]]:
    values: defaultdict[str, Decimal] = defaultdict(Decimal)
    for bucket in buckets:
        for each, value in bucket.values.items():
            values[each] += value.low
    return sum((bucket.value.low for bucket in buckets), Decimal()), dict(values)


def _hours(buckets: Sequence[SpendBucket]) -> list[tuple[str, Decimal]]:
    """Return hours, two together where they are too many to be drawn."""
    step = 2 if len(buckets) > CHART_POINTS else 1
    return [
        (
            f"{buckets[at].start:%H}:00",
            sum((each.value.low for each in buckets[at : at + step]), Decimal()),
        )
        for at in range(0, len(buckets), step)
    ]


def _bars(
    view: SpendView, x_label: str, points: Sequence[tuple[str, Decimal]]
) -> Chart | None:
    if not points or not any(value for _, value in points):
        return None
    divisor, letter = numbers.scale(max(value for _, value in points))
    unit = "Billed (USD)" if view.metric is Metric.COST else "Tokens"
    heading = f"{unit}{f' in {letter}' if letter else ''}"
    return Chart(
        title=f"{unit} by {'hour' if view.cut is Cut.HOUR else 'day'}",
        kind="bar",
        categories=unique([label for label, _ in points], CHART_SERIES_NAME),
        series=(
            (heading, tuple(round(float(value / divisor), 2) for _, value in points)),
        ),
        x_label=x_label,
        y_label=heading,
    )


# What next ---------------------------------------------------------------------------


def _steps(view: SpendView, query: Query, request: Request) -> Steps:
    """Return the other cut, the other periods, a file, and a digest."""
    digest = _digest(view, query)
    query = _pinned(view, query)
    request = replace(request, query=query)
    plain = replace(request, csv=False, show=None)
    other = Cut.MODEL if query.by is Cut.KEY else Cut.KEY
    first = []
    if query.key is None or other is not Cut.KEY:
        by = replace(query, by=other)
        first.append(ask(plain, "cut", f"By {_CUTS[other]}", by))
    choices = []
    if query.by is not Cut.DAY and view.span.days > 1:
        choices.append(choice(plain, "By day", replace(query, by=Cut.DAY), VIEW))
    elif view.span.days == 1 and query.by is not Cut.HOUR:
        choices.append(choice(plain, "By hour", replace(query, by=Cut.HOUR), VIEW))
    if view.cut in _COUNTED and view.span.days > 1:
        drawn = replace(plain, show=Show.CHART)
        choices.append(choice(drawn, "Chart", query, VIEW))
    whole = Cut.MODEL if query.by in (Cut.HOUR, Cut.HOST) else query.by
    fair = Versus.PREVIOUS if query.versus is not Versus.NONE else Versus.NONE
    request = replace(request, csv=False)
    choices += _choices(request, replace(query, by=whole, versus=fair))
    choices.append(csv_choice(request, query))
    if digest is not None:
        choices.append(Choice("Make this a digest", digest, TAKE))
    return below(request, choices, *first)


def _digest(view: SpendView, query: Query) -> str | None:
    """Return the command for the form of a digest that tells the same, if any does."""
    is_whole = query.model is None and query.key is None
    if isinstance(query, UsageQuery) or not is_whole:
        return None
    unit = getattr(query.period, "unit", None)
    if unit in (Unit.MONTH, Unit.QUARTER, Unit.YEAR):
        cadence = Cadence.MONTHLY
    else:
        cadence = Cadence.DAILY if view.span.days == 1 else Cadence.WEEKLY
    spec = DigestSpec(
        cadence=cadence,
        top=query.top,
        subject=DigestSubject.SPEND,
        by_key=query.by is Cut.KEY or None,
    )
    return canonical(DigestQuery(command=OpenForm(spec)))


def _pinned(view: SpendView, query: Query) -> Query:
    """Return the same question about the days that are shown, by their dates."""
    span, before = view.span, view.comparison.span
    for unit in (Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR):
        whole = CalendarUnit(unit, span.start)
        if start_of(unit, span.start) == span.start and whole.end == span.end:
            return replace(query, period=whole)
    query = replace(query, period=Dates(span.start, span.end))
    if before is not None:
        # As long as the days that are shown, for when all of them are over.
        end = before.start + DAY * (span.days - 1)
        query = replace(query, versus=Dates(before.start, min(end, span.start - DAY)))
    return query


def _choices(request: Request, query: Query) -> Iterator[Choice]:
    for label, period in _PERIODS:
        if period != query.period:
            yield choice(request, label, replace(query, period=period), PERIOD)
