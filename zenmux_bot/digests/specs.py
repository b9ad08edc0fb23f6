"""Conversions between a digest's spec, as people state it, and its subscription."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from typing import Any

from zenmux_bot.commands.digest_commands import (
    ALWAYS,
    EVERYONE,
    About,
    Create,
    DigestSpec,
    Edit,
    Verb,
)
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import DigestSubject, Subscription, WhenEmpty
from zenmux_bot.errors import BadInput

_MONDAY = 0
_FIRST = 1
_NINE = time(9)
_TOP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The initial values of a form.

    Attributes:
        id: The digest to edit, or None for a new one.
        spec: The values; the channel may be missing.
        same: Id of the digest that posts exactly this to the channel; empty: none.
    """

    id: str | None = None
    spec: DigestSpec
    same: str = ""

    def submitted(self, spec: DigestSpec) -> Create | Edit | About:
        """Return the command that a submitted form stands for.

        An edit only contains what differs, so two people can change different fields at
        the same time. Without changes the digest is shown.
        """
        if self.id is None:
            return Create(spec)
        changes = {
            field.name: getattr(spec, field.name)
            for field in fields(spec)
            if getattr(spec, field.name) not in (None, getattr(self.spec, field.name))
        }
        if changes.keys() & {"cadence", "weekday", "day"}:
            changes |= {
                name: getattr(spec, name) for name in ("cadence", "weekday", "day")
            }
        if not changes:
            return About(Verb.SHOW, self.id)
        return Edit(self.id, DigestSpec(**changes))


class BadField(BadInput):
    """A field of a spec has a value that is not possible.

    Attributes:
        field: The name of the spec's field.
    """

    def __init__(
        self,
        field: str,
        problem: str,
        *,
        allowed: str = "",
        suggestions: tuple[str, ...] = (),
    ) -> None:
        super().__init__(problem, allowed=allowed, suggestions=suggestions)
        self.field = field


def default_spec(zone: str, channel: str | None = None) -> DigestSpec:
    """Return the spec of a new digest with all defaults."""
    return DigestSpec(
        cadence=Cadence.WEEKLY,
        weekday=_MONDAY,
        at=_NINE,
        zone=zone,
        metric=Metric.COST,
        channel=channel,
        top=_TOP,
        providers=EVERYONE,
        skip_below_pp=ALWAYS,
        when_empty=WhenEmpty.SAY,
    )


def spec_of(subscription: Subscription) -> DigestSpec:
    """Return the complete spec of a subscription."""
    schedule = subscription.schedule
    is_spend = subscription.subject is DigestSubject.SPEND
    return DigestSpec(
        cadence=schedule.cadence,
        weekday=schedule.weekday,
        day=schedule.day,
        at=time(schedule.hour, schedule.minute),
        zone=schedule.zone,
        metric=None if is_spend else subscription.metric,
        channel=subscription.channel_id,
        top=subscription.top,
        providers=None if is_spend else subscription.providers,
        skip_below_pp=None if is_spend else subscription.skip_below_pp or ALWAYS,
        when_empty=subscription.when_empty,
        subject=DigestSubject.SPEND if is_spend else None,
        by_key=subscription.by_key or None,
    )


def over(spec: DigestSpec, base: DigestSpec) -> DigestSpec:
    """Return a spec with missing fields filled in from ``base``, made consistent.

    A new cadence starts with its default day: Monday, or the first. Own spend has no
    metric, providers or threshold, and only own spend is split by key.
    """
    said: dict[str, Any] = {
        field.name: getattr(spec, field.name)
        for field in fields(spec)
        if getattr(spec, field.name) is not None
    }
    whole = replace(base, **said)
    weekday = _MONDAY if whole.weekday is None else whole.weekday
    day = _FIRST if whole.day is None else whole.day
    if whole.subject is DigestSubject.SPEND:
        whole = replace(whole, metric=None, providers=None, skip_below_pp=None)
    else:
        whole = replace(whole, by_key=None)
    return replace(
        whole,
        weekday=weekday if whole.cadence is Cadence.WEEKLY else None,
        day=day if whole.cadence is Cadence.MONTHLY else None,
    )


def apply(spec: DigestSpec, subscription: Subscription) -> Subscription:
    """Return a subscription with a complete spec applied; names and state stay."""
    whole = over(spec, spec_of(subscription))
    assert whole.cadence and whole.at and whole.zone  # noqa: S101, PT018 - it is complete
    assert whole.top and whole.channel and whole.when_empty  # noqa: S101, PT018 - likewise
    return replace(
        subscription,
        channel_id=whole.channel,
        metric=whole.metric or Metric.COST,
        schedule=Schedule(
            cadence=whole.cadence,
            weekday=whole.weekday,
            day=whole.day,
            hour=whole.at.hour,
            minute=whole.at.minute,
            zone=whole.zone,
        ),
        top=whole.top,
        providers=whole.providers or EVERYONE,
        skip_below_pp=whole.skip_below_pp or None,
        when_empty=whole.when_empty,
        subject=whole.subject or DigestSubject.SHARE,
        by_key=bool(whole.by_key),
    )


def new_subscription(
    spec: DigestSpec, *, team_id: str, owner_id: str, now: datetime
) -> Subscription:
    """Return a new subscription, still without an id, from a complete spec."""
    assert spec.channel and spec.zone  # noqa: S101, PT018 - it is complete
    blank = Subscription(
        id="",
        team_id=team_id,
        channel_id=spec.channel,
        channel_name="",
        owner_id=owner_id,
        metric=Metric.COST,
        schedule=Schedule(cadence=Cadence.DAILY, hour=0, zone=spec.zone),
        created_at=now,
        updated_at=now,
    )
    return apply(spec, blank)
