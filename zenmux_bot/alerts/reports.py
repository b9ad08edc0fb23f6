"""Reports that answer the alert commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from zenmux_bot.alerts.alert import (
    UNTIL_RECOVERED,
    Alert,
    AlertState,
    Record,
    RecordKind,
)
from zenmux_bot.alerts.engine import EventKind, Rehearsal
from zenmux_bot.alerts.messages import sentence
from zenmux_bot.alerts.rules import Label, describe, looser, stricter
from zenmux_bot.commands.alert_commands import (
    AboutAlert,
    AlertCommand,
    AlertForm,
    AlertVerb,
    CreateAlert,
    EditAlert,
    ListAlerts,
)
from zenmux_bot.commands.queries import AlertQuery, canonical
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.core.zones import UTC_NAME
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.replies import point
from zenmux_bot.render import days
from zenmux_bot.render.numbers import plural
from zenmux_bot.render.report import (
    Button,
    Cell,
    Choice,
    Column,
    Menu,
    Point,
    Report,
    Table,
)

MAX_ROWS = 15
MAX_NAMED = 5


def report_saved(
    alert: Alert, rehearsal: Rehearsal | None, label: Label, *, done: str
) -> Report:
    """Confirm a new or changed alert, with its rehearsal."""
    return Report(
        title=f"Alert {alert.id} {done}",
        finding=f"{_tells_when(alert, label)} {_frequency(rehearsal)}"
        + _already_true(alert, rehearsal),
        command=_words(AboutAlert(AlertVerb.SHOW, alert.id)),
        buttons=_adjust_buttons(
            alert, AlertVerb.REHEARSE, AlertVerb.SHOW, AlertVerb.DELETE
        ),
    )


def report_rehearsal(alert: Alert, rehearsal: Rehearsal | None, label: Label) -> Report:
    """Report when an alert would have fired, and with which message."""
    rows = []
    if rehearsal is not None:
        ended = {
            (event.subject, event.since): event
            for event in rehearsal.events
            if event.kind is EventKind.RECOVERED
        }
        fired = [e for e in rehearsal.events if e.kind is EventKind.FIRED]
        for event in fired[::-1][:MAX_ROWS]:
            end = ended.get((event.subject, event.day))
            lasted = plural((end.day - event.day).days, "day") if end else ""
            if not end and event.subject in alert.status.firing:
                lasted = "still"
            rows.append(
                (
                    Cell(days.day(event.day)),
                    Cell(sentence(alert, event, label).removesuffix(".")),
                    Cell(lasted),
                )
            )
    more = (len(rehearsal.fired_days) if rehearsal else 0) - len(rows)
    table = Table(
        caption=f"Rehearsal of alert {alert.id}",
        columns=(
            Column("Day"),
            Column("Message", is_wrapped=True),
            Column("Lasted", said="lasted"),
        ),
        rows=tuple(rows),
    )
    return Report(
        title=f"Rehearsal of alert {alert.id}",
        finding=f"{_tells_when(alert, label)} {_frequency(rehearsal, named=False)}"
        + (f" The newest {len(rows)} are shown." if more > 0 else ""),
        table=table if rows else None,
        context=("day by day, with what was known then",),
        command=_words(AboutAlert(AlertVerb.REHEARSE, alert.id)),
        buttons=_adjust_buttons(alert, AlertVerb.SHOW),
    )


def report_alert(alert: Alert, owner: str, label: Label, *, news: str = "") -> Report:
    """Show one alert."""
    is_active = alert.state is AlertState.ACTIVE and alert.snoozed_until is None
    first, *more = (AlertVerb.REHEARSE, AlertVerb.PAUSE)
    if not is_active:
        first, *more = (AlertVerb.RESUME, AlertVerb.REHEARSE)
    return Report(
        title=f"Alert {alert.id}: {_state(alert)}",
        finding=f"{news} {_tells_when(alert, label)}".strip(),
        points=(
            Point("Owner", owner),
            Point("Rule", str(alert.rule)),
            *(
                (Point("Evaluated through", days.day(alert.evaluated_through)),)
                if alert.evaluated_through
                else ()
            ),
            *_expected(alert),
        ),
        command=_words(AboutAlert(AlertVerb.SHOW, alert.id)),
        buttons=(
            *(_verb_button(verb, alert) for verb in (first, AlertVerb.DELETE)),
            *_adjust_buttons(alert, *more, AlertVerb.HISTORY),
        ),
    )


def _expected(alert: Alert) -> tuple[Point, ...]:
    listed = ", ".join(map(days.day, alert.expected))
    return (Point("Left out as expected", listed),) if listed else ()


def report_list(found: Sequence[Alert], label: Label) -> Report:
    """List a person's own alerts and those of the channel."""
    command = _words(ListAlerts())
    new = Button(label="New alert", action="alert:form", command=_words(AlertForm()))
    if not found:
        return Report(
            title="Alerts",
            finding="You have no alerts yet, and neither has this channel. An alert "
            "tells a channel when a share moves, a rank changes or a volume is "
            "unusual.",
            command=command,
            buttons=(new,),
        )
    table = Table(
        caption="Alerts",
        columns=(
            Column("Alert"),
            Column("Channel", said="in"),
            Column("Tells when", is_wrapped=True),
            Column("State"),
        ),
        rows=tuple(
            (
                Cell(alert.id),
                Cell(_channel(alert)),
                Cell(describe(alert.rule, label)),
                Cell(_state(alert)),
            )
            for alert in found[:MAX_ROWS]
        ),
    )
    more = len(found) - MAX_ROWS
    return Report(
        title="Alerts",
        finding=f"{plural(len(found), 'alert')}, yours and this channel's."
        + (f" The first {MAX_ROWS} are shown." if more > 0 else ""),
        table=table,
        command=command,
        buttons=(new,),
        menus=(
            Menu(
                label="Show one…",
                action=f"alert:{AlertVerb.SHOW}",
                choices=tuple(
                    Choice(
                        f"{alert.id}: {describe(alert.rule, label)}",
                        _words(AboutAlert(AlertVerb.SHOW, alert.id)),
                    )
                    for alert in found[:MAX_ROWS]
                ),
            ),
        ),
    )


