"""Digests as they stand in a file: plain values, checked one by one.

::

    version: 1
    digests:
      - workspace: T012AB3CD
        channel: C012AB3CD
        name: llm-costs
        owner: U012AB3CD
        metric: cost
        cadence: weekly
        weekday: mon
        at: "09:00"
        zone: Europe/Berlin
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from zenmux_bot.commands.digest_commands import MAX_PROVIDERS
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState, WhenEmpty
from zenmux_bot.errors import BotError
from zenmux_bot.zenmux.requests import MAX_LIMIT

VERSION = 1
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BY_FILE = "paused in the file"

_REQUIRED = frozenset(
    {"workspace", "channel", "owner", "metric", "cadence", "at", "zone"}
)
_OPTIONAL = frozenset(
    {
        "id",
        "name",
        "weekday",
        "day",
        "top",
        "provider",
        "providers",
        "skip_below_pp",
        "when_empty",
        "state",
        "paused_reason",
    }
)

T = TypeVar("T")


class BadFile(BotError):
    """A file of digests cannot be used; a line for each thing that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A digest as a file wants it.

    Attributes:
        id: Its id, None for one that has none yet.
        values: All other fields of a subscription but its dates and its revision.
    """

    id: str | None
    values: Mapping[str, Any]

    def fits(self, subscription: Subscription) -> bool:
        """Tell whether a subscription is as the file wants it."""
        return all(
            getattr(subscription, name) == value for name, value in self.values.items()
        )

    def subscription(self, new_id: str, now: datetime) -> Subscription:
        """Return it as a subscription that begins now."""
        return Subscription(id=new_id, created_at=now, updated_at=now, **self.values)


def declare(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as it stands in a file."""
    schedule = subscription.schedule
    points = subscription.skip_below_pp
    every: dict[str, Any] = {
        "id": subscription.id,
        "workspace": subscription.team_id,
        "channel": subscription.channel_id,
        "name": subscription.channel_name,
        "owner": subscription.owner_id,
        "metric": str(subscription.metric),
        "cadence": str(schedule.cadence),
        "weekday": None if schedule.weekday is None else WEEKDAYS[schedule.weekday],
        "day": schedule.day,
        "at": f"{schedule.hour:02}:{schedule.minute:02}",
        "zone": schedule.zone,
        "top": subscription.top,
        "providers": list(subscription.providers) or None,
        "skip_below_pp": None if points is None else str(points),
        "when_empty": str(subscription.when_empty),
        "state": str(subscription.state),
        "paused_reason": subscription.paused_reason,
    }
    return {name: value for name, value in every.items() if value is not None}


def document(subscriptions: Iterable[Subscription]) -> dict[str, Any]:
    """Return what a file of these subscriptions holds."""
    return {"version": VERSION, "digests": [declare(each) for each in subscriptions]}


def read_document(loaded: Any) -> list[Declared]:
    """Return the digests of a file.

    Raises:
        BadFile: Something in it is wrong.
    """
    if not isinstance(loaded, dict) or loaded.get("version") != VERSION:
        raise BadFile(f"version: expected {VERSION} at the top of the file")
    digests = loaded.get("digests")
    if not isinstance(digests, list):
        raise BadFile("digests: expected a list")
    found: list[Declared] = []
    wrong: list[str] = []
    for number, each in enumerate(digests, 1):
        try:
            found.append(_read(each))
        except BadFile as error:
            wrong += [f"digest {number}: {line}" for line in str(error).splitlines()]
    ids = [each.id for each in found if each.id is not None]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    wrong += [f"{each}: twice in the file" for each in twice]
    if wrong:
        raise BadFile("\n".join(wrong))
    return found


