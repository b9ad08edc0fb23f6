"""Evaluates rules: from a state and a day's figures to a new state and events.

The same function runs live, once for each complete day, and in a rehearsal, day by
day. Each day is evaluated with what was known when its figures came, so both agree. A
figure that is known only within bounds never fires.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import cast

from zenmux_bot.alerts.unusual import (
    LEVEL_DAYS,
    RESIDUALS,
    Deviation,
    Series,
    deviation,
)
from zenmux_bot.commands.alert_commands import (
    AnyOvertake,
    Direction,
    Level,
    Newcomer,
    Passes,
    Rule,
    ShareMoves,
    Subject,
    Unusual,
)
from zenmux_bot.core.bounded import Bounded, change_of_share, share_of
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.core.volumes import Volumes
from zenmux_bot.history.archive import Archive, Known

WEEK_DAYS = 7
HUNDRED = Decimal(100)

CLEARS_AT = Decimal("0.5")
"""A moved share recovers once it moves less than this fraction of the rule."""

LEVEL_MARGIN = Decimal("0.05")
"""A level alert recovers once the figure is back by this fraction of the level."""

LEAD = Decimal("1.02")
"""Passing means being ahead by at least this factor."""

NEW_AFTER_DAYS = 56
"""A name that was in the top N within this many days is no newcomer."""

NEW_LEAST_DAYS = 28
"""Days of figures needed before anything counts as a newcomer."""

UNUSUAL_Z = 4.0
UNUSUAL_Z_ANY = 5.0
UNUSUAL_CLEARS_Z = 1.5
LEAST_SHARE = Decimal("0.001")
"""Names with a smaller share of the platform are never unusual."""


class EventKind(StrEnum):
    """What happened to an alert on a day."""

    FIRED = "fired"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An alert firing or recovering.

    Attributes:
        kind: What happened.
        day: The day whose figures show it.
        subject: The slug it is about, if the rule does not say; or two.
        value: The figure of the day: a share in percent, a volume, or points.
        before: The figure it is compared with.
        direction: 1 for up, -1 for down, 0 for neither.
        weight: How far it is beyond the rule; orders the events of a channel.
        since: For a recovery, when it fired.
    """

    kind: EventKind
    day: date
    subject: str = ""
    value: Decimal | None = None
    before: Decimal | None = None
    direction: int = 0
    weight: float = 0.0
    since: date | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What the engine remembers of an alert from day to day.

    Attributes:
        firing: Since when each subject is firing.
        marks: Days that some rules remember, by name.
    """

    firing: Mapping[str, date] = field(default_factory=dict)
    marks: Mapping[str, date] = field(default_factory=dict)

    def dump(self) -> str:
        """Return the state as JSON."""
        parts = {
            name: {key: day.isoformat() for key, day in days.items()}
            for name, days in (("firing", self.firing), ("marks", self.marks))
        }
        return json.dumps(parts, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> State:
        """Return the state that :meth:`dump` wrote."""
        parts = json.loads(text)
        return cls(
            *(
                {key: date.fromisoformat(day) for key, day in parts[name].items()}
                for name in ("firing", "marks")
            )
        )

    def fire(self, subject: str, day: date) -> State:
        """Return the state with a subject firing since a day."""
        return replace(self, firing={**self.firing, subject: day})

    def clear(self, subject: str) -> State:
        """Return the state with a subject no longer firing."""
        rest = {key: day for key, day in self.firing.items() if key != subject}
        return replace(self, firing=rest)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known when a day is evaluated.

    Attributes:
        known: The figures of the rule's series.
        day: The day.
        expected: Days left out when computing what is usual.
    """

    known: Known
    day: date
    expected: Collection[date] = frozenset()

    def share(self, name: str, end: date, days: int = 1) -> Bounded | None:
        """Return a share over some days, as a fraction."""
        volumes = self.known.over(end, days)
        if volumes is None:
            return None
        return share_of(volumes.of(name), volumes.total)

    def volume(self, name: str) -> Bounded | None:
        """Return the volume of the day."""
        volumes = self.known.of(self.day)
        return None if volumes is None else volumes.of(name)

    def series(self, name: str) -> Series:
        """Return a name's volumes on the days that determine what is usual."""
        archive = self.known.archive
        if archive.is_plain:
            # All later days see the same figures, so one series serves them all.
            key = name, frozenset(self.expected)
            if key not in archive.memory:
                known = archive.known_at(datetime.max.replace(tzinfo=UTC))
                archive.memory[key] = Series(
                    _volumes(known, name, archive.days), self.expected
                )
            return cast("Series", archive.memory[key])
        days = [self.day - DAY * step for step in range(LEVEL_DAYS * 2 + RESIDUALS)]
        return Series(_volumes(self.known, name, days), self.expected)