def report_history(
    alert: Alert,
    records: Sequence[Record],
    entries: Sequence[AuditEntry],
    names: Mapping[str, str],
    label: Label,
) -> Report:
    """List an alert's records and changes, the newest first."""
    table = Table(
        caption=f"History of alert {alert.id}",
        columns=(Column("Day"), Column("What happened", is_wrapped=True)),
        rows=tuple(
            (Cell(days.day(record.day)), Cell(_record_text(record)))
            for record in records
        ),
    )
    return Report(
        title=f"History of alert {alert.id}",
        finding=_tells_when(alert, label)
        if records
        else f"{_tells_when(alert, label)} No messages yet.",
        points=tuple(point(entry, names, UTC_NAME) for entry in entries),
        context=(f"all times in {UTC_NAME}",),
        table=table if records else None,
        command=_words(AboutAlert(AlertVerb.HISTORY, alert.id)),
        buttons=(_verb_button(AlertVerb.SHOW, alert),),
    )


def report_deleted(alert: Alert, label: Label) -> Report:
    """Confirm a deletion."""
    return Report(
        title=f"Alert {alert.id} deleted",
        finding=f"It no longer tells {_channel(alert)} when "
        f"{describe(alert.rule, label)}.",
        command=_words(ListAlerts()),
        buttons=(
            Button(
                label="Create it again",
                action="alert:create",
                command=_words(CreateAlert(alert.rule, alert.channel_id)),
            ),
        ),
    )


def report_form(form: AlertForm) -> Report:
    """Offer a button that opens the form."""
    return Report(
        title="New alert",
        finding="The form asks what to watch and which channel to tell. In words: "
        "alert share anthropic moves 3pp in #channel.",
        command=_words(form),
        buttons=(
            Button(label="Open the form", action="alert:form", command=_words(form)),
        ),
    )


def _tells_when(alert: Alert, label: Label) -> str:
    return f"Tells {_channel(alert)} when {describe(alert.rule, label)}."


def _channel(alert: Alert) -> str:
    return f"#{alert.channel_name}" if alert.channel_name else "this conversation"


def _frequency(rehearsal: Rehearsal | None, *, named: bool = True) -> str:
    """Say how often an alert would have fired, and when."""
    since = days.day(FLOOR)
    if rehearsal is None:
        return (
            "How often it would have fired isn't known yet: the daily figures are "
            "still being collected. It starts with the next day."
        )
    told = rehearsal.fired_days
    if not told:
        return f"Since {since} it would never have fired."
    times = {1: "once", 2: "twice"}.get(len(told), f"{len(told)} times")
    said = f"Since {since} it would have fired {times}"
    if named:
        dates = ", ".join(map(days.day, told[::-1][:MAX_NAMED]))
        said += f": {dates}" if len(told) <= MAX_NAMED else f", most recently {dates}"
    assert rehearsal.through is not None  # noqa: S101 - it fired
    recent = sum(day > rehearsal.through - DAY * 90 for day in told)
    return f"{said} ({recent} in the last 90 days)."


def _already_true(alert: Alert, rehearsal: Rehearsal | None) -> str:
    """Say that a rule is already true, so the alert does not fire at once."""
    if rehearsal is None or not alert.status.firing:
        return ""
    since = days.day(min(alert.status.firing.values()))
    return f" It has been true since {since}; the next message comes the next time."


def _state(alert: Alert) -> str:
    if alert.state is not AlertState.ACTIVE:
        return alert.state
    if alert.snoozed_until == UNTIL_RECOVERED:
        return "snoozed until it recovers"
    if alert.snoozed_until is not None:
        until = date.fromisoformat(alert.snoozed_until) + timedelta(days=1)
        return f"snoozed until {days.day(until)}"
    return "firing" if alert.status.firing else "ok"


def _record_text(record: Record) -> str:
    kinds = {RecordKind.RESTATED: "Restated: ", RecordKind.LATE: "Late: "}
    said = f"{kinds.get(record.kind, '')}{record.said}".removesuffix(".")
    return f"{said} (not sent: {record.reason})" if record.reason else said


def _adjust_buttons(alert: Alert, *verbs: AlertVerb) -> tuple[Button, ...]:
    """Return buttons for a stricter and a looser rule, and for some verbs."""
    rules = (("Stricter", stricter(alert.rule)), ("Looser", looser(alert.rule)))
    found = [
        Button(
            label=text,
            action=f"alert:{text.lower()}",
            command=_words(EditAlert(alert.id, rule)),
        )
        for text, rule in rules
        if rule is not None and alert.state is not AlertState.DELETED
    ]
    return (*found, *(_verb_button(verb, alert) for verb in verbs))


def _verb_button(verb: AlertVerb, alert: Alert) -> Button:
    is_final = verb is AlertVerb.DELETE
    return Button(
        label=verb.capitalize(),
        action=f"alert:{verb}",
        command=_words(AboutAlert(verb, alert.id)),
        confirm=f"Delete alert {alert.id}?" if is_final else "",
    )


def _words(command: AlertCommand) -> str:
    return canonical(AlertQuery(command=command))
