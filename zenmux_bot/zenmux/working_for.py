"""Which workspace the running work is for; set where work begins, read at the API.

A variable of the context rather than an argument, since everything between a
question and the API is the same for every workspace. What nobody set is nobody's.
"""

from __future__ import annotations

from contextvars import ContextVar

_team_id: ContextVar[str | None] = ContextVar("working_for", default=None)


def work_for(team_id: str | None) -> None:
    """Let this task, and those it starts, work for a workspace from now on."""
    _team_id.set(team_id)


def working_for() -> str | None:
    """Return the workspace that this task works for, None if nobody said."""
    return _team_id.get()