def _read(entry: Any) -> Declared:
    if not isinstance(entry, dict):
        raise BadFile("expected fields such as channel: C012AB3CD")
    given = {str(name) for name in entry}
    wrong = [f"{name}: missing" for name in sorted(_REQUIRED - given)]
    wrong += [f"{name}: unknown" for name in sorted(given - _REQUIRED - _OPTIONAL)]
    if wrong:
        raise BadFile("\n".join(wrong))
    state = _one_of(entry, "state", SubscriptionState, SubscriptionState.ACTIVE)
    if state is SubscriptionState.DELETED:
        raise BadFile("state: expected active or paused; leave out what is deleted")
    paused = entry.get("paused_reason") or BY_FILE
    return Declared(
        id=_match(entry, "id", r"d-[0-9a-z]{4,8}", "d-7kq3") if "id" in entry else None,
        values={
            "team_id": _match(entry, "workspace", r"[TE][A-Z0-9_]+", "T012AB3CD"),
            "channel_id": _match(entry, "channel", r"[CGD][A-Z0-9_]+", "C012AB3CD"),
            "channel_name": str(entry.get("name") or ""),
            "owner_id": _match(entry, "owner", r"[UW][A-Z0-9_]+", "U012AB3CD"),
            "metric": _one_of(entry, "metric", Metric),
            "schedule": _schedule(entry),
            "top": _number(entry, "top", 1, MAX_LIMIT, default=10),
            "providers": _providers(entry),
            "skip_below_pp": _decimal(entry, "skip_below_pp"),
            "when_empty": _one_of(entry, "when_empty", WhenEmpty, WhenEmpty.SAY),
            "state": state,
            "paused_reason": (
                str(paused) if state is SubscriptionState.PAUSED else None
            ),
        },
    )


def _providers(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the providers; those of earlier versions had one."""
    named = entry.get("providers") or [each for each in [entry.get("provider")] if each]
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise BadFile("providers: expected a list such as [anthropic, openai]")
    if len(named) > MAX_PROVIDERS:
        raise BadFile(f"providers: expected at most {MAX_PROVIDERS}")
    return tuple(dict.fromkeys(named))


def _schedule(entry: Mapping[str, Any]) -> Schedule:
    cadence = _one_of(entry, "cadence", Cadence)
    clock = _match(entry, "at", r"([01]?\d|2[0-3]):[0-5]\d", '"09:00"')
    hour, _, minute = clock.partition(":")
    weekday = None
    if entry.get("weekday") is not None:
        word = str(entry["weekday"]).lower()[:3]
        if word not in WEEKDAYS:
            raise BadFile(f"weekday: expected one of {', '.join(WEEKDAYS)}")
        weekday = WEEKDAYS.index(word)
    day = None
    if entry.get("day") is not None:
        day = _number(entry, "day", 1, 31)
    try:
        return Schedule(
            cadence=cadence,
            weekday=weekday,
            day=day,
            hour=int(hour),
            minute=int(minute),
            zone=str(entry["zone"]),
        )
    except ValueError as error:
        raise BadFile(
            f"{error}: weekly ones have a weekday, monthly ones a day, and the zone is "
            "a name such as Europe/Berlin"
        ) from None


def _match(entry: Mapping[str, Any], name: str, pattern: str, example: str) -> str:
    value = entry[name]
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise BadFile(f"{name}: expected a text such as {example}")
    return value


def _one_of(
    entry: Mapping[str, Any],
    name: str,
    kind: Callable[[str], T],
    default: T | None = None,
) -> T:
    if name not in entry and default is not None:
        return default
    try:
        return kind(str(entry[name]))
    except ValueError:
        allowed = ", ".join(str(each) for each in kind)  # type: ignore[attr-defined]  # an enumeration
        raise BadFile(f"{name}: expected one of {allowed}") from None


def _number(
    entry: Mapping[str, Any],
    name: str,
    least: int,
    most: int,
    *,
    default: int | None = None,
) -> int:
    value = entry.get(name, default)
    if type(value) is not int or not least <= value <= most:
        raise BadFile(f"{name}: expected a number from {least} to {most}")
    return value


def _decimal(entry: Mapping[str, Any], name: str) -> Decimal | None:
    if entry.get(name) is None:
        return None
    try:
        value = Decimal(str(entry[name]))
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise BadFile(f"{name}: expected a number such as 0.5")
    return value
