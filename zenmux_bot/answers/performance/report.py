"""The performance view to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from zenmux_bot.answers.performance.view import HostRow, PerformanceView, ServedModel
from zenmux_bot.commands.queries import PerformanceQuery, Request, Show
from zenmux_bot.core.measures import Measure
from zenmux_bot.core.periods import Last, Unit
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import name, unique
from zenmux_bot.render.limits import CHART_LABEL
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
from zenmux_bot.render.steps import models_menu


@dataclass(frozen=True, slots=True)
class _Words:
    """How a measure is spoken of.

    Attributes:
        title: What the models are ranked by.
        column: Heading of its figures, with the unit.
        unit: What follows a figure in a sentence.
        meaning: What the figure is, a clause.
        write: Writes a figure without its unit.
    """

    title: str
    column: str
    unit: str
    meaning: str
    write: Callable[[Decimal], str]


def _percent(fraction: Decimal) -> str:
    return f"{fraction * 100:.2f}"


_WORDS: Mapping[Measure, _Words] = {
    Measure.THROUGHPUT: _Words(
        "throughput",
        "Tokens/s",
        " tokens per second",
        "median output tokens per second at each host, highest first",
        "{:,.2f}".format,
    ),
    Measure.TTFT: _Words(
        "time to first token",
        "ms to first token",
        " ms",
        "median milliseconds to the first token at each host, lowest first",
        "{:,.0f}".format,
    ),
    Measure.CACHE: _Words(
        "cache hit rate",
        "Cache hits (%)",
        " %",
        "cache reads as a part of all prompt tokens at each host and API, highest "
        "first",
        _percent,
    ),
}


def report_performance(view: PerformanceView, request: Request) -> Report:
    """Return the whole answer to a performance query."""
    query = request.query
    assert isinstance(query, PerformanceQuery)  # noqa: S101 - dispatched by kind
    words = _WORDS[view.measure]
    drawn = _chart(view, words)
    chart = drawn if request.show is Show.CHART else None
    return Report(
        title=f"Models by {words.title}, {days.span(view.span)}",
        finding=" ".join(_findings(view, words)),
        table=_table(view, words),
        is_table_shown=chart is None,
        chart=chart,
        context=_context(view, words),
        as_of=view.as_of,
        stale=view.stale,
        command=view.command,
        buttons=_buttons(query, request, has_chart=drawn is not None),
        menus=(
            models_menu(request, [(each.model, each.label) for each in view.models]),
        ),
    )


def _findings(view: PerformanceView, words: _Words) -> list[str]:
    """Say who is first, and where the host matters most."""
    first = view.models[0]
    said = []
    if first.hosts and first.hosts[0].value is not None:
        best = _said(first.hosts[0], words)
        said.append(f"{name(first.label)} is first: {best}.")
    apart = max(view.models, key=_spread)
    if _spread(apart) > 1:
        hosts = [host for host in apart.hosts if host.value is not None]
        said.append(
            f"The host matters most for {name(apart.label)}: "
            f"{_said(hosts[0], words)}, {_said(hosts[-1], words)}."
        )
    return said


def _said(host: HostRow, words: _Words) -> str:
    value = words.write(host.value or Decimal(0))
    return f"{value}{words.unit} at {_host(host)}"


def _host(host: HostRow) -> str:
    api = f" ({name(host.api)} API)" if host.api else ""
    return f"{name(host.host_label)}{api}"


def _spread(model: ServedModel) -> Decimal:
    """Return how many times as good the best host is as the worst."""
    values = [host.value for host in model.hosts if host.value]
    return max(values) / min(values) if values else Decimal(0)


def _context(view: PerformanceView, words: _Words) -> tuple[str, ...]:
    """Return where the figures come from."""
    notes = [
        f"Days: {days.span(view.span)}",
        f"data through {view.data_through} UTC",
        f"{words.meaning}, platform-wide",
        f"the {numbers.plural(len(view.models), 'model')} that ZenMux ranks",
        "hosts serve models; providers make them",
    ]
    if view.measure is Measure.CACHE:
        notes.append("“all”: all hosts and APIs of a model by their tokens")
    return tuple(each.removesuffix(".") for each in (*notes, *view.notes))


def _table(view: PerformanceView, words: _Words) -> Table:
    """Return a row for each host of each model."""
    is_cache = view.measure is Measure.CACHE
    more = (
        Column("API"),
        Column("Prompt tokens", "right", numeric=True, said="prompt tokens"),
    )
    return Table(
        caption=f"Models by {words.title} and host",
        columns=(
            Column("#", "right", numeric=True, said="rank"),
            Column("Model"),
            Column("Host"),
            *(more[:1] if is_cache else ()),
            Column(words.column, "right", numeric=True, said=words.column.lower()),
            *(more[1:] if is_cache else ()),
        ),
        rows=tuple(
            row
            for model in view.models
            for row in _rows(model, words, is_cache=is_cache)
        ),
        key=1,
    )


def _rows(
    model: ServedModel, words: _Words, *, is_cache: bool
) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each host, and one for all of them where they combine."""
    hosts = list(model.hosts)
    if len(hosts) > 1 and model.combined is not None:
        prompts = sum(host.prompt_tokens or Decimal(0) for host in hosts)
        whole = HostRow(
            host="",
            host_label="all",
            value=model.combined,
            prompt_tokens=Decimal(prompts),
        )
        hosts.append(whole)
    rank = numbers.UNKNOWN if model.rank is None else str(model.rank)
    for host in hosts:
        yield (
            Cell(rank, model.rank),
            Cell(name(model.label), slugs=(model.model,)),
            Cell(name(host.host_label)),
            *([Cell(name(host.api) or numbers.UNKNOWN)] if is_cache else []),
            _cell(host.value, words.write),
            *([_cell(host.prompt_tokens, numbers.compact)] if is_cache else []),
        )


def _cell(value: Decimal | None, write: Callable[[Decimal], str]) -> Cell:
    if value is None:
        return Cell(numbers.UNKNOWN)
    return Cell(write(value), float(value))


def _chart(view: PerformanceView, words: _Words) -> Chart | None:
    """Return bars of each model's best host."""
    best = [
        (model.label, model.hosts[0].value)
        for model in view.models
        if model.hosts and model.hosts[0].value is not None
    ]
    if not best:
        return None
    scale = 100 if view.measure is Measure.CACHE else 1
    return Chart(
        title=f"Best host by {words.title}",
        kind="bar",
        categories=unique([label for label, _ in best], CHART_LABEL),
        series=(
            (
                words.column,
                tuple(round(float(value or 0) * scale, 2) for _, value in best),
            ),
        ),
        x_label="Model",
        y_label=words.column,
    )


def _buttons(
    query: PerformanceQuery, request: Request, *, has_chart: bool
) -> tuple[Button, ...]:
    """Return the other measures, more days, the other view, a file, and sharing."""
    plain = replace(request, csv=False)
    offered = [
        ask(
            plain,
            each.value,
            _WORDS[each].title.capitalize(),
            replace(query, measure=each),
        )
        for each in Measure
        if each is not query.measure
    ]
    longest = Last(30, Unit.DAY)
    if query.period != longest:
        wider = replace(query, period=longest)
        offered.append(ask(plain, "more", "Last 30 days", wider))
    if has_chart:
        show = Show.TABLE if request.show is Show.CHART else Show.CHART
        offered.append(ask(replace(plain, show=show), "show", show.capitalize(), query))
    offered.append(ask(replace(request, csv=True), "csv", "CSV", query))
    return buttons(plain, *offered)
