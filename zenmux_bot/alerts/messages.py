"""Alert messages: one for each channel and day, and replies in its thread."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zenmux_bot.alerts.alert import Alert
from zenmux_bot.alerts.engine import Event, EventKind, metric_of
from zenmux_bot.alerts.rules import Label, level_of, names_in
from zenmux_bot.commands.alert_commands import (
    AboutAlert,
    AlertVerb,
    AnyOvertake,
    EditAlert,
    ExpectDay,
    Level,
    Newcomer,
    Passes,
    ShareMoves,
    SnoozeAlert,
    Subject,
    Unusual,
)
from zenmux_bot.commands.queries import (
    AlertQuery,
    LeaderboardQuery,
    ModelQuery,
    Query,
    ShareQuery,
    WhyQuery,
    canonical,
)
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, FLOOR, Dates
from zenmux_bot.history.archive import Dimension
from zenmux_bot.render import days, numbers
from zenmux_bot.render.report import MORE, Button, Choice, Menu, Point, Report

MAX_EVENTS = 10
"""Most events shown in one message; the others are counted."""

CHART_DAYS = 56
MANY_MESSAGES = 4
"""With more messages than this in seven days, a stricter rule is offered."""

THREAD_DAYS = 7
"""Days covered by a question in a message's thread that names none."""

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class FiredAlert:
    """An event of an alert, and the texts that report it."""

    alert: Alert
    event: Event
    said: str
    headline: str


def sentence(alert: Alert, event: Event, label: Label) -> str:
    """Return the sentence that reports an event."""
    if event.kind is EventKind.RECOVERED:
        return _recovered(alert, event, label)
    return f"{headline(alert, event, label)}: {figures(alert, event)}."


def headline(alert: Alert, event: Event, label: Label) -> str:
    """Return a few words that say what fired."""
    rule = alert.rule
    name = label(subject_of(alert, event))
    metric = metric_of(rule)
    match rule:
        case ShareMoves():
            verb = "rose" if event.direction > 0 else "fell"
            said = f"{name}'s share of {metric} {verb} {_points(event)}"
        case Level(subject=Subject.SHARE):
            said = f"{name}'s share of {metric} is {rule.direction} {level_of(rule)}"
        case Level():
            said = f"{name} is {rule.direction} {level_of(rule)} a day"
        case Passes(other=other):
            said = f"{name} passed {label(other)}"
        case AnyOvertake():
            said = f"{name} passed {label(event.subject.partition(' ')[2])}"
        case Newcomer(top=top):
            said = f"{name} is new in the top {top}"
        case Unusual():
            side = "high" if event.direction > 0 else "low"
            said = f"{name} had unusually {side} {metric}"
    return said


def figures(alert: Alert, event: Event) -> str:
    """Return the figures of an event that fired."""
    rule, day = alert.rule, days.day(event.day)
    metric = metric_of(rule)
    value, before = _amount(event.value, metric), _amount(event.before, metric)
    match rule:
        case ShareMoves(days=length):
            said = (
                f"{_share(event.value)} in the {length} days to {day}, "
                f"{_share(event.before)} in the {length} days before"
            )
        case Level(subject=Subject.SHARE):
            said = f"{_share(event.value)} on {day}"
        case Level():
            said = f"{value} on {day}"
        case Passes(days=length):
            lead = numbers.plural(length, "day")
            said = (
                f"{value} against {before} in the seven days to {day}, ahead for {lead}"
            )
        case AnyOvertake():
            said = f"{value} against {before} in the week to {day}, ahead for two weeks"
        case Newcomer():
            rank = "" if event.before is None else f"rank {event.before:f}, "
            said = (
                f"{rank}{value} in the seven days to {day}, for the first time in "
                "eight weeks"
            )
        case Unusual():
            said = f"{value} on {day}, {_usual(event, metric)}"
    return said


