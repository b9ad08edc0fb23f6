"""Alert rules and commands, as frozen values.

``str`` of a command gives the words after ``alert``, which parse back to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from zenmux_bot.commands.lexer import split
from zenmux_bot.core.measures import Metric

SHARE_DAYS = 7
"""A share that moves is compared with the same share this many days before."""

LEAD_DAYS = 3
"""After passing another, a name must stay ahead for this many days."""

UNUSUAL_PERCENT = 25
"""A day closer than this to its usual volume is not worth a message."""


class Subject(StrEnum):
    """What a level measures."""

    SHARE = "share"
    TOKENS = "tokens"
    COST = "cost"


class Direction(StrEnum):
    """On which side of a level an alert fires."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class ShareMoves:
    """A provider's or model's share moves by a number of percentage points.

    Attributes:
        name: As typed.
        points: Percentage points, up or down.
        days: The number of days within which it moves.
        metric: What the share is of.
    """

    name: str
    points: Decimal
    days: int = SHARE_DAYS
    metric: Metric = Metric.TOKENS

    def __str__(self) -> str:
        said = f"share {_name(self.name)} moves {self.points.normalize():f}pp"
        within = "" if self.days == SHARE_DAYS else f" in {self.days}d"
        return f"{said}{within}{_of(self.metric)}"


@dataclass(frozen=True, slots=True)
class Level:
    """A share in percent, or a day's tokens or cost, passes an amount.

    Attributes:
        subject: What is measured.
        name: The provider or model, as typed.
        direction: Above or below.
        amount: Percent, tokens or USD.
        metric: What a share is of.
    """

    subject: Subject
    name: str
    direction: Direction
    amount: Decimal
    metric: Metric = Metric.TOKENS

    def __str__(self) -> str:
        amount = f"{self.amount.normalize():f}"
        match self.subject:
            case Subject.SHARE:
                amount = f"{amount}%{_of(self.metric)}"
            case Subject.COST:
                amount = f"${amount}"
            case Subject.TOKENS:
                amount = _shortened(self.amount)
        return f"{self.subject} {_name(self.name)} {self.direction} {amount}"


@dataclass(frozen=True, slots=True)
class Passes:
    """One provider or model passes another.

    Attributes:
        name: The one that passes, as typed.
        other: The one that is passed.
        metric: What is counted.
        days: How many days it must stay ahead.
    """

    name: str
    other: str
    metric: Metric = Metric.TOKENS
    days: int = LEAD_DAYS

    def __str__(self) -> str:
        said = f"{_name(self.name)} passes {_name(self.other)}"
        lasting = "" if self.days == LEAD_DAYS else f" for {self.days}d"
        return f"{said}{lasting}{_of(self.metric)}"


@dataclass(frozen=True, slots=True)
class AnyOvertake:
    """Any name in the top N passes another."""

    top: int
    metric: Metric = Metric.TOKENS

    def __str__(self) -> str:
        return f"any overtake in top {self.top}{_of(self.metric)}"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A name is new in the top N."""

    top: int
    metric: Metric = Metric.TOKENS

    def __str__(self) -> str:
        return f"newcomer in top {self.top}{_of(self.metric)}"


@dataclass(frozen=True, slots=True)
class Unusual:
    """A day's volume is far from what that weekday usually has.

    Attributes:
        name: The provider or model, as typed; None: any in the top N.
        top: How many names are watched where none is given.
        metric: What is counted.
        percent: The least difference, in percent.
    """

    name: str | None = None
    top: int = 10
    metric: Metric = Metric.TOKENS
    percent: int = UNUSUAL_PERCENT

    def __str__(self) -> str:
        whom = "any" if self.name is None else _name(self.name)
        among = f" in top {self.top}" if self.name is None else ""
        least = "" if self.percent == UNUSUAL_PERCENT else f" by {self.percent}%"
        return f"{whom} unusual{least}{among}{_of(self.metric)}"


Rule = ShareMoves | Level | Passes | AnyOvertake | Newcomer | Unusual


class AlertVerb(StrEnum):
    """What can be done with one alert."""

    SHOW = "show"
    REHEARSE = "rehearse"
    PAUSE = "pause"
    RESUME = "resume"
    SNOOZE = "snooze"
    EXPECTED = "expected"
    EDIT = "edit"
    DELETE = "delete"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class AlertForm:
    """Open the form for a new alert, with a rule filled in."""

    rule: Rule | None = None
    channel: str | None = None

    def __str__(self) -> str:
        if self.rule is None and self.channel is None:
            return ""
        rule = "" if self.rule is None else f" {self.rule}"
        return f"form{rule}{_in(self.channel)}"


@dataclass(frozen=True, slots=True)
class CreateAlert:
    """Create an alert; without a channel it posts where it was created."""

    rule: Rule
    channel: str | None = None

    def __str__(self) -> str:
        return f"{self.rule}{_in(self.channel)}"


@dataclass(frozen=True, slots=True)
class ListAlerts:
    """List the asker's alerts and those of the channel."""

    def __str__(self) -> str:
        return "list"


@dataclass(frozen=True, slots=True)
class AboutAlert:
    """Do something with one alert."""

    verb: AlertVerb
    id: str

    def __str__(self) -> str:
        return f"{self.verb} {self.id}"


@dataclass(frozen=True, slots=True)
class SnoozeAlert:
    """Snooze an alert for some days; None: until it recovers."""

    id: str
    days: int | None

    def __str__(self) -> str:
        until = "until recovered" if self.days is None else f"{self.days}d"
        return f"snooze {self.id} {until}"


@dataclass(frozen=True, slots=True)
class ExpectDay:
    """Mark a day as expected; None: the last day it reported."""

    id: str
    day: date | None = None

    def __str__(self) -> str:
        return f"expected {self.id} {self.day or ''}".strip()


@dataclass(frozen=True, slots=True)
class EditAlert:
    """Give an alert another rule."""

    id: str
    rule: Rule

    def __str__(self) -> str:
        return f"edit {self.id} {self.rule}"


OPEN_ALERT_FORM = AlertForm()

AlertCommand = (
    AlertForm
    | CreateAlert
    | ListAlerts
    | AboutAlert
    | SnoozeAlert
    | ExpectDay
    | EditAlert
)


def _name(name: str) -> str:
    words = split(name)
    return name if " ".join(words) == name and words else f'"{name}"'


def _of(metric: Metric) -> str:
    """Return the word of a metric, unless it is the usual one."""
    return "" if metric is Metric.TOKENS else f" {metric}"


def _in(channel: str | None) -> str:
    return "" if channel is None else f" in <#{channel}>"


_SCALES = (("T", 12), ("B", 9), ("M", 6), ("K", 3))


def _shortened(amount: Decimal) -> str:
    """Return a number of tokens with a letter, if that loses nothing."""
    for letter, places in _SCALES:
        scaled = amount.scaleb(-places)
        if scaled >= 1 and scaled == scaled.quantize(Decimal("0.001")):
            return f"{scaled.normalize():f}{letter}"
    return f"{amount.normalize():f}"
