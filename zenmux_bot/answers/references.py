"""A reference for all that one request leads to: each line of its log, its apologies.

A variable of the context, as structlog keeps them: tasks inherit it, so that the calls
to ZenMux and Slack that a question leads to bear the question's own.
"""

from __future__ import annotations

import secrets

from structlog.contextvars import bind_contextvars, get_contextvars

REFERENCE = "reference"


def begin_reference() -> None:
    """Give this task, and those it starts, a new reference."""
    bind_contextvars(**{REFERENCE: secrets.token_hex(4)})


def reference() -> str:
    """Return this task's reference; what nothing led to begins its own."""
    if REFERENCE not in get_contextvars():
        begin_reference()
    return str(get_contextvars()[REFERENCE])