def _recovered(alert: Alert, event: Event, label: Label) -> str:
    rule, day = alert.rule, days.day(event.day)
    metric = metric_of(rule)
    length = 0 if event.since is None else (event.day - event.since).days
    after = f" after {numbers.plural(length, 'day')}"
    match rule:
        case ShareMoves(name=name):
            said = f"{label(name)}'s share of {metric} is steady again{after}, on {day}"
        case Level(subject=Subject.SHARE, name=name):
            said = (
                f"{label(name)}'s share of {metric} is no longer {rule.direction} "
                f"{level_of(rule)}{after}: {_share(event.value)} on {day}"
            )
        case Level(name=name):
            said = (
                f"{label(name)} is no longer {rule.direction} {level_of(rule)}{after}: "
                f"{_amount(event.value, metric)} on {day}"
            )
        case Passes(name=name, other=other):
            said = f"{label(other)} is ahead of {label(name)} again{after}, on {day}"
        case Unusual(name=name):
            whose = label(name or event.subject)
            said = f"{whose} is back to what is usual{after}, on {day}"
        case _:
            said = f"Over{after}, on {day}"
    return f"{said}."


def _usual(event: Event, metric: Metric) -> str:
    """Return how far a day is from its usual volume."""
    weekday = calendar.day_name[event.day.weekday()]
    if event.value is None or not event.before:
        return f"unusual for a {weekday}"
    change = abs(event.value / event.before - 1) * _HUNDRED
    side = "more" if event.direction > 0 else "less"
    return (
        f"{change:.0f}% {side} than the {_amount(event.before, metric)} usual for a "
        f"{weekday}"
    )


def _share(percent: Decimal | None) -> str:
    if percent is None:
        return numbers.UNKNOWN
    return numbers.percent(Bounded.exact(percent / _HUNDRED))


def _points(event: Event) -> str:
    if event.value is None or event.before is None:
        return "within bounds"
    change = (event.value - event.before) / _HUNDRED
    return numbers.points(Bounded.exact(change))


def _amount(value: Decimal | None, metric: Metric) -> str:
    return numbers.UNKNOWN if value is None else numbers.brief_amount(value, metric)


def by_importance(fired: Sequence[FiredAlert]) -> list[FiredAlert]:
    """Return events with the most important first."""
    return sorted(fired, key=lambda each: (-each.event.weight, each.alert.id))


def platform_line(
    fired: Sequence[FiredAlert],
    totals: dict[Metric, tuple[Decimal, Decimal]],
    day: date,
) -> str:
    """Return a sentence saying that the platform moved the same way as most events.

    Args:
        fired: The day's events.
        totals: The platform's volume of the day and of the same weekday a week before.
        day: The day.
    """
    directions = [each.event.direction for each in fired if each.event.direction]
    up = sum(direction > 0 for direction in directions)
    most = max(up, len(directions) - up)
    if most < 3 or most * 3 < len(directions) * 2:  # noqa: PLR2004 - three, two thirds
        return ""
    metric = metric_of(fired[0].alert.rule)
    now, before = totals.get(metric, (Decimal(0), Decimal(0)))
    if not before or (now > before) is not (up == most):
        return ""
    change = numbers.signed((now / before - 1) * _HUNDRED)
    return (
        f"The platform as a whole moved the same way: {_amount(now, metric)} on "
        f"{days.day(day)}, {change}% against the same weekday a week before."
    )


def report_fired(
    fired: Sequence[FiredAlert],
    day: date,
    *,
    platform: str = "",
    offer: EditAlert | None = None,
) -> Report:
    """Report what fired in a channel on a day.

    Args:
        fired: What fired, the most important first.
        day: The day.
        platform: A sentence saying that the platform moved.
        offer: A stricter rule, if there were many messages.
    """
    first, *rest = fired[:MAX_EVENTS]
    more = len(fired) - MAX_EVENTS
    metrics = dict.fromkeys(metric_of(each.alert.rule) for each in fired)
    notes, buttons = [platform], _evidence_buttons(first)
    if offer is not None:
        notes.append(
            f"More than {MANY_MESSAGES} messages in seven days; to hear less, make "
            f"{offer.id} stricter: {offer.rule}."
        )
        buttons = (*buttons, _button("Stricter", "stricter", offer))
    if more > 0:
        notes.append(f"{numbers.plural(more, 'more alert')} fired.")
    title, said = f"{len(fired)} alerts for {days.day(day)}", first.said
    if len(fired) == 1:
        title = first.headline
        said = said.removeprefix(f"{title}: ")
        said = said[:1].upper() + said[1:]
    return Report(
        title=title,
        finding=" ".join([said, *filter(None, notes)]),
        points=tuple(Point(each.alert.id, each.said) for each in rest),
        context=(
            "All ZenMux customers together",
            *(("list price",) if Metric.COST in metrics else ()),
            f"data through {days.day(day)} UTC",
            f"alert {first.alert.id}",
        ),
        buttons=buttons,
        menus=(_changes_menu(fired[:MAX_EVENTS]),),
    )


