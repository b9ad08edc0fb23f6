"""An alert as it is kept, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from zenmux_bot.alerts.engine import State, metric_of
from zenmux_bot.commands.alert_commands import Rule
from zenmux_bot.history.archive import Dimension, Series

UNTIL_RECOVERED = "recovered"
"""As the end of a snooze: until the alert recovers."""


class AlertState(StrEnum):
    """Whether an alert is evaluated."""

    ACTIVE = "active"
    PAUSED = "paused"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert.

    Attributes:
        id: Its id; empty before it is stored.
        team_id: The workspace.
        channel_id: Where it tells.
        channel_name: The channel's name when it was made.
        owner_id: Who made it.
        rule: What it watches; names are slugs.
        dimension: Whether they are providers or models.
        state: Whether it is evaluated.
        paused_reason: Why it is paused.
        snoozed_until: The last day of a snooze, or ``UNTIL_RECOVERED``.
        expected: Days that do not count as usual.
        evaluated_through: The newest day that was evaluated.
        status: What the engine remembers.
        created_at: When it was made.
        updated_at: When it was last changed.
        revision: Counts the changes.
        rule_since: When it got its rule; None: when it was made.
    """

    id: str = ""
    team_id: str
    channel_id: str
    channel_name: str
    owner_id: str
    rule: Rule
    dimension: Dimension
    state: AlertState = AlertState.ACTIVE
    paused_reason: str | None = None
    snoozed_until: str | None = None
    expected: tuple[date, ...] = ()
    evaluated_through: date | None = None
    status: State = field(default_factory=State)
    created_at: datetime
    updated_at: datetime
    revision: int = 0
    rule_since: datetime | None = None

    @property
    def series(self) -> Series:
        """Return whose figures it needs."""
        return Series(self.dimension, metric_of(self.rule))

    def told(self, record: Record) -> bool:
        """Tell whether a record is one of its present rule."""
        is_since = self.rule_since is None or record.at >= self.rule_since
        return record.alert_id == self.id and is_since

    def is_snoozed(self, day: date) -> bool:
        """Tell whether it is to be quiet about a day."""
        if self.snoozed_until is None:
            return False
        if self.snoozed_until == UNTIL_RECOVERED:
            return bool(self.status.firing)
        return day <= date.fromisoformat(self.snoozed_until)


class RecordKind(StrEnum):
    """What is kept of an alert's days."""

    FIRED = "fired"
    RECOVERED = "recovered"
    RESTATED = "restated"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Something that happened to an alert.

    Attributes:
        alert_id: The alert.
        day: The day whose figures showed it.
        kind: What happened.
        subject: Whom it was about, where the rule does not say.
        said: The sentence.
        message_key: The message that told it; None: nobody was told.
        reason: Why nobody was told.
        at: When it was noticed.
    """

    alert_id: str
    day: date
    kind: RecordKind
    subject: str = ""
    said: str
    message_key: str | None = None
    reason: str = ""
    at: datetime
