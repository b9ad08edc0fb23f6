"""The performance view to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from zenmux_bot.answers.performance.view import HostRow, PerformanceView, ServedModel
from zenmux_bot.commands.queries import ModelQuery, PerformanceQuery, Request, Show
from zenmux_bot.core.measures import Measure
from zenmux_bot.core.periods import Dates, Last, Unit
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import EVERYBODY, name, unique
from zenmux_bot.render.limits import CHART_LABEL
from zenmux_bot.render.report import Cell, Chart, Column, Report, Table, ask, choice
from zenmux_bot.render.steps import (
    MAX_MODELS,
    MODEL,
    PERIOD,
    VIEW,
    Steps,
    below,
    csv_choice,
)


@dataclass(frozen=True, slots=True)
class _Words:
    """How a measure is spoken of.

    Attributes:
        title: What the models are ranked by.
        column: Heading of its figures, with the unit.
        said: What precedes a figure that is read aloud.
        unit: What follows a figure in a sentence.
        meaning: What the figure is, a clause.
        write: Writes a figure without its unit.
    """

    title: str
    column: str
    said: str
    unit: str
    meaning: str
    write: Callable[[Decimal], str]


def _percent(fraction: Decimal) -> str:
    return f"{fraction * 100:.2f}"


_WORDS: Mapping[Measure, _Words] = {
    Measure.THROUGHPUT: _Words(
        "throughput",
        "Tokens/s",
        "tokens/s",
        " tokens per second",
        "median output tokens per second at each host, highest first",
        "{:,.2f}".format,
    ),
    Measure.TTFT: _Words(
        "time to first token",
        "First token (ms)",
        "ms to first token",
        " ms",
        "median milliseconds to the first token at each host, lowest first",
        "{:,.0f}".format,
    ),
    Measure.CACHE: _Words(
        "cache hit rate",
        "Cache hits (%)",
        "cache hits (%)",
        "%",
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
    below_answer = _steps(view, query, request, has_chart=drawn is not None)
    chart = drawn if request.show is Show.CHART else None
    return Report(
        title=f"Models by {words.title}, {view.span.in_words()}",
        headline=_headline(view, words),
        finding=" ".join(_findings(view, words)),
        table=_table(view, words),
        is_table_shown=chart is None,
        chart=chart,
        context=_context(view),
        as_of=view.as_of,
        stale=view.stale,
        command=view.command,
        buttons=below_answer.buttons,
        menus=below_answer.menus,
    )


def _headline(view: PerformanceView, words: _Words) -> str:
    """Say who is first over all customers."""
    first = view.models[0]
    late = f" ({view.late})" if view.late else ""
    if not first.hosts or first.hosts[0].value is None:
        return f"{EVERYBODY}{late}."
    best = _said(first.hosts[0], words)
    return f"{EVERYBODY}{late}: {name(first.label)} is first with {best}."


def _findings(view: PerformanceView, words: _Words) -> list[str]:
    """Say what the figure is, and where the host matters most."""
    said = [f"{words.meaning[0].upper()}{words.meaning[1:]}."]
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


def _context(view: PerformanceView) -> tuple[str, ...]:
    """Return where the figures come from."""
    notes = [
        view.span.in_words(),
        f"data through {days.day(view.data_through)} UTC",
        f"{numbers.plural(len(view.models), 'model')} ranked by ZenMux",
    ]
    if view.measure is Measure.CACHE:
        notes.append("“all”: all hosts and APIs, by tokens")
    return tuple(each.removesuffix(".") for each in (*notes, *view.notes))


def _table(view: PerformanceView, words: _Words) -> Table:
    """Return a row for each host of each model."""
    is_cache = view.measure is Measure.CACHE
    more = (
        Column("API", is_wrapped=True),
        Column(
            "Prompt tokens",
            "right",
            numeric=True,
            said="prompt tokens",
            is_wrapped=True,
        ),
    )
    return Table(
        caption=f"Models by {words.title} and host",
        columns=(
            Column("#", "right", numeric=True, said="rank"),
            Column("Model", is_wrapped=True),
            Column(
                words.column, "right", numeric=True, said=words.said, is_wrapped=True
            ),
            Column("Host", is_wrapped=True),
            *(more if is_cache else ()),
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
            _cell(host.value, words.write),
            Cell(name(host.host_label)),
            *([Cell(name(host.api) or numbers.UNKNOWN)] if is_cache else []),
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


def _steps(
    view: PerformanceView, query: PerformanceQuery, request: Request, *, has_chart: bool
) -> Steps:
    """Return the other measures, more days, the other view, and a file."""
    pinned = replace(query, period=Dates(view.span.start, view.span.end))
    plain = replace(request, query=pinned, csv=False)
    others = [each for each in Measure if each is not query.measure]
    first, *rest = (replace(pinned, measure=each) for each in others)
    choices = [
        choice(plain, _WORDS[each.measure].title.capitalize(), each, VIEW)
        for each in rest
    ]
    if has_chart:
        show = Show.TABLE if request.show is Show.CHART else Show.CHART
        shown = replace(plain, show=show)
        choices.append(choice(shown, f"As a {show}", pinned, VIEW))
    longest = Last(30, Unit.DAY)
    if query.period != longest:
        wider = replace(query, period=longest)
        choices.append(choice(plain, "Last 30 days", wider, PERIOD))
    for model in view.models[:MAX_MODELS]:
        found = ModelQuery(model=model.model.lower(), period=pinned.period)
        looked = replace(plain, show=None)
        choices.append(choice(looked, model.label, found, MODEL))
    choices.append(csv_choice(plain, pinned))
    label = _WORDS[first.measure].title.capitalize()
    return below(plain, choices, ask(plain, "measure", label, first))