def report_reply(title: str, said: str, alert: Alert) -> Report:
    """Return a reply in the thread of a message."""
    command = canonical(AlertQuery(command=AboutAlert(AlertVerb.SHOW, alert.id)))
    return Report(title=title, finding=said, command=command)


def _evidence_buttons(first: FiredAlert) -> tuple[Button, ...]:
    """Return the buttons Why, Chart and Rehearsal."""
    alert = first.alert
    rehearsal = AboutAlert(AlertVerb.REHEARSE, alert.id)
    found = [
        Button(label=text, action=f"ask:{text.lower()}", command=canonical(query))
        for text, query in (
            ("Why", why_query(alert, first.event)),
            ("Chart", chart_query(alert, first.event)),
        )
        if query is not None
    ]
    return (*found, _button("Rehearsal", "rehearse", rehearsal))


def _changes_menu(fired: Sequence[FiredAlert]) -> Menu:
    """Return the menu that changes the alerts of a message."""
    choices = []
    for each in {each.alert.id: each for each in fired}.values():
        id_ = each.alert.id
        suffix = f" {id_}" if len(fired) > 1 else ""
        named: list[tuple[str, object]] = [
            (f"Snooze{suffix} for 1 day", SnoozeAlert(id_, 1)),
            (f"Snooze{suffix} for 7 days", SnoozeAlert(id_, 7)),
        ]
        if not isinstance(each.alert.rule, AnyOvertake | Newcomer):
            named.append((f"Snooze{suffix} until it recovers", SnoozeAlert(id_, None)))
        if isinstance(each.alert.rule, Unusual):
            expected = ExpectDay(id_, each.event.day)
            named.append((f"Expected{suffix}: leave this day out", expected))
        named += [
            (f"Pause{suffix}", AboutAlert(AlertVerb.PAUSE, id_)),
            (f"History{suffix}", AboutAlert(AlertVerb.HISTORY, id_)),
        ]
        choices += [Choice(words, f"alert {command}") for words, command in named]
    return Menu(label=MORE, action="alert:change", choices=tuple(choices))


def _button(label: str, slot: str, command: AboutAlert | EditAlert) -> Button:
    words = canonical(AlertQuery(command=command))
    return Button(label=label, action=f"alert:{slot}", command=words)


def subject_of(alert: Alert, event: Event) -> str:
    """Return the slug that an event is mainly about."""
    named = names_in(alert.rule)
    return named[0] if named else event.subject.partition(" ")[0]


def why_query(alert: Alert, event: Event) -> Query | None:
    """Return the query that explains an event."""
    if alert.dimension is not Dimension.PROVIDER:
        return None
    start = max(event.day - DAY * (THREAD_DAYS - 1), FLOOR)
    return WhyQuery(
        metric=metric_of(alert.rule),
        period=Dates(start, event.day),
        provider=subject_of(alert, event),
    )


def chart_query(alert: Alert, event: Event, days: int = CHART_DAYS) -> Query:
    """Return the query that charts an event with the days before it."""
    start = max(event.day - DAY * (days - 1), FLOOR)
    period, metric = Dates(start, event.day), metric_of(alert.rule)
    if alert.dimension is Dimension.MODEL:
        if len(names_in(alert.rule)) > 1:
            return LeaderboardQuery(metric=metric, period=period)
        return ModelQuery(model=subject_of(alert, event), metric=metric, period=period)
    named = names_in(alert.rule) or tuple(event.subject.split(" "))
    return ShareQuery(metric=metric, period=period, by=Granularity.DAY, providers=named)
