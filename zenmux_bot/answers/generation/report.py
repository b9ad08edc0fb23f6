"""One inference request's view to a report, for the asker alone."""

from __future__ import annotations

from decimal import Decimal

from zenmux_bot.answers.generation.view import Bill, GenerationView, Tokens
from zenmux_bot.commands.queries import GenerationQuery, Request
from zenmux_bot.render import numbers
from zenmux_bot.render.cells import name
from zenmux_bot.render.report import (
    Button,
    Cell,
    Column,
    Instant,
    Point,
    Report,
    Table,
    ask,
)

_SECOND = 1000


def report_generation(view: GenerationView, request: Request) -> Report:
    """Return one request; nothing in it leads to a channel."""
    query = request.query
    assert isinstance(query, GenerationQuery)  # noqa: S101 - dispatched by kind
    created = view.created_at
    return Report(
        title=f"Generation {name(view.id)}",
        finding=" ".join(_findings(view)),
        points=tuple(_points(view)),
        table=_table(view.bill) if view.bill and view.bill.items else None,
        instants=() if created is None else (Instant("Asked:", created),),
        context=("a request by the account that owns the bot's key",),
        as_of=view.as_of,
        stale=view.stale,
        command=view.command,
        buttons=_buttons(view, query, request),
    )


def _findings(view: GenerationView) -> list[str]:
    """Say what it cost, or that this is not known yet."""
    tokens = view.tokens.total if view.tokens else None
    did = "answered" if tokens is None else f"used {tokens:,f} tokens"
    said = [f"{name(view.model)} {did}."]
    if view.bill is None:
        said.append(
            "There is no bill yet. Bills appear three to five minutes after the "
            "request, and only for keys that may see them."
        )
    elif view.bill.billed is None:
        said.append("It was billed, but ZenMux doesn't say how much.")
    else:
        said.append(f"Billed: {_exact(view.bill.billed)}.")
    return said


def _points(view: GenerationView) -> list[Point]:
    """Return tokens and times, as far as known."""
    points = [Point("Model", name(view.model)), Point("API", name(view.api))]
    if view.tokens is not None:
        points.append(Point("Tokens", _tokens(view.tokens)))
    times = [
        f"{words} {_seconds(value)}"
        for words, value in (
            ("first token after", view.first_token_ms),
            ("done after", view.duration_ms),
        )
        if value is not None
    ]
    if times:
        points.append(Point("Time", ", ".join(times)))
    ended = [f"finish reason: {name(view.finish_reason)}"]
    if view.streamed is not None:
        ended.append("streamed" if view.streamed else "not streamed")
    if view.retries:
        again = "once" if view.retries == 1 else f"{view.retries:f} times"
        ended.append(f"retried {again}")
    points.append(Point("Answer", ", ".join(ended)))
    return points


def _tokens(tokens: Tokens) -> str:
    parts = (
        ("prompt", tokens.prompt, "cached", tokens.cached),
        ("completion", tokens.completion, "reasoning", tokens.reasoning),
    )
    known = [
        f"{words} {value:,f}" + ("" if part is None else f" ({what} {part:,f})")
        for words, value, what, part in parts
        if value is not None
    ]
    return ", ".join(known) or numbers.UNKNOWN


def _seconds(milliseconds: Decimal) -> str:
    return f"{milliseconds / _SECOND:.2f} s"


def _table(bill: Bill) -> Table:
    """Return the lines of the bill and its sum."""
    return Table(
        caption="The bill",
        columns=(
            Column("Item"),
            Column("Before discount", "right", numeric=True, said="before discount"),
            Column("Discount", "right", numeric=True, said="discount"),
            Column("Billed", "right", numeric=True, said="billed"),
        ),
        rows=tuple(
            (
                Cell(name(item.name)),
                *map(_cell, (item.before_discount, item.discount, item.billed)),
            )
            for item in bill.items
        ),
        tail=(
            (
                Cell("Total"),
                *map(_cell, (bill.before_discount, bill.discount, bill.billed)),
            ),
        ),
    )


def _cell(value: Decimal | None) -> Cell:
    if value is None:
        return Cell(numbers.UNKNOWN)
    return Cell(_exact(value), float(value))


def _exact(value: Decimal) -> str:
    """Return USD with all digits: most requests cost less than a cent."""
    sign = numbers.MINUS if value < 0 else ""
    return f"{sign}${abs(value):f}"


def _buttons(
    view: GenerationView, query: GenerationQuery, request: Request
) -> tuple[Button, ...]:
    """Offer to check again while there is no bill."""
    if view.bill is not None:
        return ()
    return (ask(request, "again", "Refresh", query),)
