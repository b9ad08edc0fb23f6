"""Answers the alert commands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date

import structlog

from zenmux_bot.alerts import messages, reports
from zenmux_bot.alerts.alert import UNTIL_RECOVERED, Alert, AlertState, RecordKind
from zenmux_bot.alerts.engine import (
    Event,
    Rehearsal,
    State,
    ended_by,
    metric_of,
    rehearse,
)
from zenmux_bot.alerts.monitor import record_of, recovery
from zenmux_bot.alerts.rules import Label, labeller, names_in, with_names
from zenmux_bot.commands import names
from zenmux_bot.commands.alert_commands import (
    AboutAlert,
    AlertCommand,
    AlertForm,
    AlertVerb,
    CreateAlert,
    EditAlert,
    ExpectDay,
    ListAlerts,
    Rule,
    SnoozeAlert,
    Unusual,
)
from zenmux_bot.commands.queries import AlertQuery, canonical
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.directory import Directory
from zenmux_bot.core.periods import DAY, day_words
from zenmux_bot.errors import (
    ApiError,
    BadInput,
    NotAllowed,
    SlackFault,
    UnknownName,
    Unreachable,
)
from zenmux_bot.history.archive import Dimension, Series
from zenmux_bot.history.refresh import Refresher
from zenmux_bot.permissions import Permissions
from zenmux_bot.render.report import Report
from zenmux_bot.store.alerts import AlertChanged, Alerts
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.daily_history import DailyLists

FILL_SECONDS = 20.0
"""How long to wait for daily figures that are not collected yet."""

MAX_OF_CHANNEL = 100

_SHOWN_RECORDS = 25
_SHOWN_CHANGES = 10
_TRIES = 4

log = structlog.get_logger(__name__)


class AlertService:
    """Answers commands about alerts.

    Args:
        alerts: The alerts of all workspaces.
        lists: The daily figures.
        refresher: Collects missing figures.
        permissions: Knows where the bot can post, and who is an admin.
        directory: Knows the names of people and channels.
        audit: Records who changed what.
        clock: Tells the time.
    """

    def __init__(
        self,
        *,
        alerts: Alerts,
        lists: DailyLists,
        refresher: Refresher,
        permissions: Permissions,
        directory: Directory,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._alerts = alerts
        self._lists = lists
        self._refresher = refresher
        self._permissions = permissions
        self._directory = directory
        self._audit = audit
        self._clock = clock

    async def answer(self, command: AlertCommand, actor: Actor) -> Report:
        """Carry out a command and report the result.

        Raises:
            BotError: It cannot be done, or not by this person.
        """
        for _ in range(_TRIES - 1):
            # If the alert is evaluated meanwhile, read it again.
            with suppress(AlertChanged):
                return await self._answer(command, actor)
        return await self._answer(command, actor)

    async def _answer(self, command: AlertCommand, actor: Actor) -> Report:
        match command:
            case AlertForm():
                report = reports.report_form(command)
            case ListAlerts():
                report = await self._list(actor)
            case CreateAlert():
                report = await self._create(command, actor)
            case EditAlert(id=id_, rule=rule):
                report = await self._edit(actor, id_, rule, command)
            case SnoozeAlert(id=id_, days=days):
                report = await self._snooze(actor, id_, days)
            case ExpectDay(id=id_, day=day):
                report = await self._expect(actor, id_, day)
            case AboutAlert(verb=verb, id=id_):
                report = await self._about(actor, verb, id_)
        return report

    async def _create(self, command: CreateAlert, actor: Actor) -> Report:
        again = canonical(AlertQuery(command=command))
        channel = await self._permissions.check_channel(
            actor, command.channel or actor.channel_id, again=again
        )
        present = await self._alerts.of_channel(actor.team_id, channel.id)
        if len(present) >= MAX_OF_CHANNEL:
            raise BadInput(
                f"#{channel.name} has {MAX_OF_CHANNEL} alerts, which is the most.",
                allowed="Delete one that nobody needs.",
                suggestions=(canonical(AlertQuery(command=ListAlerts())),),
            )
        rule, dimension = await self._resolve(command.rule, command)
        for each in present:
            if (each.rule, each.dimension) == (rule, dimension):
                label = await self._label(dimension)
                owner = await self._name(actor, each.owner_id)
                news = "That alert is there already."
                return reports.report_alert(each, owner, label, news=news)
        now = self._clock.now()
        draft = Alert(
            team_id=actor.team_id,
            channel_id=channel.id,
            channel_name=channel.name,
            owner_id=actor.user_id,
            rule=rule,
            dimension=dimension,
            created_at=now,
            updated_at=now,
        )
        draft, rehearsal = await self._rehearse(draft)
        created = await self._alerts.create(draft)
        label = await self._label(dimension)
        return reports.report_saved(created, rehearsal, label, done="created")

    async def _edit(
        self, actor: Actor, id_: str, wanted: Rule, command: EditAlert
    ) -> Report:
        stored = await self._find_own(actor, id_)
        rule, dimension = await self._resolve(wanted, command)
        changed, rehearsal = await self._rehearse(
            replace(
                stored, rule=rule, dimension=dimension, rule_since=self._clock.now()
            )
        )
        changed = await self._change(
            changed, actor, "edit", f"{stored.rule} to {changed.rule}"
        )
        label = await self._label(dimension)
        return reports.report_saved(changed, rehearsal, label, done="changed")

    async def _snooze(self, actor: Actor, id_: str, days: int | None) -> Report:
        stored = await self._find_own(actor, id_)
        if days is None and not stored.status.firing:
            label = await self._label(stored.dimension)
            owner = await self._name(actor, stored.owner_id)
            news = "It is not firing, so there is nothing to wait for."
            return reports.report_alert(stored, owner, label, news=news)
        until, said = UNTIL_RECOVERED, "until it recovers"
        if days is not None:
            today = self._clock.now().date()
            # A day's figures come the day after.
            until = (today + DAY * (days - 1)).isoformat()
            said = f"until {day_words(today + DAY * days)}"
        changed = await self._change(
            replace(stored, snoozed_until=until), actor, "snooze", said
        )
        return await self._shown(actor, changed, "It is quiet for now.")

    async def _end_snooze(self, actor: Actor, stored: Alert) -> Report:
        unsnoozed = replace(stored, snoozed_until=None)
        changed = await self._change(unsnoozed, actor, "resume", "")
        news = "It is no longer snoozed." if stored.snoozed_until else "It is active."
        return await self._shown(actor, changed, news)

    async def _expect(self, actor: Actor, id_: str, day: date | None) -> Report:
        stored = await self._find_own(actor, id_)
        if not isinstance(stored.rule, Unusual):
            raise BadInput(
                f"Alert {stored.id} doesn't compare with what is usual.",
                allowed="Only “unusual” alerts leave days out. Snooze it to hear less.",
            )
        if day is None:
            records = await self._alerts.records(stored.id)
            fired = [r.day for r in records if r.kind is RecordKind.FIRED]
            day = fired[0] if fired else stored.evaluated_through
        if day is None:
            raise BadInput(
                f"Alert {stored.id} has not told of any day yet.",
                allowed=f"Name one: alert expected {stored.id} 2026-11-09.",
            )
        expected = tuple(sorted({*stored.expected, day}))
        changed = replace(stored, expected=expected)
        ended: list[Event] = []
        if stored.evaluated_through is not None:
            # Evaluate earlier days again, so that its state equals its rehearsal.
            archive = await self._lists.archive(stored.series)
            rehearsal = await asyncio.to_thread(
                rehearse,
                stored.rule,
                archive,
                expected=expected,
                through=stored.evaluated_through,
            )
            changed = replace(changed, status=rehearsal.status)
            ended = ended_by(rehearsal, stored.status)
        changed = await self._change(changed, actor, "expected", day_words(day))
        label = await self._label(stored.dimension)
        now = self._clock.now()
        for event in ended:
            said = messages.sentence(stored, event, label)
            reply = await recovery(self._alerts, stored, event, said, now)
            if reply is not None:
                record = record_of(stored, event, said, now)
                record = replace(record, message_key=reply.key)
                await self._alerts.settle([], [record], [reply], now=now)
        news = f"{day_words(day)} no longer counts as usual."
        return await self._shown(actor, changed, news)

    async def _about(self, actor: Actor, verb: AlertVerb, id_: str) -> Report:
        match verb:
            case AlertVerb.PAUSE:
                stored = await self._find_own(actor, id_)
                paused = replace(
                    stored, state=AlertState.PAUSED, paused_reason=actor.user_id
                )
                changed = await self._change(paused, actor, "pause", "")
                report = await self._shown(actor, changed, "It is paused.")
            case AlertVerb.RESUME:
                report = await self._resume(actor, id_)
            case AlertVerb.DELETE:
                stored = await self._find_own(actor, id_)
                changed = await self._change(
                    replace(stored, state=AlertState.DELETED), actor, "delete", ""
                )
                label = await self._label(stored.dimension)
                report = reports.report_deleted(changed, label)
            case AlertVerb.REHEARSE:
                stored = await self._find(actor, id_)
                rehearsed, rehearsal = await self._rehearse(stored)
                label = await self._label(stored.dimension)
                report = reports.report_rehearsal(rehearsed, rehearsal, label)
            case AlertVerb.HISTORY:
                report = await self._history(actor, id_)
            case AlertVerb.SNOOZE:
                report = await self._snooze(actor, id_, 1)
            case AlertVerb.EXPECTED:
                report = await self._expect(actor, id_, None)
            case AlertVerb.SHOW | AlertVerb.EDIT:
                report = await self._shown(actor, await self._find(actor, id_))
        return report

    async def _resume(self, actor: Actor, id_: str) -> Report:
        stored = await self._find_own(actor, id_)
        if stored.state is AlertState.ACTIVE:
            return await self._end_snooze(actor, stored)
        again = canonical(AlertQuery(command=AboutAlert(AlertVerb.RESUME, stored.id)))
        await self._permissions.check_channel(actor, stored.channel_id, again=again)
        # Events during the pause are not reported.
        active, _ = await self._rehearse(
            replace(
                stored, state=AlertState.ACTIVE, paused_reason=None, snoozed_until=None
            )
        )
        changed = await self._change(active, actor, "resume", "")
        return await self._shown(actor, changed, "It is active again.")

    async def _list(self, actor: Actor) -> Report:
        own, here = await asyncio.gather(
            self._alerts.of_owner(actor.team_id, actor.user_id),
            self._alerts.of_channel(actor.team_id, actor.channel_id),
        )
        found = list({each.id: each for each in (*own, *here)}.values())
        labels: dict[str, str] = {}
        for dimension in {alert.dimension for alert in found}:
            labels |= await self._lists.labels(dimension)
        return reports.report_list(found, labeller(labels))

    async def _history(self, actor: Actor, id_: str) -> Report:
        stored = await self._find(actor, id_)
        records = await self._alerts.records(stored.id, limit=_SHOWN_RECORDS)
        entries = await self._audit.of_team(
            stored.team_id, limit=_SHOWN_CHANGES, subject=stored.id
        )
        people = {entry.actor for entry in entries}
        named = {each: await self._name(actor, each) for each in people}
        label = await self._label(stored.dimension)
        return reports.report_history(stored, records, entries, named, label)

    async def _shown(self, actor: Actor, alert: Alert, news: str = "") -> Report:
        label = await self._label(alert.dimension)
        owner = await self._name(actor, alert.owner_id)
        return reports.report_alert(alert, owner, label, news=news)

    async def _change(
        self, alert: Alert, actor: Actor, action: str, detail: str
    ) -> Alert:
        return await self._alerts.change(
            alert, by=actor.user_id, action=action, detail=detail, now=self._clock.now()
        )

    async def _find(self, actor: Actor, id_: str) -> Alert:
        """Return an alert that the actor may see.

        Raises:
            BadInput: There is none.
        """
        found = await self._alerts.get(actor.team_id, id_)
        if (
            found is None
            or found.state is AlertState.DELETED
            or not await self._may_see(actor, found)
        ):
            raise BadInput(
                f"There is no alert {id_} here.",
                allowed="The list shows yours and this channel's.",
                suggestions=(canonical(AlertQuery(command=ListAlerts())),),
            )
        return found

    async def _find_own(self, actor: Actor, id_: str) -> Alert:
        """Return an alert that the actor may change.

        Raises:
            BadInput: There is none.
            NotAllowed: It is somebody else's.
        """
        found = await self._find(actor, id_)
        if await self._is_own(actor, found):
            return found
        owner = await self._name(actor, found.owner_id)
        raise NotAllowed(
            "Only the owner or an admin can do that. Alert "
            f"{found.id} belongs to {owner}."
        )

    async def _is_own(self, actor: Actor, alert: Alert) -> bool:
        if alert.owner_id == actor.user_id:
            return True
        return await self._permissions.is_admin(actor)

    async def _may_see(self, actor: Actor, alert: Alert) -> bool:
        """Tell whether the actor may see an alert; private channels stay private."""
        if alert.channel_id == actor.channel_id or await self._is_own(actor, alert):
            return True
        channel = await self._directory.channel(alert.team_id, alert.channel_id)
        if channel is None:
            return False
        if not channel.is_private:
            return True
        return await self._directory.is_in(alert.team_id, channel.id, actor.user_id)

    async def _name(self, actor: Actor, user_id: str) -> str:
        try:
            return (await self._directory.person(actor.team_id, user_id)).name
        except SlackFault:
            return user_id

    async def _label(self, dimension: Dimension) -> Label:
        return labeller(await self._lists.labels(dimension))

    async def _resolve(
        self, rule: Rule, command: CreateAlert | EditAlert
    ) -> tuple[Rule, Dimension]:
        """Return a rule with its names as slugs, and what kind of names they are.

        Raises:
            BadInput: A name is unknown or ambiguous.
            ApiError: The names cannot be fetched.
        """
        wanted = names_in(rule)
        if not wanted:
            return rule, Dimension.PROVIDER
        error: BadInput | None = None
        for dimension in Dimension:
            labels = await self._names(dimension, rule)
            try:
                slugs = {name: _find(name, labels, dimension) for name in wanted}
            except UnknownName as unknown:
                error = error or unknown
            except BadInput as ambiguous:
                error = ambiguous
            else:
                if len(set(slugs.values())) < len(wanted):
                    raise BadInput(
                        f"That names the same {dimension} twice.",
                        allowed="Such as alert anthropic passes google.",
                        suggestions=(_form_of(command),),
                    )
                return with_names(rule, slugs), dimension
        assert error is not None  # noqa: S101 - no dimension has the names
        corrected = tuple(_corrected_commands(command, error.suggestions))
        raise BadInput(
            error.problem,
            allowed=error.allowed,
            suggestions=corrected or (_form_of(command),),
        )

    async def _names(self, dimension: Dimension, rule: Rule) -> dict[str, str]:
        """Return display names by slug, fetching them the first time."""
        labels = await self._lists.labels(dimension)
        if not labels:
            fault = await self._collect(Series(dimension, metric_of(rule)))
            labels = await self._lists.labels(dimension)
            if fault is not None and not labels:
                raise fault
        return {slug: names.shown(text, slug) for slug, text in labels.items()}

    async def _rehearse(self, alert: Alert) -> tuple[Alert, Rehearsal | None]:
        """Return an alert in its state after a rehearsal, and the rehearsal.

        Until all daily figures are collected, the alert has no state; the monitor
        rehearses it later.
        """
        await self._collect(alert.series)
        if not await self._lists.is_collected(alert.series, self._clock.now().date()):
            return replace(alert, evaluated_through=None, status=State()), None
        archive = await self._lists.archive(alert.series)
        rehearsal = await asyncio.to_thread(
            rehearse, alert.rule, archive, expected=alert.expected
        )
        stands = replace(
            alert, evaluated_through=rehearsal.through, status=rehearsal.status
        )
        return stands, rehearsal

    async def _collect(self, series: Series) -> ApiError | None:
        """Collect the missing figures of a series, and return the error if it fails."""
        if await self._lists.is_collected(series, self._clock.now().date()):
            return None
        try:
            async with asyncio.timeout(FILL_SECONDS):
                await self._refresher.fill(series)
        except ApiError as error:
            fault = error
        except TimeoutError:
            fault = Unreachable("No answer came in time")
        else:
            return None
        log.info("alerts.not_filled", kind=type(fault).__name__)
        return fault


def _find(name: str, labels: dict[str, str], dimension: Dimension) -> str:
    return names.find(name.lower(), labels, what=dimension.value)


def _form_of(command: CreateAlert | EditAlert) -> str:
    """Return the command for the form, where names are chosen from a list."""
    if isinstance(command, EditAlert):
        return canonical(AlertQuery(command=AboutAlert(AlertVerb.EDIT, command.id)))
    return canonical(AlertQuery())


def _corrected_commands(
    command: CreateAlert | EditAlert, slugs: Iterable[str]
) -> Iterable[str]:
    """Return the command with each slug in place of its only name."""
    wanted = names_in(command.rule)
    if len(wanted) != 1:
        return
    for slug in slugs:
        rule = with_names(command.rule, {wanted[0]: slug})
        yield canonical(AlertQuery(command=replace(command, rule=rule)))
