"""The last line of every answer: where its figures come from."""

from __future__ import annotations

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.core.measures import Metric
from zenmux_bot.render import days


def context(basis: AnswerContext, *notes: str) -> tuple[str, ...]:
    """Return the clauses of the context line, the command apart."""
    compared = basis.comparison
    covered = days.span(basis.span)
    parts = [f"Day: {covered}" if basis.span.days == 1 else f"Days: {covered}"]
    if compared.span is not None:
        parts.append(f"compared with {days.span(compared.span)}")
        if not compared.commensurable:
            parts.append("the periods differ in length, so volumes are not compared")
    elif compared.reason:
        parts.append(compared.reason)
    parts.append(f"data through {basis.data_through} UTC")
    parts.append(
        "cost at list price, platform-wide"
        if basis.metric is Metric.COST
        else "input and output tokens, platform-wide"
    )
    return tuple(part.removesuffix(".") for part in (*parts, *basis.notes, *notes))


def command_line(command: str) -> str:
    """Return a command as it is typed."""
    return f"{COMMAND} {command}"
