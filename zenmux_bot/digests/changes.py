"""Making and changing digests, each change by somebody who may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from zenmux_bot.commands.digest_commands import Create, DigestSpec, DigestSubject, Edit
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.access import Access
from zenmux_bot.digests.delivery.entries import Entry, State
from zenmux_bot.digests.drafts import (
    WrongField,
    default_wish,
    fulfil,
    new_subscription,
    over,
    wish_of,
)
from zenmux_bot.digests.lookup import Lookup
from zenmux_bot.digests.ports import (
    Directory,
    History,
    ManualRuns,
    Providers,
    Subscriptions,
)
from zenmux_bot.digests.schedule import occurrence_by_hand
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState
from zenmux_bot.digests.views import who_paused
from zenmux_bot.errors import ApiError, BadInput, BotError

_RECENT = 50
_OUT = frozenset({State.DUE, State.CLAIMED, State.SENT, State.UNKNOWN})
"""What went out, is about to, or may have."""


class AlreadyOut(BotError):
    """The period went out before, or is about to."""

    def __init__(self, earlier: Entry) -> None:
        super().__init__(earlier.key)
        self.earlier = earlier


class Changes:
    """Makes digests and changes them.

    Args:
        lookup: Finds what somebody may change.
        access: Knows where the bot can post.
        subscriptions: The digests of all workspaces.
        history: What became of them.
        planner: Enters what a person asks for.
        providers: Knows providers by name.
        directory: Knows people's time zones.
        clock: Dates changes.
    """

    def __init__(
        self,
        *,
        lookup: Lookup,
        access: Access,
        subscriptions: Subscriptions,
        history: History,
        planner: ManualRuns,
        providers: Providers,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._lookup = lookup
        self._access = access
        self._subscriptions = subscriptions
        self._history = history
        self._planner = planner
        self._providers = providers
        self._directory = directory
        self._clock = clock

    async def default(self, asker: Actor) -> DigestSpec:
        """Return what a new digest is where nothing is said, for this person."""
        zone = asker.zone
        if zone is None:
            person = await self._directory.person(asker.team_id, asker.user_id)
            zone = person.zone
        return default_wish(zone, asker.channel_id)

    async def create(self, asker: Actor, wish: DigestSpec) -> Subscription:
        """Make a digest.

        Raises:
            WrongField: It cannot be as wished.
        """
        if wish.subject is DigestSubject.SPEND:
            raise BadInput("Digests of your own spend can't be created yet.")
        command = Create(wish)
        whole = over(wish, await self.default(asker))
        room = await self._access.open_room(
            asker, whole.channel or "", again=f"digest {command}"
        )
        draft = new_subscription(
            await self._with_slugs(whole, command),
            team_id=asker.team_id,
            owner_id=asker.user_id,
            now=self._clock.now(),
        )
        # Looked at as it is stored, since people press buttons twice.
        return await self._subscriptions.create(
            replace(draft, channel_name=room.name), check=partial(_refuse_twin, draft)
        )

    async def edit(
        self, asker: Actor, subscription_id: str, wish: DigestSpec
    ) -> Subscription:
        """Change a digest.

        Raises:
            WrongField: It cannot be as wished.
        """
        command = Edit(subscription_id, wish)
        stored = await self._lookup.to_change(asker, subscription_id)
        whole = over(wish, wish_of(stored))
        name = stored.channel_name
        if whole.channel != stored.channel_id:
            room = await self._access.open_room(
                asker, whole.channel or "", again=f"digest {command}"
            )
            name = room.name
        if wish.providers is not None:
            whole = await self._with_slugs(whole, command)
        changed = replace(fulfil(whole, stored), channel_name=name)
        now = self._clock.now()
        edited = await self._subscriptions.edit(
            changed, by=asker.user_id, now=now, check=partial(_refuse_twin, changed)
        )
        is_moved = edited.channel_id != stored.channel_id
        if is_moved and edited.paused_reason and who_paused(edited) is None:
            # The old channel was the reason, and the new one was looked at.
            return await self._subscriptions.resume(edited, by=asker.user_id, now=now)
        return edited

    async def pause(self, asker: Actor, subscription_id: str) -> Subscription:
        """Pause a digest; one that is paused stays as it is."""
        stored = await self._lookup.to_change(asker, subscription_id)
        if stored.state is SubscriptionState.PAUSED:
            return stored
        return await self._subscriptions.pause(
            stored, reason=asker.user_id, by=asker.user_id, now=self._clock.now()
        )

    async def resume(self, asker: Actor, subscription_id: str) -> Subscription:
        """Put a digest back to work, if it can be posted.

        Raises:
            WrongField: What paused it is not mended.
        """
        stored = await self._lookup.to_change(asker, subscription_id)
        if stored.state is SubscriptionState.ACTIVE:
            return stored
        again = f"digest resume {stored.id}"
        await self._access.open_room(asker, stored.channel_id, again=again)
        return await self._subscriptions.resume(
            stored, by=asker.user_id, now=self._clock.now()
        )

    async def delete(self, asker: Actor, subscription_id: str) -> Subscription:
        """Delete a digest; it can be restored."""
        stored = await self._lookup.to_change(asker, subscription_id)
        return await self._subscriptions.delete(
            stored, by=asker.user_id, now=self._clock.now()
        )

    async def restore(self, asker: Actor, subscription_id: str) -> Subscription:
        """Undo a deletion.

        Raises:
            WrongField: Its channel has got exactly that meanwhile.
        """
        stored = await self._lookup.to_change(asker, subscription_id, deleted=True)
        return await self._subscriptions.restore(
            stored,
            by=asker.user_id,
            now=self._clock.now(),
            check=partial(_refuse_twin, stored),
        )

    async def send(
        self, asker: Actor, subscription_id: str, *, again: bool
    ) -> tuple[Subscription, Entry]:
        """Enter a digest of the last complete period, to go out at once.

        Raises:
            AlreadyOut: That period went out before, and ``again`` was not said.
        """
        stored = await self._lookup.to_change(asker, subscription_id)
        now = self._clock.now()
        if not again:
            days = occurrence_by_hand(stored.schedule, now).days
            for entry in await self._history.of(stored.id, limit=_RECENT):
                if entry.occurrence.days == days and entry.state in _OUT:
                    raise AlreadyOut(entry)
        return stored, await self._planner.by_hand(stored, by=asker.user_id, now=now)

    async def _with_slugs(self, wish: DigestSpec, command: Create | Edit) -> DigestSpec:
        """Return a wish with the providers' slugs, if the API can tell them now.

        Raises:
            WrongField: No provider, or several, go by one of the names.
        """
        slugs: list[str] = []
        for place, name in enumerate(wish.providers or ()):
            try:
                found = await self._providers.slug_of(name, wish.metric or Metric.COST)
            except ApiError:
                return wish
            except BadInput as error:
                raise _wrong_provider(error, command, place) from None
            slugs.append(found)
        return replace(wish, providers=tuple(dict.fromkeys(slugs)))


def _refuse_twin(draft: Subscription, here: Iterable[Subscription]) -> None:
    """Refuse a digest that is in its channel already."""
    for other in here:
        if other.id != draft.id and wish_of(other) == wish_of(draft):
            raise WrongField(
                "channel",
                f"Digest {other.id} brings exactly that to the channel already.",
                allowed="Choose something else for this one.",
                suggestions=(f"digest show {other.id}",),
            )


def _wrong_provider(error: BadInput, command: Create | Edit, place: int) -> WrongField:
    """Return the complaint about a name, with whole commands for the names offered."""
    named = command.wish.providers or ()
    before, behind = named[:place], named[place + 1 :]
    offered = error.suggestions or (None,)
    wishes = [
        replace(
            command.wish,
            providers=tuple(each for each in (*before, slug, *behind) if each) or None,
        )
        for slug in offered
    ]
    return WrongField(
        "providers",
        error.problem,
        allowed=error.allowed,
        suggestions=tuple(f"digest {replace(command, wish=wish)}" for wish in wishes),
    )
