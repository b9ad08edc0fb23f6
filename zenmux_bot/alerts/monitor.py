"""Evaluates all alerts once a day and enqueues the messages about them.

Each complete UTC day is evaluated once its figures are in. The new state of a channel's
alerts and its message are stored in one transaction, so a second or restarted worker
either finds the day done or does it again.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import structlog

from zenmux_bot.alerts import messages
from zenmux_bot.alerts.alert import UNTIL_RECOVERED, Alert, Record, RecordKind
from zenmux_bot.alerts.engine import (
    Event,
    EventKind,
    State,
    days_behind,
    evaluate,
    reevaluate,
    rehearse,
)
from zenmux_bot.alerts.messages import FiredAlert
from zenmux_bot.alerts.rules import labeller, stricter
from zenmux_bot.commands.alert_commands import EditAlert
from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, FLOOR, Span
from zenmux_bot.digests.delivery.entries import OutboundMessage
from zenmux_bot.history.archive import Archive, Series
from zenmux_bot.render import days, slack
from zenmux_bot.store.alerts import Alerts, Evaluated
from zenmux_bot.store.daily_history import DailyLists

EVERY = timedelta(seconds=30)
"""How often to check whether a day is ready; that costs two queries."""

CORRECT_EVERY = timedelta(hours=1)

LOOK_BACK = 200
"""Days that a rule may need before the evaluated one."""

LONGEST_WAIT = timedelta(hours=18)
"""How long after its end a day waits for the figures of all a channel's alerts."""

RESTATED_DAYS = 14
"""How many days back messages are corrected when figures are restated."""

_KEY = 128

log = structlog.get_logger(__name__)

Channel = tuple[str, str]


@dataclass(slots=True)
class _Progress:
    """One alert's evaluation over some days.

    Attributes:
        alert: The alert before it.
        status: Its new engine state.
        through: The newest day.
        events: What happened, in order.
    """

    alert: Alert
    status: State
    through: date
    events: list[Event] = field(default_factory=list)


