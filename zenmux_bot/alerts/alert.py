"""An alert as it is stored, and the records of its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from zenmux_bot.alerts.engine import State, metric_of
from zenmux_bot.commands.alert_commands import Rule
from zenmux_bot.history.archive import Dimension, Series

UNTIL_RECOVERED = "recovered"
"""The value of ``snoozed_until`` for a snooze that lasts until it recovers."""


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
        channel_id: The channel it posts in.
        channel_name: The channel's name when the alert was created.
        owner_id: Who created it.
        rule: What it watches; names are slugs.
        dimension: Whether names are providers or models.
        state: Whether it is evaluated.
        paused_reason: Why it is paused.
        snoozed_until: The last day of a snooze, or ``UNTIL_RECOVERED``.
        expected: Days left out when computing what is usual.
        evaluated_through: The newest day that was evaluated.
        status: The engine's state.
        created_at: When it was created.
        updated_at: When it was last changed.
        revision: Counts the changes.
        rule_since: When its rule was last changed; None if never.
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
        """Return the series that the rule needs."""
        return Series(self.dimension, metric_of(self.rule))

    def is_current(self, record: Record) -> bool:
        """Tell whether a record belongs to this alert's present rule."""
        is_since = self.rule_since is None or record.at >= self.rule_since
        return record.alert_id == self.id and is_since

    def is_snoozed(self, day: date) -> bool:
        """Tell whether it is snoozed for a day."""
        if self.snoozed_until is None:
            return False
        if self.snoozed_until == UNTIL_RECOVERED:
            return bool(self.status.firing)
        return day <= date.fromisoformat(self.snoozed_until)


class RecordKind(StrEnum):
    """What a record is about."""

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
        subject: The name it is about, if the rule does not say.
        said: The sentence that reports it.
        message_key: The message that reported it; None if there was none.
        reason: Why there was no message.
        at: When it was recorded.
    """

    alert_id: str
    day: date
    kind: RecordKind
    subject: str = ""
    said: str
    message_key: str | None = None
    reason: str = ""
    at: datetime
