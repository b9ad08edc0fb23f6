"""Digests as code: compares the digests of a file with the stored ones.

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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    field_validator,
    model_validator,
)
from sqlalchemy import select

from zenmux_bot.commands.digest_commands import MAX_PROVIDERS
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.audit import THE_OPERATOR
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import (
    DigestSubject,
    Subscription,
    SubscriptionChanged,
    SubscriptionState,
    WhenEmpty,
    readable_id,
)
from zenmux_bot.errors import BotError
from zenmux_bot.store.database import Database
from zenmux_bot.store.rows import subscription_values
from zenmux_bot.store.subscriptions import (
    planning_from,
    record,
    select_subscriptions,
    skip_due,
    store_change,
)
from zenmux_bot.store.tables import subscriptions
from zenmux_bot.zenmux.requests import MAX_LIMIT

VERSION = 1
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BY_FILE = "paused in the file"


class BadFile(BotError):
    """A file of digests is invalid; the message has a line for each problem."""


def _text(pattern: str, example: str, default: Any = ...) -> Any:
    """Return a field for a text that matches a pattern."""
    expected = f"a text such as {example}"
    return Field(default, pattern=f"^(?:{pattern})$", description=expected)


def _one_of(names: Iterable[str], default: Any = ...) -> Any:
    """Return a field for one of several words."""
    return Field(default, description=f"one of {', '.join(names)}")


class Declared(BaseModel):
    """A digest in a file; the descriptions of its fields are used in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str | None = _text("d-[0-9a-z]{4,8}", "d-7kq3", None)
    workspace: str = _text("[TE][A-Z0-9_]+", "T012AB3CD")
    channel: str = _text("[CGD][A-Z0-9_]+", "C012AB3CD")
    name: Annotated[str, BeforeValidator(lambda value: str(value or ""))] = ""
    owner: str = _text("[UW][A-Z0-9_]+", "U012AB3CD")
    subject: DigestSubject = _one_of(DigestSubject, DigestSubject.SHARE)
    by_key: StrictBool = Field(default=False, description="true or false")
    metric: Metric = _one_of(Metric)
    cadence: Cadence = _one_of(Cadence)
    weekday: (
        Annotated[
            Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            BeforeValidator(lambda value: str(value).lower()[:3]),
        ]
        | None
    ) = _one_of(WEEKDAYS, None)
    day: StrictInt | None = Field(
        None, ge=1, le=31, description="a number from 1 to 31"
    )
    at: str = _text(r"([01]?\d|2[0-3]):[0-5]\d", '"09:00"')
    zone: str = Field(description="a text such as Europe/Berlin")
    top: StrictInt = Field(
        10, ge=1, le=MAX_LIMIT, description=f"a number from 1 to {MAX_LIMIT}"
    )
    providers: list[str] = Field(
        [],
        max_length=MAX_PROVIDERS,
        description=f"a list such as [anthropic, openai] of at most {MAX_PROVIDERS}",
    )
    skip_below_pp: Decimal | None = Field(
        None, ge=0, allow_inf_nan=False, description="a number such as 0.5"
    )
    when_empty: WhenEmpty = _one_of(WhenEmpty, WhenEmpty.SAY)
    state: Literal["active", "paused"] = Field(
        "active", description="active or paused; leave out what is deleted"
    )
    paused_reason: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_one_provider(cls, entry: Any) -> Any:
        """Read the single provider of earlier versions."""
        if isinstance(entry, dict) and "provider" in entry:
            entry = dict(entry)
            one = entry.pop("provider")
            entry["providers"] = entry.get("providers") or ([one] if one else [])
        return entry

    @field_validator("providers", mode="before")
    @classmethod
    def _read_no_providers(cls, value: Any) -> Any:
        return [] if value is None else value

    @model_validator(mode="after")
    def _expect_schedule(self) -> Declared:
        _ = self.schedule
        return self

    @cached_property
    def schedule(self) -> Schedule:
        """Return its schedule."""
        hour, _, minute = self.at.partition(":")
        return Schedule(
            cadence=self.cadence,
            weekday=None if self.weekday is None else WEEKDAYS.index(self.weekday),
            day=self.day,
            hour=int(hour),
            minute=int(minute),
            zone=self.zone,
        )

    @property
    def values(self) -> Mapping[str, Any]:
        """Return the fields of a subscription without dates and revision."""
        state = SubscriptionState(self.state)
        is_paused = state is SubscriptionState.PAUSED
        return {
            "team_id": self.workspace,
            "channel_id": self.channel,
            "channel_name": self.name,
            "owner_id": self.owner,
            "subject": self.subject,
            "by_key": self.by_key,
            "metric": self.metric,
            "schedule": self.schedule,
            "top": self.top,
            "providers": tuple(dict.fromkeys(self.providers)),
            "skip_below_pp": self.skip_below_pp,
            "when_empty": self.when_empty,
            "state": state,
            "paused_reason": (self.paused_reason or BY_FILE) if is_paused else None,
        }

    def fits(self, subscription: Subscription) -> bool:
        """Tell whether a subscription matches the file."""
        return all(
            getattr(subscription, name) == value for name, value in self.values.items()
        )

    def subscription(self, new_id: str, now: datetime) -> Subscription:
        """Return it as a subscription that begins now."""
        return Subscription(id=new_id, created_at=now, updated_at=now, **self.values)


