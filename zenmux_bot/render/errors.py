"""Errors as replies: what happened, and what to do about it.

One ordered table, the narrower class first. No reply names a key, a token or a host.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from zenmux_bot.core.periods import FLOOR
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    BadInput,
    BotError,
    ConfigError,
    KeyRefused,
    NoData,
    NotAllowed,
    NotYet,
    OrganizationKey,
    RateLimited,
    RequestRefused,
    ServerFault,
    SlackFault,
    TooMuch,
    Unreachable,
)
from zenmux_bot.render.context import command_line
from zenmux_bot.render.numbers import plural
from zenmux_bot.render.report import Button, Point, Report

ASK_ADMINS = "admins:ask"
"""Asks administrators for what the command in its value says."""

USUAL_REST = timedelta(seconds=60)
"""The API publishes no rate; it counts by the minute."""

_TOO_SLOW = 524
"""The edge in front of ZenMux gave up waiting for it."""

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


def report_cut_off(again: str) -> Report:
    """Return the apology for an answer that a restart cut off.

    Args:
        again: The command, as it was typed.
    """
    finding = "I was restarted before the answer came. One click asks again."
    return _plain("Sorry, no answer yet", finding, *_retry(again))


def _plain(title: str, finding: str, *buttons: Button) -> Report:
    return Report(title=title, finding=finding, buttons=buttons)


def _bad_input(error: Any, _again: str | None) -> Report:
    """Say what was wrong, what is allowed, and offer the nearest right commands."""
    guess = "perhaps this?" if len(error.suggestions) == 1 else "perhaps one of these?"
    points = tuple(
        Point(command_line(command), "" if number else guess)
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
    return _plain(
        "No data",
        f"{error} Other days may have some: data run from {FLOOR} to yesterday (UTC).",
    )


def _not_yet(error: Any, again: str | None) -> Report:
    return _plain(
        "Not counted yet",
        f"{error} ZenMux counts a day some time after it ends at midnight UTC: try "
        "again in an hour, or ask about earlier days.",
        *_retry(again),
    )


def _not_allowed(error: Any, again: str | None) -> Report:
    ways = []
    if error.ask:
        ways = [Button(label="Ask the owner", action="digest:ask", command=error.ask)]
    elif error.of_admins and again:
        ways = [Button(label="Ask an administrator", action=ASK_ADMINS, command=again)]
    return _plain("Sorry, that is for others", str(error), *ways)


def _too_much(error: Any, again: str | None) -> Report:
    wait = plural(round(error.retry_after.total_seconds()), "second")
    return _plain(
        "One moment, please",
        f"A great many questions came from {error.who} just now. I am glad to answer "
        f"the next one in {wait}.",
        *_retry(again),
    )


def _key(error: Any, _again: str | None) -> Report:
    return _plain(
        "ZenMux does not accept the bot's key",
        "A management key is needed (it begins with sk-mg-v1-); the bot takes it from "
        f"ZENMUX_MANAGEMENT_API_KEY. {_ADMIN}"
        f"{_where(error)}",
    )


def _organization(error: Any, _again: str | None) -> Report:
    return _plain(
        "No own figures for this key",
        "ZenMux gives usage and cost to management keys of personal accounts only. The "
        "bot's key seems to belong to an organization, or it has expired. Everything "
        f"else keeps working.{_where(error)}",
    )


def _limited(error: Any, again: str | None) -> Report:
    rest = error.retry_after or USUAL_REST
    wait = plural(max(math.ceil(rest.total_seconds()), 1), "second")
    return _plain(
        "ZenMux asks for a break",
        "Too many questions in a minute, and there is no earlier answer to this one. "
        f"Try again in {wait}.{_where(error)}",
        *_retry(again),
    )


def _refused(error: Any, _again: str | None) -> Report:
    match error.status:
        case int(status) if status < HTTPStatus.BAD_REQUEST:
            title = "ZenMux has moved"
            mend = (
                f"It sends the bot to another address (HTTP {status}), which the bot "
                "does not follow, so that its key stays with it. An administrator can "
                "look at ZENMUX_BASE_URL."
            )
        case HTTPStatus.PAYMENT_REQUIRED:
            title = "ZenMux asks for payment"
            mend = (
                f"It said: {_said(error)}. Whoever pays for the account of the bot's "
                "key can add credit; asking again before that will not help."
            )
        case HTTPStatus.NOT_FOUND:
            title = "ZenMux does not know the address"
            mend = (
                f"It said: {_said(error)}. Asking again will not help; "
                "an administrator can look at ZENMUX_BASE_URL."
            )
        case _:
            title = "ZenMux refused the question"
            mend = (
                f"It said: {_said(error)}. Asking again will not help; "
                "other days or another metric may."
            )
    return _plain(title, f"{mend}{_where(error)}")


def _unreachable(error: Any, again: str | None) -> Report:
    return _plain(
        "ZenMux can't be reached",
        f"{_said(error)}, and there is no earlier answer to this question. "
        f"Try again in some minutes.{_where(error)}",
        *_retry(again),
    )


def _server(error: Any, again: str | None) -> Report:
    fewer = ", or ask for fewer days" if error.status == _TOO_SLOW else ""
    return _plain(
        "ZenMux has a fault",
        f"It answers with HTTP {error.status}, and there is no earlier answer to this "
        f"question. Try again in some minutes{fewer}.{_where(error)}",
        *_retry(again),
    )


def _bad_answer(error: Any, again: str | None) -> Report:
    said = f"It said: {_said(error)}" if error.said_no else _said(error)
    return _plain(
        "ZenMux's answer can't be used",
        f"{said}. It may heal by itself: try again in some minutes, and tell an "
        f"administrator if it stays.{_where(error)}",
        *_retry(again),
    )


def _setting(error: Any, _again: str | None) -> Report:
    return _plain(
        "The bot is not set up for this",
        f"{error} That is for whoever runs the bot.",
    )


def _slack(error: Any, _again: str | None) -> Report:
    return _plain(
        "Slack did not take the message",
        f"It said: {error}. /zenmux status tells more; an administrator can mend it.",
    )


def _said(error: ApiError) -> str:
    """Return what the API said, to stand inside a sentence."""
    return error.message.rstrip(".!")


def _where(error: ApiError) -> str:
    """Return the reference that ZenMux's support asks for."""
    return f" (request {error.request_id})" if error.request_id else ""


_TABLE: tuple[tuple[type[BotError], Callable[[Any, str | None], Report]], ...] = (
    (BadInput, _bad_input),
    (NotAllowed, _not_allowed),
    (NotYet, _not_yet),
    (TooMuch, _too_much),
    (NoData, _no_data),
    (OrganizationKey, _organization),
    (KeyRefused, _key),
    (RateLimited, _limited),
    (RequestRefused, _refused),
    (Unreachable, _unreachable),
    (ServerFault, _server),
    (BadAnswer, _bad_answer),
    (ConfigError, _setting),
    (SlackFault, _slack),
)
