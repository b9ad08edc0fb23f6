"""Errors as replies: the title says what happened, one line what to do, then buttons.

No reply names a key, a token or a host.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import singledispatch
from http import HTTPStatus

from zenmux_bot.errors import (
    Ambiguous,
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
    Throttled,
    TooMuch,
    Unreachable,
)
from zenmux_bot.render.numbers import plural
from zenmux_bot.render.report import Button, Report
from zenmux_bot.render.wording import in_words

ASK_ADMINS = "admins:ask"
"""Asks administrators to run the command in its value."""

_DEFAULT_WAIT = timedelta(seconds=60)
"""The API documents no limit; it counts by the minute."""

_TOO_SLOW = 524
"""The edge in front of ZenMux gave up waiting for it."""

_NO_COPY = "There are no saved figures for this question."
_LATER = f"{_NO_COPY} Try again in a few minutes."


def report_error(
    error: BotError, *, again: str | None = None, today: date | None = None
) -> Report:
    """Return the reply to an expected error.

    Args:
        error: What happened.
        again: The canonical command that failed, to be tried again.
        today: The current day, to show commands in words; None: as they are typed.
    """
    if isinstance(error, BadInput):
        return _bad_input(error, again, today)
    return _report(error, again)


def report_fault(reference: str) -> Report:
    """Return the apology for a bug in the bot, with its reference in the log."""
    return Report(
        title="Something went wrong",
        finding=f"This is a bug in the bot, and it is logged. Reference: {reference}.",
    )


def report_cut_off(again: str) -> Report:
    """Return the apology for an answer that a restart interrupted.

    Args:
        again: The command, as it was typed.
    """
    return Report(
        title="The bot restarted before the answer came",
        finding="Ask again with one click.",
        buttons=_retry(again),
    )


def _bad_input(error: BadInput, again: str | None, today: date | None) -> Report:
    """Say what was wrong, what is allowed, and offer the nearest right commands."""
    title, _, more = error.problem.partition(". ")
    offered = [each for each in dict.fromkeys(error.suggestions) if each != again]
    return Report(
        title=title.rstrip("."),
        finding=" ".join(filter(None, [more, error.allowed])),
        # If the fix is elsewhere, the same command is worth trying again.
        buttons=_retry(again)
        if error.suggestions and not offered
        else tuple(
            Button(
                label=command if today is None else in_words(command, today),
                action=f"ask:{number}",
                command=command,
                primary=not number,
            )
            for number, command in enumerate(offered)
        ),
    )


def _retry(again: str | None) -> tuple[Button, ...]:
    if again is None:
        return ()
    return (Button(label="Try again", action="ask:again", command=again),)


@singledispatch
def _report(error: BotError, _again: str | None) -> Report:
    """Return the reply to an error; its class decides, the narrowest first."""
    return Report(title="That didn't work", finding=str(error))


@_report.register
def _no_data(error: NoData, _again: str | None) -> Report:
    return Report(title="No figures for these days", finding=str(error))


@_report.register
def _not_yet(error: NotYet, again: str | None) -> Report:
    return Report(
        title="Not counted yet",
        finding=f"{error} ZenMux counts a day some time after it ends at midnight UTC.",
        buttons=_retry(again),
    )


@_report.register
def _not_allowed(error: NotAllowed, again: str | None) -> Report:
    if error.ask:
        ask = Button(label="Ask the owner", action="digest:ask", command=error.ask)
        title = "Only the owner or an admin can do that"
        return Report(title=title, finding=str(error), buttons=(ask,))
    ways: tuple[Button, ...] = ()
    if error.of_admins and again:
        ways = (Button(label="Ask an admin", action=ASK_ADMINS, command=again),)
    title, finding = "Only admins can see that", str(error)
    if finding.startswith("Only "):
        title, _, finding = finding.partition(". ")
    if ways and not finding:
        finding = "You can ask an admin to do it."
    return Report(title=title.rstrip("."), finding=finding, buttons=ways)


@_report.register
def _too_much(error: TooMuch, again: str | None) -> Report:
    wait = plural(round(error.retry_after.total_seconds()), "second")
    return Report(
        title="Too many questions at once",
        finding=f"They came from {error.who}. Try again in {wait}.",
        buttons=_retry(again),
    )


@_report.register
def _key(error: KeyRefused, _again: str | None) -> Report:
    how = (
        "An administrator has to set a management key (it begins with sk-mg-v1-) in "
        "ZENMUX_MANAGEMENT_API_KEY."
    )
    if error.status is None:
        # No request was sent.
        title, _, more = error.message.partition(". ")
        return Report(title=title, finding=f"{more}." if more else how)
    return Report(title="ZenMux refuses the bot's key", finding=f"{how}{_where(error)}")


@_report.register
def _organization(error: OrganizationKey, _again: str | None) -> Report:
    return Report(
        title="ZenMux doesn't show own spend to this key",
        finding="It gives usage and cost to management keys of personal accounts "
        "only. The bot's key seems to belong to an organization, or it has expired. "
        f"Everything else keeps working.{_where(error)}",
    )


@_report.register
def _limited(error: RateLimited, again: str | None) -> Report:
    left = error.retry_after or _DEFAULT_WAIT
    wait = plural(max(math.ceil(left.total_seconds()), 1), "second")
    return Report(
        title="ZenMux's rate limit is reached",
        finding=f"{_NO_COPY} Try again in {wait}.{_where(error)}",
        buttons=_retry(again),
    )


@_report.register
def _refused(error: RequestRefused, _again: str | None) -> Report:
    match error.status:
        case int(status) if status < HTTPStatus.BAD_REQUEST:
            title = "ZenMux redirects to another address"
            finding = (
                f"The bot doesn't follow redirects (HTTP {status}), to keep its key "
                "safe. An administrator can check ZENMUX_BASE_URL."
            )
        case HTTPStatus.PAYMENT_REQUIRED:
            title = "ZenMux asks for payment"
            finding = (
                f"It said: {_said(error)}. Whoever pays for the account of the bot's "
                "key can add credit."
            )
        case HTTPStatus.NOT_FOUND:
            title = "ZenMux doesn't know this address"
            finding = (
                f"It said: {_said(error)}. An administrator can check ZENMUX_BASE_URL."
            )
        case _:
            title = "ZenMux refused the question"
            finding = f"It said: {_said(error)}. Try other days or another metric."
    return Report(title=title, finding=f"{finding}{_where(error)}")


@_report.register
def _unreachable(error: Unreachable, again: str | None) -> Report:
    return Report(
        title="ZenMux isn't responding",
        finding=f"{_said(error)}. {_LATER}{_where(error)}",
        buttons=_retry(again),
    )


@_report.register
def _server(error: ServerFault, again: str | None) -> Report:
    fewer = " Fewer days may work." if error.status == _TOO_SLOW else ""
    return Report(
        title=f"ZenMux isn't responding (HTTP {error.status})",
        finding=f"{_LATER}{fewer}{_where(error)}",
        buttons=_retry(again),
    )


@_report.register
def _bad_answer(error: BadAnswer, again: str | None) -> Report:
    said = f"It said: {_said(error)}" if error.said_no else _said(error)
    return Report(
        title="ZenMux reported an error"
        if error.said_no
        else "ZenMux sent an answer that can't be read",
        finding=f"{said}. {_LATER}{_where(error)}",
        buttons=_retry(again),
    )


@_report.register
def _setting(error: ConfigError, _again: str | None) -> Report:
    return Report(
        title="The bot isn't set up for this",
        finding=f"{error} Whoever runs the bot can change that.",
    )


@_report.register
def _slack(error: SlackFault, again: str | None) -> Report:
    if isinstance(error, Throttled):
        wait = plural(round(error.retry_after.total_seconds()), "second")
        title, finding = "Slack is limiting the bot", f"Try again in {wait}."
    elif isinstance(error, Ambiguous):
        title = "Slack isn't responding"
        finding = f"Try again in a minute. (It said: {error}.)"
    else:
        title = "Slack refused the request"
        finding = f"It said: {error}. /zenmux status says more."
        again = None
    return Report(title=title, finding=finding, buttons=_retry(again))


def _said(error: ApiError) -> str:
    """Return what the API said, to stand inside a sentence."""
    return error.message.rstrip(".!")


def _where(error: ApiError) -> str:
    """Return the reference that ZenMux's support asks for."""
    return f" (request {error.request_id})" if error.request_id else ""
