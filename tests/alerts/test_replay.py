"""A year lived through day by day, beside a rehearsal and a second program."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from alert_years import NAMES, archive_of, seen_on, volumes_of_year

from zenmux_bot.alerts.engine import EventKind, State, evaluate, rehearse
from zenmux_bot.commands.alert_commands import (
    AnyOvertake,
    Direction,
    Level,
    Newcomer,
    Passes,
    ShareMoves,
    Subject,
    Unusual,
)
from zenmux_bot.core.periods import DAY, FLOOR
from zenmux_bot.history.archive import Archive, Version

ALERTS = 50
LIVED = 90


def random_rule(rng):
    name, other = rng.sample(NAMES, 2)
    return rng.choice(
        (
            ShareMoves(name, Decimal(rng.randint(1, 6)), days=rng.choice((1, 7, 14))),
            Level(
                Subject.SHARE,
                name,
                rng.choice(tuple(Direction)),
                Decimal(rng.randint(5, 30)),
            ),
            Level(
                Subject.TOKENS,
                name,
                rng.choice(tuple(Direction)),
                Decimal(rng.randint(2, 20) * 10**8),
            ),
            Passes(name, other, days=rng.choice((1, 3, 7))),
            AnyOvertake(rng.randint(1, 6)),
            Newcomer(rng.randint(1, 5)),
            Unusual(name, percent=rng.choice((25, 50))),
            Unusual(None, rng.randint(1, 6)),
        )
    )


def versions_of_year(rng, days):
    """Return what came in, with late days, restated days, and remainders."""
    found = []
    for day, values in days.items():
        listed = {name: Decimal(value) for name, value in values.items()}
        if rng.random() < 0.1:
            smallest = min(listed, key=listed.get)
            listed["__others__"] = listed.pop(smallest)
        hours = 50 if rng.random() < 0.05 else 3
        found.append(Version(day, seen_on(day, hours), listed))
        if rng.random() < 0.05:
            changed = {name: value * 2 for name, value in listed.items()}
            changed["alpha"] = changed.get("alpha", Decimal(0)) * 2
            later = seen_on(day, hours) + timedelta(days=rng.randint(1, 9))
            found.append(Version(day, later, changed))
    return found


def test_rehearsal__equals_live_replay():
    """What is evaluated day by day, from stored states, is what a rehearsal says."""
    rng = random.Random(17)
    days = volumes_of_year(1, days=LIVED)
    versions = versions_of_year(rng, days)
    rules = [random_rule(rng) for _ in range(ALERTS)]
    states = [State() for _ in rules]
    events = [[] for _ in rules]

    last = None
    for now in sorted({version.seen_from for version in versions}):
        archive = Archive([v for v in versions if v.seen_from <= now])
        newest = archive.days[-1]
        day = FLOOR if last is None else last + DAY
        while day <= newest:
            for index, rule in enumerate(rules):
                state = State.load(states[index].dump())
                states[index], told = evaluate(rule, state, archive, day)
                events[index] += told
            day += DAY
        last = newest

    whole = Archive(versions)
    assert sum(map(bool, events)) > ALERTS / 4
    for index, rule in enumerate(rules):
        rehearsal = rehearse(rule, whole)
        assert list(rehearsal.events) == events[index], rule
        assert rehearsal.status == states[index], rule


def naive_level(days, rule):
    """Return when a level fires and is left, by plain arithmetic."""
    firing, found = False, []
    amount = float(rule.amount)
    for day, values in days.items():
        value = values[rule.name]
        if rule.subject is Subject.SHARE:
            value = 100 * value / sum(values.values())
        above = rule.direction is Direction.ABOVE
        if not firing and (value > amount if above else value < amount):
            firing = True
            found.append((day, "fired"))
        elif firing and (value < amount * 0.95 if above else value > amount * 1.05):
            firing = False
            found.append((day, "recovered"))
    return found


def naive_moves(days, rule):
    """Return when the share of some days differs from that of the days before."""
    dates, firing, found = list(days), False, []

    def share(stop):
        window = [days[each] for each in dates[stop - rule.days : stop]]
        total = sum(sum(values.values()) for values in window)
        return 100 * sum(values[rule.name] for values in window) / total

    for index in range(2 * rule.days, len(dates) + 1):
        change = share(index) - share(index - rule.days)
        if not firing and abs(change) >= rule.points:
            firing = True
            found.append((dates[index - 1], "fired"))
        elif firing and abs(change) < rule.points / 2:
            firing = False
            found.append((dates[index - 1], "recovered"))
    return found


def naive_passes(days, rule):
    """Return when one is ahead by 2 % for three days that was behind before."""
    dates, found = list(days), []
    behind = firing = False

    def ratio(index):
        window = [days[each] for each in dates[index - 6 : index + 1]]
        own, other = (
            sum(values[name] for values in window) for name in (rule.name, rule.other)
        )
        return own / other

    for index in range(6 + rule.days - 1, len(dates)):
        ratios = [ratio(index - step) for step in range(rule.days)]
        behind = behind or (ratios[0] < 1 and not firing)
        if not firing and behind and min(ratios) >= 1.02:
            firing = True
            found.append((dates[index], "fired"))
        elif firing and max(ratios) <= 1 / 1.02:
            firing = False
            found.append((dates[index], "recovered"))
    return found


def naive_overtakes(days, rule):
    """Return who was behind in a calendar week and ahead in the next two."""
    dates, found = list(days), []
    weeks = [
        {name: sum(days[each][name] for each in dates[n : n + 7]) for name in NAMES}
        for n in range(0, len(dates) - 6, 7)
    ]
    for index in range(2, len(weeks)):
        oldest, middle, newest = weeks[index - 2 : index + 1]
        top = sorted(newest, key=newest.get)[-rule.top :]
        known = sorted(oldest, key=oldest.get)[-rule.top :]
        for own in top:
            for other in known:
                ahead = [w[own] > w[other] for w in (oldest, middle, newest)]
                if own != other and ahead == [False, True, True]:
                    found.append((dates[index * 7 + 6], f"{own} {other}"))
    return found


def test_rehearsal__second_program():
    """A naive program over plain numbers finds the same messages, none more."""
    days = volumes_of_year(5)
    archive = archive_of(days)
    count = 0
    for name in NAMES:
        rules = [
            *(Level(Subject.SHARE, name, d, Decimal(17)) for d in Direction),
            *(Level(Subject.TOKENS, name, d, Decimal(9 * 10**8)) for d in Direction),
            *(ShareMoves(name, Decimal(p), days=n) for p in (1, 3) for n in (7, 14)),
            *(Passes(name, other) for other in NAMES if other != name),
        ]
        naive = {Level: naive_level, ShareMoves: naive_moves, Passes: naive_passes}
        for rule in rules:
            events = rehearse(rule, archive).events
            expected = naive[type(rule)](days, rule)
            assert [(e.day, e.kind.value) for e in events] == expected, rule
            count += len(expected)
    for top in (1, 3, 6):
        events = rehearse(AnyOvertake(top), archive).events
        found = sorted((e.day, e.subject) for e in events)
        assert found == sorted(naive_overtakes(days, AnyOvertake(top)))
        count += len(found)
    assert count > 100
    assert all(e.kind is EventKind.FIRED for e in events)