class AlertMonitor:
    """Evaluates alerts.

    Args:
        alerts: The alerts of all workspaces.
        lists: The daily figures.
    """

    def __init__(self, alerts: Alerts, lists: DailyLists) -> None:
        self._alerts = alerts
        self._lists = lists

    async def run(self, now: datetime) -> None:
        """Evaluate every alert whose figures are in."""
        active = await self._alerts.active()
        for alert in active:
            if alert.evaluated_through is None:
                await self._begin(alert, now)
        due = _due(active, await self._lists.newest(), now)
        if not due:
            return
        needed = {alert.series for group in due.values() for alert, _ in group}
        newest = max(day for group in due.values() for _, day in group)
        span = Span(max(newest - DAY * LOOK_BACK, FLOOR), newest)
        archives = {each: await self._lists.archive(each, span) for each in needed}
        for group in due.values():
            await self._evaluate_channel(group, archives, now)

    async def _begin(self, alert: Alert, now: datetime) -> None:
        """Rehearse an alert that was created before all figures were collected."""
        if not await self._lists.is_collected(alert.series, now.date()):
            return
        archive = await self._lists.archive(alert.series)
        rehearsal = await asyncio.to_thread(
            rehearse, alert.rule, archive, expected=alert.expected
        )
        if rehearsal.through is not None:
            begun = Evaluated(
                alert=alert,
                through=rehearsal.through,
                status=rehearsal.status,
                snoozed_until=alert.snoozed_until,
            )
            await self._alerts.settle([begun], [], [], now=now)

    async def correct(self, now: datetime) -> None:
        """Report restated and late figures in the threads of recent messages."""
        since = now.date() - DAY * RESTATED_DAYS
        reported = [
            record
            for record in await self._alerts.reported_since(since)
            if record.kind is not RecordKind.RECOVERED
        ]
        if not reported:
            return
        active = {alert.id: alert for alert in await self._alerts.active()}
        archives: dict[Series, Archive] = {}
        for record in reported:
            alert = active.get(record.alert_id)
            if (
                alert is None
                or not alert.is_current(record)
                or record.kind is not RecordKind.FIRED
            ):
                continue
            if alert.series not in archives:
                span = Span(max(since - DAY * LOOK_BACK, FLOOR), now.date())
                archives[alert.series] = await self._lists.archive(alert.series, span)
            archive = archives[alert.series]
            corrected = RecordKind.RESTATED, alert, record.day, record.subject
            if not _was_reported(reported, *corrected):
                await self._report_restated(alert, record, archive, now)
            begun = alert.rule_since or alert.created_at
            for day in archive.days:
                if (
                    day >= since
                    and archive.is_late(day)
                    and archive.versions(day)[0].seen_from >= begun
                    and not _was_reported(reported, RecordKind.LATE, alert, day)
                ):
                    await self._report_late(alert, record, day, archive, now)

    async def _evaluate_channel(
        self,
        group: Sequence[tuple[Alert, date]],
        archives: Mapping[Series, Archive],
        now: datetime,
    ) -> None:
        """Evaluate a channel's alerts, and store the outcome and the messages."""
        # Many alerts, or many days after a downtime, take seconds.
        progress = await asyncio.to_thread(
            lambda: [
                _catch_up(alert, day, archives[alert.series]) for alert, day in group
            ]
        )
        through = max(each.through for each in progress)
        alert = progress[0].alert
        key = f"alert:{alert.team_id}:{alert.channel_id}:{through}"
        if await self._alerts.is_reported(key):
            # The channel's other alerts stopped waiting for these.
            key = f"{key}:{alert.id}"
        fired: list[FiredAlert] = []
        records: list[Record] = []
        outbound: list[OutboundMessage] = []
        for each in progress:
            label = labeller(archives[each.alert.series].labels)
            for event in each.events:
                said = messages.sentence(each.alert, event, label)
                record, reply = await self._record(each, event, said, key, now)
                records.append(record)
                if reply is not None:
                    outbound.append(reply)
                elif record.message_key is not None:
                    title = messages.headline(each.alert, event, label)
                    fired.append(FiredAlert(each.alert, event, said, title))
        if fired:
            ordered = messages.by_importance(fired)
            outbound.append(await self._message(key, ordered, archives, through, now))
        evaluated = [
            Evaluated(
                alert=each.alert,
                through=each.through,
                status=each.status,
                snoozed_until=_remaining_snooze(each),
            )
            for each in progress
        ]
        if await self._alerts.settle(evaluated, records, outbound, now=now):
            log.info(
                "alerts.evaluated",
                day=through.isoformat(),
                alerts=len(evaluated),
                events=len(records),
                messages=len(outbound),
            )

    async def _record(
        self, progress: _Progress, event: Event, said: str, key: str, now: datetime
    ) -> tuple[Record, OutboundMessage | None]:
        """Return an event's record, and the reply that reports a recovery.

        The record names the message that reports it: the channel's or the reply.
        """
        record = record_of(progress.alert, event, said, now)
        if event.kind is EventKind.RECOVERED:
            reply = await recovery(self._alerts, progress.alert, event, said, now)
            key_of_reply = None if reply is None else reply.key
            return replace(record, message_key=key_of_reply), reply
        if reason := _suppression_reason(progress, event):
            return replace(record, reason=reason), None
        return replace(record, message_key=key), None

    async def _message(
        self,
        key: str,
        fired: Sequence[FiredAlert],
        archives: Mapping[Series, Archive],
        day: date,
        now: datetime,
    ) -> OutboundMessage:
        first = fired[0].alert
        platform = messages.platform_line(fired, _totals(archives, day), day)
        offer = await self._stricter_rule(fired, day)
        report = messages.report_fired(fired, day, platform=platform, offer=offer)
        return OutboundMessage(
            key=key,
            team_id=first.team_id,
            channel_id=first.channel_id,
            owner_id=first.owner_id,
            message=slack.message(report),
            subject=f"The alert for {days.day(day)}",
            expires_at=now + DAY,
            question=canonical(
                messages.chart_query(first, fired[0].event, messages.THREAD_DAYS)
            ),
        )

    async def _stricter_rule(
        self, fired: Sequence[FiredAlert], day: date
    ) -> EditAlert | None:
        """Return an edit to a stricter rule if the channel had many messages."""
        first = fired[0].alert
        prefix = f"alert:{first.team_id}:{first.channel_id}:"
        reported = [
            record
            for record in await self._alerts.reported_since(day - DAY * 6)
            if (record.message_key or "").startswith(prefix)
        ]
        if len({record.message_key for record in reported}) < messages.MANY_MESSAGES:
            return None
        often = Counter(record.alert_id for record in reported)
        by_count = sorted(fired, key=lambda each: -often[each.alert.id])
        for each in by_count:
            harder = stricter(each.alert.rule)
            if harder is not None:
                return EditAlert(each.alert.id, harder)
        return None

    async def _report_restated(
        self, alert: Alert, record: Record, archive: Archive, now: datetime
    ) -> None:
        """Report that the figures of one message were restated since."""
        assert record.message_key is not None  # noqa: S101 - a message reported it
        first = archive.first_seen(record.day)
        window = [record.day - DAY * step for step in range(days_behind(alert.rule))]
        if first is None or not any(
            version.seen_from > first
            for day in window
            for version in archive.versions(day)[1:]
        ):
            return
        label = labeller(archive.labels)
        event = reevaluate(
            alert.rule,
            alert.status,
            archive,
            record.day,
            at=now,
            subject=record.subject,
            expected=alert.expected,
        )
        if event is None:
            said = (
                f"ZenMux has restated the figures since: with those known now, this "
                f"alert would not have fired for {days.day(record.day)}."
            )
        else:
            said = messages.sentence(alert, event, label)
            if said == record.said:
                return
            said = f"ZenMux has restated the figures since. Now: {said}"
        key = f"alert:{alert.id}:{record.day}:restated:{record.subject}"[:_KEY]
        restated = replace(
            record, kind=RecordKind.RESTATED, said=said, message_key=key, at=now
        )
        reply = _reply(
            alert, key, said, record.message_key, now, title="Figures restated"
        )
        await self._alerts.settle([], [restated], [reply], now=now)

    async def _report_late(
        self,
        alert: Alert,
        record: Record,
        day: date,
        archive: Archive,
        now: datetime,
    ) -> None:
        """Report a late day's event in the thread of an earlier message."""
        if record.message_key is None:
            return
        event = reevaluate(
            alert.rule, alert.status, archive, day, at=now, expected=alert.expected
        )
        if event is None:
            return
        label = labeller(archive.labels)
        said = (
            f"The figures for {days.day(day)} came late, so nothing was told of them. "
            f"{messages.sentence(alert, event, label)}"
        )
        key = f"alert:{alert.id}:{day}:late"
        late = replace(
            record, day=day, kind=RecordKind.LATE, said=said, message_key=key, at=now
        )
        reply = _reply(alert, key, said, record.message_key, now, title="Late figures")
        await self._alerts.settle([], [late], [reply], now=now)


