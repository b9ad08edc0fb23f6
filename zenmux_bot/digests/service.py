"""Keeping digests: a command and who gives it to what they are told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from zenmux_bot.commands.digest_commands import (
    About,
    Ask,
    Command,
    Create,
    DigestSpec,
    Edit,
    ListAll,
    ListAudit,
    OpenForm,
    Verb,
)
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests import outcomes, reports
from zenmux_bot.digests.access import Access
from zenmux_bot.digests.audit import AuditEntry, is_person
from zenmux_bot.digests.audit_report import report_deeds
from zenmux_bot.digests.changes import AlreadyOut, Changes
from zenmux_bot.digests.delivery.context import Composed, Composer
from zenmux_bot.digests.delivery.entries import Notification
from zenmux_bot.digests.drafts import Draft, over, wish_of
from zenmux_bot.digests.lookup import Lookup
from zenmux_bot.digests.ports import (
    AuditLog,
    Directory,
    History,
    ManualRuns,
    Providers,
    Subscriptions,
    Tellings,
)
from zenmux_bot.digests.schedule import occurrence_by_hand
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.errors import NotAllowed
from zenmux_bot.permissions import Permissions
from zenmux_bot.render.message import Message
from zenmux_bot.render.report import Report
from zenmux_bot.render.slack import noted

_SHOWN_ENTRIES = 25
_SHOWN_DEEDS = 10
_LISTED_DEEDS = 50
_PAUSED = "It is paused until somebody resumes it."
_PREVIEW = "Preview of digest {id}: for you alone, nothing was sent."


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReply:
    """What somebody is told about digests; it is for them alone.

    Attributes:
        report: The answer.
        ready: A message to be shown as it is instead, such as a preview.
        form: What a form begins with, for where one can be opened instead.
    """

    report: Report
    ready: Message | None = None
    form: Draft | None = None


_WHO_MAY_AUDIT = (
    "Who did what is for the workspace's admins and owners, and for those who "
    "administer the bot; the history of one digest is for all who see it."
)


class Digests:
    """Answers commands about digests.

    Args:
        lookup: Finds digests and says how they stand.
        changes: Makes and changes them.
        history: What became of them.
        deeds: Who did what to them.
        access: Knows who may see all of that.
        composer: Makes what a preview shows.
        tellings: Keeps what owners are asked.
        clock: Tells what period is the last.
    """

    def __init__(
        self,
        *,
        lookup: Lookup,
        changes: Changes,
        history: History,
        deeds: AuditLog,
        access: Access,
        composer: Composer,
        tellings: Tellings,
        clock: Clock,
    ) -> None:
        self._lookup = lookup
        self._changes = changes
        self._history = history
        self._deeds = deeds
        self._access = access
        self._composer = composer
        self._tellings = tellings
        self._clock = clock

    async def answer(self, command: Command, asker: Actor) -> DigestReply:
        """Do what a command says, and return what to tell.

        Raises:
            BotError: It cannot be done, or not by this person.
        """
        try:
            return await self._answer(command, asker)
        except NotAllowed as refusal:
            if not isinstance(command, About | Edit):
                raise
            raise NotAllowed(str(refusal), ask=f"digest {Ask(command)}") from None

    async def _answer(self, command: Command, asker: Actor) -> DigestReply:
        match command:
            case OpenForm(wish=wish):
                form = Draft(wish=over(wish, await self._changes.default(asker)))
                reply = DigestReply(report=reports.report_form(None), form=form)
            case ListAll():
                lines = await self._lookup.lines(asker)
                reply = DigestReply(report=reports.report_list(lines))
            case ListAudit():
                reply = await self._tell_deeds(asker)
            case Create(wish=wish):
                made = await self._changes.create(asker, wish)
                view = await self._lookup.view(asker, made)
                reply = DigestReply(report=outcomes.report_created(view))
            case Edit(id=id_, wish=wish):
                reply = await self._edit(asker, id_, wish)
            case About(verb=verb, id=id_, again=again):
                reply = await self._about(asker, verb, id_, again=again)
            case Ask(command=wanted):
                reply = await self._ask(asker, wanted)
        return reply

    async def _edit(self, asker: Actor, id_: str, wish: DigestSpec) -> DigestReply:
        """Change a digest, or offer the form where nothing is said."""
        if wish == DigestSpec():
            stored = await self._lookup.to_change(asker, id_)
            form = Draft(id=stored.id, wish=wish_of(stored))
            return DigestReply(report=reports.report_form(stored), form=form)
        changed = await self._changes.edit(asker, id_, wish)
        return await self._show(asker, changed, "It is changed.")

    async def _ask(self, asker: Actor, wanted: About | Edit) -> DigestReply:
        """Ask the owner for what the asker may not do; what they may is done."""
        try:
            return await self._answer(wanted, asker)
        except NotAllowed:
            is_deleted = isinstance(wanted, About) and wanted.verb is Verb.RESTORE
            found = await self._lookup.find(asker, wanted.id, deleted=is_deleted)
        text = outcomes.favour(asker.user_id, found, wanted)
        telling = Notification(recipient=found.owner_id, text=text)
        await self._tellings.add(asker.team_id, [telling], self._clock.now())
        return DigestReply(report=outcomes.report_asked(found, wanted))

    async def _about(
        self, asker: Actor, verb: Verb, id_: str, *, again: bool
    ) -> DigestReply:
        """Do something with one digest."""
        match verb:
            case Verb.SHOW | Verb.EDIT:
                reply = await self._show(asker, await self._lookup.find(asker, id_))
            case Verb.PREVIEW:
                reply = await self._preview(await self._lookup.find(asker, id_))
            case Verb.HISTORY:
                reply = await self._tell_history(await self._lookup.find(asker, id_))
            case Verb.SEND:
                reply = await self._send(asker, id_, again=again)
            case Verb.DELETE:
                deleted = await self._changes.delete(asker, id_)
                reply = DigestReply(report=outcomes.report_deleted(deleted))
            case Verb.PAUSE:
                paused = await self._changes.pause(asker, id_)
                reply = await self._show(asker, paused, _PAUSED)
            case Verb.RESUME:
                resumed = await self._changes.resume(asker, id_)
                reply = await self._show(asker, resumed, "It is running.")
            case Verb.RESTORE:
                restored = await self._changes.restore(asker, id_)
                reply = await self._show(asker, restored, "It is back.")
        return reply

    async def _show(
        self, asker: Actor, subscription: Subscription, news: str = ""
    ) -> DigestReply:
        view = await self._lookup.view(asker, subscription)
        return DigestReply(report=reports.report_digest_view(view, news=news))

    async def _tell_history(self, subscription: Subscription) -> DigestReply:
        entries = await self._history.of(subscription.id, limit=_SHOWN_ENTRIES)
        team_id = subscription.team_id
        deeds = await self._deeds.of_team(
            team_id, limit=_SHOWN_DEEDS, subject=subscription.id
        )
        names = await self._names(team_id, deeds)
        report = reports.report_history(subscription, entries, deeds, names)
        return DigestReply(report=report)

    async def _tell_deeds(self, asker: Actor) -> DigestReply:
        """Tell administrators who did what in their workspace."""
        await self._access.permissions.check_admin(asker, _WHO_MAY_AUDIT)
        deeds = await self._deeds.of_team(asker.team_id, limit=_LISTED_DEEDS)
        names = await self._names(asker.team_id, deeds)
        return DigestReply(report=report_deeds(deeds, names))

    async def _names(
        self, team_id: str, deeds: Collection[AuditEntry]
    ) -> dict[str, str]:
        people = {deed.actor for deed in deeds if is_person(deed.actor)}
        return await self._lookup.names(team_id, people)

    async def _send(self, asker: Actor, id_: str, *, again: bool) -> DigestReply:
        """Send a digest now; ask first when its period went out before."""
        try:
            sent, entry = await self._changes.send(asker, id_, again=again)
        except AlreadyOut as error:
            stored = await self._lookup.find(asker, id_)
            report = outcomes.report_sent_before(stored, error.earlier)
            return DigestReply(report=report)
        return DigestReply(report=outcomes.report_sending(sent, entry.occurrence.days))

    async def _preview(self, subscription: Subscription) -> DigestReply:
        """Compose what would be sent now, with true figures."""
        now = self._clock.now()
        occurrence = occurrence_by_hand(subscription.schedule, now)
        composed = await self._composer.compose(
            subscription, occurrence, late=False, final=True
        )
        if not isinstance(composed, Composed):
            report = reports.report_not_sent(
                subscription, occurrence.days, composed.reason
            )
            return DigestReply(report=report)
        words = composed.message.text
        return DigestReply(
            report=reports.report_preview(subscription, occurrence.days, words),
            ready=noted(composed.message, _PREVIEW.format(id=subscription.id)),
        )


def build_digests(
    *,
    subscriptions: Subscriptions,
    history: History,
    deeds: AuditLog,
    planner: ManualRuns,
    tellings: Tellings,
    composer: Composer,
    directory: Directory,
    providers: Providers,
    permissions: Permissions,
    clock: Clock,
) -> Digests:
    """Wire the keeping of digests from what it needs of the world."""
    access = Access(directory, permissions)
    lookup = Lookup(
        subscriptions=subscriptions,
        history=history,
        directory=directory,
        access=access,
        clock=clock,
    )
    changes = Changes(
        lookup=lookup,
        access=access,
        subscriptions=subscriptions,
        history=history,
        planner=planner,
        providers=providers,
        directory=directory,
        clock=clock,
    )
    return Digests(
        lookup=lookup,
        changes=changes,
        history=history,
        deeds=deeds,
        access=access,
        composer=composer,
        tellings=tellings,
        clock=clock,
    )