def _volumes(known: Known, name: str, days: Iterable[date]) -> dict[date, float]:
    """Return the volumes that are known exactly, by day."""
    found = {}
    for day in days:
        volumes = known.of(day)
        figure = None if volumes is None else volumes.of(name)
        if figure is not None and figure.value is not None:
            found[day] = float(figure.value)
    return found


Outcome = tuple[State, list[Event]]


def days_behind(rule: Rule) -> int:
    """Return how many days back the figures in a rule's message reach."""
    match rule:
        case ShareMoves(days=days):
            return 2 * days
        case Passes(days=days):
            return WEEK_DAYS - 1 + days
        case AnyOvertake():
            return 3 * WEEK_DAYS
        case _:
            return WEEK_DAYS


def metric_of(rule: Rule) -> Metric:
    """Return the metric of a rule."""
    if isinstance(rule, Level) and rule.subject is not Subject.SHARE:
        return Metric(rule.subject)
    return rule.metric


def evaluate(
    rule: Rule,
    state: State,
    archive: Archive,
    day: date,
    expected: Collection[date] = frozenset(),
) -> Outcome:
    """Return the state and the events after a day.

    A day without figures, or whose figures came after a later day's, changes nothing.
    """
    seen = archive.first_seen(day)
    if seen is None or archive.is_late(day):
        return state, []
    return _apply_rule(rule, state, Figures(archive.known_at(seen), day, expected))