def _was_reported(
    reported: Iterable[Record],
    kind: RecordKind,
    alert: Alert,
    day: date,
    subject: str | None = None,
) -> bool:
    """Tell whether an alert's day has a record of that kind."""
    return any(
        (record.kind, record.alert_id, record.day) == (kind, alert.id, day)
        and subject in {None, record.subject}
        for record in reported
    )


def _due(
    active: Iterable[Alert], newest: Mapping[Series, date], now: datetime
) -> dict[Channel, list[tuple[Alert, date]]]:
    """Return by channel which alerts can be evaluated, and up to which day.

    A channel gets one message a day, so its alerts wait for each other.
    """
    yesterday = now.date() - DAY
    groups: defaultdict[Channel, list[Alert]] = defaultdict(list)
    for alert in active:
        groups[alert.team_id, alert.channel_id].append(alert)
    ready_groups: dict[Channel, list[tuple[Alert, date]]] = {}
    for channel, group in groups.items():
        ready = [(alert, newest.get(alert.series, date.min)) for alert in group]
        first = min(day for _, day in ready)
        last = max(day for _, day in ready)
        if first < last and now - _end_of(last) < LONGEST_WAIT:
            ready = [(alert, min(day, first)) for alert, day in ready]
        waiting = [
            (alert, min(day, yesterday))
            for alert, day in ready
            if alert.evaluated_through is not None
            and min(day, yesterday) > alert.evaluated_through
        ]
        if waiting:
            ready_groups[channel] = waiting
    return ready_groups


