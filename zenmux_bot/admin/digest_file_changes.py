"""From the digests that are there to those that a file wants: what has to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from zenmux_bot.admin.digest_file import Declared, declare
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState


@dataclass(frozen=True, slots=True)
class Addition:
    """A digest that is not there yet."""

    wanted: Declared


@dataclass(frozen=True, slots=True)
class Alteration:
    """A digest that is there, and otherwise than wanted."""

    before: Subscription
    after: Subscription

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """Return the fields that differ, with the value of each before and after."""
        old, new = declare(self.before), declare(self.after)
        names = dict.fromkeys([*old, *new])
        return [
            (name, old.get(name), new.get(name))
            for name in names
            if old.get(name) != new.get(name)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that has to be done.

    Attributes:
        additions: What is new.
        alterations: What is to be otherwise.
        same: What is as wanted.
        left: What the file does not speak of; it stays.
    """

    additions: tuple[Addition, ...]
    alterations: tuple[Alteration, ...]
    same: tuple[Subscription, ...]
    left: tuple[Subscription, ...]


def compare(there: Sequence[Subscription], wanted: Sequence[Declared]) -> Changes:
    """Return what makes ``there`` as ``wanted``; applied twice, it changes nothing.

    A digest without an id is the one that is exactly as the file wants it, if there is
    one that no other entry means, and new if not.

    Args:
        there: Every digest, deleted ones too.
        wanted: Those of the file.
    """
    by_id = {subscription.id: subscription for subscription in there}
    alive = [each for each in there if each.state is not SubscriptionState.DELETED]
    named = {each.id for each in wanted if each.id is not None}
    free = [each for each in alive if each.id not in named]
    additions: list[Addition] = []
    alterations: list[Alteration] = []
    same: list[Subscription] = []
    for each in wanted:
        if each.id is not None:
            found = by_id.get(each.id)
        else:
            found = next((one for one in free if each.fits(one)), None)
            free = [one for one in free if one is not found]
        if found is None:
            additions.append(Addition(each))
        elif each.fits(found):
            same.append(found)
        else:
            alterations.append(Alteration(found, replace(found, **each.values)))
    meant = {each.id for each in same} | {each.before.id for each in alterations}
    return Changes(
        additions=tuple(additions),
        alterations=tuple(alterations),
        same=tuple(same),
        left=tuple(each for each in alive if each.id not in meant),
    )


def describe(changes: Changes) -> list[str]:
    """Return the changes as lines, in the manner of a diff."""
    lines = [f"+ {_title(_fields(each))}" for each in changes.additions]
    for each in changes.alterations:
        lines.append(f"~ {_title(declare(each.before))}")
        lines += [
            f"    {name}: {_said(old)} → {_said(new)}"
            for name, old, new in each.differences
        ]
    lines += [f"  {_title(declare(one))} stays" for one in changes.left]
    lines.append(
        f"{len(changes.additions)} to add, {len(changes.alterations)} to change, "
        f"{len(changes.same)} as they are, {len(changes.left)} not in the file"
    )
    return lines


def _fields(new: Addition) -> dict[str, Any]:
    # The dates of a digest are not in a file.
    no_date = datetime.min.replace(tzinfo=UTC)
    return declare(new.wanted.subscription(new.wanted.id or "new", no_date))


def _title(fields: dict[str, Any]) -> str:
    day = fields.get("weekday") or fields.get("day")
    when = " ".join(
        str(part)
        for part in (fields["cadence"], day, fields["at"], fields["zone"])
        if part
    )
    channel = f"#{fields['name']}" if fields["name"] else fields["channel"]
    where = f"{channel} ({fields['workspace']})"
    return f"{fields['id']} {where} {fields['metric']} {when}"


def _said(value: Any) -> str:
    return "–" if value is None else str(value)
