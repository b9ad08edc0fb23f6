"""What can be asked of alerts, as frozen values; each says the words for it.

``str`` of a command gives what stands behind ``alert``, and reads back to itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from zenmux_bot.commands.lexer import split
from zenmux_bot.core.measures import Metric

SHARE_DAYS = 7
"""A share that moves is set beside the same share so many days before."""

LEAD_DAYS = 3
"""Who passes another stays ahead for so many days."""

UNUSUAL_PERCENT = 25
"""A day that is less than so far from what is usual is not worth a message."""


class Subject(StrEnum):
    """What a level is of."""

    SHARE = "share"
    TOKENS = "tokens"
    COST = "cost"


class Direction(StrEnum):
    """On which side of a level an alert fires."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class ShareMoves:
    """A provider's or model's share moves by so many percentage points.

    Attributes:
        name: As typed.
        points: Percentage points, up or down.
        days: Within so many days.
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
        subject: What is looked at.
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
        name: Who passes, as typed.
        other: Whom.
        metric: What is counted.
        days: For so many days it must stay ahead.
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
    """Somebody in the top N passes somebody else."""

    top: int
    metric: Metric = Metric.TOKENS

    def __str__(self) -> str:
        return f"any overtake in top {self.top}{_of(self.metric)}"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody is new in the top N."""

    top: int
    metric: Metric = Metric.TOKENS

    def __str__(self) -> str:
        return f"newcomer in top {self.top}{_of(self.metric)}"


@dataclass(frozen=True, slots=True)
class Unusual:
    """A day's volume is far from what that weekday usually has.

    Attributes:
        name: The provider or model, as typed; None: any in the top N.
        top: Whom it is about where no name is given.
        metric: What is counted.
        percent: By how many percent, at least.
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
    """Make an alert; without a channel it speaks where it was asked for."""

    rule: Rule
    channel: str | None = None

    def __str__(self) -> str:
        return f"{self.rule}{_in(self.channel)}"


@dataclass(frozen=True, slots=True)
class ListAlerts:
    """List one's own alerts and those of the channel."""

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
    """Keep an alert quiet for some days; None: until it recovers."""

    id: str
    days: int | None

    def __str__(self) -> str:
        until = "until recovered" if self.days is None else f"{self.days}d"
        return f"snooze {self.id} {until}"


@dataclass(frozen=True, slots=True)
class ExpectDay:
    """Leave a day out of what is usual; None: the newest day it spoke of."""

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
