"""The status view to a report."""

from __future__ import annotations

from zenmux_bot.answers.status.view import StatusView
from zenmux_bot.commands.queries import Request
from zenmux_bot.render.report import Point, Report

_MARKS = {True: "ok", False: "problem", None: "note"}


def report_status(view: StatusView, _request: Request | None = None) -> Report:
    """Return how everything is, line by line."""
    wrong = [check.name for check in view.checks if check.ok is False]
    finding = f"Needs attention: {', '.join(wrong)}." if wrong else "Everything works."
    return Report(
        title="Status",
        finding=finding,
        points=tuple(
            Point(
                f"{_MARKS[check.ok]}: {check.name}",
                f"{check.found} {check.fix}".strip(),
            )
            for check in view.checks
        ),
        as_of=view.as_of,
        command="status",
    )