def _end_of(day: date) -> datetime:
    return datetime.combine(day + DAY, time(), UTC)


def _catch_up(alert: Alert, through: date, archive: Archive) -> _Progress:
    """Evaluate the days of an alert that are still to be evaluated."""
    progress = _Progress(alert=alert, status=alert.status, through=through)
    day = (alert.evaluated_through or through - DAY) + DAY
    while day <= through:
        progress.status, events = evaluate(
            alert.rule, progress.status, archive, day, alert.expected
        )
        progress.events += events
        day += DAY
    return progress


def _suppression_reason(progress: _Progress, event: Event) -> str:
    """Return why a firing alert sends no message; empty if it sends one."""
    alert = progress.alert
    if alert.is_snoozed(event.day):
        return "snoozed"
    if any(
        other.kind is EventKind.RECOVERED
        and (other.subject, other.since) == (event.subject, event.day)
        for other in progress.events
    ):
        return "it fired and recovered before the bot could tell"
    return ""


def _remaining_snooze(progress: _Progress) -> str | None:
    alert = progress.alert
    if alert.snoozed_until == UNTIL_RECOVERED:
        return UNTIL_RECOVERED if progress.status.firing else None
    if alert.snoozed_until is None or alert.is_snoozed(progress.through):
        return alert.snoozed_until
    return None


async def recovery(
    alerts: Alerts, alert: Alert, event: Event, said: str, now: datetime
) -> OutboundMessage | None:
    """Return a reply to the message that reported the firing, if there was one."""
    fired = [
        record.message_key
        for record in await alerts.records(alert.id, since=event.since)
        if (record.kind, record.day, record.subject)
        == (RecordKind.FIRED, event.since, event.subject)
    ]
    if not fired or fired[0] is None:
        return None
    key = f"alert:{alert.id}:{event.day}:recovered:{event.subject}"[:_KEY]
    return _reply(alert, key, said, fired[0], now, title="Back to normal")


def record_of(alert: Alert, event: Event, said: str, now: datetime) -> Record:
    """Return the record of an event."""
    return Record(
        alert_id=alert.id,
        day=event.day,
        kind=RecordKind(event.kind),
        subject=event.subject,
        said=said,
        at=now,
    )


def _reply(
    alert: Alert, key: str, said: str, thread_key: str, now: datetime, *, title: str
) -> OutboundMessage:
    return OutboundMessage(
        key=key,
        team_id=alert.team_id,
        channel_id=alert.channel_id,
        owner_id=alert.owner_id,
        message=slack.message(messages.report_reply(title, said, alert)),
        subject=f"A reply of alert {alert.id}",
        thread_key=thread_key,
        expires_at=now + DAY,
    )


def _totals(
    archives: Mapping[Series, Archive], day: date
) -> dict[Metric, tuple[Decimal, Decimal]]:
    """Return the platform's volume of a day and of the same weekday a week before."""
    totals = {}
    for series, archive in archives.items():
        known = archive.known_at(datetime.max.replace(tzinfo=UTC))
        now, before = known.of(day), known.of(day - DAY * 7)
        if now and before and now.total and before.total:
            totals[series.metric] = (now.total.low, before.total.low)
    return totals