def declare(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as an entry of a file."""
    schedule = subscription.schedule
    points = subscription.skip_below_pp
    is_spend = subscription.subject is DigestSubject.SPEND
    every: dict[str, Any] = {
        "id": subscription.id,
        "workspace": subscription.team_id,
        "channel": subscription.channel_id,
        "name": subscription.channel_name,
        "owner": subscription.owner_id,
        "subject": str(subscription.subject) if is_spend else None,
        "by_key": subscription.by_key or None,
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


def document(kept: Iterable[Subscription]) -> dict[str, Any]:
    """Return what a file of these subscriptions holds."""
    return {"version": VERSION, "digests": [declare(each) for each in kept]}


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
            found.append(Declared.model_validate(each))
        except ValidationError as error:
            wrong += [f"digest {number}: {line}" for line in _lines(error)]
    ids = [each.id for each in found if each.id is not None]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    wrong += [f"{each}: twice in the file" for each in twice]
    if wrong:
        raise BadFile("\n".join(wrong))
    return found


def _lines(error: ValidationError) -> Iterable[str]:
    """Return a line for each field that is wrong."""
    lines = {}
    for each in error.errors(include_url=False):
        name = str(each["loc"][0]) if each["loc"] else ""
        match each["type"]:
            case "missing":
                lines[name] = f"{name}: missing"
            case "extra_forbidden":
                lines[name] = f"{name}: unknown"
            case "value_error":
                lines[name] = (
                    f"{each['ctx']['error']}: weekly ones have a weekday, monthly ones "
                    "a day, and the zone is a name such as Europe/Berlin"
                )
            case _ if name:
                expected = Declared.model_fields[name].description or "another value"
                lines.setdefault(name, f"{name}: expected {expected}")
            case _:
                lines[name] = "expected fields such as channel: C012AB3CD"
    return lines.values()


@dataclass(frozen=True, slots=True)
class Addition:
    """A digest to create."""

    wanted: Declared


@dataclass(frozen=True, slots=True)
class Alteration:
    """A digest to change."""

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
    """The difference between a file and the stored digests.

    Attributes:
        additions: Digests to create.
        alterations: Digests to change.
        same: Digests that match the file.
        left: Digests that are not in the file; they stay.
    """

    additions: tuple[Addition, ...]
    alterations: tuple[Alteration, ...]
    same: tuple[Subscription, ...]
    left: tuple[Subscription, ...]


def compare(there: Sequence[Subscription], wanted: Sequence[Declared]) -> Changes:
    """Return the changes that turn ``there`` into ``wanted``; they are idempotent.

    An entry without an id stands for a digest with exactly the same fields, if no other
    entry does, and else for a new one.

    Args:
        there: All stored digests, including deleted ones.
        wanted: The entries of the file.
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
    """Return the changes as lines, like a diff."""
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
        f"{len(changes.same)} unchanged, {len(changes.left)} not in the file"
    )
    return lines


def _fields(new: Addition) -> dict[str, Any]:
    # Files have no dates of digests.
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


class DeclaredDigests:
    """The stored digests of all workspaces.

    Args:
        database: Stores them.
        pick: Picks one character of an alphabet; ids are made with it.
    """

    def __init__(self, database: Database, pick: Callable[[str], str]) -> None:
        self._database = database
        self._pick = pick

    async def every(self) -> list[Subscription]:
        """Return every digest, the oldest first, including deleted ones."""
        async with self._database.reading() as connection:
            return await select_subscriptions(connection)

    async def apply(self, changes: Changes, now: datetime) -> None:
        """Apply the changes.

        Raises:
            SubscriptionChanged: Someone changed one of them in the meantime; nothing
                was applied.
        """
        async with self._database.writing() as connection:
            taken = set(await connection.scalars(select(subscriptions.c.id)))
            for addition in changes.additions:
                id_ = addition.wanted.id or self._free_id(taken)
                taken.add(id_)
                created = addition.wanted.subscription(id_, now)
                await connection.execute(
                    subscriptions.insert().values(
                        subscription_values(created) | planning_from(created, now)
                    )
                )
                await record(connection, created, "import", by=THE_OPERATOR, at=now)
            for each in changes.alterations:
                found = await select_subscriptions(
                    connection,
                    subscriptions.c.id == each.before.id,
                    subscriptions.c.revision == each.before.revision,
                    for_update=True,
                )
                if not found:
                    raise SubscriptionChanged(
                        f"{each.before.id} was changed by someone else in the meantime"
                    )
                active = SubscriptionState.ACTIVE
                begins = each.after.state is active and each.before.state is not active
                if each.after.state is not active:
                    await skip_due(
                        connection, [each.after.id], "paused", now, by_hand=False
                    )
                await store_change(
                    connection,
                    each.after,
                    "import",
                    by=THE_OPERATOR,
                    now=now,
                    restart=begins or each.before.schedule != each.after.schedule,
                )

    def _free_id(self, taken: set[str]) -> str:
        while True:
            id_ = readable_id(self._pick)
            if id_ not in taken:
                return id_
