"""The last line of every answer: where its figures come from."""

from __future__ import annotations

from zenmux_bot.domain.grammar import COMMAND
from zenmux_bot.domain.queries import Metric
from zenmux_bot.domain.views import Basis
from zenmux_bot.render import days


def context(basis: Basis, *notes: str) -> tuple[str, ...]:
    """Return the clauses of the context line, the command apart."""
    compared = basis.comparison
    parts = [f"Days: {days.span(basis.span)}"]
    if compared.span is not None:
        parts.append(f"compared with {days.span(compared.span)}")
    elif compared.reason:
        parts.append(compared.reason)
    if compared.span is not None and not compared.commensurable:
        parts.append("The periods differ in length, so volumes are not compared.")
    parts.append(f"data through {basis.data_through} UTC")
    parts.append(
        "cost at list price, platform-wide"
        if basis.metric is Metric.COST
        else "input and output tokens, platform-wide"
    )
    return (*parts, *basis.notes, *notes)


def command_line(command: str) -> str:
    """Return a command as it is typed."""
    return f"{COMMAND} {command}"
