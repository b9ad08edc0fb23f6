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
    if compared.span is not None:
        covered = days.versus(basis.span, compared.span)
    parts = [covered]
    if compared.reason:
        parts.append(compared.reason)
    elif not compared.commensurable:
        parts.append("the periods differ in length, so only shares are compared")
    parts.append(f"data through {days.day(basis.data_through)} UTC")
    if basis.metric is Metric.COST:
        parts.append("list price")
    return tuple(part.removesuffix(".") for part in (*parts, *basis.notes, *notes))


def command_line(command: str) -> str:
    """Return a command as it is typed."""
    return f"{COMMAND} {command}"
