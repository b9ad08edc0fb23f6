"""Digest commands, as frozen values.

``str`` of a command gives the words after ``digest``, which parse back to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from zenmux_bot.commands.lexer import quoted
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence
from zenmux_bot.digests.subscriptions import DigestSubject, WhenEmpty

LAST_DAY = 31
"""A shorter month has its 31st on its last day."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS_IN_FULL = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
WEEKDAY_NUMBERS = {
    **{word: number for number, word in enumerate(WEEKDAYS)},
    **{word: number for number, word in enumerate(_WEEKDAYS_IN_FULL)},
    **{f"{word}s": number for number, word in enumerate(_WEEKDAYS_IN_FULL)},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
"""Days of the week as they are written; Monday is 0."""

EVERYONE: tuple[str, ...] = ()
"""As the providers of a specification: all of them."""

MAX_PROVIDERS = 10
"""The most that a form and a button can hold."""

ALWAYS = Decimal(0)
"""As the threshold of a specification: nothing is skipped."""


class Verb(StrEnum):
    """What can be done with one digest."""

    SHOW = "show"
    PREVIEW = "preview"
    SEND = "send"
    PAUSE = "pause"
    RESUME = "resume"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"
    HISTORY = "history"
    TAKEOVER = "takeover"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSpec:
    """The words that describe a digest; None: not said.

    Attributes:
        cadence: Also set by a weekday or a day of the month.
        weekday: 0 (Monday) to 6.
        day: 1 to 31; 31 is the last of every month.
        at: The local time.
        zone: IANA name.
        metric: What is counted.
        channel: Id of the channel.
        top: How many rows.
        providers: Names as typed, or ``EVERYONE``.
        skip_below_pp: A threshold, or ``ALWAYS``.
        when_empty: What to do without data.
        subject: Market share, or the own account's spend.
        by_key: Spend is split by API key instead of by model.
    """

    cadence: Cadence | None = None
    weekday: int | None = None
    day: int | None = None
    at: time | None = None
    zone: str | None = None
    metric: Metric | None = None
    channel: str | None = None
    top: int | None = None
    providers: tuple[str, ...] | None = None
    skip_below_pp: Decimal | None = None
    when_empty: WhenEmpty | None = None
    subject: DigestSubject | None = None
    by_key: bool | None = None

    def __str__(self) -> str:
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return " ".join(
            _WORDS[name](value) for name, value in values if value is not None
        )


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Open the form for a new digest, with a specification filled in."""

    spec: DigestSpec = DigestSpec()

    def __str__(self) -> str:
        return f"form {self.spec}" if self.spec != DigestSpec() else ""


@dataclass(frozen=True, slots=True)
class ListAll:
    """List the asker's digests and those of the channel."""

    def __str__(self) -> str:
        return "list"


@dataclass(frozen=True, slots=True)
class ListAudit:
    """List who did what in the workspace; for administrators."""

    def __str__(self) -> str:
        return "audit"


@dataclass(frozen=True, slots=True)
class Create:
    """Create a digest; what the specification leaves out has its default."""

    spec: DigestSpec = DigestSpec()

    def __str__(self) -> str:
        return f"create {self.spec}".strip()


@dataclass(frozen=True, slots=True)
class About:
    """Do something with one digest.

    Attributes:
        verb: What to do; editing is :class:`Edit`.
        id: The digest.
        again: Send it even if it was sent before.
    """

    verb: Verb
    id: str
    again: bool = False

    def __str__(self) -> str:
        return f"{self.verb} {self.id}{' again' if self.again else ''}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Change one digest as specified; an empty specification asks for the form."""

    id: str
    spec: DigestSpec = DigestSpec()

    def __str__(self) -> str:
        return f"edit {self.id} {self.spec}".strip()


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a digest's owner to do something with it."""

    command: About | Edit

    def __str__(self) -> str:
        return f"ask {self.command}"


OPEN_FORM = OpenForm()

Command = OpenForm | ListAll | ListAudit | Create | About | Edit | Ask


def _day(day: int) -> str:
    return "day last" if day == LAST_DAY else f"day {day}"


def _providers(names: tuple[str, ...]) -> str:
    return " ".join(f"provider {quoted(name)}" for name in names) or "provider all"


def _threshold(points: Decimal) -> str:
    return f"skip below {points.normalize():f}pp" if points else "skip never"


_WORDS: dict[str, Callable[[Any], str]] = {
    "cadence": str,
    "weekday": WEEKDAYS.__getitem__,
    "day": _day,
    "at": "{:%H:%M}".format,
    "zone": str,
    "metric": str,
    "channel": "in <#{}>".format,
    "top": "top {}".format,
    "providers": _providers,
    "skip_below_pp": _threshold,
    "when_empty": "when empty {}".format,
    "subject": str,
    "by_key": lambda by_key: "by key" if by_key else "by model",
}