def reevaluate(
    rule: Rule,
    state: State,
    archive: Archive,
    day: date,
    *,
    at: datetime,
    subject: str = "",
    expected: Collection[date] = frozenset(),
) -> Event | None:
    """Return the event that a day would have fired with figures as of an instant.

    Args:
        rule: The rule.
        state: The alert's state; whether the day has fired already is ignored.
        archive: The figures.
        day: The day.
        at: The instant.
        subject: The subject of the event.
        expected: Days left out when computing what is usual.
    """
    own = subject.partition(" ")[0]
    marks = {name: seen for name, seen in state.marks.items() if name != own}
    before = State(marks={**marks, "behind": day, "": FLOOR})
    _, events = _apply_rule(rule, before, Figures(archive.known_at(at), day, expected))
    return next(
        (
            event
            for event in events
            if event.kind is EventKind.FIRED and event.subject == subject
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an alert would have done since the data begin.

    Attributes:
        events: All events, in order.
        status: The state at the end.
        through: The newest day; None if there is none.
    """

    events: tuple[Event, ...]
    status: State
    through: date | None

    @property
    def fired_days(self) -> list[date]:
        """Return the days on which it would have fired."""
        fired = (e.day for e in self.events if e.kind is EventKind.FIRED)
        return list(dict.fromkeys(fired))


def rehearse(
    rule: Rule,
    archive: Archive,
    *,
    expected: Collection[date] = frozenset(),
    through: date = date.max,
) -> Rehearsal:
    """Evaluate a rule day by day from the first day up to ``through``."""
    status = State()
    events: list[Event] = []
    days = [day for day in archive.days if day <= through]
    for day in days:
        status, found = evaluate(rule, status, archive, day, expected)
        events += found
    return Rehearsal(tuple(events), status, days[-1] if days else None)


def ended_by(rehearsal: Rehearsal, status: State) -> list[Event]:
    """Return a rehearsal's recoveries of what still fires in an alert's state."""
    return [
        event
        for event in rehearsal.events
        if event.kind is EventKind.RECOVERED
        and event.since is not None
        and status.firing.get(event.subject) == event.since
    ]


def _apply_rule(rule: Rule, state: State, figures: Figures) -> Outcome:
    match rule:
        case ShareMoves():
            return _share_moves(rule, state, figures)
        case Level():
            return _level(rule, state, figures)
        case Passes():
            return _passes(rule, state, figures)
        case AnyOvertake():
            return state, _overtakes(rule, figures)
        case Newcomer():
            return _newcomers(rule, state, figures)
        case Unusual():
            return _unusual(rule, state, figures)


def _transition(
    state: State,
    day: date,
    *,
    fires: bool,
    clears: bool,
    event: Callable[[EventKind], Event],
    subject: str = "",
) -> Outcome:
    """Return the next state of one subject, and its event if there is one."""
    since = state.firing.get(subject)
    if since is None and fires:
        return state.fire(subject, day), [event(EventKind.FIRED)]
    if since is not None and clears:
        told = replace(event(EventKind.RECOVERED), since=since)
        return state.clear(subject), [told]
    return state, []


def _share_moves(rule: ShareMoves, state: State, figures: Figures) -> Outcome:
    """Compare the share of some days with that of as many days before."""
    day = figures.day
    now = figures.share(rule.name, day, rule.days)
    before = figures.share(rule.name, day - DAY * rule.days, rule.days)
    change = change_of_share(now, before)
    if change is None:
        return state, []
    low, high = change.low * HUNDRED, change.high * HUNDRED
    up, down = low >= rule.points, high <= -rule.points
    calm = max(abs(low), abs(high)) < rule.points * CLEARS_AT

    def event(kind: EventKind) -> Event:
        return Event(
            kind=kind,
            day=day,
            value=_percent(now),
            before=_percent(before),
            direction=1 if low > 0 else -1,
            weight=float(min(abs(low), abs(high)) / rule.points),
        )

    return _transition(state, day, fires=up or down, clears=calm, event=event)


def _level(rule: Level, state: State, figures: Figures) -> Outcome:
    """Compare a day's share or volume with a fixed amount."""
    day = figures.day
    if rule.subject is Subject.SHARE:
        share = figures.share(rule.name, day)
        figure = share and Bounded(share.low * HUNDRED, share.high * HUNDRED)
    else:
        figure = figures.volume(rule.name)
    if figure is None:
        return state, []
    above = rule.direction is Direction.ABOVE
    if above:
        fires = figure.low > rule.amount
        clears = figure.high < rule.amount * (1 - LEVEL_MARGIN)
    else:
        fires = figure.high < rule.amount
        clears = figure.low > rule.amount * (1 + LEVEL_MARGIN)

    def event(kind: EventKind) -> Event:
        distance = abs(figure.low - rule.amount) / rule.amount if rule.amount else 0
        return Event(
            kind=kind,
            day=day,
            value=figure.value,
            before=rule.amount,
            direction=1 if above else -1,
            weight=1 + float(distance),
        )

    return _transition(state, day, fires=fires, clears=clears, event=event)


def _passes(rule: Passes, state: State, figures: Figures) -> Outcome:
    """Check which of two is ahead over seven days, for some days in a row."""
    day = figures.day
    pairs = []
    for step in range(rule.days):
        volumes = figures.known.over(day - DAY * step, WEEK_DAYS)
        if volumes is None:
            return state, []
        pairs.append((volumes.of(rule.name), volumes.of(rule.other)))
    own, other = pairs[0]
    if own is None or other is None:
        return state, []
    if own.high < other.low and "" not in state.firing:
        state = replace(state, marks={**state.marks, "behind": day})
    leads = all(a and b and a.low >= b.high * LEAD > 0 for a, b in pairs)
    trails = all(a and b and b.low >= a.high * LEAD > 0 for a, b in pairs)

    def event(kind: EventKind) -> Event:
        return Event(
            kind=kind,
            day=day,
            value=own.value,
            before=other.value,
            direction=1,
            weight=2 * float(own.low / other.high) if other.high else 2.0,
        )

    return _transition(
        state,
        day,
        fires=leads and "behind" in state.marks,
        clears=trails,
        event=event,
    )


def _overtakes(rule: AnyOvertake, figures: Figures) -> list[Event]:
    """Return who was behind in one ISO week and ahead in the next two."""
    day = figures.day
    if day.isoweekday() != WEEK_DAYS:
        return []
    weeks = [
        figures.known.over(day - DAY * WEEK_DAYS * step, WEEK_DAYS) for step in range(3)
    ]
    if None in weeks:
        return []
    newest, middle, oldest = (week for week in weeks if week is not None)
    top = newest.ranking()[: rule.top]
    found = []
    for own in top:
        for other in oldest.ranking()[: rule.top]:
            if own == other:
                continue
            if (
                _is_ahead(newest, own, other)
                and _is_ahead(middle, own, other)
                and _is_ahead(oldest, other, own)
            ):
                found.append(
                    Event(
                        kind=EventKind.FIRED,
                        day=day,
                        subject=f"{own} {other}",
                        value=_exact(newest.of(own)),
                        before=_exact(newest.of(other)),
                        direction=1,
                        weight=2 + 1 / (1 + top.index(own)),
                    )
                )
    return found


def _is_ahead(volumes: Volumes, own: str, other: str) -> bool:
    """Tell whether one volume is certainly larger than another."""
    mine, theirs = volumes.of(own), volumes.of(other)
    return mine is not None and theirs is not None and mine.low > theirs.high


def _newcomers(rule: Newcomer, state: State, figures: Figures) -> Outcome:
    """Find who is in the top N over seven days and was not for eight weeks."""
    day = figures.day
    volumes = figures.known.over(day, WEEK_DAYS)
    if volumes is None:
        return state, []
    members = _certain_top(volumes, rule.top)
    begun = state.marks.get("", day)
    kept = {
        name: seen
        for name, seen in state.marks.items()
        if name and (day - seen).days <= NEW_AFTER_DAYS
    }
    events = []
    if (day - begun).days >= NEW_LEAST_DAYS:
        events = [
            Event(
                kind=EventKind.FIRED,
                day=day,
                subject=name,
                value=_exact(volumes.of(name)),
                before=Decimal(1 + volumes.ranking().index(name)),
                direction=1,
                weight=2.0,
            )
            for name in members
            if name not in kept and _was_below(figures, name, rule.top)
        ]
    marks = {**kept, **dict.fromkeys(members, day), "": begun}
    return State(state.firing, marks), events


def _certain_top(volumes: Volumes, top: int) -> list[str]:
    """Return the names certainly in the top N, whatever unlisted names have."""
    found = []
    for name in volumes.ranking()[: top + 1]:
        worst = volumes.places(name).worst
        if worst is not None and worst <= top:
            found.append(name)
    return found


def _was_below(figures: Figures, name: str, top: int) -> bool:
    """Tell whether a name was certainly not in the top N a week ago."""
    volumes = figures.known.over(figures.day - DAY * WEEK_DAYS, WEEK_DAYS)
    return volumes is not None and volumes.places(name).best > top


def _unusual(rule: Unusual, state: State, figures: Figures) -> Outcome:
    """Compare a day's volume with what is usual for it."""
    day = figures.day
    events: list[Event] = []
    least = UNUSUAL_Z if rule.name is not None else UNUSUAL_Z_ANY
    for name in _watched(rule, state, figures):
        found = _deviation(figures, name)
        if found is None:
            continue
        subject = "" if rule.name is not None else name

        def event(
            kind: EventKind,
            name: str = name,
            subject: str = subject,
            found: Deviation = found,
        ) -> Event:
            return Event(
                kind=kind,
                day=day,
                subject=subject,
                value=_exact(figures.volume(name)),
                before=Decimal(str(round(found.expected, 6))),
                direction=1 if found.move > 0 else -1,
                weight=min(abs(found.z) / least, 9.0),
            )

        state, told = _transition(
            state,
            day,
            fires=abs(found.z) >= least and abs(found.move) * 100 >= rule.percent,
            clears=abs(found.z) < UNUSUAL_CLEARS_Z,
            event=event,
            subject=subject,
        )
        events += told
    return state, events


def _watched(rule: Unusual, state: State, figures: Figures) -> Iterable[str]:
    """Return the names to check: the previous week's largest, and those firing."""
    if rule.name is not None:
        return [rule.name]
    volumes = figures.known.over(figures.day - DAY, WEEK_DAYS)
    top = [] if volumes is None else volumes.ranking()[: rule.top]
    return dict.fromkeys([*top, *state.firing])


def _deviation(figures: Figures, name: str) -> Deviation | None:
    """Return how unusual a name's day is; None if its volume is too small."""
    judged = deviation(figures.series(name), figures.day)
    today = figures.known.of(figures.day)
    if judged is None or today is None or today.total is None:
        return None
    floor = float(LEAST_SHARE * today.total.low)
    return None if judged.expected < floor else judged


def _exact(figure: Bounded | None) -> Decimal | None:
    return None if figure is None else figure.value


def _percent(share: Bounded | None) -> Decimal | None:
    return None if share is None or share.value is None else share.value * HUNDRED
