"""Digest commands: creating, changing, listing and showing digests."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial

from zenmux_bot.answers.known import KnownProviders
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
from zenmux_bot.core.directory import Directory
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests import phrases, replies
from zenmux_bot.digests.audit import AuditEntry, is_person
from zenmux_bot.digests.delivery.context import Composer
from zenmux_bot.digests.delivery.entries import Composed, Entry, Notification, State
from zenmux_bot.digests.replies import DigestView
from zenmux_bot.digests.schedule import Occurrence, occurrence_by_hand
from zenmux_bot.digests.specs import (
    BadField,
    Draft,
    apply,
    default_spec,
    new_subscription,
    over,
    spec_of,
)
from zenmux_bot.digests.subscriptions import (
    DigestSubject,
    Subscription,
    SubscriptionState,
    sends_of,
    who_paused,
)
from zenmux_bot.errors import ApiError, BadInput, NotAllowed, SlackFault
from zenmux_bot.permissions import WHO_MAY_SEE_OWN_SPEND, Permissions
from zenmux_bot.render.message import Message
from zenmux_bot.render.report import Report
from zenmux_bot.render.slack import noted
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.digest_history import History
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions

_SHOWN_ENTRIES = 25
_SHOWN_CHANGES = 10
_LISTED_CHANGES = 50
_RECENT = 50
_MAYBE_SENT = frozenset({State.DUE, State.CLAIMED, State.SENT, State.UNKNOWN})
"""Sent, about to be sent, or possibly sent."""

_PAUSED = "It is paused until somebody resumes it."
_PREVIEW = "Preview of digest {id}: only you see this, and nothing was sent."
_WHO_MAY_AUDIT = (
    "The audit log is for the workspace's admins and owners, and for those who "
    "administer me; the history of one digest is for everyone who can see it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReply:
    """The answer to a digest command, for the actor alone.

    Attributes:
        report: The answer.
        ready: A message to show unchanged instead, such as a preview.
        form: The initial values of a form, which is opened instead where possible.
    """

    report: Report
    ready: Message | None = None
    form: Draft | None = None


class DigestService:
    """Runs digest commands.

    Args:
        subscriptions: The digests of all workspaces.
        history: The results of their occurrences.
        audit: The audit log.
        planner: Enters sends that people request.
        notifications: Queues requests to owners.
        composer: Composes previews.
        directory: Looks up people.
        providers: Finds providers by name.
        permissions: Decides who may do what.
        clock: Dates changes.
    """

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        history: History,
        audit: Audit,
        planner: Planner,
        notifications: Notifications,
        composer: Composer,
        directory: Directory,
        providers: KnownProviders,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._history = history
        self._audit = audit
        self._planner = planner
        self._notifications = notifications
        self._composer = composer
        self._directory = directory
        self._providers = providers
        self._permissions = permissions
        self._clock = clock

    async def answer(self, command: Command, actor: Actor) -> DigestReply:
        """Run a command, and return the answer.

        Raises:
            BotError: It is not possible, or not allowed.
        """
        try:
            return await self._answer(command, actor)
        except NotAllowed as refusal:
            if not isinstance(command, About | Edit) or _is_takeover(command):
                raise
            if refusal.of_admins:
                raise
            raise NotAllowed(str(refusal), ask=f"digest {Ask(command)}") from None

    async def describe(self, found: Iterable[Subscription]) -> list[DigestView]:
        """Return views of digests, in order, with a fixed number of queries."""
        digests = list(found)
        now = self._clock.now()
        last = await self._history.newest_of([each.id for each in digests])
        return [
            DigestView(
                subscription=each,
                state=phrases.state(each, {}, last.get(each.id)),
                last=last.get(each.id),
                sends=_with_waiting(sends_of(each, now), last.get(each.id)),
            )
            for each in digests
        ]

    # Answers to commands --------------------------------------------------------------

    async def _answer(self, command: Command, actor: Actor) -> DigestReply:
        match command:
            case OpenForm(spec):
                return await self._form(actor, spec)
            case Create(spec) if spec == DigestSpec():
                return await self._form(actor, spec)
            case Create(spec):
                made = await self._create(actor, spec)
                view = await self._view(actor, made)
                reply = DigestReply(report=replies.report_created(view))
            case ListAll():
                is_admin = await self._is_admin(actor)
                lines = await self._lines(actor, of_all=is_admin)
                report = replies.report_list(lines, of_all=is_admin)
                reply = DigestReply(report=report)
            case ListAudit():
                reply = await self._show_audit(actor)
            case Edit(id_, spec):
                reply = await self._edit(actor, id_, spec)
            case About(verb, id_, again):
                reply = await self._about(actor, verb, id_, again=again)
            case Ask(wanted):
                reply = await self._ask(actor, wanted)
        return reply

    async def _about(
        self, actor: Actor, verb: Verb, id_: str, *, again: bool
    ) -> DigestReply:
        """Do something with one digest."""
        match verb:
            case Verb.SHOW | Verb.EDIT:
                reply = await self._show(actor, await self._find(actor, id_))
            case Verb.PREVIEW:
                reply = await self._preview(actor, await self._find(actor, id_))
            case Verb.HISTORY:
                reply = await self._show_history(await self._find(actor, id_))
            case Verb.SEND:
                reply = await self._send(actor, id_, again=again)
            case Verb.DELETE:
                deleted = await self._delete(actor, id_)
                reply = DigestReply(report=replies.report_deleted(deleted))
            case Verb.PAUSE:
                reply = await self._show(actor, await self._pause(actor, id_), _PAUSED)
            case Verb.RESUME:
                resumed = await self._resume(actor, id_)
                reply = await self._show(actor, resumed, "It is active.")
            case Verb.RESTORE:
                restored = await self._restore(actor, id_)
                reply = await self._show(actor, restored, "It is restored.")
            case Verb.TAKEOVER:
                taken = await self._take_over(actor, id_)
                reply = await self._show(actor, taken, "It is yours now.")
        return reply

    async def _form(self, actor: Actor, spec: DigestSpec) -> DigestReply:
        whole = over(spec, await self._default(actor))
        here = await self._subscriptions.of_channel(actor.team_id, actor.channel_id)
        same = next((each.id for each in here if spec_of(each) == whole), "")
        form = Draft(spec=whole, same=same)
        return DigestReply(report=replies.report_form(None), form=form)

    async def _edit(self, actor: Actor, id_: str, spec: DigestSpec) -> DigestReply:
        """Change a digest, or offer the form if no change is given."""
        stored = await self._find_to_change(actor, id_)
        if spec == DigestSpec():
            form = Draft(id=stored.id, spec=spec_of(stored))
            return DigestReply(report=replies.report_form(stored), form=form)
        changed = await self._change(actor, stored, spec)
        view = await self._view(actor, changed)
        changes = phrases.changes(stored, changed)
        return DigestReply(report=replies.report_saved(view, changes))

    async def _ask(self, actor: Actor, wanted: About | Edit) -> DigestReply:
        """Ask the owner to run a command, or run it if the actor may do so."""
        try:
            return await self._answer(wanted, actor)
        except NotAllowed:
            is_deleted = isinstance(wanted, About) and wanted.verb is Verb.RESTORE
            found = await self._find(actor, wanted.id, deleted=is_deleted)
        text = replies.request_to_owner(actor.user_id, found, wanted)
        notification = Notification(recipient=found.owner_id, text=text)
        await self._notifications.add(actor.team_id, [notification], self._clock.now())
        return DigestReply(report=replies.report_asked(found, wanted))

    async def _send(self, actor: Actor, id_: str, *, again: bool) -> DigestReply:
        """Send the digest of the last complete period now.

        If it is waiting or was sent already, the answer asks first; with ``again`` it
        is sent without waiting, or once more.
        """
        stored = await self._find_to_change(actor, id_)
        await self._permissions.check_channel(
            actor,
            stored.channel_id,
            again=f"digest send {stored.id}",
            subject=stored.subject,
        )
        now = self._clock.now()
        days = occurrence_by_hand(stored.schedule, now).days
        earlier = next(
            (
                entry
                for entry in await self._history.of(stored.id, limit=_RECENT)
                if entry.occurrence.days == days and entry.state in _MAYBE_SENT
            ),
            None,
        )
        is_open = earlier is not None and earlier.state in {State.DUE, State.CLAIMED}
        if earlier is not None and is_open and again:
            await self._planner.stop_waiting(
                earlier, team_id=stored.team_id, by=actor.user_id, now=now
            )
            return DigestReply(report=replies.report_sending(stored, days))
        if earlier is not None and is_open:
            return DigestReply(report=replies.report_open(stored, earlier, now))
        if earlier is not None and not again:
            return DigestReply(report=replies.report_sent_before(stored, earlier))
        await self._planner.by_hand(
            stored, by=actor.user_id, now=now, detail=phrases.period(days)
        )
        return DigestReply(report=replies.report_sending(stored, days))

    async def _preview(self, actor: Actor, subscription: Subscription) -> DigestReply:
        """Compose what would be sent now, with current figures.

        Raises:
            NotAllowed: It is of own spend, and the actor may not see that here.
        """
        is_spend = subscription.subject is DigestSubject.SPEND
        permissions = self._permissions
        if is_spend and not await permissions.may_see_own_account(actor):
            raise NotAllowed(WHO_MAY_SEE_OWN_SPEND, of_admins=True)
        now = self._clock.now()
        occurrence = occurrence_by_hand(subscription.schedule, now)
        composed = await self._composer.compose(
            subscription, occurrence, late=False, final=True
        )
        if not isinstance(composed, Composed):
            report = replies.report_not_sent(
                subscription, occurrence.days, composed.reason
            )
            return DigestReply(report=report)
        words = composed.message.text
        return DigestReply(
            report=replies.report_preview(subscription, occurrence.days, words),
            ready=noted(composed.message, _PREVIEW.format(id=subscription.id)),
        )

    async def _show(
        self, actor: Actor, subscription: Subscription, news: str = ""
    ) -> DigestReply:
        view = await self._view(actor, subscription)
        return DigestReply(report=replies.report_digest_view(view, news=news))

    async def _show_history(self, subscription: Subscription) -> DigestReply:
        entries = await self._history.of(subscription.id, limit=_SHOWN_ENTRIES)
        done = await self._audit.of_team(
            subscription.team_id, limit=_SHOWN_CHANGES, subject=subscription.id
        )
        names = await self._names(subscription.team_id, done)
        report = replies.report_history(subscription, entries, done, names)
        return DigestReply(report=report)

    async def _show_audit(self, actor: Actor) -> DigestReply:
        """Show administrators the audit log of their workspace."""
        await self._permissions.check_admin(actor, _WHO_MAY_AUDIT)
        done = await self._audit.of_team(actor.team_id, limit=_LISTED_CHANGES)
        names = await self._names(actor.team_id, done)
        reader = await self._directory.person(actor.team_id, actor.user_id)
        report = replies.report_audit(done, names, actor.zone or reader.zone)
        return DigestReply(report=report)

    # Reading digests ------------------------------------------------------------------

    async def _find(
        self, actor: Actor, subscription_id: str, *, deleted: bool = False
    ) -> Subscription:
        """Return a digest that the actor may see.

        Args:
            actor: Who asks; digests of another workspace are not found.
            subscription_id: Its id.
            deleted: Find a deleted digest instead of an existing one.

        Raises:
            BadInput: There is none.
        """
        found = await self._subscriptions.get(actor.team_id, subscription_id)
        if found is None or not await self._permissions.may_see(actor, found):
            raise BadInput(
                f"There is no digest {subscription_id} here.",
                allowed="The list shows yours and this channel's.",
                suggestions=(f"digest {ListAll()}",),
            )
        is_deleted = found.state is SubscriptionState.DELETED
        if is_deleted and not deleted:
            raise BadInput(
                f"Digest {found.id} was deleted.",
                allowed="It can be restored.",
                suggestions=(f"digest {About(Verb.RESTORE, found.id)}",),
            )
        if deleted and not is_deleted:
            raise BadInput(
                f"Digest {found.id} is not deleted.",
                suggestions=(f"digest {About(Verb.SHOW, found.id)}",),
            )
        return found

    async def _find_to_change(
        self, actor: Actor, subscription_id: str, *, deleted: bool = False
    ) -> Subscription:
        """Return a digest that the actor may change.

        Raises:
            BadInput: There is none.
            NotAllowed: It is somebody else's.
        """
        found = await self._find(actor, subscription_id, deleted=deleted)
        await self._permissions.check_change(actor, found)
        return found

    async def _view(self, actor: Actor, subscription: Subscription) -> DigestView:
        """Return a digest with all its details."""
        owner = await self._permissions.owner_of(subscription)
        names = {owner.id: owner.name}
        person = who_paused(subscription)
        if person is not None and person not in names:
            names[person] = (
                await self._permissions.person(subscription.team_id, person)
            ).name
        entries = await self._history.of(subscription.id, limit=1)
        last = entries[0] if entries else None
        return DigestView(
            subscription=subscription,
            state=phrases.state(subscription, names, last),
            last=last,
            sends=_with_waiting(sends_of(subscription, self._clock.now()), last),
            owner=owner.name,
            may_change=await self._permissions.may_change(actor, subscription),
            is_orphaned=owner.is_deactivated,
        )

    async def _is_admin(self, actor: Actor) -> bool:
        """Tell whether somebody is an administrator; no if Slack does not say."""
        try:
            return await self._permissions.is_admin(actor)
        except SlackFault:
            return False

    async def _lines(self, actor: Actor, *, of_all: bool) -> list[DigestView]:
        """Return the actor's digests, the channel's, and with ``of_all`` all others."""
        own, here = await asyncio.gather(
            self._subscriptions.of_owner(actor.team_id, actor.user_id),
            self._subscriptions.of_channel(actor.team_id, actor.channel_id),
        )
        more = await self._subscriptions.of_team(actor.team_id) if of_all else []
        every = {each.id: each for each in (*own, *here, *more)}
        lines = await self.describe(every.values())
        owners = {each.owner_id: each for each in every.values()}
        people = await asyncio.gather(*map(self._permissions.owner_of, owners.values()))
        by_id = {person.id: person for person in people}
        return [
            replace(
                line,
                owner=by_id[line.subscription.owner_id].name,
                is_orphaned=by_id[line.subscription.owner_id].is_deactivated,
            )
            for line in lines
        ]

    async def _names(
        self, team_id: str, done: Collection[AuditEntry]
    ) -> dict[str, str]:
        said = {each.actor for each in done} | {each.detail for each in done}
        people = await asyncio.gather(
            *(
                self._permissions.person(team_id, each)
                for each in said
                if is_person(each)
            )
        )
        return {person.id: person.name for person in people}

    # Changing digests -----------------------------------------------------------------

    async def _default(self, actor: Actor, zone: str | None = None) -> DigestSpec:
        """Return the default spec for this person.

        Slack is only asked for their time zone if none is given.
        """
        zone = zone or actor.zone
        if zone is None:
            person = await self._directory.person(actor.team_id, actor.user_id)
            zone = person.zone
        return default_spec(zone, actor.channel_id)

    async def _create(self, actor: Actor, spec: DigestSpec) -> Subscription:
        """Create a digest.

        Raises:
            BadField: A value is not possible.
        """
        command = Create(spec)
        whole = over(spec, await self._default(actor, spec.zone))
        channel = await self._permissions.check_channel(
            actor,
            whole.channel or "",
            again=f"digest {command}",
            subject=whole.subject or DigestSubject.SHARE,
        )
        draft = new_subscription(
            await self._with_slugs(actor.team_id, whole, command),
            team_id=actor.team_id,
            owner_id=actor.user_id,
            now=self._clock.now(),
        )
        # Checked again as it is stored, since people double-click.
        return await self._subscriptions.create(
            replace(draft, channel_name=channel.name),
            check=partial(_reject_duplicate, draft),
        )

    async def _change(
        self, actor: Actor, stored: Subscription, spec: DigestSpec
    ) -> Subscription:
        """Change a digest.

        Raises:
            BadField: A value is not possible.
        """
        command = Edit(stored.id, spec)
        whole = over(spec, spec_of(stored))
        name = stored.channel_name
        if whole.channel != stored.channel_id:
            channel = await self._permissions.check_channel(
                actor,
                whole.channel or "",
                again=f"digest {command}",
                subject=stored.subject,
            )
            name = channel.name
        if spec.providers is not None:
            whole = await self._with_slugs(actor.team_id, whole, command)
        changed = replace(apply(whole, stored), channel_name=name)
        now = self._clock.now()
        edited = await self._subscriptions.edit(
            changed,
            by=actor.user_id,
            now=now,
            check=partial(_reject_duplicate, changed),
            detail=phrases.changes(stored, changed),
        )
        is_moved = edited.channel_id != stored.channel_id
        if is_moved and edited.paused_reason and who_paused(edited) is None:
            # The old channel was the reason for the pause; the new one is fine.
            return await self._subscriptions.resume(edited, by=actor.user_id, now=now)
        return edited

    async def _pause(self, actor: Actor, subscription_id: str) -> Subscription:
        """Pause a digest, unless it is paused already."""
        stored = await self._find_to_change(actor, subscription_id)
        if stored.state is SubscriptionState.PAUSED:
            return stored
        return await self._subscriptions.pause(
            stored, reason=actor.user_id, by=actor.user_id, now=self._clock.now()
        )

    async def _resume(self, actor: Actor, subscription_id: str) -> Subscription:
        """Resume a digest, if it can be posted.

        Raises:
            BadField: The reason for the pause is not fixed.
        """
        stored = await self._find_to_change(actor, subscription_id)
        if stored.state is SubscriptionState.ACTIVE:
            return stored
        await self._permissions.check_channel(
            actor,
            stored.channel_id,
            again=f"digest resume {stored.id}",
            subject=stored.subject,
        )
        return await self._subscriptions.resume(
            stored, by=actor.user_id, now=self._clock.now()
        )

    async def _delete(self, actor: Actor, subscription_id: str) -> Subscription:
        """Delete a digest; it can be restored."""
        stored = await self._find_to_change(actor, subscription_id)
        return await self._subscriptions.delete(
            stored, by=actor.user_id, now=self._clock.now()
        )

    async def _restore(self, actor: Actor, subscription_id: str) -> Subscription:
        """Undo a deletion.

        Raises:
            BadField: Its channel has an identical digest by now.
        """
        stored = await self._find_to_change(actor, subscription_id, deleted=True)
        return await self._subscriptions.restore(
            stored,
            by=actor.user_id,
            now=self._clock.now(),
            check=partial(_reject_duplicate, stored),
        )

    async def _take_over(self, actor: Actor, subscription_id: str) -> Subscription:
        """Make the actor the owner of a digest, such as one whose owner has left.

        Raises:
            NotAllowed: Its owner is still in the workspace.
        """
        found = await self._find(actor, subscription_id)
        await self._permissions.check_takeover(actor, found)
        return await self._subscriptions.take_over(
            found, by=actor.user_id, now=self._clock.now()
        )

    async def _with_slugs(
        self, team_id: str, spec: DigestSpec, command: Create | Edit
    ) -> DigestSpec:
        """Return a spec with the providers' slugs, if the API is available.

        Raises:
            BadField: A name matches no provider, or several.
        """
        slugs: list[str] = []
        for place, name in enumerate(spec.providers or ()):
            try:
                found = await self._providers.slug_of(
                    team_id, name, spec.metric or Metric.COST
                )
            except ApiError:
                return spec
            except BadInput as error:
                raise _wrong_provider(error, command, place) from None
            slugs.append(found)
        return replace(spec, providers=tuple(dict.fromkeys(slugs)))


def _is_takeover(command: About | Edit) -> bool:
    return isinstance(command, About) and command.verb is Verb.TAKEOVER


def _reject_duplicate(draft: Subscription, here: Iterable[Subscription]) -> None:
    """Reject a digest whose channel has an identical one."""
    for other in here:
        if other.id != draft.id and spec_of(other) == spec_of(draft):
            raise BadField(
                "channel",
                f"Digest {other.id} posts exactly that to the channel already.",
                allowed="Choose something else for this one.",
                suggestions=(f"digest show {other.id}",),
            )


def _with_waiting(
    following: tuple[Occurrence, ...], last: Entry | None
) -> tuple[Occurrence, ...]:
    """Return the next sends, starting with the next try of a waiting one."""
    if not following or last is None or not phrases.is_waiting(last):
        return following
    return (replace(last.occurrence, at=last.retry_at), *following)


def _wrong_provider(error: BadInput, command: Create | Edit, place: int) -> BadField:
    """Return the error about a name, with complete commands as suggestions."""
    spec = command.spec
    named = spec.providers or ()
    before, behind = named[:place], named[place + 1 :]
    offered = error.suggestions or (None,)
    specs = [
        replace(
            spec,
            providers=tuple(each for each in (*before, slug, *behind) if each) or None,
        )
        for slug in offered
    ]
    return BadField(
        "providers",
        error.problem,
        allowed=error.allowed,
        suggestions=tuple(f"digest {replace(command, spec=each)}" for each in specs),
    )
