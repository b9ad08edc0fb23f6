"""Alert rules: storing, describing and adjusting them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any, cast

from zenmux_bot.commands import names
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
from zenmux_bot.core.measures import Metric
from zenmux_bot.render import numbers

_STEP = Decimal("1.5")
_TENTH = Decimal("0.1")
_TOPS = (3, 5, 10, 20, 50)
_LEADS = (1, 3, 7, 14, 28)
_MOVES = (25, 50, 100, 200)
_LEVEL_STEP = Decimal("0.1")
"""Stricter and looser move a level by a tenth."""

Label = Callable[[str], str]
"""Returns the display name of a slug."""

_KINDS = {
    kind.__name__: kind
    for kind in (ShareMoves, Level, Passes, AnyOvertake, Newcomer, Unusual)
}
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "points": Decimal,
    "amount": Decimal,
    "metric": Metric,
    "subject": Subject,
    "direction": Direction,
}


def dump(rule: Rule) -> str:
    """Return a rule as JSON; canonical words would lose the case of slugs."""
    fields = {"kind": type(rule).__name__, **asdict(rule)}
    return json.dumps(fields, ensure_ascii=False, default=str)


def load(text: str) -> Rule:
    """Return the rule that :func:`dump` was given."""
    fields = json.loads(text)
    kind = _KINDS[fields.pop("kind")]
    return kind(
        **{
            name: _PARSERS[name](value) if name in _PARSERS else value
            for name, value in fields.items()
        }
    )


def labeller(labels: Mapping[str, str]) -> Label:
    """Return a function that gives display names."""
    return lambda slug: names.shown(labels.get(slug, ""), slug)


def names_in(rule: Rule) -> tuple[str, ...]:
    """Return the names in a rule."""
    return tuple(_names(rule).values())


def with_names(rule: Rule, slugs: Mapping[str, str]) -> Rule:
    """Return a rule with its names replaced by slugs."""
    changed = {field: slugs[name] for field, name in _names(rule).items()}
    return replace(rule, **cast("dict[str, Any]", changed))


def _names(rule: Rule) -> dict[str, str]:
    fields = {field: getattr(rule, field, None) for field in ("name", "other")}
    return {field: name for field, name in fields.items() if name is not None}


def stricter(rule: Rule) -> Rule | None:
    """Return a rule that fires less often, None if there is none."""
    return _adjusted(rule, harder=True)


def looser(rule: Rule) -> Rule | None:
    """Return a rule that fires more often, None if there is none."""
    return _adjusted(rule, harder=False)


def _adjusted(rule: Rule, *, harder: bool) -> Rule | None:
    match rule:
        case ShareMoves(points=points):
            moved = (points * _STEP if harder else points / _STEP).quantize(_TENTH)
            return replace(rule, points=moved) if 0 < moved <= 100 else None  # noqa: PLR2004 - percentage points
        case Level():
            return _shift_level(rule, harder=harder)
        case Passes(days=days):
            longer = _next(_LEADS[:: 1 if harder else -1], days)
            return None if longer is None else replace(rule, days=longer)
        case AnyOvertake(top=top) | Newcomer(top=top):
            other = _next(_TOPS[:: -1 if harder else 1], top)
            return None if other is None else replace(rule, top=other)
        case Unusual(percent=percent):
            more = _next(_MOVES[:: 1 if harder else -1], percent)
            return None if more is None else replace(rule, percent=more)


def _next(steps: tuple[int, ...], now: int) -> int | None:
    """Return the first step beyond a value, in the order of the steps."""
    rising = steps[0] < steps[-1]
    beyond = [step for step in steps if (step > now if rising else step < now)]
    return beyond[0] if beyond else None


def _shift_level(rule: Level, *, harder: bool) -> Rule | None:
    """Return a level moved by a tenth, so that it is harder or easier to pass."""
    up = (rule.direction is Direction.ABOVE) is harder
    factor = 1 + _LEVEL_STEP if up else 1 - _LEVEL_STEP
    amount = _rounded(rule.amount * factor)
    if rule.subject is Subject.SHARE and amount > 100:  # noqa: PLR2004 - percent
        return None
    return replace(rule, amount=amount)


def _rounded(amount: Decimal) -> Decimal:
    """Return an amount with three significant digits."""
    places = amount.adjusted() - 2
    return amount.quantize(Decimal((0, (1,), places))) if amount else amount


def level_of(rule: Level) -> str:
    """Return a level with its unit; USD in full."""
    match rule.subject:
        case Subject.SHARE:
            return f"{rule.amount.normalize():f}%"
        case Subject.COST:
            return numbers.amount(rule.amount, Metric.COST)
        case Subject.TOKENS:
            return numbers.brief_amount(rule.amount, Metric.TOKENS)


def describe(rule: Rule, label: Label) -> str:
    """Return what a rule watches, as the end of the sentence "Tells you when …"."""
    match rule:
        case ShareMoves(name=name, points=points, days=days, metric=metric):
            said = (
                f"{label(name)}'s share of {metric} over {days} days moves by "
                f"{points.normalize():f} pp or more against the {days} days before"
            )
        case Level(subject=Subject.SHARE, name=name, metric=metric):
            said = (
                f"{label(name)}'s share of a day's {metric} is {rule.direction} "
                f"{level_of(rule)}"
            )
        case Level(name=name):
            said = f"{label(name)} is {rule.direction} {level_of(rule)} in a day"
        case Passes(name=name, other=other, metric=metric, days=days):
            said = (
                f"{label(name)} passes {label(other)} in {metric} over seven days and "
                f"stays ahead by 2% for {numbers.plural(days, 'day')}"
            )
        case AnyOvertake(top=top, metric=metric):
            said = (
                f"a provider in the top {top} by {metric} passes another and stays "
                "ahead for two whole weeks"
            )
        case Newcomer(top=top, metric=metric):
            said = (
                f"a provider enters the top {top} by {metric} over seven days, for the "
                "first time in eight weeks"
            )
        case Unusual(top=top, metric=metric, percent=percent):
            whose = (
                f"a provider in the top {top}"
                if rule.name is None
                else label(rule.name)
            )
            said = (
                f"{whose} has {percent}% more or less {metric} in a day than is usual "
                "for that weekday"
            )
    return said
