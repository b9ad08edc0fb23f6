"""Errors as replies: what happened, and what to do about it.

One ordered table, the narrower class first. No reply names a key, a token or a host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    BadInput,
    BotError,
    KeyRefused,
    NoData,
    NotAllowed,
    RateLimited,
    RequestRefused,
    ServerFault,
    Unreachable,
)
from zenmux_bot.render.context import command_line
from zenmux_bot.render.report import Button, Point, Report

_ADMIN = "The key needs an administrator: /zenmux status tells more."


def report_error(error: BotError, *, again: str | None = None) -> Report:
    """Return the reply to an expected error.

    Args:
        error: What happened.
        again: The canonical command that met it, to be tried again.
    """
    for kind, build in _TABLE:
        if isinstance(error, kind):
            return build(error, again)
    return _plain("That did not work", str(error))


def report_fault(reference: str) -> Report:
    """Return the apology for a fault of the bot's own, with where to find it."""
    return _plain(
        "Sorry, that went wrong",
        f"It is a fault of mine and it is logged. Reference: {reference}.",
    )


def _plain(title: str, finding: str, *buttons: Button) -> Report:
    return Report(title=title, finding=finding, buttons=buttons)


def _bad_input(error: Any, _again: str | None) -> Report:
    """Say what was wrong, what is allowed, and offer the nearest right commands."""
    points = tuple(
        Point(command_line(command), "" if number else "perhaps this?")
        for number, command in enumerate(error.suggestions)
    )
    return Report(
        title="I can't answer that yet",
        finding=f"{error.problem} {error.allowed}".strip(),
        points=points,
        buttons=tuple(
            Button(
                label=command,
                action=f"ask:{number}",
                command=command,
                primary=not number,
            )
            for number, command in enumerate(error.suggestions)
        ),
    )


def _retry(again: str | None) -> tuple[Button, ...]:
    if again is None:
        return ()
    return (Button(label="Try again", action="ask:again", command=again),)


def _no_data(error: Any, _again: str | None) -> Report:
    return _plain("No data", str(error))


def _not_allowed(error: Any, _again: str | None) -> Report:
    return _plain("Not for you, sorry", str(error))


def _key(error: Any, _again: str | None) -> Report:
    return _plain(
        "ZenMux does not accept the bot's key",
        f"A management key is needed (it begins with sk-mg-v1-). {_ADMIN}"
        f"{_where(error)}",
    )


def _limited(error: Any, again: str | None) -> Report:
    seconds = round(error.retry_after.total_seconds()) if error.retry_after else 60
    return _plain(
        "ZenMux asks for a break",
        "Too many questions in a minute, and there is no earlier answer to this one. "
        f"Try again in {seconds} seconds.{_where(error)}",
        *_retry(again),
    )


def _refused(error: Any, _again: str | None) -> Report:
    return _plain(
        "ZenMux refused the question",
        f"It said: {error.message}. Asking again will not help; "
        f"other days or another metric may.{_where(error)}",
    )


def _unreachable(error: Any, again: str | None) -> Report:
    return _plain(
        "ZenMux can't be reached",
        f"{error.message}, and there is no earlier answer to this question. "
        f"Try again in some minutes.{_where(error)}",
        *_retry(again),
    )


def _server(error: Any, again: str | None) -> Report:
    return _plain(
        "ZenMux has a fault",
        f"It answered with HTTP {error.status} several times, and there is no earlier "
        f"answer to this question. Try again in some minutes.{_where(error)}",
        *_retry(again),
    )


def _bad_answer(error: Any, again: str | None) -> Report:
    return _plain(
        "ZenMux's answer can't be read",
        f"{error.message}. It may heal by itself: try again in some minutes, and tell "
        f"an administrator if it stays.{_where(error)}",
        *_retry(again),
    )


def _where(error: ApiError) -> str:
    """Return the reference that ZenMux's support asks for."""
    return f" (request {error.request_id})" if error.request_id else ""


_TABLE: tuple[tuple[type[BotError], Callable[[Any, str | None], Report]], ...] = (
    (BadInput, _bad_input),
    (NotAllowed, _not_allowed),
    (NoData, _no_data),
    (KeyRefused, _key),
    (RateLimited, _limited),
    (RequestRefused, _refused),
    (Unreachable, _unreachable),
    (ServerFault, _server),
    (BadAnswer, _bad_answer),
)
